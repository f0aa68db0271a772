/* SPDX-License-Identifier: Apache-2.0 */
/* store.c: opening an untrusted SQLite file, transactions */
#include "store.h"
#include <sqlite3.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "connection.h"
#include "fail.h"
#include "header.h"
#include "hotjournal.h"
#include "os.h"
#include "rovfs.h"
#include "schema.h"

enum { PATH_SIZE = 4096 };

enum vault_status
vlt_sqlite_fail(struct vlt_store *s, int rc, const char *what,
    struct vault_error *err)
{
    const char *why = s->db != NULL ? sqlite3_errmsg(s->db) : "";

    switch (rc & 0xff) {
    case SQLITE_NOMEM:
        return vlt_fail_memory(err);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return vlt_fail_hint(err, VAULT_E_BUSY, "try again in a moment",
            "another program is writing to this vault");
    case SQLITE_INTERRUPT:
        if (s->stopped)
            return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the container's tables do not end (%s)", what);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the container is damaged (%s: %s)", what, why);
    case SQLITE_TOOBIG:
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the container holds a value that is too large (%s)", what);
    case SQLITE_FULL:
        return vlt_fail_hint(err, VAULT_E_IO, "make room and try again",
            "the disk is full (%s)", what);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return vlt_fail(err, VAULT_E_IO, "%s: %s", what, why);
    case SQLITE_IOERR:
        return vlt_fail(err, VAULT_E_IO,
            "reading or writing the vault failed (%s: %s)", what, why);
    default:
        return vlt_fail(err, VAULT_E_INTERNAL, "%s: %s (%d)", what, why, rc);
    }
}

/* Through SQLite's own file handle: closing another one on the same file
 * would drop this process's locks (POSIX). */
static enum vault_status
read_header(struct vlt_store *s, bool with_size, struct vlt_db_header *out,
    struct vault_error *err)
{
    uint8_t h[VLT_DB_HEADER];
    sqlite3_file *f = NULL;
    sqlite3_int64 size = 0;
    int rc;

    rc = sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &f);
    if (rc == SQLITE_OK && f != NULL && f->pMethods != NULL)
        rc = f->pMethods->xFileSize(f, &size);
    if (rc != SQLITE_OK || f == NULL || f->pMethods == NULL)
        return vlt_fail(err, VAULT_E_IO, "the file's size cannot be read");
    if (size < VLT_DB_HEADER)
        return vlt_fail(err, VAULT_E_FORMAT, "not a Sanduq container");
    rc = f->pMethods->xRead(f, h, VLT_DB_HEADER, 0);
    if (rc != SQLITE_OK)
        return vlt_fail(err, VAULT_E_IO, "the file's header cannot be read");
    return vlt_db_header_check(h, with_size ? size : -1, out, err);
}

static bool
has_journal(const struct vlt_store *s)
{
    char name[PATH_SIZE + 16];

    sqlite3_snprintf((int)sizeof name, name, "%s-journal", s->path);
    return vlt_os_exists(name);
}

/*
 * A power cut can leave noise where the first page was being written; the
 * journal beside it has the page. It is played back into memory first: only
 * if a container comes out may SQLite play it back into the file.
 */
static enum vault_status
judge_undone(struct vlt_store *s, struct vault_error *err)
{
    struct vlt_store_options opt = {VLT_STORE_READ, 0, s->interrupt, s->ctx};
    struct vlt_store *read_only = NULL;
    enum vault_status st;

    vlt_error_clear(err);
    if (s->mode != VLT_STORE_WRITE)
        return VAULT_OK; /* that is what happens next anyway */
    st = vlt_store_open(s->path, &opt, &read_only, err);
    vlt_store_close(read_only);
    return st;
}

/* The header before SQLite acts on it; then under a snapshot, when an
 * interrupted write has been rolled back, header and schema for good. */
static enum vault_status
check_file(struct vlt_store *s, struct vault_error *err)
{
    struct vlt_store_options opt = {s->mode, 0, s->interrupt, s->ctx};
    struct vlt_db_header h = {0};
    bool noise;
    enum vault_status st = VAULT_OK;

    if (s->mode == VLT_STORE_WRITE && has_journal(s))
        st = vlt_hot_journal_check(s->path, &opt, err);
    if (st == VAULT_OK)
        st = read_header(s, false, &h, err);
    noise = st == VAULT_E_FORMAT && has_journal(s);
    if (noise)
        st = judge_undone(s, err);
    if (st == VAULT_OK)
        st = vlt_pragmas(s, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(s, false, err);
    if (noise && st == VAULT_E_TAMPERED && s->mode != VLT_STORE_WRITE)
        return vlt_fail(err, VAULT_E_FORMAT, "not a Sanduq container");
    if (st != VAULT_OK)
        return st;
    st = read_header(s, true, &h, err);
    if (st == VAULT_OK)
        st = vlt_schema_check(s, err);
    vlt_store_rollback(s);
    s->user_version = (int)h.user_version;
    return st;
}

enum vault_status
vlt_store_open(const char *path, const struct vlt_store_options *opt,
    struct vlt_store **out, struct vault_error *err)
{
    struct vlt_store *s = NULL;
    enum vault_status st;

    if (!vlt_os_exists(path))
        return vlt_fail(err, VAULT_E_NOT_FOUND, "%s: no such file", path);
    if (vlt_os_is_dir(path))
        return vlt_fail(err, VAULT_E_FORMAT, "%s is a folder", path);
    if (vlt_os_is_special(path)) /* SQLite would wait for a writer of a pipe */
        return vlt_fail(err, VAULT_E_IO, "%s is not a regular file", path);
    st = vlt_connect(path, SQLITE_OPEN_READWRITE, opt, &s, err);
    if (st == VAULT_OK)
        st = check_file(s, err);
    if (st != VAULT_OK) {
        vlt_store_close(s);
        return st;
    }
    *out = s;
    return VAULT_OK;
}

static enum vault_status
create_in(struct vlt_store *s, int page_size, int user_version,
    struct vault_error *err)
{
    char sql[64];
    enum vault_status st;

    sqlite3_snprintf((int)sizeof sql, sql, "PRAGMA page_size=%d", page_size);
    st = vlt_pragma(s, sql, err);
    if (st == VAULT_OK)
        st = vlt_pragma(s, "PRAGMA encoding='UTF-8'", err);
    if (st == VAULT_OK)
        st = vlt_pragma(s, "PRAGMA auto_vacuum=INCREMENTAL", err);
    if (st == VAULT_OK)
        st = vlt_pragmas(s, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(s, true, err);
    if (st != VAULT_OK)
        return st;
    sqlite3_snprintf((int)sizeof sql, sql, "PRAGMA application_id=%d",
        VLT_APPLICATION_ID);
    st = vlt_pragma(s, sql, err);
    sqlite3_snprintf((int)sizeof sql, sql, "PRAGMA user_version=%d",
        user_version);
    if (st == VAULT_OK)
        st = vlt_pragma(s, sql, err);
    if (st == VAULT_OK)
        st = vlt_schema_create(s, err);
    if (st != VAULT_OK) {
        vlt_store_rollback(s);
        return st;
    }
    return vlt_store_commit(s, err);
}

enum vault_status
vlt_store_create(const char *path, int page_size,
    const struct vlt_store_options *opt, struct vlt_store **out,
    struct vault_error *err)
{
    return vlt_store_create_as(path, page_size, VLT_USER_VERSION, opt, out,
        err);
}

enum vault_status
vlt_store_create_as(const char *path, int page_size, int user_version,
    const struct vlt_store_options *opt, struct vlt_store **out,
    struct vault_error *err)
{
    struct vlt_store *s = NULL;
    enum vault_status st;

    assert(opt->mode == VLT_STORE_WRITE);
    st = vlt_os_create_empty(path, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_connect(path, SQLITE_OPEN_READWRITE, opt, &s, err);
    if (st == VAULT_OK)
        st = create_in(s, page_size, user_version, err);
    if (st != VAULT_OK) {
        vlt_store_close(s);
        (void)!vlt_os_unlink(path, NULL);
        return st;
    }
    s->user_version = user_version;
    *out = s;
    return VAULT_OK;
}

void
vlt_store_close(struct vlt_store *s)
{
    unsigned i;

    if (s == NULL)
        return;
    vlt_store_rollback(s);
    for (i = 0; i < s->cached; i++)
        sqlite3_finalize(s->cache[i].st);
    /* removes the empty journal under SQLite's own lock */
    if (s->db != NULL && s->written) {
        sqlite3_busy_timeout(s->db, 500);
        sqlite3_exec(s->db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    }
    sqlite3_close(s->db);
    vlt_rovfs_free(s->ro);
    free(s->path);
    free(s);
}

static void
tell_ending(struct vlt_store *s)
{
    void (*ending)(void *ctx) = s->ending;

    s->ending = NULL;
    if (ending != NULL)
        ending(s->ending_ctx);
}

/* Generous for honest files, an end for trees that were built without one. */
static void
reset_budget(struct vlt_store *s)
{
    sqlite3_file *f = NULL;
    sqlite3_int64 size = 0;

    sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &f);
    if (f != NULL && f->pMethods != NULL)
        f->pMethods->xFileSize(f, &size);
    s->ops_left = 200000000 + (int64_t)(size / VLT_PAGE_SMALL) * 25000;
}

enum vault_status
vlt_store_begin(struct vlt_store *s, bool write, struct vault_error *err)
{
    sqlite3_stmt *st = NULL;
    enum vault_status status;
    bool row;

    assert(!vlt_store_in_transaction(s));
    assert(!write || s->mode == VLT_STORE_WRITE);
    if (s->broken)
        return vlt_fail_hint(err, VAULT_E_IO,
            "close the vault and open it again",
            "an earlier write failed half way");
    tell_ending(s);
    reset_budget(s);
    if (write && !s->written) {
        status = vlt_pragma(s, "PRAGMA journal_mode=TRUNCATE", err);
        if (status != VAULT_OK)
            return status;
        s->written = true;
    }
    status = vlt_stmt(s, write ? "BEGIN IMMEDIATE" : "BEGIN", &st, err);
    if (status == VAULT_OK)
        status = vlt_run(s, st, err);
    if (status != VAULT_OK || write)
        return status;
    /* take the snapshot now, not with the first query */
    status = vlt_stmt(s, "SELECT 1 FROM sqlite_schema LIMIT 1", &st, err);
    if (status == VAULT_OK)
        status = vlt_step(s, st, &row, err);
    if (st != NULL)
        sqlite3_reset(st);
    if (status != VAULT_OK)
        vlt_store_rollback(s);
    s->undone = vlt_rovfs_undone(s->ro);
    return status;
}

enum vault_status
vlt_store_commit(struct vlt_store *s, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    unsigned i;

    assert(vlt_store_in_transaction(s));
    tell_ending(s);
    for (i = 0; i < s->cached; i++)
        sqlite3_reset(s->cache[i].st);
    status = vlt_stmt(s, "COMMIT", &st, err);
    if (status == VAULT_OK)
        status = vlt_run(s, st, err);
    if (status == VAULT_OK)
        return VAULT_OK;
    /* whether it took effect is known only after opening again, except
     * when a reader was in the way: then nothing was written */
    if (status != VAULT_E_BUSY)
        s->broken = true;
    vlt_store_rollback(s);
    return status;
}

void
vlt_store_rollback(struct vlt_store *s)
{
    unsigned i;

    tell_ending(s);
    if (s->db == NULL || !vlt_store_in_transaction(s))
        return;
    for (i = 0; i < s->cached; i++)
        sqlite3_reset(s->cache[i].st);
    /* a progress callback that wants to stop must not stop this */
    sqlite3_progress_handler(s->db, 0, NULL, NULL);
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    vlt_connection_watch(s);
}

bool
vlt_store_in_transaction(const struct vlt_store *s)
{
    return s->db != NULL && sqlite3_get_autocommit(s->db) == 0;
}

enum vault_status
vlt_store_quick_check(struct vlt_store *s, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    bool row;
    char why[120] = "";

    status = vlt_stmt(s, "PRAGMA integrity_check(1)", &st, err);
    if (status == VAULT_OK)
        status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (row && sqlite3_column_type(st, 0) == SQLITE_TEXT)
        sqlite3_snprintf((int)sizeof why, why, "%s",
            (const char *)sqlite3_column_text(st, 0));
    sqlite3_reset(st);
    if (strcmp(why, "ok") != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the container's structure is damaged: %s", why);
    return VAULT_OK;
}

static enum vault_status
pragma_int(struct vlt_store *s, const char *sql, int64_t *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s, sql, &st, err);
    if (status == VAULT_OK)
        status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    *out = row ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return VAULT_OK;
}

enum vault_status
vlt_store_bytes(struct vlt_store *s, uint64_t *out, struct vault_error *err)
{
    int64_t pages = 0;
    int64_t size = 0;
    enum vault_status st;

    st = pragma_int(s, "PRAGMA page_count", &pages, err);
    if (st == VAULT_OK)
        st = pragma_int(s, "PRAGMA page_size", &size, err);
    if (st == VAULT_OK)
        *out = (uint64_t)pages * (uint64_t)size;
    return st;
}

enum vault_status
vlt_store_data_version(struct vlt_store *s, int64_t *out,
    struct vault_error *err)
{
    return pragma_int(s, "PRAGMA data_version", out, err);
}

enum vault_status
vlt_store_zeroing(struct vlt_store *s, bool on, struct vault_error *err)
{
    return vlt_pragma(s,
        on ? "PRAGMA secure_delete=ON" : "PRAGMA secure_delete=OFF", err);
}
