/* SPDX-License-Identifier: Apache-2.0 */
/* foreign.c: reading rows of other vaults' records */
#include "foreign.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "cell.h"
#include "fail.h"
#include "foreign_find.h"
#include "foreign_rows.h"

/* ---- a row ---- */

static enum vault_status
open_head(struct vault *v, struct vlt_record_row *row, struct vault_error *err)
{
    uint8_t head[VLT_RECORD_HEAD];

    if (!vlt_foreign_cell_open(head, v->vmk, v->id, "head", row->rid,
            row->sealed, sizeof row->sealed) ||
        vlt_record_head_decode(&row->head, head, sizeof head, NULL) != VAULT_OK)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "record row %" PRIu64
            ", somebody else's, does not open: it was changed",
            row->rid);
    return VAULT_OK;
}

/* Into a buffer of its own first: the sealed bytes may lie in `ct`. */
static enum vault_status
open_meta(struct vault *v, struct vlt_record_row *row, struct vlt_buf *ct,
    struct vault_error *err)
{
    struct vlt_buf plain;
    uint8_t *room;

    if (row->meta_len != (size_t)row->head.h.meta_padded + 16 + VLT_CELL_EXTRA)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "record row %" PRIu64 ": metadata of another length", row->rid);
    vlt_buf_init(&plain, VLT_META_MAX + 16);
    room = vlt_buf_room(&plain, row->meta_len - VLT_CELL_EXTRA);
    if (room == NULL)
        return vlt_fail_memory(err);
    if (!vlt_foreign_cell_open(room, v->vmk, v->id, "meta", row->rid, row->meta,
            row->meta_len)) {
        vlt_buf_clear(&plain);
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the sealed metadata were changed");
    }
    vlt_buf_clear(ct);
    *ct = plain;
    row->meta = ct->p;
    row->meta_len = ct->len;
    return VAULT_OK;
}

enum vault_status
vlt_foreign_row(struct vault *v, struct vlt_record_row *row, struct vlt_buf *ct,
    struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK)
        st = open_head(v, row, err);
    if (st == VAULT_OK && ct == NULL)
        row->meta = NULL;
    if (st == VAULT_OK && row->meta != NULL)
        st = open_meta(v, row, ct, err);
    return st;
}

enum vault_status
vlt_any_row(struct vault *v, uint64_t rid, struct vlt_record_row *out,
    struct vlt_buf *ct, struct vault_error *err)
{
    struct vlt_buf sealed;
    enum vault_status st;

    vlt_buf_init(&sealed, VLT_META_MAX + 16 + VLT_CELL_EXTRA);
    st =
        vlt_record_by_rid(v->store, rid, out, ct != NULL ? &sealed : NULL, err);
    if (st == VAULT_OK && out->foreign) {
        v->rows_opened++;
        st = vlt_foreign_row(v, out, ct, err);
        vlt_buf_clear(&sealed);
    } else if (st == VAULT_OK && ct != NULL && out->meta != NULL) {
        vlt_buf_clear(ct);
        *ct = sealed;
        out->meta = ct->p;
    }
    if (st != VAULT_OK)
        vlt_buf_clear(&sealed);
    return st;
}

/* ---- all versions of a record ---- */

static int
by_version(const void *a, const void *b)
{
    const struct vlt_version_row *x = a;
    const struct vlt_version_row *y = b;

    if (x->head.h.version != y->head.h.version)
        return x->head.h.version < y->head.h.version ? -1 : 1;
    return memcmp(x->stmt, y->stmt, sizeof x->stmt);
}

/* A row that the catalogue knows is never taken away by this program. */
static enum vault_status
take_version(struct vault *v, uint64_t rid, const uint8_t id[16],
    struct vlt_version_rows *l, struct vault_error *err)
{
    struct vlt_version_row *x = &l->v[l->n];
    struct vlt_foreign_parts parts;
    struct vlt_record_row row;
    enum vault_status st = vlt_any_row(v, rid, &row, NULL, err);

    if (st == VAULT_E_NOT_FOUND || (st == VAULT_OK && !row.foreign))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "a version of this record is missing: it was taken away from "
            "outside");
    if (st != VAULT_OK || memcmp(row.head.h.id, id, 16) != 0)
        return st;
    st = vlt_foreign_parts(v->store, rid, &parts, err);
    if (st != VAULT_OK)
        return st;
    memset(x, 0, sizeof *x);
    x->rid = rid;
    x->head = row.head;
    x->meta = parts.meta;
    x->wrap = parts.wrap;
    x->part = parts.extracts;
    x->foreign = true;
    vlt_record_stmt(x->stmt, &x->head);
    l->n++;
    return VAULT_OK;
}

enum vault_status
vlt_foreign_versions(struct vault *v, const uint8_t id[16],
    struct vlt_version_rows *out, struct vault_error *err)
{
    struct vlt_version_rows l = {0, NULL};
    struct vlt_rids rids = {0, NULL};
    enum vault_status st = vlt_foreign_rids(v, id, &rids, err);
    size_t i;

    if (st == VAULT_OK && rids.n > VLT_VERSIONS_MAX)
        st = vlt_fail(err, VAULT_E_LIMIT, "a record with more than %d versions",
            (int)VLT_VERSIONS_MAX);
    if (st == VAULT_OK && rids.n > 0) {
        l.v = calloc(rids.n, sizeof *l.v);
        st = l.v == NULL ? vlt_fail_memory(err) : VAULT_OK;
    }
    for (i = 0; st == VAULT_OK && i < rids.n; i++)
        st = take_version(v, rids.rid[i], id, &l, err);
    vlt_rids_clear(&rids);
    if (st != VAULT_OK) {
        vlt_version_rows_clear(&l);
        return st;
    }
    if (l.n > 1)
        qsort(l.v, l.n, sizeof *l.v, by_version);
    *out = l;
    return VAULT_OK;
}

/* ---- segments and keys ---- */

enum vault_status
vlt_foreign_segment(struct vault *v, uint64_t rid, uint64_t n, void *out,
    size_t len, struct vault_error *err)
{
    uint8_t *sealed = malloc(len + VLT_CELL_EXTRA);
    uint64_t row = 0;
    enum vault_status st;

    if (sealed == NULL)
        return vlt_fail_memory(err);
    st = vlt_segment_get_row(v->store, rid, n, sealed, len + VLT_CELL_EXTRA,
        &row, err);
    if (st == VAULT_OK &&
        !vlt_foreign_cell_open(out, v->vmk, v->id, "segment", row, sealed,
            len + VLT_CELL_EXTRA))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "segment %" PRIu64 " does not open: it was changed", n);
    free(sealed);
    return st;
}

enum vault_status
vlt_record_key(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head, struct vlt_rk **out,
    struct vault_error *err)
{
    uint8_t row[VLT_RECORD_WRAP];
    const struct vlt_open_epoch *o;
    struct vlt_kmeta *kmeta;
    struct vlt_wrap wrap;
    struct vlt_rk *rk;
    enum vault_status st = vlt_wrap_get(v->store, rid, row, err);

    if (st == VAULT_E_NOT_FOUND)
        return vlt_fail(err, VAULT_E_NO_KEY,
            "this record is sealed for no one: its wrap is missing");
    if (st == VAULT_OK)
        st = vlt_wrap_decode(&wrap, row, sizeof row, err);
    if (st == VAULT_OK)
        st = vlt_epoch_secret(v, wrap.epoch, &o, err);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the wrap is malformed");
    if (st != VAULT_OK)
        return st;
    rk = vlt_rk_new();
    kmeta = vlt_kmeta_new();
    st = rk == NULL || kmeta == NULL ? vlt_fail_memory(err)
                                     : vlt_wrap_open(row, sizeof row, &o->epoch,
                                           o->e0, head, rk, kmeta, err);
    vlt_kmeta_free(kmeta);
    if (st == VAULT_OK)
        *out = rk;
    else
        vlt_rk_free(rk);
    return st;
}
