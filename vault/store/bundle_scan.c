/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_scan.c: reading every row of a bundle that a stranger made */
#include "bundle_scan.h"
#include <sqlite3.h>
#include <inttypes.h>
#include <string.h>
#include "audit_rows.h"
#include "fail.h"
#include "note.h"

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
vlt_bundle_heads(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, uint64_t rid,
        const struct vlt_record_head *head, bool meta, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_record_head head;
    sqlite3_stmt *st;
    enum vault_status status;
    uint64_t rid;
    bool row, meta;

    status = vlt_stmt(s,
        "SELECT rid, id, ver, head, meta IS NOT NULL FROM record ORDER BY rid",
        &st, err);
    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        status = read_head(st, &rid, &head, &meta, err);
        if (status == VAULT_OK)
            status = fn(ctx, rid, &head, meta, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

/* ---- proof ---- */

#define PROOF_COLUMNS "SELECT rid, log, size, idx, kind, ev, path FROM proof "

static enum vault_status
read_proof(sqlite3_stmt *st, struct vlt_proof_seen *out,
    struct vault_error *err)
{
    const uint8_t *path;
    const char *kind;
    size_t kind_len, n;
    struct vlt_row r;
    enum vault_status status;

    memset(out, 0, sizeof *out);
    vlt_row_init(&r, st, "proof");
    out->rid = vlt_row_u64(&r, 0, INT64_MAX);
    out->log = vlt_row_u64(&r, 1, INT64_MAX);
    out->size = vlt_row_u64(&r, 2, INT64_MAX);
    out->idx = vlt_row_u64(&r, 3, INT64_MAX);
    kind = vlt_row_text(&r, 4, 1, VLT_LEAF_KIND, &kind_len);
    vlt_row_fixed(&r, 5, out->event, 32);
    path = vlt_row_blob(&r, 6, 0, sizeof out->path, &n);
    status = vlt_row_end(&r, err);
    if (status == VAULT_OK && n % 32 != 0)
        status = vlt_fail(err, VAULT_E_TAMPERED,
            "proof of row %" PRIu64 ": a path of %zu bytes", out->rid, n);
    if (status != VAULT_OK)
        return status;
    memcpy(out->kind, kind, kind_len);
    out->n = n / 32;
    if (n > 0)
        memcpy(out->path, path, n);
    return VAULT_OK;
}

enum vault_status
vlt_bundle_proofs(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, const struct vlt_proof_seen *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_proof_seen r;
    sqlite3_stmt *st;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s, PROOF_COLUMNS "ORDER BY rid, log", &st, err);
    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        status = read_proof(st, &r, err);
        if (status == VAULT_OK)
            status = fn(ctx, &r, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_audit_proofs(struct vlt_store *s, uint64_t rid,
    enum vault_status (*fn)(void *ctx, const struct vlt_proof_seen *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_proof_seen r;
    sqlite3_stmt *st;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s, PROOF_COLUMNS "WHERE rid = ? ORDER BY log", &st, err);
    if (status == VAULT_OK)
        vlt_bind_u64(st, 1, rid);
    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        status = read_proof(st, &r, err);
        if (status == VAULT_OK)
            status = fn(ctx, &r, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_bundle_proof_get(struct vlt_store *s, uint64_t rid, uint64_t log,
    struct vlt_proof_seen *out, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s, PROOF_COLUMNS "WHERE rid = ? AND log = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    vlt_bind_u64(st, 2, log);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no such proof");
    status = read_proof(st, out, err);
    sqlite3_reset(st);
    return status;
}

/* ---- notes, and single texts ---- */

enum vault_status
vlt_bundle_notes_of(struct vlt_store *s, const char *kind,
    enum vault_status (*fn)(void *ctx, uint64_t n, const char *note, size_t len,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s, "SELECT n, b FROM note WHERE kind = ? ORDER BY n", &st,
        err);
    if (status == VAULT_OK)
        vlt_bind_text(st, 1, kind, strlen(kind));
    while (status == VAULT_OK) {
        const uint8_t *p;
        uint64_t n;
        size_t len;

        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        vlt_row_init(&r, st, "note");
        n = vlt_row_u64(&r, 0, INT64_MAX);
        p = vlt_row_blob(&r, 1, 1, VLT_NOTE_MAX, &len);
        status = vlt_row_end(&r, err);
        if (status == VAULT_OK)
            status = fn(ctx, n, (const char *)p, len, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

/* The one text of a bound statement; notes are blobs, the others texts. */
static enum vault_status
one_text(struct vlt_store *s, sqlite3_stmt *st, bool blob, struct vlt_buf *out,
    struct vault_error *err)
{
    const void *p;
    struct vlt_row r;
    enum vault_status status;
    size_t n;
    bool row;

    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no such note");
    vlt_row_init(&r, st, "note");
    p = blob ? (const void *)vlt_row_blob(&r, 0, 1, VLT_NOTE_MAX, &n)
             : (const void *)vlt_row_text(&r, 0, 1, VLT_NOTE_MAX, &n);
    status = vlt_row_end(&r, err);
    if (status == VAULT_OK) {
        vlt_buf_reset(out);
        vlt_buf_put(out, p, n);
        status = vlt_buf_end(out, "note", err);
    }
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_bundle_note_text(struct vlt_store *s, uint64_t n, struct vlt_buf *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, "SELECT b FROM note WHERE n = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, n);
    return one_text(s, st, true, out, err);
}

enum vault_status
vlt_bundle_log_text(struct vlt_store *s, uint64_t n, struct vlt_buf *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, "SELECT note FROM log WHERE n = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, n);
    return one_text(s, st, false, out, err);
}

enum vault_status
vlt_bundle_point_text(struct vlt_store *s, uint64_t log, uint64_t size,
    struct vlt_buf *out, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "SELECT note FROM checkpoint WHERE log = ? AND size = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_u64(st, 2, size);
    return one_text(s, st, false, out, err);
}
