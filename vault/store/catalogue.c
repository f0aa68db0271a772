/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.c: opening and closing the inner database */
#include "catalogue.h"
#include "catalogue_inner.h"
#include <sqlite3.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "rows.h"

enum {
    PROGRESS_OPS = 20000,
    /* goes up with every change of the schema below */
    SCHEMA_VERSION = 3000 + VLT_TOKENS_VERSION
};

/*
 * entry   the current versions, by row of `record`; sum: of its words
 * span    the first and last time of the entries of 1,024 rows
 * word    the full-text index: words are put in and taken out, never stored
 * content keyed hashes; link: records that others link to
 * other   every row of f 1, by the id that is sealed in it
 */
static const char *const schema[] = {
    "CREATE TABLE mark(log INTEGER PRIMARY KEY, size INTEGER NOT NULL) STRICT",
    "CREATE TABLE entry(rid INTEGER PRIMARY KEY, id BLOB NOT NULL, "
    "ver INTEGER NOT NULL, always INTEGER NOT NULL, sealed INTEGER NOT NULL, "
    "sum BLOB NOT NULL) STRICT",
    "CREATE TABLE span(b INTEGER PRIMARY KEY, lo INTEGER NOT NULL, "
    "hi INTEGER NOT NULL) STRICT",
    "CREATE INDEX entry_always ON entry(rid) WHERE always = 1",
    "CREATE TABLE content(h BLOB NOT NULL, rid INTEGER NOT NULL, "
    "PRIMARY KEY(h, rid)) STRICT, WITHOUT ROWID",
    "CREATE INDEX content_rid ON content(rid)",
    "CREATE TABLE link(target BLOB NOT NULL, rid INTEGER NOT NULL, "
    "PRIMARY KEY(target, rid)) STRICT, WITHOUT ROWID",
    "CREATE INDEX link_rid ON link(rid)",
    "CREATE TABLE other(id BLOB NOT NULL, rid INTEGER NOT NULL, "
    "PRIMARY KEY(id, rid)) STRICT, WITHOUT ROWID",
    "CREATE VIRTUAL TABLE word USING fts5(t, content='', columnsize=0, "
    "detail=none, tokenize=\"ascii tokenchars '=.~-_^'\")",
    "INSERT INTO word(word, rank) VALUES('secure-delete', 1)",
};

enum vault_status
vlt_inner_fail(struct vlt_catalogue *c, int rc, struct vault_error *err)
{
    enum vault_status st = vlt_pagevfs_why(c->vfs, err);

    if (st != VAULT_OK)
        return st;
    if (rc == SQLITE_NOMEM)
        return vlt_fail_memory(err);
    if ((rc & 0xff) == SQLITE_INTERRUPT && c->outer->stopped)
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    return vlt_fail(err, VAULT_E_TAMPERED, "the catalogue is damaged (%d: %s)",
        rc, c->db != NULL ? sqlite3_errmsg(c->db) : "");
}

static int
on_progress(void *ctx)
{
    struct vlt_catalogue *c = ctx;
    struct vlt_store *s = c->outer;

    c->ops_left -= PROGRESS_OPS;
    if (s->interrupt != NULL && s->interrupt(s->ctx) != 0)
        s->stopped = true;
    return s->stopped || c->ops_left < 0;
}

static enum vault_status
run_all(struct vlt_catalogue *c, const char *const *sql, size_t n,
    struct vault_error *err)
{
    size_t i;
    int rc;

    for (i = 0; i < n; i++) {
        rc = sqlite3_exec(c->db, sql[i], NULL, NULL, NULL);
        if (rc != SQLITE_OK)
            return vlt_inner_fail(c, rc, err);
    }
    return VAULT_OK;
}

static void
defend(struct vlt_catalogue *c)
{
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_limit(c->db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(c->db, SQLITE_LIMIT_LENGTH, 17 * 1024 * 1024);
    sqlite3_limit(c->db, SQLITE_LIMIT_WORKER_THREADS, 0);
}

static enum vault_status
connect(struct vlt_catalogue *c, struct vault_error *err)
{
    static const char *const settings[] = {
        "PRAGMA locking_mode=EXCLUSIVE",
        "PRAGMA journal_mode=MEMORY",
        "PRAGMA temp_store=MEMORY",
        "PRAGMA secure_delete=ON",
        "PRAGMA synchronous=OFF", /* the outer file's COMMIT syncs */
        "PRAGMA cell_size_check=ON",
        "PRAGMA mmap_size=0",
        "PRAGMA cache_size=-6144",
    };
    int rc = sqlite3_open_v2("catalogue", &c->db,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_PRIVATECACHE |
            SQLITE_OPEN_EXRESCODE,
        vlt_pagevfs_name(c->vfs));

    if (rc != SQLITE_OK)
        return vlt_inner_fail(c, rc, err);
    defend(c);
    sqlite3_progress_handler(c->db, PROGRESS_OPS, on_progress, c);
    return run_all(c, settings, VLT_COUNT(settings), err);
}

static enum vault_status
create(struct vlt_catalogue *c, struct vault_error *err)
{
    char sql[64];
    int reserve = VLT_INNER_RESERVED;
    int rc;
    enum vault_status st;

    rc = sqlite3_exec(c->db, "PRAGMA page_size=16384", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_file_control(c->db, "main", SQLITE_FCNTL_RESERVE_BYTES,
            &reserve);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(c->db, "BEGIN", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return vlt_inner_fail(c, rc, err);
    st = run_all(c, schema, VLT_COUNT(schema), err);
    sqlite3_snprintf((int)sizeof sql, sql, "PRAGMA user_version=%d",
        SCHEMA_VERSION);
    if (st == VAULT_OK) {
        rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
        if (rc != SQLITE_OK)
            st = vlt_inner_fail(c, rc, err);
    }
    return st;
}

static enum vault_status
check_version(struct vlt_catalogue *c, struct vault_error *err)
{
    sqlite3_stmt *st;
    int reserve = -1;
    int64_t version = 0;
    enum vault_status status;
    bool row;

    status = vlt_inner_stmt(c, "PRAGMA user_version", &st, err);
    if (status == VAULT_OK)
        status = vlt_inner_step(c, st, &row, err);
    if (status != VAULT_OK)
        return status;
    version = row ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    sqlite3_file_control(c->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
    if (version != SCHEMA_VERSION || reserve != VLT_INNER_RESERVED)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the catalogue is another version's");
    return VAULT_OK;
}

static enum vault_status
begin(struct vlt_catalogue *c, enum vlt_catalogue_mode mode,
    struct vault_error *err)
{
    static const char *const read[] = {"BEGIN"};
    static const char *const write[] = {"BEGIN IMMEDIATE"};
    enum vault_status st = connect(c, err);

    if (st == VAULT_OK && mode == VLT_CATALOGUE_NEW)
        return create(c, err);
    if (st == VAULT_OK)
        st = run_all(c, c->write ? write : read, 1, err);
    if (st == VAULT_OK)
        st = check_version(c, err);
    return st;
}

enum vault_status
vlt_catalogue_open(struct vlt_store *outer, const struct vlt_cell *ck,
    enum vlt_catalogue_mode mode, struct vlt_catalogue **out,
    struct vault_error *err)
{
    struct vlt_catalogue *c;
    uint64_t pages = 0;
    enum vault_status st;

    assert(vlt_store_in_transaction(outer));
    if (mode == VLT_CATALOGUE_NEW)
        st = vlt_catalogue_clear(outer, err);
    else
        st = vlt_count(outer, "SELECT max(n) FROM page", &pages, err);
    if (st == VAULT_OK && mode != VLT_CATALOGUE_NEW && pages == 0)
        st = vlt_fail(err, VAULT_E_NOT_FOUND, "there is no catalogue");
    if (st != VAULT_OK)
        return st;
    c = calloc(1, sizeof *c);
    if (c == NULL)
        return vlt_fail_memory(err);
    c->outer = outer;
    c->ck = ck;
    c->write = mode != VLT_CATALOGUE_READ;
    c->ops_left = INT64_C(1000000000) + (int64_t)pages * 100000;
    c->vfs = vlt_pagevfs_new(outer, ck);
    st = c->vfs == NULL ? vlt_fail_memory(err) : begin(c, mode, err);
    if (st != VAULT_OK) {
        vlt_catalogue_close(c);
        return st;
    }
    *out = c;
    return VAULT_OK;
}

enum vault_status
vlt_catalogue_flush(struct vlt_catalogue *c, struct vault_error *err)
{
    static const char *const commit[] = {"COMMIT"};
    static const char *const begin_again[] = {"BEGIN IMMEDIATE"};
    enum vault_status st;

    assert(c->write);
    st = run_all(c, commit, 1, err);
    if (st == VAULT_OK)
        st = vlt_pagevfs_flush(c->vfs, err);
    return st == VAULT_OK ? run_all(c, begin_again, 1, err) : st;
}

void
vlt_catalogue_close(struct vlt_catalogue *c)
{
    unsigned i;

    if (c == NULL)
        return;
    for (i = 0; i < c->cached; i++)
        sqlite3_finalize(c->cache[i].st);
    sqlite3_close(c->db);
    /* what was written without a flush was written back just now */
    if (c->write && c->vfs != NULL && vlt_store_in_transaction(c->outer))
        (void)!vlt_pagevfs_flush(c->vfs, NULL);
    vlt_pagevfs_free(c->vfs);
    vlt_cell_free(c->own_ck);
    free(c);
}

void
vlt_catalogue_own_key(struct vlt_catalogue *c, struct vlt_cell *ck)
{
    assert(c->ck == ck);
    c->own_ck = ck;
}

const struct vlt_cell *
vlt_catalogue_session_key(const struct vlt_catalogue *c)
{
    return c->ck;
}

uint64_t
vlt_catalogue_written(const struct vlt_catalogue *c)
{
    return vlt_pagevfs_written(c->vfs);
}

/* ---- the outer transaction ---- */

static enum vault_status
outer_run(struct vlt_store *outer, const char *sql, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(outer, sql, &st, err);

    return status == VAULT_OK ? vlt_run(outer, st, err) : status;
}

enum vault_status
vlt_catalogue_save(struct vlt_store *outer, struct vault_error *err)
{
    return outer_run(outer, "SAVEPOINT catalogue", err);
}

enum vault_status
vlt_catalogue_keep(struct vlt_store *outer, struct vault_error *err)
{
    return outer_run(outer, "RELEASE catalogue", err);
}

enum vault_status
vlt_catalogue_undo(struct vlt_store *outer, struct vault_error *err)
{
    enum vault_status st;

    if (!vlt_store_in_transaction(outer))
        return vlt_fail(err, VAULT_E_IO,
            "writing the vault failed; nothing was changed");
    st = outer_run(outer, "ROLLBACK TO catalogue", err);
    if (st == VAULT_OK)
        st = outer_run(outer, "RELEASE catalogue", err);
    return st;
}

enum vault_status
vlt_catalogue_clear(struct vlt_store *outer, struct vault_error *err)
{
    return outer_run(outer, "DELETE FROM page", err);
}

/* ---- statements of the row files ---- */

enum vault_status
vlt_inner_stmt(struct vlt_catalogue *c, const char *sql, sqlite3_stmt **out,
    struct vault_error *err)
{
    unsigned i;
    int rc;

    for (i = 0; i < c->cached; i++) {
        if (c->cache[i].sql == sql) {
            *out = c->cache[i].st;
            sqlite3_reset(*out);
            return VAULT_OK;
        }
    }
    assert(c->cached < VLT_COUNT(c->cache));
    rc = sqlite3_prepare_v2(c->db, sql, -1, out, NULL);
    if (rc != SQLITE_OK)
        return vlt_inner_fail(c, rc, err);
    c->cache[c->cached].sql = sql;
    c->cache[c->cached++].st = *out;
    return VAULT_OK;
}

enum vault_status
vlt_inner_step(struct vlt_catalogue *c, sqlite3_stmt *st, bool *row,
    struct vault_error *err)
{
    int rc = sqlite3_step(st);
    enum vault_status status = VAULT_OK;

    *row = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW)
        return VAULT_OK;
    if (rc != SQLITE_DONE)
        status = vlt_inner_fail(c, rc, err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return status;
}

enum vault_status
vlt_inner_run(struct vlt_catalogue *c, sqlite3_stmt *st,
    struct vault_error *err)
{
    bool row;
    enum vault_status status = vlt_inner_step(c, st, &row, err);

    if (status == VAULT_OK && row) {
        sqlite3_reset(st);
        sqlite3_clear_bindings(st);
    }
    return status;
}
