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

/* From so many bytes on, what is read goes where it belongs at once. */
enum { LARGE = 64 * 1024 };

/* Where it lies, if it is a blob of this length. Its bytes are not read. */
static enum vault_status
find_large(struct vlt_store *s, uint64_t rid, uint64_t n, size_t len,
    sqlite3_int64 *at, bool *there, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "SELECT s FROM segment WHERE rid = ? AND n = ? AND "
        "typeof(ct) = 'blob' AND length(ct) = ?",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    vlt_bind_u64(st, 2, n);
    vlt_bind_u64(st, 3, len);
    status = vlt_step(s, st, there, err);
    if (status == VAULT_OK && *there) {
        *at = sqlite3_column_int64(st, 0);
        sqlite3_reset(st);
    }
    return status;
}

/* Page by page into `out`, with no copy of the whole on the way. */
static enum vault_status
read_large(struct vlt_store *s, sqlite3_int64 at, void *out, size_t len,
    struct vault_error *err)
{
    sqlite3_blob *b = NULL;
    enum vault_status status = VAULT_OK;
    int rc = sqlite3_blob_open(s->db, "main", "segment", "ct", at, 0, &b);

    if (rc == SQLITE_OK)
        rc = sqlite3_blob_read(b, out, (int)len, 0);
    if (rc != SQLITE_OK)
        status = vlt_sqlite_fail(s, rc, "segment", err);
    sqlite3_blob_close(b);
    return status;
}

static enum vault_status
read_small(struct vlt_store *s, uint64_t rid, uint64_t n, void *out, size_t len,
    struct vault_error *err)
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
vlt_segment_get(struct vlt_store *s, uint64_t rid, uint64_t n, void *out,
    size_t len, struct vault_error *err)
{
    sqlite3_int64 at = 0;
    bool there = false;
    enum vault_status st = VAULT_OK;

    if (len >= LARGE && len <= VLT_SEGMENT_SEALED)
        st = find_large(s, rid, n, len, &at, &there, err);
    if (st != VAULT_OK)
        return st;
    return there ? read_large(s, at, out, len, err)
                 : read_small(s, rid, n, out, len, err);
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
