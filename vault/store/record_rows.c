/* SPDX-License-Identifier: Apache-2.0 */
/* record_rows.c: record versions and their wraps */
#include "record_rows.h"
#include <sqlite3.h>
#include <inttypes.h>
#include <string.h>
#include "fail.h"
#include "rows.h"

enum { META_CT_MAX = VLT_META_MAX + 16 };
#define COLUMNS "SELECT rid, f, id, ver, head, meta FROM record "

static enum vault_status
take_own(struct vlt_row *r, struct vlt_record_row *out, const uint8_t *head,
    size_t head_len, struct vault_error *err)
{
    uint8_t id[16];
    uint64_t ver;
    enum vault_status st;

    vlt_row_fixed(r, 2, id, sizeof id);
    ver = vlt_row_u64(r, 3, UINT32_MAX);
    st = vlt_row_end(r, err);
    if (st == VAULT_OK)
        st = vlt_record_head_decode(&out->head, head, head_len, err);
    if (st == VAULT_E_FORMAT)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "record row %" PRIu64 ": malformed head", out->rid);
    if (st != VAULT_OK)
        return st;
    if (memcmp(id, out->head.h.id, 16) != 0 || ver != out->head.h.version)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "record row %" PRIu64 " carries another record's header", out->rid);
    if (out->meta != NULL &&
        out->meta_len != (size_t)out->head.h.meta_padded + 16)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "record row %" PRIu64 ": metadata of another length", out->rid);
    return VAULT_OK;
}

static enum vault_status
read_row(sqlite3_stmt *st, struct vlt_record_row *out, struct vault_error *err)
{
    struct vlt_row r;
    const uint8_t *head;
    size_t head_len;
    uint64_t f;
    enum vault_status status;

    memset(out, 0, sizeof *out);
    vlt_row_init(&r, st, "record");
    out->rid = vlt_row_u64(&r, 0, INT64_MAX);
    f = vlt_row_u64(&r, 1, 1);
    out->foreign = f == 1;
    head =
        vlt_row_blob(&r, 4, VLT_RECORD_HEAD, VLT_RECORD_HEAD + 40, &head_len);
    if (!vlt_row_null(&r, 5))
        out->meta = vlt_row_blob(&r, 5, 16, META_CT_MAX + 40, &out->meta_len);
    status = vlt_row_end(&r, err);
    if (status != VAULT_OK)
        return status;
    if (!out->foreign)
        return take_own(&r, out, head, head_len, err);
    if (head_len != sizeof out->sealed)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "record row %" PRIu64 ": malformed head", out->rid);
    memcpy(out->sealed, head, sizeof out->sealed);
    out->named = !vlt_row_null(&r, 2) || !vlt_row_null(&r, 3);
    return VAULT_OK;
}

/* One row of a bound statement, with a copy of its metadata. */
static enum vault_status
one(struct vlt_store *s, sqlite3_stmt *st, struct vlt_record_row *out,
    struct vlt_buf *meta, struct vault_error *err)
{
    enum vault_status status;
    bool row;

    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no such record version");
    status = read_row(st, out, err);
    if (status == VAULT_OK && meta != NULL && out->meta != NULL) {
        vlt_buf_reset(meta);
        vlt_buf_put(meta, out->meta, out->meta_len);
        status = vlt_buf_end(meta, "metadata", err);
        out->meta = meta->p;
    } else if (meta == NULL) {
        out->meta = NULL;
    }
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_record_get(struct vlt_store *s, const uint8_t id[16], uint32_t version,
    struct vlt_record_row *out, struct vlt_buf *meta, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, COLUMNS "WHERE id = ? AND ver = ? AND " VLT_RECORD_OWN,
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    vlt_bind_u64(st, 2, version);
    status = one(s, st, out, meta, err);
    if (status == VAULT_OK &&
        (out->foreign || memcmp(out->head.h.id, id, 16) != 0 ||
            out->head.h.version != version))
        status =
            vlt_fail(err, VAULT_E_TAMPERED, "the index of records is damaged");
    return status;
}

enum vault_status
vlt_record_by_rid(struct vlt_store *s, uint64_t rid, struct vlt_record_row *out,
    struct vlt_buf *meta, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, COLUMNS "WHERE rid = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    return one(s, st, out, meta, err);
}

enum vault_status
vlt_record_put(struct vlt_store *s, uint64_t rid,
    const struct vlt_record_head *head, const void *meta, size_t meta_len,
    struct vault_error *err)
{
    uint8_t row[VLT_RECORD_HEAD];
    sqlite3_stmt *st;
    enum vault_status status;

    vlt_record_head_encode(row, head);
    status = vlt_stmt(s,
        "INSERT INTO record(rid, f, id, ver, head, meta) "
        "VALUES(?, 0, ?, ?, ?, ?)",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    vlt_bind_blob(st, 2, head->h.id, 16);
    vlt_bind_u64(st, 3, head->h.version);
    vlt_bind_blob(st, 4, row, sizeof row);
    if (meta != NULL)
        vlt_bind_blob(st, 5, meta, meta_len);
    else
        sqlite3_bind_null(st, 5);
    return vlt_run(s, st, err);
}

/* Rows of a bound statement, in order, each above `from`. */
static enum vault_status
each_row(struct vlt_store *s, sqlite3_stmt *st, uint64_t from, bool down,
    enum vault_status (*fn)(void *ctx, const struct vlt_record_row *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_record_row r;
    enum vault_status status = VAULT_OK;
    bool row;

    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        status = read_row(st, &r, err);
        if (status == VAULT_OK)
            status = down ? vlt_rows_rise(r.rid, from, "record", err)
                          : vlt_rows_rise(from, r.rid, "record", err);
        from = r.rid;
        if (status == VAULT_OK)
            status = fn(ctx, &r, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_records(struct vlt_store *s, uint64_t from, bool down, uint64_t limit,
    enum vault_status (*fn)(void *ctx, const struct vlt_record_row *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        down ? COLUMNS "WHERE rid < ? ORDER BY rid DESC LIMIT ?"
             : COLUMNS "WHERE rid > ? ORDER BY rid LIMIT ?",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, from);
    vlt_bind_u64(st, 2, limit);
    return each_row(s, st, from, down, fn, ctx, err);
}

enum vault_status
vlt_records_between(struct vlt_store *s, uint64_t from, uint64_t to,
    enum vault_status (*fn)(void *ctx, const struct vlt_record_row *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s,
        COLUMNS "WHERE rid > ? AND rid <= ? ORDER BY rid", &st, err);

    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, from);
    vlt_bind_u64(st, 2, to);
    return each_row(s, st, from, false, fn, ctx, err);
}

enum vault_status
vlt_records_doubled(struct vlt_store *s,
    enum vault_status (
        *fn)(void *ctx, const uint8_t id[16], struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    struct vlt_row r;
    uint8_t id[16];
    bool row;

    /* by the index alone */
    status = vlt_stmt(s,
        "SELECT id FROM record WHERE id IS NOT NULL GROUP BY id, ver "
        "HAVING count(*) > 1",
        &st, err);
    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        vlt_row_init(&r, st, "record");
        vlt_row_fixed(&r, 0, id, sizeof id);
        status = vlt_row_end(&r, err);
        if (status == VAULT_OK)
            status = fn(ctx, id, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_record_newest(struct vlt_store *s, const uint8_t id[16], uint32_t *version,
    uint32_t *n, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    struct vlt_row r;
    bool row;

    *version = 0;
    *n = 0;
    status = vlt_stmt(s,
        "SELECT DISTINCT ver FROM record WHERE id = ? AND " VLT_RECORD_OWN
        " ORDER BY ver",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    for (;;) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            return status;
        vlt_row_init(&r, st, "record");
        *version = (uint32_t)vlt_row_u64(&r, 0, UINT32_MAX);
        ++*n;
        status = vlt_row_end(&r, err);
        if (status != VAULT_OK) {
            sqlite3_reset(st);
            return status;
        }
    }
}

enum vault_status
vlt_record_ids(struct vlt_store *s, const uint8_t low[16],
    const uint8_t high[16], uint8_t (*id)[16], size_t max, size_t *n,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    struct vlt_row r;
    bool row;

    *n = 0;
    status = vlt_stmt(s,
        "SELECT DISTINCT id FROM record WHERE id IS NOT NULL "
        "AND id >= ? AND id <= ? AND " VLT_RECORD_OWN " ORDER BY id",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, low, 16);
    vlt_bind_blob(st, 2, high, 16);
    while (*n < max) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            return status;
        vlt_row_init(&r, st, "record");
        vlt_row_fixed(&r, 0, id[*n], 16);
        ++*n;
        status = vlt_row_end(&r, err);
        if (status != VAULT_OK)
            break;
    }
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_record_next_rid(struct vlt_store *s, uint64_t *out, struct vault_error *err)
{
    uint64_t record = 0;
    uint64_t staged = 0;
    enum vault_status st;

    st = vlt_count(s, "SELECT max(rid) FROM record", &record, err);
    if (st == VAULT_OK)
        st = vlt_count(s, "SELECT max(rid) FROM staging", &staged, err);
    if (st != VAULT_OK)
        return st;
    if (staged > record)
        record = staged;
    if (record >= INT64_MAX - 1)
        return vlt_fail(err, VAULT_E_TAMPERED, "row numbers are used up");
    *out = record + 1;
    return VAULT_OK;
}

enum vault_status
vlt_wrap_get(struct vlt_store *s, uint64_t rid, uint8_t out[VLT_RECORD_WRAP],
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s, "SELECT b FROM wrap WHERE rid = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no wrap: sealed for no one");
    vlt_row_init(&r, st, "wrap");
    vlt_row_fixed(&r, 0, out, VLT_RECORD_WRAP);
    status = vlt_row_end(&r, err);
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_wrap_put(struct vlt_store *s, uint64_t rid,
    const uint8_t b[VLT_RECORD_WRAP], struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, "INSERT INTO wrap(rid, b) VALUES(?, ?)", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    vlt_bind_blob(st, 2, b, VLT_RECORD_WRAP);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_record_rid_after(struct vlt_store *s, uint64_t after, uint64_t *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT rid FROM record WHERE rid > ? ORDER BY rid LIMIT 1", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, after);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no more records");
    vlt_row_init(&r, st, "record");
    *out = vlt_row_u64(&r, 0, INT64_MAX);
    sqlite3_reset(st);
    status = vlt_row_end(&r, err);
    return status == VAULT_OK ? vlt_rows_rise(after, *out, "record", err)
                              : status;
}
