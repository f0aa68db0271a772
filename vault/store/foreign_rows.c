/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_rows.c: rows of f 1, sealed; what they hold is not known here */
#include "foreign_rows.h"
#include <sqlite3.h>
#include <inttypes.h>
#include "fail.h"

/* The number after the highest that this statement gives. */
static enum vault_status
next_after(struct vlt_store *s, const char *sql, const char *table,
    uint64_t *out, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status = vlt_stmt(s, sql, &st, err);
    bool row = false;

    if (status == VAULT_OK)
        status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    *out = 1;
    if (!row)
        return VAULT_OK;
    vlt_row_init(&r, st, table);
    *out = vlt_row_u64(&r, 0, INT64_MAX - 1) + 1;
    status = vlt_row_end(&r, err);
    sqlite3_reset(st);
    return status;
}

/* ---- record ---- */

enum vault_status
vlt_foreign_row_put(struct vlt_store *s, uint64_t rid,
    const uint8_t head[VLT_SEALED_HEAD], const void *meta, size_t meta_len,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "INSERT INTO record(rid, f, id, ver, head, meta) "
        "VALUES(?, 1, NULL, NULL, ?, ?)",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    vlt_bind_blob(st, 2, head, VLT_SEALED_HEAD);
    if (meta != NULL)
        vlt_bind_blob(st, 3, meta, meta_len);
    else
        sqlite3_bind_null(st, 3);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_foreign_meta_put(struct vlt_store *s, uint64_t rid, const void *meta,
    size_t meta_len, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "UPDATE record SET meta = ? WHERE rid = ? AND f = 1 AND meta IS NULL",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, meta, meta_len);
    vlt_bind_u64(st, 2, rid);
    status = vlt_run(s, st, err);
    if (status == VAULT_OK && sqlite3_changes64(s->db) != 1)
        status = vlt_fail(err, VAULT_E_TAMPERED,
            "record row %" PRIu64 " is missing, or has metadata", rid);
    return status;
}

enum vault_status
vlt_foreign_rows(struct vlt_store *s, uint64_t from, uint64_t limit,
    enum vault_status (*fn)(void *ctx, uint64_t rid,
        const uint8_t head[VLT_SEALED_HEAD], struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT rid, head FROM record WHERE f = 1 AND rid > ? "
        "ORDER BY rid LIMIT ?",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, from);
    vlt_bind_u64(st, 2, limit);
    while (status == VAULT_OK) {
        const uint8_t *head;
        uint64_t rid;
        size_t n;

        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        vlt_row_init(&r, st, "record");
        rid = vlt_row_u64(&r, 0, INT64_MAX);
        head = vlt_row_blob(&r, 1, VLT_SEALED_HEAD, VLT_SEALED_HEAD, &n);
        status = vlt_row_end(&r, err);
        if (status == VAULT_OK)
            status = vlt_rows_rise(from, rid, "record", err);
        from = rid;
        if (status == VAULT_OK)
            status = fn(ctx, rid, head, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_foreign_parts(struct vlt_store *s, uint64_t rid,
    struct vlt_foreign_parts *out, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT meta IS NOT NULL, "
        "EXISTS(SELECT 1 FROM wrap WHERE wrap.rid = record.rid), "
        "EXISTS(SELECT 1 FROM extract WHERE extract.rid = record.rid) "
        "FROM record WHERE rid = ? AND f = 1",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no such record");
    vlt_row_init(&r, st, "record");
    out->meta = vlt_row_u64(&r, 0, 1) == 1;
    out->wrap = vlt_row_u64(&r, 1, 1) == 1;
    out->extracts = vlt_row_u64(&r, 2, 1) == 1;
    status = vlt_row_end(&r, err);
    sqlite3_reset(st);
    return status;
}

/* ---- segment ---- */

enum vault_status
vlt_segment_next(struct vlt_store *s, uint64_t *out, struct vault_error *err)
{
    return next_after(s, "SELECT s FROM segment ORDER BY s DESC LIMIT 1",
        "segment", out, err);
}

enum vault_status
vlt_segment_put_at(struct vlt_store *s, uint64_t row, uint64_t rid, uint64_t n,
    const void *ct, size_t len, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "INSERT INTO segment(s, rid, n, ct) VALUES(?, ?, ?, ?)", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, row);
    vlt_bind_u64(st, 2, rid);
    vlt_bind_u64(st, 3, n);
    vlt_bind_blob(st, 4, ct, len);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_segment_get_row(struct vlt_store *s, uint64_t rid, uint64_t n, void *out,
    size_t len, uint64_t *number, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s, "SELECT s, ct FROM segment WHERE rid = ? AND n = ?",
        &st, err);
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
    *number = vlt_row_u64(&r, 0, INT64_MAX);
    vlt_row_fixed(&r, 1, out, len);
    status = vlt_row_end(&r, err);
    sqlite3_reset(st);
    return status;
}

/* ---- extract ---- */

enum vault_status
vlt_extract_row_next(struct vlt_store *s, uint64_t *out,
    struct vault_error *err)
{
    return next_after(s, "SELECT x FROM extract ORDER BY x DESC LIMIT 1",
        "extract", out, err);
}

enum vault_status
vlt_extract_row_put(struct vlt_store *s, uint64_t x, uint64_t rid,
    const uint8_t wrap[VLT_RECORD_WRAP], const void *b, size_t len,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "INSERT INTO extract(x, rid, wrap, b) VALUES(?, ?, ?, ?)", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, x);
    vlt_bind_u64(st, 2, rid);
    vlt_bind_blob(st, 3, wrap, VLT_RECORD_WRAP);
    vlt_bind_blob(st, 4, b, len);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_extract_rows(struct vlt_store *s, uint64_t rid,
    enum vault_status (*fn)(void *ctx, uint64_t x,
        const uint8_t wrap[VLT_RECORD_WRAP], const uint8_t *b, size_t len,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT x, wrap, b FROM extract WHERE rid = ? ORDER BY x", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    while (status == VAULT_OK) {
        const uint8_t *wrap, *b;
        uint64_t x;
        size_t wrap_len, len;

        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        vlt_row_init(&r, st, "extract");
        x = vlt_row_u64(&r, 0, INT64_MAX);
        wrap = vlt_row_blob(&r, 1, VLT_RECORD_WRAP, VLT_RECORD_WRAP, &wrap_len);
        b = vlt_row_blob(&r, 2, VLT_CELL_EXTRA, VLT_SEALED_EXTRACT, &len);
        status = vlt_row_end(&r, err);
        if (status == VAULT_OK)
            status = fn(ctx, x, wrap, b, len, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

/* ---- note ---- */

enum vault_status
vlt_note_next(struct vlt_store *s, uint64_t *out, struct vault_error *err)
{
    enum vault_status st = next_after(s,
        "SELECT n FROM note WHERE n < 4294967296 ORDER BY n DESC LIMIT 1",
        "note", out, err);

    if (st == VAULT_OK && *out >= VLT_NOTE_ORDERED)
        st = vlt_fail(err, VAULT_E_LIMIT, "the numbers of notes are used up");
    return st;
}

enum vault_status
vlt_sealed_note_put(struct vlt_store *s, uint64_t n, const void *b, size_t len,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "INSERT INTO note(n, f, kind, b) VALUES(?, 1, '', ?) "
        "ON CONFLICT(n) DO UPDATE SET b = excluded.b WHERE f = 1",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, n);
    vlt_bind_blob(st, 2, b, len);
    status = vlt_run(s, st, err);
    if (status == VAULT_OK && sqlite3_changes64(s->db) != 1)
        status = vlt_fail(err, VAULT_E_TAMPERED,
            "note %" PRIu64 " is not sealed", n);
    return status;
}

enum vault_status
vlt_sealed_note_get(struct vlt_store *s, uint64_t n, struct vlt_buf *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    const uint8_t *p;
    size_t len;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s, "SELECT b FROM note WHERE n = ? AND f = 1", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, n);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no such note");
    vlt_row_init(&r, st, "note");
    p = vlt_row_blob(&r, 0, VLT_CELL_EXTRA, VLT_SEALED_NOTE, &len);
    status = vlt_row_end(&r, err);
    if (status == VAULT_OK) {
        vlt_buf_put(out, p, len);
        status = vlt_buf_end(out, "note", err);
    }
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_sealed_notes(struct vlt_store *s, uint64_t from, uint64_t to,
    enum vault_status (*fn)(void *ctx, uint64_t n, const uint8_t *b, size_t len,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT n, b FROM note WHERE f = 1 AND n >= ? AND n < ? ORDER BY n",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, from);
    vlt_bind_u64(st, 2, to);
    while (status == VAULT_OK) {
        const uint8_t *p;
        uint64_t n;
        size_t len;

        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        vlt_row_init(&r, st, "note");
        n = vlt_row_u64(&r, 0, INT64_MAX);
        p = vlt_row_blob(&r, 1, VLT_CELL_EXTRA, VLT_SEALED_NOTE, &len);
        status = vlt_row_end(&r, err);
        if (status == VAULT_OK)
            status = fn(ctx, n, p, len, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_sealed_note_delete(struct vlt_store *s, uint64_t n, struct vault_error *err)
{
    static const char *const step[] = {
        "UPDATE note SET b = zeroblob(length(b)) WHERE n = ? AND f = 1",
        "DELETE FROM note WHERE n = ? AND f = 1",
    };
    sqlite3_stmt *st;
    enum vault_status status = VAULT_OK;
    size_t i;

    for (i = 0; status == VAULT_OK && i < VLT_COUNT(step); i++) {
        status = vlt_stmt(s, step[i], &st, err);
        if (status != VAULT_OK)
            return status;
        vlt_bind_u64(st, 1, n);
        status = vlt_run(s, st, err);
    }
    return status;
}
