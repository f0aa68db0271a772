/* SPDX-License-Identifier: Apache-2.0 */
/* segment_rows.c: sealed bodies by segment, and what is staged */
#include <sqlite3.h>
#include <inttypes.h>
#include <string.h>
#include "fail.h"
#include "record_rows.h"
#include "rows.h"

enum vault_status
vlt_segment_put(struct vlt_store *s, uint64_t rid, uint64_t n, const void *ct,
    size_t len, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, "INSERT INTO segment(rid, n, ct) VALUES(?, ?, ?)", &st,
        err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    vlt_bind_u64(st, 2, n);
    vlt_bind_blob(st, 3, ct, len);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_segment_get(struct vlt_store *s, uint64_t rid, uint64_t n, void *out,
    size_t len, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status =
        vlt_stmt(s, "SELECT ct FROM segment WHERE rid = ? AND n = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    vlt_bind_u64(st, 2, n);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "segment %" PRIu64 " is missing", n);
    vlt_row_init(&r, st, "segment");
    vlt_row_fixed(&r, 0, out, len);
    status = vlt_row_end(&r, err);
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_segment_count(struct vlt_store *s, uint64_t rid, uint64_t *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status =
        vlt_stmt(s, "SELECT count(*) FROM segment WHERE rid = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    vlt_row_init(&r, st, "segment");
    *out = vlt_row_u64(&r, 0, INT64_MAX);
    sqlite3_reset(st);
    return vlt_row_end(&r, err);
}

enum vault_status
vlt_segments_delete(struct vlt_store *s, uint64_t rid, uint64_t at_most,
    uint64_t *deleted, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "DELETE FROM segment WHERE s IN (SELECT s FROM "
        "segment WHERE rid = ? LIMIT ?)",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    vlt_bind_u64(st, 2, at_most);
    status = vlt_run(s, st, err);
    if (status == VAULT_OK)
        *deleted = (uint64_t)sqlite3_changes64(s->db);
    return status;
}

enum vault_status
vlt_staging_same(struct vlt_store *s, uint64_t rid, uint64_t segments,
    const uint8_t first[32], bool *same, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    uint8_t got[32];
    uint64_t n = 0;
    enum vault_status status = vlt_segment_count(s, rid, &n, err);
    bool row = false;

    *same = false;
    if (status != VAULT_OK || n != segments)
        return status;
    status = vlt_stmt(s,
        "SELECT substr(ct, 1, 32) FROM segment WHERE "
        "rid = ?1 AND n = 0 AND EXISTS (SELECT 1 FROM staging WHERE "
        "rid = ?1)",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK || !row)
        return status;
    vlt_row_init(&r, st, "segment");
    vlt_row_fixed(&r, 0, got, sizeof got);
    status = vlt_row_end(&r, err);
    sqlite3_reset(st);
    *same = status == VAULT_OK && memcmp(got, first, sizeof got) == 0;
    return status;
}

static enum vault_status
on_staging(struct vlt_store *s, const char *sql, uint64_t rid,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s, sql, &st, err);

    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_staging_put(struct vlt_store *s, uint64_t rid, struct vault_error *err)
{
    return on_staging(s, "INSERT OR IGNORE INTO staging(rid) VALUES(?)", rid,
        err);
}

enum vault_status
vlt_staging_delete(struct vlt_store *s, uint64_t rid, struct vault_error *err)
{
    return on_staging(s, "DELETE FROM staging WHERE rid = ?", rid, err);
}

enum vault_status
vlt_staging_first(struct vlt_store *s, uint64_t *out, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status =
        vlt_stmt(s, "SELECT rid FROM staging ORDER BY rid LIMIT 1", &st, err);
    if (status == VAULT_OK)
        status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "nothing is staged");
    vlt_row_init(&r, st, "staging");
    *out = vlt_row_u64(&r, 0, INT64_MAX);
    status = vlt_row_end(&r, err);
    sqlite3_reset(st);
    return status;
}
