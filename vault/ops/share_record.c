/* SPDX-License-Identifier: Apache-2.0 */
/* share_record.c: one record's rows in a bundle */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "foreign.h"
#include "foreign_rows.h"
#include "record_open.h"
#include "sharing.h"

/* What goes beside a row, and its entry. */
struct giving {
    struct vlt_share_file *f;
    const struct vlt_share_item *item;
    const struct vlt_record_head *head;
    uint64_t rid; /* in the bundle */
    uint32_t i;
    struct vlt_bundle_entry entry;
};

static enum vault_status
give_whole(struct giving *g, struct vault_error *err)
{
    uint8_t wrap[VLT_RECORD_WRAP];
    struct vlt_rk *rk = NULL;
    enum vault_status st = g->item->away
        ? vlt_share_away_wrap(g->f, g->item->rid, wrap, err)
        : vlt_record_key(g->f->s->v, g->item->rid, g->head, &rk, err);

    if (st != VAULT_OK)
        return st;
    if (!g->item->away)
        vlt_wrap_seal(wrap, &g->f->epoch, g->f->e0, g->i, g->head, rk);
    vlt_rk_free(rk);
    vlt_sha256(g->entry.wrap, wrap, sizeof wrap);
    return vlt_wrap_put(g->f->out, g->rid, wrap, err);
}

/* ---- in part ---- */

static void
choose_fields(const struct vault_share *s, const struct vlt_fields *l,
    bool *shown)
{
    size_t i;

    for (i = 0; i < l->n; i++)
        shown[i] = vlt_share_shows(s, l->f[i].name, l->f[i].name_len);
}

static enum vault_status
seal_own(struct giving *g, const struct vlt_share_row *r,
    const struct vlt_xk *xk, struct vlt_buf *out, struct vault_error *err)
{
    bool shown[VLT_FIELDS_MAX];
    struct vlt_meta m;
    enum vault_status st;

    st = vlt_record_meta(g->f->s->v, g->item->rid, g->head, r->row.meta,
        r->row.meta_len, &m, err);
    if (st != VAULT_OK)
        return st;
    choose_fields(g->f->s, &m.fields, shown);
    st = vlt_extract_seal(out, g->head, &m, shown, xk, err);
    vlt_meta_clear(&m);
    return st;
}

static enum vault_status
seal_held(struct giving *g, const struct vlt_xk *xk, struct vlt_buf *out,
    struct vault_error *err)
{
    bool shown[VLT_FIELDS_MAX];
    struct vlt_extract x;
    enum vault_status st;

    st = vlt_share_held(g->f->s, g->item, g->head, &x, err);
    if (st != VAULT_OK)
        return st;
    choose_fields(g->f->s, &x.fields, shown);
    st = vlt_extract_seal_part(out, g->head, &x, shown, xk, err);
    vlt_extract_clear(&x);
    return st;
}

static enum vault_status
give_part(struct giving *g, const struct vlt_share_row *r,
    struct vault_error *err)
{
    uint8_t wrap[VLT_RECORD_WRAP];
    struct vlt_xk *xk = vlt_xk_new();
    struct vlt_buf b;
    uint64_t x = 0;
    enum vault_status st;

    if (xk == NULL)
        return vlt_fail_memory(err);
    vlt_random(xk->b, sizeof xk->b);
    vlt_buf_init(&b, VLT_EXTRACT_MAX);
    st =
        g->item->held ? seal_held(g, xk, &b, err) : seal_own(g, r, xk, &b, err);
    if (st == VAULT_OK)
        st = vlt_extract_row_next(g->f->out, &x, err);
    if (st == VAULT_OK) {
        vlt_wrap_seal_xk(wrap, &g->f->epoch, g->f->e0, g->i, g->head, xk);
        vlt_sha256(g->entry.wrap, wrap, sizeof wrap);
        vlt_sha256(g->entry.extract, b.p, b.len);
        st = vlt_extract_row_put(g->f->out, x, g->rid, wrap, b.p, b.len, err);
    }
    vlt_buf_clear(&b);
    vlt_xk_free(xk);
    return st;
}

/* ---- segments ---- */

static enum vault_status
read_segment(struct giving *g, uint64_t n, size_t len, struct vault_error *err)
{
    struct vault *v = g->f->s->v;

    return g->item->foreign
        ? vlt_foreign_segment(v, g->item->rid, n, g->f->segment, len, err)
        : vlt_segment_get(v->store, g->item->rid, n, g->f->segment, len, err);
}

/* Once read, once hashed, once written. */
static enum vault_status
give_segments(struct giving *g, struct vault_error *err)
{
    uint64_t padded = g->head->h.body_padded, n;
    struct vlt_segments_hash h;
    uint8_t b[32];
    enum vault_status st = VAULT_OK;

    vlt_segments_hash_init(&h);
    for (n = 0; st == VAULT_OK && n < vlt_segments(padded); n++) {
        size_t len = vlt_segment_size(padded, n);

        st = read_segment(g, n, len, err);
        if (st == VAULT_OK) {
            vlt_segments_hash_add(&h, g->f->segment, len);
            st = vlt_segment_put(g->f->out, g->rid, n, g->f->segment, len, err);
        }
        if (st == VAULT_OK)
            st = vlt_share_progress(g->f, len, err);
    }
    vlt_segments_hash_final(&h, b);
    if (st == VAULT_OK && memcmp(b, g->head->b, sizeof b) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the sealed original of a record was changed");
    return st;
}

/* ---- all of it ---- */

static void
begin_entry(struct giving *g)
{
    struct vlt_statement s;

    vlt_record_statement(&s, g->head);
    g->entry = (struct vlt_bundle_entry){.use = g->item->use,
        .version = g->item->version};
    memcpy(g->entry.id, g->item->id, 16);
    memcpy(g->entry.stmt, g->item->stmt, 32);
    memcpy(g->entry.ct, s.cipher, 32);
}

static enum vault_status
give(struct giving *g, const struct vlt_share_row *r, struct vault_error *err)
{
    bool whole = g->item->use == VLT_ENTRY_FULL;
    enum vault_status st;

    begin_entry(g);
    st = vlt_record_put(g->f->out, g->rid, g->head, whole ? r->row.meta : NULL,
        whole ? r->row.meta_len : 0, err);
    if (st == VAULT_OK && whole)
        st = give_whole(g, err);
    if (st == VAULT_OK && g->item->use == VLT_ENTRY_PART)
        st = give_part(g, r, err);
    if (st == VAULT_OK && g->item->body)
        st = give_segments(g, err);
    if (st == VAULT_OK && g->item->use != VLT_ENTRY_HEAD)
        st = vlt_share_proof(g->f, g->item, g->rid, err);
    return st;
}

/* Say which record it is, in front of what is wrong with it. */
static enum vault_status
name_it(const struct vlt_share_item *item, enum vault_status st,
    struct vault_error *err)
{
    char id[33], why[sizeof err->message];
    size_t i;

    if (err == NULL)
        return st;
    for (i = 0; i < 16; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", item->id[i]);
    (void)snprintf(why, sizeof why, "%s", err->message);
    return vlt_fail(err, st, "record %s: %s", id, why);
}

enum vault_status
vlt_share_record(struct vlt_share_file *f, const struct vlt_share_item *item,
    uint32_t position, uint8_t leaf[32], struct vault_error *err)
{
    struct giving g = {.f = f,
        .item = item,
        .rid = (uint64_t)position + 1,
        .i = position};
    struct vlt_share_row r;
    enum vault_status st;

    vlt_share_row_init(&r);
    st = vlt_share_row(f->s, item, &r, err);
    if (st == VAULT_OK && item->use != VLT_ENTRY_HEAD && !item->held &&
        r.row.meta == NULL)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "its content is not here any more");
    g.head = &r.row.head;
    if (st == VAULT_OK)
        st = give(&g, &r, err);
    if (st == VAULT_OK)
        vlt_bundle_entry_leaf(leaf, &g.entry);
    vlt_share_row_clear(&r);
    if (st == VAULT_E_TAMPERED || st == VAULT_E_NO_KEY ||
        st == VAULT_E_NOT_FOUND)
        st = name_it(item, st, err);
    return st;
}
