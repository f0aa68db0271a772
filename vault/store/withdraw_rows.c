/* SPDX-License-Identifier: Apache-2.0 */
/* withdraw_rows.c: overwriting and deleting what a withdrawal takes away */
#include <sqlite3.h>
#include <assert.h>
#include "log_rows.h"
#include "record_rows.h"
#include "rows.h"

/*
 * Zeros of the same length go over the old bytes in their place; then the
 * row or value goes. What SQLite frees it overwrites too (secure_delete).
 */
static enum vault_status
on_rid(struct vlt_store *s, const char *sql, uint64_t rid,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s, sql, &st, err);

    assert(vlt_store_in_transaction(s));
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_wrap_destroy(struct vlt_store *s, uint64_t rid, struct vault_error *err)
{
    enum vault_status st;

    st = on_rid(s, "UPDATE wrap SET b = zeroblob(length(b)) WHERE rid = ?", rid,
        err);
    if (st == VAULT_OK)
        st = on_rid(s, "DELETE FROM wrap WHERE rid = ?", rid, err);
    return st;
}

enum vault_status
vlt_meta_destroy(struct vlt_store *s, uint64_t rid, struct vault_error *err)
{
    enum vault_status st;

    st = on_rid(s,
        "UPDATE record SET meta = zeroblob(length(meta)) WHERE "
        "rid = ? AND meta IS NOT NULL",
        rid, err);
    if (st == VAULT_OK)
        st = on_rid(s, "UPDATE record SET meta = NULL WHERE rid = ?", rid, err);
    return st;
}

enum vault_status
vlt_extracts_destroy(struct vlt_store *s, uint64_t rid, struct vault_error *err)
{
    enum vault_status st;

    st = on_rid(s,
        "UPDATE extract SET wrap = zeroblob(length(wrap)), "
        "b = zeroblob(length(b)) WHERE rid = ?",
        rid, err);
    if (st == VAULT_OK)
        st = on_rid(s, "DELETE FROM extract WHERE rid = ?", rid, err);
    return st;
}

enum vault_status
vlt_segments_destroy(struct vlt_store *s, uint64_t rid, struct vault_error *err)
{
    return on_rid(s, "DELETE FROM segment WHERE rid = ?", rid, err);
}

enum vault_status
vlt_events_destroy(struct vlt_store *s, const uint8_t id[16], uint32_t version,
    uint64_t *n, struct vault_error *err)
{
    static const char *const step[] =
        {"UPDATE leaf SET evct = zeroblob(length(evct)) WHERE id = ?1 AND "
         "(?2 = 0 OR ver = ?2) AND evct IS NOT NULL",
            "UPDATE leaf SET evct = NULL WHERE id = ?1 AND "
            "(?2 = 0 OR ver = ?2) AND evct IS NOT NULL"};
    sqlite3_stmt *st;
    enum vault_status status = VAULT_OK;
    size_t i;

    assert(vlt_store_in_transaction(s));
    for (i = 0; status == VAULT_OK && i < 2; i++) {
        status = vlt_stmt(s, step[i], &st, err);
        if (status != VAULT_OK)
            return status;
        vlt_bind_blob(st, 1, id, 16);
        vlt_bind_u64(st, 2, version);
        status = vlt_run(s, st, err);
    }
    if (status == VAULT_OK)
        *n = (uint64_t)sqlite3_changes64(s->db);
    return status;
}

enum vault_status
vlt_event_destroy(struct vlt_store *s, uint64_t log, uint64_t idx, uint64_t *n,
    struct vault_error *err)
{
    static const char *const step[] =
        {"UPDATE leaf SET evct = zeroblob(length(evct)) WHERE log = ?1 AND "
         "idx = ?2 AND evct IS NOT NULL",
            "UPDATE leaf SET evct = NULL WHERE log = ?1 AND idx = ?2 AND "
            "evct IS NOT NULL"};
    sqlite3_stmt *st;
    enum vault_status status = VAULT_OK;
    size_t i;

    assert(vlt_store_in_transaction(s));
    for (i = 0; status == VAULT_OK && i < 2; i++) {
        status = vlt_stmt(s, step[i], &st, err);
        if (status != VAULT_OK)
            return status;
        vlt_bind_u64(st, 1, log);
        vlt_bind_u64(st, 2, idx);
        status = vlt_run(s, st, err);
    }
    if (status == VAULT_OK)
        *n = (uint64_t)sqlite3_changes64(s->db);
    return status;
}

enum vault_status
vlt_extract_count(struct vlt_store *s, uint64_t rid, uint64_t *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status =
        vlt_stmt(s, "SELECT count(*) FROM extract WHERE rid = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    vlt_row_init(&r, st, "extract");
    *out = vlt_row_u64(&r, 0, INT64_MAX);
    sqlite3_reset(st);
    return vlt_row_end(&r, err);
}
