/* SPDX-License-Identifier: Apache-2.0 */
/* verify_card.c: the chain of cards, and the lines that name them */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "verify.h"

enum { CARDS_MAX = 1024 };

static enum vault_status
take_card(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    struct vlt_verify *v = ctx;
    struct vlt_card *more, *card;
    enum vault_status st;

    if (v->cards >= CARDS_MAX)
        return vlt_fail(err, VAULT_E_TAMPERED, "too many cards");
    more = realloc(v->card, (v->cards + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    v->card = more;
    card = &more[v->cards];
    st = vlt_card_parse(card, r->card, r->card_len, err);
    if (st != VAULT_OK)
        return st;
    if (card->generation != r->gen || r->gen != v->cards + 1 ||
        memcmp(card->vault, v->id, 16) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the card of generation %u is not in its place", r->gen);
    if (v->cards > 0)
        st = vlt_card_follows(card, r->card, r->card_len, &more[v->cards - 1],
            err);
    if (st == VAULT_OK)
        v->cards++;
    return st;
}

enum vault_status
vlt_verify_cards(struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st = vlt_identities(v->s, take_card, v, err);

    if (v->cards > 0)
        vlt_fingerprint_text(v->verdict.fingerprint,
            v->card[v->cards - 1].fingerprint);
    if (st != VAULT_OK)
        return st;
    if (v->cards == 0)
        return vlt_fail(err, VAULT_E_TAMPERED, "the vault has no card");
    vlt_held(v, "card", v->cards, "card %s, generation %zu, signed by itself",
        v->verdict.fingerprint, v->cards);
    return VAULT_OK;
}

/* The last card of the chain speaks only if the log names it. */
enum vault_status
vlt_verify_card_leaves(struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    bool found;
    size_t i;

    for (i = 0; st == VAULT_OK && i < v->cards; i++) {
        st =
            vlt_seen_leaf(v, "card", NULL, v->card[i].fingerprint, &found, err);
        if (st == VAULT_OK && !found)
            vlt_mismatch(v, "planted",
                "no line of the log names the card of generation %zu", i + 1);
    }
    return st;
}
