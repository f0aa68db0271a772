/* SPDX-License-Identifier: Apache-2.0 */
/* receive_take.c: records of a bundle become rows of this vault */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "receiving.h"

/* One bundle on its way in, within an action. */
struct taking {
    struct vault_receive *r;
    struct vault *v;
    struct vlt_rfile *f;
    struct vlt_bundle *b;
    const struct vlt_rcards *cards;
    uint8_t *segment;
};

/* ---- its line in a log ---- */

static enum vault_status
fill_proof(struct taking *t, const struct vlt_bundle_record *r,
    struct vlt_foreign_proof *p, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (!r->has_proof)
        return VAULT_OK;
    vlt_buf_reset(&p->leaf);
    vlt_buf_reset(&p->proof);
    st = vlt_leaf_encode(&p->leaf, &r->leaf, err);
    vlt_buf_put(&p->proof, r->proof.p, r->proof.len);
    if (st == VAULT_OK)
        st = vlt_buf_end(&p->proof, "proof", err);
    memcpy(p->bundle, t->b->text.bundle, sizeof p->bundle);
    memcpy(p->from, t->b->sender.fingerprint, sizeof p->from);
    p->received = vlt_now(t->v);
    return st;
}

static enum vault_status
new_proof(struct taking *t, const struct vlt_bundle_record *r,
    struct vlt_foreign_proof *p, struct vault_error *err)
{
    memcpy(p->stmt, r->stmt, sizeof p->stmt);
    memcpy(p->bundle, t->b->text.bundle, sizeof p->bundle);
    memcpy(p->from, t->b->sender.fingerprint, sizeof p->from);
    p->received = vlt_now(t->v);
    return fill_proof(t, r, p, err);
}

/* A head that came without one, and the record itself now. */
static enum vault_status
prove(struct taking *t, const struct vlt_bundle_record *r, uint64_t rid,
    struct vault_error *err)
{
    struct vlt_foreign_proof p;
    enum vault_status st;

    vlt_foreign_proof_init(&p);
    st = vlt_foreign_proof_get(t->v, rid, &p, err);
    if (st == VAULT_OK)
        st = fill_proof(t, r, &p, err);
    if (st == VAULT_OK)
        st = vlt_foreign_proof_put(t->v, rid, &p, err);
    vlt_foreign_proof_clear(&p);
    return st;
}

/* ---- segments ---- */

/* They were hashed when the record was walked to, and are read once more: the
 * hash of what is stored is what counts. */
static enum vault_status
copy_segments(struct taking *t, const struct vlt_bundle_record *r, uint64_t rid,
    bool own, struct vault_error *err)
{
    const struct vlt_record_header *h = &r->row.head.h;
    struct vlt_segments_hash hash;
    uint8_t b[32];
    enum vault_status st = VAULT_OK;
    uint64_t i;

    vlt_segments_hash_init(&hash);
    for (i = 0; st == VAULT_OK && i < r->segments; i++) {
        size_t len = vlt_segment_size(h->body_padded, i);

        st = vlt_segment_get(t->b->store, r->rid, i, t->segment, len, err);
        if (st == VAULT_OK) {
            vlt_segments_hash_add(&hash, t->segment, len);
            st = own
                ? vlt_segment_put(t->v->store, rid, i, t->segment, len, err)
                : vlt_foreign_segment_put(t->v, rid, i, t->segment, len, err);
        }
        if (st == VAULT_OK && !vlt_progress(&t->v->opt, 0, 0, false))
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    if (st != VAULT_OK)
        return st;
    vlt_segments_hash_final(&hash, b);
    if (memcmp(b, r->row.head.b, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the file was changed while it was being received");
    return VAULT_OK;
}

static enum vault_status
bring_segments(struct taking *t, const struct vlt_bundle_record *r,
    uint64_t rid, uint64_t there, struct vault_error *err)
{
    if (r->segments == 0 || there > 0 ||
        r->row.head.h.body_version != r->row.head.h.version)
        return VAULT_OK;
    return copy_segments(t, r, rid, false, err);
}

/* ---- rows ---- */

static enum vault_status
put_row(struct taking *t, const struct vlt_bundle_record *r,
    const struct vlt_rk *rk, uint64_t *rid, struct vault_error *err)
{
    struct vlt_foreign_proof p;
    enum vault_status st;

    vlt_foreign_proof_init(&p);
    st = new_proof(t, r, &p, err);
    *rid = 0;
    if (st == VAULT_OK)
        st =
            vlt_foreign_put(t->v, &r->row.head, rk != NULL ? r->row.meta : NULL,
                rk != NULL ? r->row.meta_len : 0, rk, &p, rid, err);
    vlt_foreign_proof_clear(&p);
    return st;
}

static enum vault_status
take_row(struct taking *t, const struct vlt_bundle_record *r,
    const struct vlt_rk *rk, const struct vlt_xk *xk,
    const struct vlt_rlook *look, struct vault_error *err)
{
    uint64_t rid = look->rid;
    enum vault_status st;

    if (look->here == VLT_HERE_NOT)
        st = put_row(t, r, rk, &rid, err);
    else if (rk != NULL)
        st = vlt_foreign_complete(t->v, rid, &r->row.head, r->row.meta,
            r->row.meta_len, rk, err);
    else
        st = VAULT_OK;
    if (st == VAULT_OK && look->here != VLT_HERE_NOT && !look->proved &&
        r->has_proof)
        st = prove(t, r, rid, err);
    if (st == VAULT_OK && xk != NULL)
        st = vlt_foreign_extract_put(t->v, rid, &r->row.head, r->extract,
            r->extract_len, xk, err);
    if (st == VAULT_OK)
        st = bring_segments(t, r, rid, look->segments, err);
    if (st == VAULT_OK && r->use != VLT_ENTRY_HEAD)
        st = vlt_foreign_import_leaf(t->v, &r->row.head, t->b->text.bundle,
            t->b->sender.fingerprint, err);
    return st;
}

/*
 * A version of this vault's own record that was made in another copy of it, or
 * was lost here with an older copy: as what comes from a capture file, line
 * `take`. What it follows stands here, so that the record goes on with it.
 */
static enum vault_status
take_own(struct taking *t, const struct vlt_bundle_record *r,
    const struct vlt_rk *rk, struct vault_error *err)
{
    struct vault *v = t->v;
    const struct vlt_record_header *h = &r->row.head.h;
    struct vlt_entry e = {"take", h->id, h->version, r->stmt, NULL, -1};
    uint8_t wrap[VLT_RECORD_WRAP];
    uint64_t rid = 0;
    enum vault_status st = vlt_action_epoch(v, err);

    if (st == VAULT_OK)
        st = vlt_record_next_rid(v->store, &rid, err);
    if (st == VAULT_OK)
        st = vlt_record_put(v->store, rid, &r->row.head, r->row.meta,
            r->row.meta_len, err);
    if (st != VAULT_OK)
        return st;
    vlt_action_wrap(v, wrap, &r->row.head, rk);
    st = vlt_wrap_put(v->store, rid, wrap, err);
    if (st == VAULT_OK && h->body_version == h->version)
        st = copy_segments(t, r, rid, true, err);
    return st == VAULT_OK ? vlt_action_leaf(v, &e, err) : st;
}

/* Count and, when it brings something, store. */
static enum vault_status
take_opened(struct taking *t, const struct vlt_bundle_record *r,
    const struct vlt_rk *rk, const struct vlt_xk *xk,
    const struct vlt_extract *x, struct vault_error *err)
{
    struct vlt_rlook look;
    bool adds = false;
    enum vault_status st =
        vlt_receive_count(t->v, t->f, r, x, &look, &adds, err);

    if (st != VAULT_OK || !adds)
        return st;
    if (look.here == VLT_HERE_NOT && look.follows_own && rk != NULL)
        return take_own(t, r, rk, err);
    return take_row(t, r, rk, xk, &look, err);
}

static enum vault_status
take_whole(struct taking *t, const struct vlt_bundle_record *r,
    struct vault_error *err)
{
    struct vlt_rk *rk = NULL;
    struct vlt_meta m;
    enum vault_status st = vlt_bundle_open_record(t->b, r, false, &rk, &m, err);

    if (st != VAULT_OK)
        return st;
    vlt_meta_clear(&m);
    st = take_opened(t, r, rk, NULL, NULL, err);
    vlt_rk_free(rk);
    return st;
}

static enum vault_status
take_part(struct taking *t, const struct vlt_bundle_record *r,
    struct vault_error *err)
{
    struct vlt_xk *xk = NULL;
    struct vlt_extract x;
    enum vault_status st = vlt_bundle_open_part(t->b, r, false, &xk, &x, err);

    if (st != VAULT_OK)
        return st;
    st = take_opened(t, r, NULL, xk, &x, err);
    vlt_extract_clear(&x);
    vlt_xk_free(xk);
    return st;
}

static enum vault_status
take_record(void *ctx, const struct vlt_bundle_record *r,
    struct vault_error *err)
{
    struct taking *t = ctx;
    enum vault_status st;

    if (!vlt_progress(&t->v->opt, 0, 0, false))
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    if (r->status == VAULT_E_NOT_FOUND)
        return VAULT_OK; /* it waits, as was told */
    if (r->status == VAULT_OK && r->untrusted)
        return VAULT_OK; /* a revoked device's, too late: told */
    if (r->status != VAULT_OK) {
        if (err != NULL)
            *err = r->why;
        return VAULT_E_TAMPERED;
    }
    if (r->card != NULL && vlt_rcards_refuses(t->cards, r->card))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the card of a record's origin does not hang together with one "
            "that is known");
    switch (r->use) {
    case VLT_ENTRY_FULL:
        st = take_whole(t, r, err);
        break;
    case VLT_ENTRY_PART:
        st = take_part(t, r, err);
        break;
    default:
        return take_opened(t, r, NULL, NULL, NULL, err);
    }
    if (st == VAULT_E_NO_KEY) { /* sealed to others in a compartment: told */
        vlt_error_clear(err);
        return VAULT_OK;
    }
    return st;
}

enum vault_status
vlt_receive_take(struct vault_receive *r, struct vlt_rfile *f,
    struct vlt_bundle *b, const struct vlt_rcards *cards,
    struct vault_error *err)
{
    struct taking t = {r, r->v, f, b, cards, NULL};
    enum vault_status st;

    t.segment = malloc(VLT_SEGMENT_SEALED);
    if (t.segment == NULL)
        return vlt_fail_memory(err);
    memset(&f->row.count, 0, sizeof f->row.count);
    st = vlt_bundle_records(b, take_record, &t, err);
    free(t.segment);
    return st;
}
