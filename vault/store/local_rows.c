/* SPDX-License-Identifier: Apache-2.0 */
/* local_rows.c: the sealed rows of settings and contacts */
#include <sqlite3.h>
#include "fail.h"
#include "rows.h"

/* The row that a query gives, copied out, so that the query is done with. */
static enum vault_status
take(struct vlt_store *s, sqlite3_stmt *st, uint64_t *id, uint64_t *rev,
    struct vlt_buf *out, bool *found, struct vault_error *err)
{
    struct vlt_row r;
    const uint8_t *b;
    size_t n;
    enum vault_status status = vlt_step(s, st, found, err);

    if (status != VAULT_OK || !*found)
        return status;
    vlt_row_init(&r, st, "local");
    *id = vlt_row_u64(&r, 0, INT64_MAX);
    *rev = vlt_row_u64(&r, 1, INT64_MAX);
    b = vlt_row_blob(&r, 2, 0, VLT_LOCAL_MAX, &n);
    status = vlt_row_end(&r, err);
    if (status == VAULT_OK) {
        vlt_buf_put(out, b, n);
        status = vlt_buf_end(out, "local", err);
    }
    sqlite3_reset(st);
    return status;
}

/* The query for the first row, or for the one after `id`. */
static enum vault_status
ask(struct vlt_store *s, bool first, uint64_t id, sqlite3_stmt **st,
    struct vault_error *err)
{
    enum vault_status status;

    if (first)
        return vlt_stmt(s, "SELECT id, rev, b FROM local ORDER BY id LIMIT 1",
            st, err);
    status = vlt_stmt(s,
        "SELECT id, rev, b FROM local WHERE id > ? ORDER BY id LIMIT 1", st,
        err);
    if (status == VAULT_OK)
        vlt_bind_u64(*st, 1, id);
    return status;
}

enum vault_status
vlt_locals(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, uint64_t id, uint64_t rev,
        const uint8_t *b, size_t n, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_buf b;
    uint64_t last, id = 0;
    uint64_t rev = 0;
    bool first, found;
    enum vault_status status = VAULT_OK;

    vlt_buf_init(&b, VLT_LOCAL_MAX);
    for (first = true; status == VAULT_OK; first = false) {
        status = ask(s, first, id, &st, err);
        if (status != VAULT_OK)
            break;
        vlt_buf_reset(&b);
        last = id;
        status = take(s, st, &id, &rev, &b, &found, err);
        if (status != VAULT_OK || !found)
            break;
        if (!first)
            status = vlt_rows_rise(last, id, "local", err);
        if (status == VAULT_OK)
            status = fn(ctx, id, rev, b.p, b.len, err);
    }
    vlt_buf_clear(&b);
    return status;
}

enum vault_status
vlt_local_get(struct vlt_store *s, uint64_t id, uint64_t *rev,
    struct vlt_buf *out, struct vault_error *err)
{
    sqlite3_stmt *st;
    uint64_t at = 0;
    bool found = false;
    enum vault_status status =
        vlt_stmt(s, "SELECT id, rev, b FROM local WHERE id = ?", &st, err);

    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, id);
    status = take(s, st, &at, rev, out, &found, err);
    if (status == VAULT_OK && !found)
        status = vlt_fail(err, VAULT_E_NOT_FOUND, "no such setting");
    return status;
}

enum vault_status
vlt_local_last(struct vlt_store *s, uint64_t *id, struct vault_error *err)
{
    return vlt_count(s, "SELECT max(id) FROM local", id, err);
}

enum vault_status
vlt_local_put(struct vlt_store *s, uint64_t id, uint64_t rev, const void *b,
    size_t n, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "INSERT OR REPLACE INTO local(id, rev, b) VALUES(?, ?, ?)", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, id);
    vlt_bind_u64(st, 2, rev);
    vlt_bind_blob(st, 3, b, n);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_local_delete(struct vlt_store *s, uint64_t id, struct vault_error *err)
{
    struct vlt_buf b;
    sqlite3_stmt *st;
    uint64_t rev;
    enum vault_status status;

    vlt_buf_init(&b, VLT_LOCAL_MAX);
    status = vlt_local_get(s, id, &rev, &b, err);
    vlt_buf_clear(&b);
    if (status == VAULT_OK)
        status = vlt_stmt(s, "DELETE FROM local WHERE id = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, id);
    return vlt_run(s, st, err);
}
