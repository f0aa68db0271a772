/* SPDX-License-Identifier: Apache-2.0 */
/* statement_cache.c: prepared statements, and columns nobody vouches for */
#include <sqlite3.h>
#include <assert.h>
#include <string.h>
#include "fail.h"
#include "store.h"

enum vault_status
vlt_stmt(struct vlt_store *s, const char *sql, sqlite3_stmt **out,
    struct vault_error *err)
{
    unsigned i;
    int rc;

    for (i = 0; i < s->cached; i++) {
        if (s->cache[i].sql == sql || strcmp(s->cache[i].sql, sql) == 0) {
            sqlite3_reset(s->cache[i].st);
            *out = s->cache[i].st;
            return VAULT_OK;
        }
    }
    if (s->cached == VLT_STORE_STATEMENTS)
        return vlt_fail(err, VAULT_E_INTERNAL, "too many statements");
    rc = sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
        &s->cache[s->cached].st, NULL);
    if (rc != SQLITE_OK)
        return vlt_sqlite_fail(s, rc, "preparing", err);
    s->cache[s->cached].sql = sql;
    *out = s->cache[s->cached].st;
    s->cached++;
    return VAULT_OK;
}

enum vault_status
vlt_step(struct vlt_store *s, sqlite3_stmt *st, bool *row,
    struct vault_error *err)
{
    int rc = sqlite3_step(st);
    enum vault_status status;

    if (rc == SQLITE_ROW) {
        *row = true;
        return VAULT_OK;
    }
    if (rc == SQLITE_DONE) {
        *row = false;
        sqlite3_reset(st);
        sqlite3_clear_bindings(st);
        return VAULT_OK;
    }
    status = vlt_sqlite_fail(s, rc, sqlite3_sql(st), err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return status;
}

enum vault_status
vlt_run(struct vlt_store *s, sqlite3_stmt *st, struct vault_error *err)
{
    bool row = false;
    enum vault_status status = vlt_step(s, st, &row, err);

    if (status == VAULT_OK && row) {
        sqlite3_reset(st);
        sqlite3_clear_bindings(st);
    }
    return status;
}

void
vlt_bind_blob(sqlite3_stmt *st, int i, const void *p, size_t n)
{
    /* a zero-length blob must not become NULL */
    int rc = sqlite3_bind_blob64(st, i, n == 0 ? "" : p, n, SQLITE_STATIC);

    (void)rc; /* a failed bind leaves NULL, which NOT NULL refuses */
}

void
vlt_bind_text(sqlite3_stmt *st, int i, const char *p, size_t n)
{
    sqlite3_bind_text64(st, i, p, n, SQLITE_STATIC, SQLITE_UTF8);
}

void
vlt_bind_u64(sqlite3_stmt *st, int i, uint64_t v)
{
    assert(v <= INT64_MAX);
    sqlite3_bind_int64(st, i, (sqlite3_int64)v);
}

void
vlt_row_init(struct vlt_row *r, sqlite3_stmt *st, const char *table)
{
    r->st = st;
    r->table = table;
    r->bad = 0;
}

static void
bad(struct vlt_row *r, int col)
{
    if (r->bad == 0)
        r->bad = col + 1;
}

uint64_t
vlt_row_u64(struct vlt_row *r, int col, uint64_t max)
{
    sqlite3_int64 v;

    if (sqlite3_column_type(r->st, col) != SQLITE_INTEGER) {
        bad(r, col);
        return 0;
    }
    v = sqlite3_column_int64(r->st, col);
    if (v < 0 || (uint64_t)v > max) {
        bad(r, col);
        return 0;
    }
    return (uint64_t)v;
}

const uint8_t *
vlt_row_blob(struct vlt_row *r, int col, size_t min, size_t max, size_t *n)
{
    const void *p;
    size_t len;

    *n = 0;
    if (sqlite3_column_type(r->st, col) != SQLITE_BLOB) {
        bad(r, col);
        return NULL;
    }
    p = sqlite3_column_blob(r->st, col);
    len = (size_t)sqlite3_column_bytes(r->st, col);
    if (len < min || len > max || (p == NULL && len > 0)) {
        bad(r, col);
        return NULL;
    }
    *n = len;
    return p;
}

void
vlt_row_fixed(struct vlt_row *r, int col, void *out, size_t n)
{
    size_t len;
    const uint8_t *p = vlt_row_blob(r, col, n, n, &len);

    if (p == NULL)
        memset(out, 0, n);
    else
        memcpy(out, p, n);
}

const char *
vlt_row_text(struct vlt_row *r, int col, size_t min, size_t max, size_t *n)
{
    const char *p;
    size_t len;

    *n = 0;
    if (sqlite3_column_type(r->st, col) != SQLITE_TEXT) {
        bad(r, col);
        return "";
    }
    p = (const char *)sqlite3_column_text(r->st, col);
    len = (size_t)sqlite3_column_bytes(r->st, col);
    if (p == NULL || len < min || len > max || memchr(p, 0, len) != NULL) {
        bad(r, col);
        return "";
    }
    *n = len;
    return p;
}

bool
vlt_row_null(const struct vlt_row *r, int col)
{
    return sqlite3_column_type(r->st, col) == SQLITE_NULL;
}

enum vault_status
vlt_row_end(const struct vlt_row *r, struct vault_error *err)
{
    if (r->bad == 0)
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_TAMPERED,
        "table %s, column %d: not what this format stores", r->table, r->bad);
}

enum vault_status
vlt_rows_rise(uint64_t lower, uint64_t higher, const char *table,
    struct vault_error *err)
{
    if (higher > lower)
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_TAMPERED,
        "table %s: rows stand in no order: the file is damaged", table);
}

const char *
vlt_sqlite_version(void)
{
    return sqlite3_libversion();
}
