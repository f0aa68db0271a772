/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_read_unlock.c: a bundle and its records opened by a recipient */
#include <string.h>
#include "body_out.h"
#include "bundle_parts.h"
#include "content.h"
#include "fail.h"
#include "hash.h"
#include "identity_keys.h"
#include "manifest.h"
#include "seal.h"

/* Trying one wrap costs about 0.15 ms (epochs.c). */
enum { TRIED_MAX = 8192 };

/* ---- E0 by any generation's key ---- */

struct
try {
    const struct vlt_epoch *epoch;
    struct vlt_e0 *e0;
    uint8_t as[32]; /* whose key it was */
    uint64_t tried;
    enum vault_status bad; /* opened, and was for someone else */
    struct vault_error why;
};

static enum vault_status
try_key(void *ctx, const struct vlt_kemkey *kem, const uint8_t fingerprint[32],
    struct vault_error *err)
{
    struct try *t = ctx;
    enum vault_status st;

    if (t->e0 != NULL || t->bad != VAULT_OK)
        return VAULT_OK;
    t->tried += t->epoch->n;
    st = vlt_epoch_open(t->epoch, kem, fingerprint, &t->e0, &t->why);
    if (st == VAULT_E_NO_KEY)
        return VAULT_OK;
    memcpy(t->as, fingerprint, sizeof t->as);
    if (st == VAULT_E_TAMPERED)
        t->bad = st;
    else if (st != VAULT_OK && err != NULL)
        *err = t->why;
    return t->bad != VAULT_OK ? VAULT_OK : st;
}

static enum vault_status
open_epoch(struct vault *v, const struct vlt_epoch *epoch, struct vlt_e0 **out,
    uint8_t *as, uint64_t *tried, struct vault_error *err)
{
    struct try t;
    enum vault_status st;

    memset(&t, 0, sizeof t);
    t.epoch = epoch;
    t.bad = VAULT_OK;
    st = vlt_kem_keys(v, try_key, &t, err);
    if (tried != NULL)
        *tried += t.tried;
    if (st == VAULT_OK && t.bad != VAULT_OK) {
        if (err != NULL)
            *err = t.why;
        st = t.bad;
    } else if (st == VAULT_OK && t.e0 == NULL) {
        st = vlt_fail(err, VAULT_E_NO_KEY,
            "it is sealed to others: no key of this vault opens it");
    }
    if (st != VAULT_OK) {
        vlt_e0_free(t.e0);
        return st;
    }
    *out = t.e0;
    if (as != NULL)
        memcpy(as, t.as, sizeof t.as);
    return VAULT_OK;
}

enum vault_status
vlt_bundle_unlock(struct vlt_bundle *b, struct vault *v,
    struct vault_error *err)
{
    const struct vlt_epoch *epoch = &b->epoch.epoch;
    struct vlt_e0 *e0 = NULL;
    struct vlt_fields said;
    uint8_t as[32];
    enum vault_status st;

    if (b->e0 != NULL)
        return VAULT_OK;
    vlt_fields_init(&said);
    st = open_epoch(v, epoch, &e0, as, NULL, err);
    if (st == VAULT_OK)
        st = vlt_manifest_open(&said, b->manifest.p, b->manifest.len, epoch, e0,
            err);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the letter is malformed");
    if (st != VAULT_OK) {
        vlt_e0_free(e0);
        return st;
    }
    vlt_fields_clear(&b->said);
    b->said = said;
    b->e0 = e0;
    memcpy(b->opened_as, as, sizeof as);
    b->in->v = v;
    return VAULT_OK;
}

/* ---- the epoch of a wrap ---- */

/* Records of one such epoch lie together: one is kept. */
static enum vault_status
other_epoch(struct vlt_bundle *b, const uint8_t id[16],
    const struct vlt_epoch **epoch, const struct vlt_e0 **e0,
    struct vault_error *err)
{
    struct vlt_bundle_inside *in = b->in;
    bool same = in->shut.epoch.n > 0 &&
        memcmp(in->shut.epoch.id, id, sizeof in->shut.epoch.id) == 0;
    enum vault_status st = VAULT_OK;

    if (!same) {
        vlt_epoch_row_clear(&in->shut);
        vlt_e0_free(in->shut_e0);
        in->shut_e0 = NULL;
        st = vlt_epoch_by_id(b->store, id, &in->shut, err);
        if (st == VAULT_OK && in->tried < TRIED_MAX)
            st = open_epoch(in->v, &in->shut.epoch, &in->shut_e0, NULL,
                &in->tried, err);
    }
    if (st == VAULT_OK && in->shut_e0 == NULL)
        st = vlt_fail(err, VAULT_E_NO_KEY,
            "it is sealed to others: no key of this vault opens it");
    *epoch = &in->shut.epoch;
    *e0 = in->shut_e0;
    return st;
}

static enum vault_status
epoch_of(struct vlt_bundle *b, const struct vlt_bundle_record *r,
    const struct vlt_epoch **epoch, const struct vlt_e0 **e0,
    struct vault_error *err)
{
    struct vlt_wrap wrap;
    enum vault_status st = vlt_wrap_decode(&wrap, r->wrap, sizeof r->wrap, err);

    if (st != VAULT_OK)
        return st;
    if (b->e0 == NULL)
        return vlt_fail(err, VAULT_E_LOCKED, "the bundle is not unlocked");
    *epoch = &b->epoch.epoch;
    *e0 = b->e0;
    return r->others ? other_epoch(b, wrap.epoch, epoch, e0, err) : VAULT_OK;
}

/* ---- bodies ---- */

struct body {
    struct vlt_bundle *b;
    uint64_t rid;
};

static enum vault_status
fetch(void *ctx, uint64_t n, uint8_t *out, size_t len, struct vault_error *err)
{
    struct body *body = ctx;

    return vlt_segment_get(body->b->store, body->rid, n, out, len, err);
}

static enum vault_status
discard(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    (void)p;
    (void)n;
    return vlt_bundle_poll(ctx, err);
}

static enum vault_status
check_body(struct vlt_bundle *b, const struct vlt_bundle_record *r,
    const struct vlt_meta *meta, const struct vlt_body_commit *commit,
    struct vault_error *err)
{
    struct body body = {b, r->body_rid};
    struct vlt_body_out out = {&r->row.head, meta, commit, fetch, &body,
        discard, b, NULL};

    if (r->body_rid == 0)
        return vlt_fail(err, VAULT_E_TAMPERED, "its sealed body is not here");
    b->in->polls = 0;
    return vlt_body_stream(&out, err);
}

/* ---- whole records ---- */

static enum vault_status
unseal(const struct vlt_kmeta *kmeta, const struct vlt_record_row *row,
    struct vlt_meta *out, struct vault_error *err)
{
    struct vlt_buf plain;
    uint8_t *room;
    enum vault_status st;

    vlt_buf_init(&plain, VLT_META_MAX);
    room = vlt_buf_room(&plain, row->meta_len - VLT_TAG);
    if (room == NULL)
        st = vlt_fail_memory(err);
    else if (!vlt_unseal_once(room, kmeta->b, row->meta, row->meta_len))
        st = vlt_fail(err, VAULT_E_TAMPERED, "the metadata do not open");
    else
        st = vlt_meta_decode(out, plain.p, plain.len, &row->head.h, err);
    if (st == VAULT_E_FORMAT || st == VAULT_E_LIMIT)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the metadata are not what this format stores");
    vlt_buf_clear(&plain);
    return st;
}

static enum vault_status
check_content(struct vlt_bundle *b, const struct vlt_bundle_record *r,
    const struct vlt_meta *m, bool body, struct vault_error *err)
{
    const struct vlt_record_head *head = &r->row.head;
    struct vlt_body_commit commit;
    uint8_t content[32];
    bool has = vlt_meta_body(m, &head->h, &commit);
    enum vault_status st;

    st = vlt_content_root(content, &m->fields, m->salts, head->h.id,
        head->h.version, has ? &commit : NULL, err);
    if (st == VAULT_OK && memcmp(content, head->content, 32) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the fields are not those the record committed to");
    if (st == VAULT_OK && body && head->h.body_version != 0)
        st = check_body(b, r, m, &commit, err);
    return st;
}

static enum vault_status
open_whole(struct vlt_bundle *b, const struct vlt_bundle_record *r,
    struct vlt_rk *rk, struct vlt_meta *out, struct vault_error *err)
{
    struct vlt_kmeta *kmeta = vlt_kmeta_new();
    const struct vlt_epoch *epoch;
    const struct vlt_e0 *e0;
    enum vault_status st;

    if (kmeta == NULL)
        return vlt_fail_memory(err);
    st = epoch_of(b, r, &epoch, &e0, err);
    if (st == VAULT_OK)
        st = vlt_wrap_open(r->wrap, sizeof r->wrap, epoch, e0, &r->row.head, rk,
            kmeta, err);
    if (st == VAULT_OK)
        st = unseal(kmeta, &r->row, out, err);
    vlt_kmeta_free(kmeta);
    return st;
}

enum vault_status
vlt_bundle_open_record(struct vlt_bundle *b, const struct vlt_bundle_record *r,
    bool body, struct vlt_rk **rk, struct vlt_meta *meta,
    struct vault_error *err)
{
    struct vlt_rk *key;
    struct vlt_meta m;
    enum vault_status st;

    if (r->use != VLT_ENTRY_FULL || r->row.meta == NULL)
        return vlt_fail(err, VAULT_E_NO_KEY, "the record is not here whole");
    key = vlt_rk_new();
    if (key == NULL)
        return vlt_fail_memory(err);
    vlt_meta_init(&m);
    st = open_whole(b, r, key, &m, err);
    if (st == VAULT_OK)
        st = check_content(b, r, &m, body, err);
    if (st != VAULT_OK) {
        vlt_meta_clear(&m);
        vlt_rk_free(key);
        return st == VAULT_E_FORMAT
            ? vlt_fail(err, VAULT_E_TAMPERED, "its wrap is malformed")
            : st;
    }
    *rk = key;
    *meta = m;
    return VAULT_OK;
}

/* ---- partial records ---- */

/* The shown `body` field against the segments. */
static enum vault_status
check_shown_body(struct vlt_bundle *b, const struct vlt_bundle_record *r,
    const struct vlt_extract *x, struct vault_error *err)
{
    const struct vlt_field *f = vlt_fields_find(&x->fields, "body");
    struct vlt_body_commit commit;
    struct vlt_meta m;

    if (f == NULL || f->value_len != sizeof commit.sha256)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an extract shows a body without its hash");
    commit.original_len = x->body_original;
    memcpy(commit.sha256, f->value, sizeof commit.sha256);
    vlt_meta_init(&m);
    m.kb = x->kb; /* lent: m is not cleared */
    m.body_raw = x->body_raw;
    m.body_stored = x->body_stored;
    m.body_original = x->body_original;
    return check_body(b, r, &m, &commit, err);
}

enum vault_status
vlt_bundle_open_part(struct vlt_bundle *b, const struct vlt_bundle_record *r,
    bool body, struct vlt_xk **xk, struct vlt_extract *x,
    struct vault_error *err)
{
    const struct vlt_epoch *epoch;
    const struct vlt_e0 *e0;
    struct vlt_extract found;
    struct vlt_xk *key;
    enum vault_status st;

    if (r->use != VLT_ENTRY_PART)
        return vlt_fail(err, VAULT_E_NO_KEY, "the record is not here in part");
    key = vlt_xk_new();
    if (key == NULL)
        return vlt_fail_memory(err);
    vlt_extract_init(&found);
    st = epoch_of(b, r, &epoch, &e0, err);
    if (st == VAULT_OK)
        st = vlt_wrap_open_xk(r->wrap, sizeof r->wrap, epoch, e0, &r->row.head,
            key, err);
    if (st == VAULT_OK)
        st = vlt_extract_open(&found, r->extract, r->extract_len, &r->row.head,
            key, err);
    if (st == VAULT_OK && body && found.has_body)
        st = check_shown_body(b, r, &found, err);
    if (st != VAULT_OK) {
        vlt_extract_clear(&found);
        vlt_xk_free(key);
        return st == VAULT_E_FORMAT
            ? vlt_fail(err, VAULT_E_TAMPERED, "its wrap is malformed")
            : st;
    }
    *xk = key;
    *x = found;
    return VAULT_OK;
}
