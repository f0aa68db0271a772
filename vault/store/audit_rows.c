/* SPDX-License-Identifier: Apache-2.0 */
/* audit_rows.c: heads, attachments and proofs of an audit pack */
#include "audit_rows.h"
#include <sqlite3.h>
#include <inttypes.h>
#include <string.h>
#include "fail.h"

/* ---- heads ---- */

static enum vault_status
read_head(sqlite3_stmt *st, uint64_t *rid, struct vlt_record_head *head,
    bool *meta, struct vault_error *err)
{
    const uint8_t *p;
    size_t n;
    uint8_t id[16];
    uint64_t ver;
    struct vlt_row r;
    enum vault_status status;

    vlt_row_init(&r, st, "record");
    *rid = vlt_row_u64(&r, 0, INT64_MAX);
    vlt_row_fixed(&r, 1, id, sizeof id);
    ver = vlt_row_u64(&r, 2, UINT32_MAX);
    p = vlt_row_blob(&r, 3, VLT_RECORD_HEAD, VLT_RECORD_HEAD, &n);
    *meta = vlt_row_u64(&r, 4, 1) == 1;
    status = vlt_row_end(&r, err);
    if (status == VAULT_OK)
        status = vlt_record_head_decode(head, p, n, err);
    if (status == VAULT_E_FORMAT ||
        (status == VAULT_OK &&
            (memcmp(id, head->h.id, 16) != 0 || ver != head->h.version)))
        status = vlt_fail(err, VAULT_E_TAMPERED,
            "record row %" PRIu64 ": a head that is not its own", *rid);
    return status;
}

enum vault_status
vlt_audit_heads(struct vlt_store *s, uint64_t after,
    enum vault_status (*fn)(void *ctx, uint64_t rid,
        const struct vlt_record_head *head, bool meta, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_record_head head;
    sqlite3_stmt *st;
    enum vault_status status;
    uint64_t rid, last = after;
    bool row, meta;

    status = vlt_stmt(s,
        "SELECT rid, id, ver, head, meta IS NOT NULL FROM record "
        "WHERE rid > ? AND f = 0 ORDER BY rid",
        &st, err);
    if (status == VAULT_OK)
        vlt_bind_u64(st, 1, after);
    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        status = read_head(st, &rid, &head, &meta, err);
        if (status == VAULT_OK)
            status = vlt_rows_rise(last, rid, "record", err);
        last = rid;
        if (status == VAULT_OK)
            status = fn(ctx, rid, &head, meta, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_audit_foreign_after(struct vlt_store *s, uint64_t after, uint64_t *rid,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT rid FROM record WHERE rid > ? AND f = 1 ORDER BY rid LIMIT 1",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, after);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no more records of others");
    vlt_row_init(&r, st, "record");
    *rid = vlt_row_u64(&r, 0, INT64_MAX);
    status = vlt_row_end(&r, err);
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_audit_followed(struct vlt_store *s, const struct vlt_record_head *head,
    const uint8_t stmt[32], bool *out, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    /* bytes 64 to 95 of a head are `prev` */
    status = vlt_stmt(s,
        "SELECT 1 FROM record WHERE id = ? AND ver = ? AND f = 0 AND "
        "substr(head, 65, 32) = ? LIMIT 1",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, head->h.id, 16);
    vlt_bind_u64(st, 2, (uint64_t)head->h.version + 1);
    vlt_bind_blob(st, 3, stmt, 32);
    status = vlt_step(s, st, out, err);
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_audit_has_own(struct vlt_store *s, const uint8_t vault[16],
    const struct vlt_leaf *leaf, bool *out, struct vault_error *err)
{
    enum vault_status status;
    sqlite3_stmt *st;

    *out = false;
    /* bytes 8 to 23 of a head are its vault; rows of one id have one */
    status = vlt_stmt(s,
        "SELECT 1 FROM record WHERE id = ? AND ver = ? AND f = 0 AND "
        "substr(head, 9, 16) = ? LIMIT 1",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, leaf->record, 16);
    vlt_bind_u64(st, 2, leaf->version);
    vlt_bind_blob(st, 3, vault, 16);
    status = vlt_step(s, st, out, err);
    sqlite3_reset(st);
    return status != VAULT_OK || !*out
        ? status
        : vlt_record_has_statement(s, leaf->record, leaf->version,
              leaf->subject, out, err);
}

/* ---- attachments ---- */

static enum vault_status
put_attachment(struct vlt_store *to, uint64_t log, struct vlt_row *r,
    struct vault_error *err)
{
    uint64_t size = vlt_row_u64(r, 0, INT64_MAX);
    sqlite3_stmt *st;
    const uint8_t *p;
    const char *kind;
    size_t kind_len, n;
    enum vault_status status;

    kind = vlt_row_text(r, 1, 1, 32, &kind_len);
    p = vlt_row_blob(r, 2, 1, VLT_META_MAX, &n);
    status = vlt_row_end(r, err);
    if (status == VAULT_OK)
        status = vlt_stmt(to,
            "INSERT INTO attachment(log, size, kind, b) VALUES(?, ?, ?, ?)",
            &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_u64(st, 2, size);
    vlt_bind_text(st, 3, kind, kind_len);
    vlt_bind_blob(st, 4, p, n);
    return vlt_run(to, st, err);
}

enum vault_status
vlt_audit_attachments(struct vlt_store *from, uint64_t log,
    struct vlt_store *to, uint64_t to_log, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(from,
        "SELECT size, kind, b FROM attachment WHERE log = ? ORDER BY a", &st,
        err);
    if (status == VAULT_OK)
        vlt_bind_u64(st, 1, log);
    while (status == VAULT_OK) {
        status = vlt_step(from, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        vlt_row_init(&r, st, "attachment");
        status = put_attachment(to, to_log, &r, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}
