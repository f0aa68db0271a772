/* SPDX-License-Identifier: Apache-2.0 */
/* connection.c: one connection to a file nobody vouches for, and its twins */
#include "connection.h"
#include <sqlite3.h>
#include <assert.h>
#include <stdlib.h>
#include "bytes.h"
#include "fail.h"
#include "os.h"
#include "rovfs.h"
#include "twinfile.h"
#include "wipemem.h"

enum {
    PATH_SIZE = 4096,
    PROGRESS_OPS = 20000,
    HEAP_LIMIT = 512 * 1024 * 1024,
    VALUE_LIMIT = 17 * 1024 * 1024
};

static int
on_progress(void *ctx)
{
    struct vlt_store *s = ctx;

    s->ops_left -= PROGRESS_OPS;
    if (s->interrupt != NULL && s->interrupt(s->ctx) != 0)
        s->stopped = true;
    return s->stopped || s->ops_left < 0;
}

static void
limit(sqlite3 *db)
{
    static const struct {
        int id;
        int value;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, VALUE_LIMIT},
        {SQLITE_LIMIT_SQL_LENGTH, 100000},
        {SQLITE_LIMIT_COLUMN, 100},
        {SQLITE_LIMIT_EXPR_DEPTH, 10},
        {SQLITE_LIMIT_COMPOUND_SELECT, 3},
        {SQLITE_LIMIT_VDBE_OP, 25000},
        {SQLITE_LIMIT_FUNCTION_ARG, 8},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 16},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 0},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    size_t i;

    for (i = 0; i < VLT_COUNT(limits); i++)
        sqlite3_limit(db, limits[i].id, limits[i].value);
}

static void
defend(sqlite3 *db)
{
    static const struct {
        int op;
        int on;
    } switches[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
    };
    size_t i;

    for (i = 0; i < VLT_COUNT(switches); i++)
        sqlite3_db_config(db, switches[i].op, switches[i].on, NULL);
}

void
vlt_connection_watch(struct vlt_store *s)
{
    sqlite3_progress_handler(s->db, PROGRESS_OPS, on_progress, s);
}

enum vault_status
vlt_pragma(struct vlt_store *s, const char *sql, struct vault_error *err)
{
    int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? VAULT_OK : vlt_sqlite_fail(s, rc, sql, err);
}

enum vault_status
vlt_pragmas(struct vlt_store *s, struct vault_error *err)
{
    static const char *const list[] = {
        "PRAGMA cell_size_check=ON",
        "PRAGMA mmap_size=0",
        "PRAGMA trusted_schema=OFF",
        "PRAGMA temp_store=MEMORY",
        "PRAGMA secure_delete=ON",
        "PRAGMA synchronous=EXTRA",
        "PRAGMA cache_size=-8192",
        "PRAGMA foreign_keys=OFF",
    };
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(list); i++)
        st = vlt_pragma(s, list[i], err);
    return st;
}

/* A handle for the file of this absolute path; nothing is open yet. */
static enum vault_status
new_handle(const char *full, const struct vlt_store_options *opt,
    struct vlt_rovfs *ro, struct vlt_store **out, struct vault_error *err)
{
    struct vlt_store *s = calloc(1, sizeof *s);

    if (s == NULL || ro == NULL || (s->path = vlt_strdup(full)) == NULL) {
        free(s);
        vlt_rovfs_free(ro);
        return vlt_fail_memory(err);
    }
    s->mode = opt->mode;
    s->interrupt = opt->interrupt;
    s->ctx = opt->ctx;
    s->ops_left = INT64_MAX;
    s->ro = ro;
    *out = s;
    return VAULT_OK;
}

static enum vault_status
open_handle(struct vlt_store *s, const char *path, int flags, unsigned busy_ms,
    struct vault_error *err)
{
    int rc;

    if (sqlite3_hard_heap_limit64(-1) == 0)
        sqlite3_hard_heap_limit64(HEAP_LIMIT);
    rc = sqlite3_open_v2(s->path, &s->db,
        flags | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE,
        vlt_rovfs_name(s->ro));
    if (rc != SQLITE_OK)
        return vlt_fail(err, VAULT_E_IO, "cannot open %s: %s", path,
            s->db != NULL ? sqlite3_errmsg(s->db) : "no memory");
    limit(s->db);
    defend(s->db);
    sqlite3_busy_timeout(s->db, busy_ms == 0 ? 5000 : (int)busy_ms);
    vlt_connection_watch(s);
    return VAULT_OK;
}

enum vault_status
vlt_connect(const char *path, int flags, const struct vlt_store_options *opt,
    struct vlt_store **out, struct vault_error *err)
{
    char full[PATH_SIZE];
    struct vlt_store *s = NULL;
    enum vault_status st;

    vlt_wipemem_begin();
    /* absolute, so that no path is taken for a URI ("file:...") */
    st = vlt_os_absolute(path, full, sizeof full, err);
    if (st == VAULT_OK)
        st = new_handle(full, opt, vlt_rovfs_new(opt->mode == VLT_STORE_WRITE),
            &s, err);
    if (st != VAULT_OK)
        return st;
    if (s->mode == VLT_STORE_PRESENT)
        vlt_rovfs_no_journal(s->ro);
    st = open_handle(s, path, flags, opt->busy_ms, err);
    if (st != VAULT_OK) {
        vlt_store_close(s);
        return st;
    }
    *out = s;
    return VAULT_OK;
}

enum vault_status
vlt_store_twin(struct vlt_store *of, int (*interrupt)(void *ctx), void *ctx,
    struct vlt_store **out, struct vault_error *err)
{
    struct vlt_store_options opt = {VLT_STORE_READ, 0, interrupt, ctx};
    struct vlt_store *s = NULL;
    enum vault_status st;

    assert(of->mode != VLT_STORE_WRITE && vlt_store_in_transaction(of));
    if (!vlt_twinfile_can())
        return vlt_fail(err, VAULT_E_POLICY,
            "two threads cannot read one open file on this system");
    st = new_handle(of->path, &opt, vlt_rovfs_twin(of->ro), &s, err);
    if (st != VAULT_OK)
        return st;
    st = open_handle(s, of->path, SQLITE_OPEN_READWRITE, 0, err);
    if (st == VAULT_OK)
        st = vlt_pragmas(s, err);
    if (st == VAULT_OK) /* there may be many */
        st = vlt_pragma(s, "PRAGMA cache_size=-4096", err);
    if (st == VAULT_OK)
        st = vlt_store_begin(s, false, err);
    if (st != VAULT_OK) {
        vlt_store_close(s);
        return st;
    }
    s->user_version = of->user_version;
    *out = s;
    return VAULT_OK;
}

enum vault_status
vlt_store_cache(struct vlt_store *s, unsigned kib, struct vault_error *err)
{
    char sql[48];

    sqlite3_snprintf((int)sizeof sql, sql, "PRAGMA cache_size=-%u", kib);
    return vlt_pragma(s, sql, err);
}
