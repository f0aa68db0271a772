/* SPDX-License-Identifier: Apache-2.0 */
/* identity_keys.c: the keys of every generation of this vault's identity */
#include "identity_keys.h"
#include <stdlib.h>
#include <string.h>
#include "cell.h"
#include "fail.h"
#include "onetime.h"

enum { CARDS_MAX = 1024 };

/* What is read; it becomes the handle's when all of it held. */
struct loading {
    struct vault *v;
    struct vlt_seed *seed;
    size_t n; /* ascending by generation */
    struct vlt_past_card *at;
    bool newest; /* the last of them has its SEED here, in `seed` */
};

static void
free_cards(struct vlt_past_card *at, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        vlt_kemkey_free(at[i].kem);
    free(at);
}

void
vlt_past_clear(struct vault *v)
{
    free_cards(v->past, v->pasts);
    v->past = NULL;
    v->pasts = 0;
}

static enum vault_status
parse_card(const struct loading *l, const struct vlt_identity_row *r,
    struct vlt_card *out, struct vault_error *err)
{
    const struct vlt_card *before = l->n > 0 ? &l->at[l->n - 1].card : NULL;
    enum vault_status st = vlt_card_parse(out, r->card, r->card_len, err);

    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the vault's card is malformed");
    if (st != VAULT_OK)
        return st;
    if (out->generation != r->gen || memcmp(out->vault, l->v->id, 16) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED, "the card is another vault's");
    return before != NULL
        ? vlt_card_follows(out, r->card, r->card_len, before, err)
        : VAULT_OK;
}

/* SEED and the KEM key it gives; *kem stays NULL when SEED is elsewhere. */
static enum vault_status
open_seed(const struct loading *l, const struct vlt_identity_row *r,
    const struct vlt_card *card, struct vlt_kemkey **kem,
    struct vault_error *err)
{
    if (r->seed == NULL)
        return VAULT_OK;
    if (!vlt_seed_open(l->seed, r->seed, r->seed_len, l->v->vmk, l->v->id,
            r->gen, card->fingerprint))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the vault's card or its sealed secret was changed");
    if (!vlt_card_matches_seed(card, l->seed))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the vault's card is not the one its secret gives");
    *kem = vlt_kemkey_new();
    if (*kem == NULL)
        return vlt_fail_memory(err);
    vlt_identity_kem_seed(*kem, l->seed, l->v->id);
    return VAULT_OK;
}

static enum vault_status
take_identity(void *ctx, const struct vlt_identity_row *r,
    struct vault_error *err)
{
    struct loading *l = ctx;
    struct vlt_past_card *more, one = {.kem = NULL};
    enum vault_status st;

    if (l->n >= CARDS_MAX)
        return vlt_fail(err, VAULT_E_TAMPERED, "too many cards");
    st = parse_card(l, r, &one.card, err);
    if (st == VAULT_OK)
        st = open_seed(l, r, &one.card, &one.kem, err);
    if (st != VAULT_OK)
        return st;
    more = realloc(l->at, (l->n + 1) * sizeof *more);
    if (more == NULL) {
        vlt_kemkey_free(one.kem);
        return vlt_fail_memory(err);
    }
    l->at = more;
    more[l->n++] = one;
    l->newest = one.kem != NULL;
    return VAULT_OK;
}

/* The last one is the identity, those before it the past, newest first. */
static void
hand_over(struct loading *l)
{
    struct vault *v = l->v;
    size_t i, n = l->n - 1;

    v->card = l->at[n].card;
    vlt_kemkey_free(v->kem);
    v->kem = l->at[n].kem;
    vlt_seed_free(v->seed);
    v->seed = l->seed;
    l->seed = NULL;
    for (i = 0; i < n / 2; i++) {
        struct vlt_past_card x = l->at[i];

        l->at[i] = l->at[n - 1 - i];
        l->at[n - 1 - i] = x;
    }
    vlt_past_clear(v);
    v->past = l->at;
    v->pasts = n;
    l->at = NULL;
    l->n = 0;
}

enum vault_status
vlt_identity_load(struct vault *v, struct vault_error *err)
{
    struct loading l = {.v = v, .seed = vlt_seed_new()};
    enum vault_status st = VAULT_OK;

    if (l.seed == NULL)
        return vlt_fail_memory(err);
    st = vlt_identities(v->store, take_identity, &l, err);
    if (st == VAULT_OK && l.n == 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the vault has no card");
    if (st == VAULT_OK && !l.newest)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the vault's card or its sealed secret was changed");
    if (st == VAULT_OK)
        hand_over(&l);
    free_cards(l.at, l.n);
    vlt_seed_free(l.seed);
    return st;
}

const struct vlt_card *
vlt_own_card(const struct vault *v, const uint8_t fingerprint[32])
{
    size_t i;

    if (memcmp(v->card.fingerprint, fingerprint, 32) == 0)
        return &v->card;
    for (i = 0; i < v->pasts; i++) {
        if (memcmp(v->past[i].card.fingerprint, fingerprint, 32) == 0)
            return &v->past[i].card;
    }
    return NULL;
}

enum vault_status
vlt_kem_keys(struct vault *v,
    enum vault_status (*fn)(void *ctx, const struct vlt_kemkey *kem,
        const uint8_t fingerprint[32], struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);
    size_t i;

    if (st == VAULT_OK)
        st = fn(ctx, v->kem, v->card.fingerprint, err);
    for (i = 0; st == VAULT_OK && i < v->pasts; i++) {
        if (v->past[i].kem != NULL)
            st = fn(ctx, v->past[i].kem, v->past[i].card.fingerprint, err);
    }
    if (st == VAULT_OK && v->once != NULL)
        st = fn(ctx, v->once->kem, v->once->card.fingerprint, err);
    return st;
}
