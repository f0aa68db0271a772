/* SPDX-License-Identifier: Apache-2.0 */
/* leaf_rows.c: leaves and nodes, and the tree over them */
#include <sqlite3.h>
#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include "fail.h"
#include "log_rows.h"
#include "rows.h"

#define COLUMNS "SELECT log, idx, kind, id, ver, subj, ev, evct FROM leaf "

enum vault_status
vlt_leaf_put(struct vlt_store *s, uint64_t log, uint64_t idx,
    const struct vlt_leaf *leaf, const void *evct, size_t evct_len,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "INSERT INTO leaf(log, idx, kind, id, ver, subj, ev, "
        "evct) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_u64(st, 2, idx);
    vlt_bind_text(st, 3, leaf->kind, strlen(leaf->kind));
    if (leaf->has_record) {
        vlt_bind_blob(st, 4, leaf->record, 16);
        vlt_bind_u64(st, 5, leaf->version);
    }
    vlt_bind_blob(st, 6, leaf->subject, 32);
    vlt_bind_blob(st, 7, leaf->event, 32);
    if (evct != NULL)
        vlt_bind_blob(st, 8, evct, evct_len);
    return vlt_run(s, st, err);
}

static enum vault_status
read_row(sqlite3_stmt *st, struct vlt_leaf_row *out, struct vault_error *err)
{
    struct vlt_row r;
    const char *kind;
    size_t kind_len;
    enum vault_status status;

    memset(out, 0, sizeof *out);
    vlt_row_init(&r, st, "leaf");
    out->log = vlt_row_u64(&r, 0, INT64_MAX);
    out->idx = vlt_row_u64(&r, 1, INT64_MAX);
    kind = vlt_row_text(&r, 2, 1, VLT_LEAF_KIND, &kind_len);
    memcpy(out->leaf.kind, kind, kind_len);
    out->leaf.has_record = !vlt_row_null(&r, 3);
    if (out->leaf.has_record) {
        vlt_row_fixed(&r, 3, out->leaf.record, 16);
        out->leaf.version = (uint32_t)vlt_row_u64(&r, 4, UINT32_MAX);
    } else if (!vlt_row_null(&r, 4)) {
        r.bad = 5;
    }
    vlt_row_fixed(&r, 5, out->leaf.subject, 32);
    vlt_row_fixed(&r, 6, out->leaf.event, 32);
    if (!vlt_row_null(&r, 7))
        out->evct = vlt_row_blob(&r, 7, 1, VLT_EVENT_MAX, &out->evct_len);
    status = vlt_row_end(&r, err);
    if (status == VAULT_OK && !vlt_leaf_kind_ok(out->leaf.kind))
        status = vlt_fail(err, VAULT_E_TAMPERED,
            "log %" PRIu64 ", leaf %" PRIu64 ": malformed kind", out->log,
            out->idx);
    return status;
}

static enum vault_status
walk(struct vlt_store *s, sqlite3_stmt *st,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_leaf_row leaf;
    enum vault_status status = VAULT_OK;
    bool row;

    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        status = read_row(st, &leaf, err);
        if (status == VAULT_OK)
            status = fn(ctx, &leaf, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_leaves(struct vlt_store *s, uint64_t log, uint64_t from,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, COLUMNS "WHERE log = ? AND idx >= ? ORDER BY idx", &st,
        err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_u64(st, 2, from);
    return walk(s, st, fn, ctx, err);
}

enum vault_status
vlt_leaves_slots(struct vlt_store *s,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        COLUMNS "WHERE kind IN ('card', 'settings', 'slots') AND "
                "kind = 'slots' ORDER BY log, idx",
        &st, err);
    return status == VAULT_OK ? walk(s, st, fn, ctx, err) : status;
}

enum vault_status
vlt_leaves_of(struct vlt_store *s, const uint8_t id[16],
    enum vault_status (
        *fn)(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, COLUMNS "WHERE id = ? ORDER BY log, idx", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    return walk(s, st, fn, ctx, err);
}

enum vault_status
vlt_leaves_joining(struct vlt_store *s,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "SELECT log, idx, kind, id, ver, subj, ev, NULL FROM leaf "
        "WHERE kind = 'join'",
        &st, err);
    return status == VAULT_OK ? walk(s, st, fn, ctx, err) : status;
}

enum vault_status
vlt_leaf_subjects(struct vlt_store *s, const char *kind,
    enum vault_status (
        *fn)(void *ctx, const uint8_t subject[32], struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    uint8_t subject[32];
    sqlite3_stmt *st;
    struct vlt_row r;
    bool row;
    enum vault_status status =
        vlt_stmt(s, "SELECT DISTINCT subj FROM leaf WHERE kind = ?", &st, err);

    if (status == VAULT_OK)
        vlt_bind_text(st, 1, kind, strlen(kind));
    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        vlt_row_init(&r, st, "leaf");
        vlt_row_fixed(&r, 0, subject, sizeof subject);
        status = vlt_row_end(&r, err);
        if (status == VAULT_OK)
            status = fn(ctx, subject, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

/* One row of a bound statement, with a copy of its event. */
static enum vault_status
one(struct vlt_store *s, sqlite3_stmt *st, struct vlt_leaf_row *out,
    struct vlt_buf *evct, struct vault_error *err)
{
    enum vault_status status;
    bool row;

    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no such leaf");
    status = read_row(st, out, err);
    if (status == VAULT_OK && evct != NULL && out->evct != NULL) {
        vlt_buf_reset(evct);
        vlt_buf_put(evct, out->evct, out->evct_len);
        status = vlt_buf_end(evct, "event", err);
        out->evct = evct->p;
    } else if (evct == NULL) {
        out->evct = NULL;
    }
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_leaf_get(struct vlt_store *s, uint64_t log, uint64_t idx,
    struct vlt_leaf_row *out, struct vlt_buf *evct, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, COLUMNS "WHERE log = ? AND idx = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_u64(st, 2, idx);
    return one(s, st, out, evct, err);
}

static enum vault_status
last(struct vlt_store *s, const char *sql, uint64_t log, const char *kind,
    struct vlt_leaf_row *out, struct vlt_buf *evct, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s, sql, &st, err);

    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_text(st, 2, kind, strlen(kind));
    return one(s, st, out, evct, err);
}

enum vault_status
vlt_leaf_last(struct vlt_store *s, uint64_t log, const char *kind,
    struct vlt_leaf_row *out, struct vlt_buf *evct, struct vault_error *err)
{
    return last(s,
        COLUMNS "WHERE kind IN ('card', 'settings', 'slots') AND "
                "log = ?1 AND kind = ?2 ORDER BY idx DESC LIMIT 1",
        log, kind, out, evct, err);
}

enum vault_status
vlt_leaf_last_scan(struct vlt_store *s, uint64_t log, const char *kind,
    struct vlt_leaf_row *out, struct vlt_buf *evct, struct vault_error *err)
{
    return last(s,
        COLUMNS "WHERE log = ?1 AND +kind = ?2 "
                "ORDER BY idx DESC LIMIT 1",
        log, kind, out, evct, err);
}

enum vault_status
vlt_leaf_exists(struct vlt_store *s, const char *kind, const uint8_t *id,
    const uint8_t subject[32], bool *found, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        id != NULL
            ? "SELECT 1 FROM leaf WHERE id = ?3 AND kind = ?1 AND subj = ?2"
            : "SELECT 1 FROM leaf WHERE kind = ?1 AND subj = ?2",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_text(st, 1, kind, strlen(kind));
    vlt_bind_blob(st, 2, subject, 32);
    if (id != NULL)
        vlt_bind_blob(st, 3, id, 16);
    status = vlt_step(s, st, found, err);
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_leaf_count(struct vlt_store *s, uint64_t log, uint64_t *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT idx FROM leaf WHERE log = ? ORDER BY idx DESC LIMIT 1", &st,
        err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row) {
        *out = 0;
        return VAULT_OK;
    }
    vlt_row_init(&r, st, "leaf");
    *out = vlt_row_u64(&r, 0, INT64_MAX - 1) + 1;
    sqlite3_reset(st);
    return vlt_row_end(&r, err);
}

enum vault_status
vlt_node_get(struct vlt_store *s, uint64_t log, unsigned level, uint64_t idx,
    uint8_t out[32], bool *found, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;

    status = vlt_stmt(s,
        "SELECT h FROM node WHERE log = ? AND lvl = ? AND "
        "idx = ?",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_u64(st, 2, level);
    vlt_bind_u64(st, 3, idx);
    status = vlt_step(s, st, found, err);
    if (status != VAULT_OK || !*found)
        return status;
    vlt_row_init(&r, st, "node");
    vlt_row_fixed(&r, 0, out, 32);
    sqlite3_reset(st);
    return vlt_row_end(&r, err);
}

static enum vault_status
io_leaf(void *ctx, uint64_t index, uint8_t out[32], struct vault_error *err)
{
    struct vlt_log_tree *t = ctx;
    struct vlt_leaf_row leaf;
    enum vault_status st = vlt_leaf_get(t->s, t->log, index, &leaf, NULL, err);

    if (st == VAULT_E_NOT_FOUND)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "log %" PRIu64 ": leaf %" PRIu64 " is missing", t->log, index);
    if (st == VAULT_OK)
        vlt_leaf_text_hash(out, &leaf.leaf);
    return st;
}

static enum vault_status
io_node(void *ctx, unsigned level, uint64_t index, uint8_t out[32], bool *found,
    struct vault_error *err)
{
    struct vlt_log_tree *t = ctx;

    return vlt_node_get(t->s, t->log, level, index, out, found, err);
}

static enum vault_status
io_put_node(void *ctx, unsigned level, uint64_t index, const uint8_t hash[32],
    struct vault_error *err)
{
    struct vlt_log_tree *t = ctx;
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(t->s,
        "INSERT OR REPLACE INTO node(log, lvl, idx, h) "
        "VALUES(?, ?, ?, ?)",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, t->log);
    vlt_bind_u64(st, 2, level);
    vlt_bind_u64(st, 3, index);
    vlt_bind_blob(st, 4, hash, 32);
    return vlt_run(t->s, st, err);
}

void
vlt_log_tree_io(struct vlt_log_tree *t, struct vlt_store *s, uint64_t log,
    bool write, struct vlt_tree_io *io)
{
    t->s = s;
    t->log = log;
    io->ctx = t;
    io->leaf = io_leaf;
    io->node = io_node;
    io->put_node = write ? io_put_node : NULL;
}
