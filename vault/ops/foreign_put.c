/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_put.c: storing rows of other vaults' records, and dropping them */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "cell.h"
#include "fail.h"
#include "foreign.h"
#include "foreign_find.h"
#include "foreign_rows.h"

/* Sealed for one row; appended to the empty buffer. */
static enum vault_status
seal_cell(const struct vault *v, const char *table, uint64_t row, const void *p,
    size_t n, struct vlt_buf *out, struct vault_error *err)
{
    uint8_t *room = vlt_buf_room(out, n + VLT_CELL_EXTRA);
    enum vault_status st = vlt_buf_end(out, "sealed row", err);

    if (st == VAULT_OK)
        vlt_foreign_cell_seal(room, v->vmk, v->id, table, row, p, n);
    return st;
}

static enum vault_status
put_wrap(struct vault *v, uint64_t rid, const struct vlt_record_head *head,
    const struct vlt_rk *rk, struct vault_error *err)
{
    uint8_t wrap[VLT_RECORD_WRAP];
    enum vault_status st = vlt_action_epoch(v, err);

    if (st != VAULT_OK)
        return st;
    vlt_action_wrap(v, wrap, head, rk);
    return vlt_wrap_put(v->store, rid, wrap, err);
}

/* The staged row that its segments lie under, or the next one. */
static enum vault_status
choose_row(struct vault *v, uint64_t *rid, struct vault_error *err)
{
    enum vault_status st;

    if (*rid != 0)
        return vlt_staging_delete(v->store, *rid, err);
    st = vlt_record_next_rid(v->store, rid, err);
    if (st == VAULT_OK && *rid >= INT64_MAX - VLT_NOTE_ORDERED)
        st = vlt_fail(err, VAULT_E_TAMPERED, "row numbers are used up");
    return st;
}

static enum vault_status
put_row(struct vault *v, uint64_t rid, const struct vlt_record_head *head,
    const void *meta, size_t meta_len, struct vault_error *err)
{
    uint8_t plain[VLT_RECORD_HEAD], sealed[VLT_SEALED_HEAD];
    struct vlt_buf b;
    enum vault_status st = VAULT_OK;

    vlt_record_head_encode(plain, head);
    vlt_foreign_cell_seal(sealed, v->vmk, v->id, "head", rid, plain,
        sizeof plain);
    vlt_buf_init(&b, VLT_META_MAX + 16 + VLT_CELL_EXTRA);
    if (meta != NULL)
        st = seal_cell(v, "meta", rid, meta, meta_len, &b, err);
    if (st == VAULT_OK)
        st = vlt_foreign_row_put(v->store, rid, sealed,
            meta != NULL ? b.p : NULL, b.len, err);
    vlt_buf_clear(&b);
    return st;
}

enum vault_status
vlt_foreign_put(struct vault *v, const struct vlt_record_head *head,
    const void *meta, size_t meta_len, const struct vlt_rk *rk,
    const struct vlt_foreign_proof *proof, uint64_t *rid,
    struct vault_error *err)
{
    uint64_t n = *rid;
    enum vault_status st;

    assert(v->acting && v->vmk != NULL);
    st = choose_row(v, &n, err);
    if (st == VAULT_OK)
        st = put_row(v, n, head, meta, meta_len, err);
    if (st == VAULT_OK && rk != NULL)
        st = put_wrap(v, n, head, rk, err);
    if (st == VAULT_OK)
        st = vlt_foreign_proof_put(v, n, proof, err);
    if (st == VAULT_OK)
        st = vlt_foreign_note(v, head->h.id, n, err);
    if (st == VAULT_OK)
        *rid = n;
    return st;
}

enum vault_status
vlt_foreign_complete(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head, const void *meta, size_t meta_len,
    const struct vlt_rk *rk, struct vault_error *err)
{
    struct vlt_buf b;
    enum vault_status st;

    assert(v->acting);
    vlt_buf_init(&b, VLT_META_MAX + 16 + VLT_CELL_EXTRA);
    st = vlt_foreign_changing(v, head, rid, err);
    if (st == VAULT_OK)
        st = seal_cell(v, "meta", rid, meta, meta_len, &b, err);
    if (st == VAULT_OK)
        st = vlt_foreign_meta_put(v->store, rid, b.p, b.len, err);
    vlt_buf_clear(&b);
    if (st == VAULT_OK && rk != NULL)
        st = put_wrap(v, rid, head, rk, err);
    if (st == VAULT_OK)
        st = vlt_extracts_destroy(v->store, rid, err);
    if (st == VAULT_OK)
        st = vlt_foreign_proof_again(v, rid, err);
    return st;
}

enum vault_status
vlt_foreign_segment_put(struct vault *v, uint64_t rid, uint64_t n,
    const void *ct, size_t len, struct vault_error *err)
{
    uint8_t *sealed = malloc(len + VLT_CELL_EXTRA);
    uint64_t row = 0;
    enum vault_status st;

    if (sealed == NULL)
        return vlt_fail_memory(err);
    st = vlt_segment_next(v->store, &row, err);
    if (st == VAULT_OK) {
        vlt_foreign_cell_seal(sealed, v->vmk, v->id, "segment", row, ct, len);
        st = vlt_segment_put_at(v->store, row, rid, n, sealed,
            len + VLT_CELL_EXTRA, err);
    }
    free(sealed);
    return st;
}
