/* SPDX-License-Identifier: Apache-2.0 */
/* notice_share.c: the notices that a bundle takes along */
#include <string.h>
#include "bundle.h"
#include "fail.h"
#include "notice_ops.h"
#include "notice_told.h"

struct work {
    struct vault *v;
    struct vlt_notices *w;
    struct vlt_tolds tolds;
    struct vlt_set signers; /* of bundles that came in: H(text), card */
    const uint8_t (*to)[32];
    size_t n;
};

/* ---- whom it concerns ---- */

static enum vault_status
take_bundle(void *ctx, const struct vlt_fnote *f, struct vault_error *err)
{
    struct work *k = ctx;
    struct vlt_bundle_text t;
    uint8_t pair[64];
    enum vault_status st;

    st = vlt_bundle_parse(&t, (const char *)f->p, f->len, err);
    if (st != VAULT_OK)
        return st;
    memcpy(pair, t.text_hash, 32);
    memcpy(pair + 32, t.card, 32);
    return vlt_set_add(&k->signers, pair, err);
}

/* Everybody here was given one of the statements this request names. */
static enum vault_status
all_were_given(const struct work *k, const struct vlt_kept *x, bool *out,
    struct vault_error *err)
{
    struct vlt_set stmts = {32, 0, NULL}, had = {32, 0, NULL};
    struct vlt_notice n;
    enum vault_status st = vlt_notices_read(k->w, x, &n, NULL, err);
    size_t i, j;

    if (st != VAULT_OK)
        return st;
    for (i = 0; st == VAULT_OK && i < n.stmts; i++)
        st = vlt_set_add(&stmts, n.stmt[i].b, err);
    if (st == VAULT_OK)
        st = vlt_notices_reach(k->v, &stmts, NULL, &had, err);
    *out = k->n > 0;
    for (i = 0; st == VAULT_OK && *out && i < k->n; i++) {
        for (j = 0; j < had.n; j++) {
            if (vlt_notices_linked(k->w, had.p + 32 * j, k->to[i]))
                break;
        }
        *out = j < had.n;
    }
    vlt_notice_clear(&n);
    vlt_set_clear(&stmts);
    vlt_set_clear(&had);
    return st;
}

/* A request is passed on to who did not make it and did not answer it. */
static bool
wants_request(const struct work *k, const struct vlt_kept *x,
    const uint8_t to[32])
{
    return !vlt_notices_linked(k->w, x->card, to) &&
        vlt_notices_answer(k->w, x->hash, to) == NULL;
}

static bool
all_want_request(const struct work *k, const struct vlt_kept *x)
{
    size_t i;

    for (i = 0; i < k->n; i++) {
        if (!wants_request(k, x, k->to[i]))
            return false;
    }
    return !vlt_notices_lifted(k->w, x);
}

/* Who is to have an answer: the signer of the request. */
static bool
his_answer(const struct work *k, const struct vlt_kept *x)
{
    const struct vlt_kept *of = vlt_notices_kept(k->w, x->of);

    return k->n == 1 && memcmp(x->vault, k->v->id, 16) == 0 && of != NULL &&
        vlt_notices_linked(k->w, of->card, k->to[0]);
}

/* Who is to have a receipt: the signer of the bundle. */
static bool
his_receipt(const struct work *k, const struct vlt_kept *x)
{
    size_t i;

    if (k->n != 1 || memcmp(x->vault, k->v->id, 16) != 0)
        return false;
    for (i = 0; i < k->signers.n; i++) {
        const uint8_t *pair = k->signers.p + 64 * i;

        if (memcmp(pair, x->of, 32) == 0)
            return vlt_notices_linked(k->w, pair + 32, k->to[0]);
    }
    return false;
}

static bool
all_have_it(const struct work *k, const struct vlt_kept *x)
{
    bool arrived = true;
    size_t i;

    for (i = 0; arrived && i < k->n; i++)
        (void)vlt_tolds_when(&k->tolds, k->w, x->hash, k->to[i], &arrived);
    return arrived;
}

static enum vault_status
concerns(const struct work *k, const struct vlt_kept *x, bool *out,
    struct vault_error *err)
{
    const struct vlt_kept *of = vlt_notices_kept(k->w, x->of);

    *out = false;
    if (all_have_it(k, x))
        return VAULT_OK;
    switch (x->kind) {
    case VLT_NOTICE_WITHDRAW:
        return all_want_request(k, x) ? all_were_given(k, x, out, err)
                                      : VAULT_OK;
    case VLT_NOTICE_WITHDRAW_REVOKED:
        return of != NULL ? all_were_given(k, of, out, err) : VAULT_OK;
    case VLT_NOTICE_ACK:
        *out = his_answer(k, x);
        return VAULT_OK;
    default:
        *out = his_receipt(k, x);
        return VAULT_OK;
    }
}

/* ---- all ---- */

static enum vault_status
load(struct work *k, struct vault_error *err)
{
    enum vault_status st = vlt_notices_open(k->v, &k->w, err);

    k->signers.size = 64;
    if (st == VAULT_OK)
        st = vlt_tolds_load(k->v, &k->tolds, err);
    if (st == VAULT_OK)
        st = vlt_fnotes(k->v, "bundle", take_bundle, k, err);
    return st;
}

static enum vault_status
give(const struct work *k, const struct vlt_kept *x,
    enum vault_status (*fn)(void *ctx, const char *kind, const char *note,
        size_t len, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_notice n;
    struct vlt_buf note;
    enum vault_status st;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_notices_read(k->w, x, &n, &note, err);
    if (st == VAULT_OK) {
        vlt_notice_clear(&n);
        st = fn(ctx, vlt_notice_word(x->kind), (const char *)note.p, note.len,
            err);
    }
    vlt_buf_clear(&note);
    return st;
}

enum vault_status
vlt_notices_pending_for(struct vault *v, const uint8_t (*to)[32], size_t n,
    enum vault_status (*fn)(void *ctx, const char *kind, const char *note,
        size_t len, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct work k = {.v = v, .to = to, .n = n};
    enum vault_status st = load(&k, err);
    bool all = false;
    size_t i;

    for (i = 0; st == VAULT_OK && i < k.w->kept_len; i++) {
        st = concerns(&k, &k.w->kept[i], &all, err);
        if (st == VAULT_OK && all)
            st = give(&k, &k.w->kept[i], fn, ctx, err);
    }
    vlt_notices_close(k.w);
    vlt_tolds_clear(&k.tolds);
    vlt_set_clear(&k.signers);
    return st;
}

static enum vault_status
note_told(void *ctx, const char *kind, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_told *t = ctx;
    struct vlt_notice n;
    enum vault_status st = vlt_notice_parse(&n, note, len, err);

    (void)kind;
    if (st != VAULT_OK)
        return st;
    st = vlt_set_add(&t->notes, n.text_hash, err);
    vlt_notice_clear(&n);
    return st;
}

enum vault_status
vlt_notices_told(struct vault *v, const uint8_t bundle_text[32],
    const uint8_t (*to)[32], size_t n, struct vault_error *err)
{
    struct vlt_told t = {.time = vlt_now(v)};
    enum vault_status st;
    size_t i;

    memcpy(t.bundle, bundle_text, 32);
    t.to.size = 32;
    t.notes.size = 32;
    st = vlt_notices_pending_for(v, to, n, note_told, &t, err);
    for (i = 0; st == VAULT_OK && i < n; i++)
        st = vlt_set_add(&t.to, to[i], err);
    if (st == VAULT_OK && t.notes.n > 0)
        st = vlt_told_put(v, &t, err);
    vlt_set_clear(&t.to);
    vlt_set_clear(&t.notes);
    return st;
}
