/* SPDX-License-Identifier: Apache-2.0 */
/* epoch_rows.c: the table of epochs */
#include "epoch_rows.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "rows.h"

#define COLUMNS "SELECT e, id, head, rcpt, wraps, cache FROM epoch "

void
vlt_epoch_row_clear(struct vlt_epoch_row *r)
{
    vlt_epoch_clear(&r->epoch);
    memset(r, 0, sizeof *r);
}

/* Read the current row; the caller resets the statement. */
static enum vault_status
read_row(sqlite3_stmt *st, struct vlt_epoch_row *out, struct vault_error *err)
{
    const uint8_t *head, *rcpt, *wraps;
    size_t head_len, rcpt_len, wraps_len;
    uint8_t id[16];
    struct vlt_row r;
    enum vault_status status;

    memset(out, 0, sizeof *out);
    vlt_row_init(&r, st, "epoch");
    out->e = vlt_row_u64(&r, 0, INT64_MAX);
    vlt_row_fixed(&r, 1, id, sizeof id);
    head = vlt_row_blob(&r, 2, VLT_EPOCH_HEAD, VLT_EPOCH_HEAD, &head_len);
    rcpt = vlt_row_blob(&r, 3, 32, 32 * VLT_EPOCH_WRAPS_MAX, &rcpt_len);
    wraps = vlt_row_blob(&r, 4, VLT_EPOCH_WRAP,
        (size_t)VLT_EPOCH_WRAP * VLT_EPOCH_WRAPS_MAX, &wraps_len);
    out->has_cache = !vlt_row_null(&r, 5);
    if (out->has_cache)
        vlt_row_fixed(&r, 5, out->cache, sizeof out->cache);
    status = vlt_row_end(&r, err);
    if (status == VAULT_OK)
        status = vlt_epoch_decode(&out->epoch, head, head_len, rcpt, rcpt_len,
            wraps, wraps_len, err);
    if (status == VAULT_E_FORMAT)
        status = vlt_fail(err, VAULT_E_TAMPERED, "an epoch row is malformed");
    if (status == VAULT_OK && memcmp(id, out->epoch.id, 16) != 0)
        status = vlt_fail(err, VAULT_E_TAMPERED,
            "an epoch row carries another epoch's id");
    if (status != VAULT_OK)
        vlt_epoch_row_clear(out);
    return status;
}

static enum vault_status
one(struct vlt_store *s, sqlite3_stmt *st, struct vlt_epoch_row *out,
    struct vault_error *err)
{
    enum vault_status status;
    bool row;

    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no such epoch");
    status = read_row(st, out, err);
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_epoch_by_id(struct vlt_store *s, const uint8_t id[16],
    struct vlt_epoch_row *out, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, COLUMNS "WHERE id = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    status = one(s, st, out, err);
    if (status != VAULT_OK)
        return status;
    if (memcmp(out->epoch.id, id, 16) == 0)
        return VAULT_OK;
    vlt_epoch_row_clear(out);
    return vlt_fail(err, VAULT_E_TAMPERED, "the index of epochs is damaged");
}

static enum vault_status
put(struct vlt_store *s, sqlite3_stmt *st, const struct vlt_epoch *e,
    const uint8_t *cache, size_t cache_len, struct vault_error *err)
{
    vlt_bind_blob(st, 1, e->id, 16);
    vlt_bind_blob(st, 2, e->head, VLT_EPOCH_HEAD);
    vlt_bind_blob(st, 3, e->rcpt, (size_t)e->n * 32);
    vlt_bind_blob(st, 4, e->wraps, (size_t)e->n * VLT_EPOCH_WRAP);
    if (cache != NULL)
        vlt_bind_blob(st, 5, cache, cache_len);
    else
        sqlite3_bind_null(st, 5);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_epoch_put(struct vlt_store *s, const struct vlt_epoch *e,
    const uint8_t *cache, size_t cache_len, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "INSERT INTO epoch(id, head, rcpt, wraps, cache) "
        "VALUES(?, ?, ?, ?, ?)",
        &st, err);
    return status == VAULT_OK ? put(s, st, e, cache, cache_len, err) : status;
}

enum vault_status
vlt_epoch_put_at(struct vlt_store *s, uint64_t e, const struct vlt_epoch *epoch,
    const uint8_t *cache, size_t cache_len, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "INSERT OR REPLACE INTO epoch(id, head, rcpt, wraps, "
        "cache, e) VALUES(?, ?, ?, ?, ?, ?)",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 6, e);
    return put(s, st, epoch, cache, cache_len, err);
}

enum vault_status
vlt_epoch_delete(struct vlt_store *s, const uint8_t id[16],
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, "DELETE FROM epoch WHERE id = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    return vlt_run(s, st, err);
}

static enum vault_status
walk(struct vlt_store *s, sqlite3_stmt *st,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_epoch_row e;
    enum vault_status status = VAULT_OK;
    bool row;

    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        status = read_row(st, &e, err);
        if (status == VAULT_OK) {
            status = fn(ctx, &e, err);
            vlt_epoch_row_clear(&e);
        }
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_epochs(struct vlt_store *s,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s, COLUMNS "ORDER BY e", &st, err);

    return status == VAULT_OK ? walk(s, st, fn, ctx, err) : status;
}

enum vault_status
vlt_epochs_beyond(struct vlt_store *s, uint64_t e,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status =
        vlt_stmt(s, COLUMNS "WHERE e > ? ORDER BY e", &st, err);

    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, e);
    return walk(s, st, fn, ctx, err);
}

enum vault_status
vlt_epoch_destroy(struct vlt_store *s, const uint8_t id[16],
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "UPDATE epoch SET head = zeroblob(length(head)), "
        "rcpt = zeroblob(length(rcpt)), wraps = zeroblob(length(wraps)), "
        "cache = zeroblob(length(cache)) WHERE id = ?",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    status = vlt_run(s, st, err);
    return status == VAULT_OK ? vlt_epoch_delete(s, id, err) : status;
}

struct mark_list {
    size_t n, room, most;
    struct vlt_epoch_mark *m;
};

static enum vault_status
take_mark(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err)
{
    struct mark_list *l = ctx;
    struct vlt_epoch_mark *more;

    if (r->epoch.kind == VLT_EPOCH_COMPARTMENT)
        return VAULT_OK;
    if (l->n >= l->most)
        return vlt_fail(err, VAULT_E_LIMIT, "more than %zu epochs", l->most);
    if (l->n >= l->room) {
        l->room = l->room * 2 + 16;
        more = realloc(l->m, l->room * sizeof *more);
        if (more == NULL)
            return vlt_fail_memory(err);
        l->m = more;
    }
    vlt_epoch_mark(&l->m[l->n++], &r->epoch);
    return VAULT_OK;
}

enum vault_status
vlt_epoch_marks(struct vlt_store *s, size_t most, struct vlt_epoch_mark **m,
    size_t *n, struct vault_error *err)
{
    struct mark_list l = {0, 0, most, NULL};
    enum vault_status st = vlt_epochs(s, take_mark, &l, err);

    if (st != VAULT_OK) {
        free(l.m);
        return st;
    }
    *m = l.m;
    *n = l.n;
    return VAULT_OK;
}

enum vault_status
vlt_epoch_needed(struct vlt_store *s, const uint8_t id[16], bool *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "SELECT 1 FROM epoch WHERE id = ?1 "
        "UNION ALL SELECT 1 FROM wrap WHERE substr(b, 1, 16) = ?1 "
        "UNION ALL SELECT 1 FROM (SELECT wrap AS b FROM extract UNION ALL "
        "SELECT evct FROM leaf) WHERE substr(b, 1, 16) = ?1 LIMIT 1",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    status = vlt_step(s, st, out, err);
    sqlite3_reset(st);
    return status;
}

/* ---- kind 4: what this file's own vault does not open ---- */

enum vault_status
vlt_away_rows(struct vlt_store *s, uint64_t *n, struct vault_error *err)
{
    enum vault_status st = vlt_count(s,
        "SELECT EXISTS(SELECT 1 FROM epoch WHERE substr(head, 5, 1) = x'04')",
        n, err);

    if (st != VAULT_OK || *n == 0)
        return st;
    return vlt_count(s,
        "SELECT count(*) FROM wrap WHERE substr(b, 1, 16) IN "
        "(SELECT id FROM epoch WHERE substr(head, 5, 1) = x'04')",
        n, err);
}

enum vault_status
vlt_away_rids(struct vlt_store *s, uint64_t after, uint64_t *rid, size_t max,
    size_t *n, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    bool row;

    *n = 0;
    status = vlt_stmt(s,
        "SELECT rid FROM wrap WHERE rid > ? AND substr(b, 1, 16) IN "
        "(SELECT id FROM epoch WHERE substr(head, 5, 1) = x'04') "
        "ORDER BY rid LIMIT ?",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, after);
    vlt_bind_u64(st, 2, max);
    while (*n < max) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            return status;
        rid[(*n)++] = (uint64_t)sqlite3_column_int64(st, 0);
    }
    sqlite3_reset(st);
    return VAULT_OK;
}

enum vault_status
vlt_epoch_is(struct vlt_store *s, const uint8_t id[16],
    enum vlt_epoch_kind kind, bool *out, struct vault_error *err)
{
    uint8_t k = (uint8_t)kind;
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "SELECT 1 FROM epoch WHERE id = ? AND substr(head, 5, 1) = ?", &st,
        err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    vlt_bind_blob(st, 2, &k, 1);
    status = vlt_step(s, st, out, err);
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_away_epoch_unused(struct vlt_store *s, const uint8_t id[16],
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "DELETE FROM epoch WHERE id = ?1 AND substr(head, 5, 1) = x'04' AND "
        "id NOT IN (SELECT substr(b, 1, 16) FROM wrap)",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    return vlt_run(s, st, err);
}
