/* SPDX-License-Identifier: Apache-2.0 */
/* notice_sent.c: what a notice has to do with what was given to whom */
#include "notice_sent.h"
#include <stdlib.h>
#include <string.h>
#include "fail.h"

/* ---- sets ---- */

bool
vlt_set_has(const struct vlt_set *s, const void *p)
{
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (memcmp(s->p + i * s->size, p, s->size) == 0)
            return true;
    }
    return false;
}

enum vault_status
vlt_set_add(struct vlt_set *s, const void *p, struct vault_error *err)
{
    uint8_t *more = s->p;

    if (vlt_set_has(s, p))
        return VAULT_OK;
    if ((s->n & (s->n - 1)) == 0)
        more = realloc(more, (s->n == 0 ? 1 : 2 * s->n) * s->size);
    if (more == NULL)
        return vlt_fail_memory(err);
    s->p = more;
    memcpy(more + s->n++ * s->size, p, s->size);
    return VAULT_OK;
}

void
vlt_set_clear(struct vlt_set *s)
{
    free(s->p);
    s->p = NULL;
    s->n = 0;
}

/* ---- among what is kept ---- */

bool
vlt_notices_lifted(const struct vlt_notices *w, const struct vlt_kept *k)
{
    size_t i;

    for (i = 0; i < w->kept_len; i++) {
        const struct vlt_kept *x = &w->kept[i];

        if (x->kind == VLT_NOTICE_WITHDRAW_REVOKED &&
            memcmp(x->of, k->hash, 32) == 0 &&
            vlt_notices_linked(w, x->card, k->card))
            return true;
    }
    return false;
}

/* By date, then by hash: the same in whatever order they came. */
static bool
later(const struct vlt_kept *a, const struct vlt_kept *b)
{
    if (b == NULL || a->date != b->date)
        return b == NULL || a->date > b->date;
    return memcmp(a->hash, b->hash, 32) > 0;
}

static const struct vlt_kept *
last(const struct vlt_notices *w, enum vlt_notice_kind kind,
    const uint8_t of[32], const uint8_t fingerprint[32])
{
    const struct vlt_kept *best = NULL;
    size_t i;

    for (i = 0; i < w->kept_len; i++) {
        const struct vlt_kept *x = &w->kept[i];

        if (x->kind == kind && memcmp(x->of, of, 32) == 0 &&
            vlt_notices_linked(w, x->card, fingerprint) && later(x, best))
            best = x;
    }
    return best;
}

const struct vlt_kept *
vlt_notices_answer(const struct vlt_notices *w, const uint8_t withdraw[32],
    const uint8_t fingerprint[32])
{
    return last(w, VLT_NOTICE_ACK, withdraw, fingerprint);
}

const struct vlt_kept *
vlt_notices_receipt(const struct vlt_notices *w, const uint8_t bundle_text[32],
    const uint8_t fingerprint[32])
{
    return last(w, VLT_NOTICE_RECEIPT, bundle_text, fingerprint);
}

/* ---- among what was given ---- */

struct given {
    const struct vlt_set *about;
    struct vlt_set *bundles;
    struct vlt_set *recipients;
};

static bool
holds_one(const struct vlt_sent *s, const struct vlt_set *about)
{
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (vlt_set_has(about, s->stmt[i]))
            return true;
    }
    return false;
}

static enum vault_status
take_sent(void *ctx, const struct vlt_sent *s, struct vault_error *err)
{
    struct given *g = ctx;
    enum vault_status st = VAULT_OK;
    size_t i;

    if (!holds_one(s, g->about))
        return VAULT_OK;
    if (g->bundles != NULL)
        st = vlt_set_add(g->bundles, s->bundle, err);
    for (i = 0; st == VAULT_OK && g->recipients != NULL && i < s->to_len; i++)
        st = vlt_set_add(g->recipients, s->to[i], err);
    return st;
}

enum vault_status
vlt_notices_reach(struct vault *v, const struct vlt_set *about,
    struct vlt_set *bundles, struct vlt_set *recipients,
    struct vault_error *err)
{
    struct given g = {about, bundles, recipients};

    return about->n == 0 ? VAULT_OK : vlt_sents(v, take_sent, &g, err);
}
