/* SPDX-License-Identifier: Apache-2.0 */
/* receive_cards.c: what a card in a bundle is to this vault */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "receiving.h"
#include "rows.h"
#include "settings.h"

/*
 * A vault's id stands in its card, so anyone can write a card with another's
 * id. Cards of one vault must therefore hang together: each generation names
 * the one before and is signed by it too. One that does not hang together with
 * what is known is refused, whatever else holds; what a person compared counts
 * before what only came along.
 */
enum whose { OWN, PINNED, KEPT, ADDED };
struct known {
    enum whose whose;
    enum vlt_pin_state state; /* PINNED */
    char name[256];
    struct vlt_card card;
    char *note;
    size_t note_len;
};
struct vlt_rcards {
    uint8_t vault[16]; /* this one */
    size_t n, cap, added;
    struct known *k;
    struct { /* the last answer: logs of one card lie together */
        bool any, refused;
        uint8_t fingerprint[32];
    } * last;
};

static enum vault_status
push(struct vlt_rcards *c, enum whose whose, const char *note, size_t len,
    struct vault_error *err)
{
    struct known *k;
    enum vault_status st;

    if (c->n == c->cap) {
        size_t cap = c->cap == 0 ? 16 : 2 * c->cap;

        k = realloc(c->k, cap * sizeof *k);
        if (k == NULL)
            return vlt_fail_memory(err);
        c->k = k;
        c->cap = cap;
    }
    k = &c->k[c->n];
    memset(k, 0, sizeof *k);
    k->whose = whose;
    st = vlt_card_parse(&k->card, note, len, err);
    if (st != VAULT_OK)
        return st;
    k->note = vlt_memdup(note, len);
    k->note_len = len;
    if (k->note == NULL)
        return vlt_fail_memory(err);
    c->n++;
    return VAULT_OK;
}

static enum vault_status
take_own(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    return push(ctx, OWN, r->card, r->card_len, err);
}

static enum vault_status
take_pin(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    struct vlt_rcards *c = ctx;
    enum vault_status st =
        push(c, PINNED, (const char *)p->note.p, p->note.len, err);

    if (st != VAULT_OK)
        return st;
    c->k[c->n - 1].state = p->state;
    memcpy(c->k[c->n - 1].name, p->name, sizeof p->name);
    return VAULT_OK;
}

static enum vault_status
take_kept(void *ctx, const struct vlt_fnote *n, struct vault_error *err)
{
    return push(ctx, KEPT, (const char *)n->p, n->len, err);
}

enum vault_status
vlt_rcards_load(struct vault *v, struct vlt_rcards **out,
    struct vault_error *err)
{
    struct vlt_rcards *c = calloc(1, sizeof *c);
    enum vault_status st;

    if (c == NULL)
        return vlt_fail_memory(err);
    memcpy(c->vault, v->id, sizeof c->vault);
    c->last = calloc(1, sizeof *c->last);
    if (c->last == NULL) {
        free(c);
        return vlt_fail_memory(err);
    }
    st = vlt_identities(v->store, take_own, c, err);
    if (st == VAULT_OK)
        st = vlt_pins(v, take_pin, c, err);
    if (st == VAULT_OK)
        st = vlt_fnotes(v, "card", take_kept, c, err);
    if (st != VAULT_OK) {
        vlt_rcards_free(c);
        return st;
    }
    c->added = c->n;
    *out = c;
    return VAULT_OK;
}

void
vlt_rcards_drop_added(struct vlt_rcards *c)
{
    while (c->n > c->added)
        free(c->k[--c->n].note);
}

void
vlt_rcards_free(struct vlt_rcards *c)
{
    size_t i;

    if (c == NULL)
        return;
    for (i = 0; i < c->n; i++)
        free(c->k[i].note);
    free(c->k);
    free(c->last);
    free(c);
}

enum vault_status
vlt_rcards_add(struct vlt_rcards *c, const char *note, size_t len,
    struct vault_error *err)
{
    c->last->any = false;
    return push(c, ADDED, note, len, err);
}

static enum vault_status
take_added(void *ctx, const char *kind, const char *note, size_t len,
    struct vault_error *err)
{
    return strcmp(kind, "card") == 0 ? vlt_rcards_add(ctx, note, len, err)
                                     : VAULT_OK;
}

enum vault_status
vlt_rcards_add_all(struct vlt_rcards *c, struct vlt_bundle *b,
    struct vault_error *err)
{
    return vlt_bundle_notes(b, take_added, c, NULL, err);
}

/* ---- how two cards of one vault hang together ---- */

static bool
same(const struct vlt_card *a, const struct vlt_card *b)
{
    return memcmp(a->fingerprint, b->fingerprint, 32) == 0;
}

static const struct known *
find(const struct vlt_rcards *c, const struct vlt_card *card)
{
    const struct known *best = NULL;
    size_t i;

    for (i = 0; i < c->n; i++) {
        if (same(&c->k[i].card, card) &&
            (best == NULL || c->k[i].whose < best->whose))
            best = &c->k[i];
    }
    return best;
}

/* The only successor of `of` among all cards; *two: there are several. */
static const struct known *
successor(const struct vlt_rcards *c, const struct vlt_card *of, bool *two)
{
    const struct known *next = NULL;
    size_t i;

    for (i = 0; i < c->n; i++) {
        const struct known *k = &c->k[i];

        if (memcmp(k->card.vault, of->vault, 16) != 0 ||
            k->card.generation != of->generation + 1 ||
            vlt_card_follows(&k->card, k->note, k->note_len, of, NULL) !=
                VAULT_OK)
            continue;
        if (next != NULL && !same(&next->card, &k->card))
            *two = true;
        next = k;
    }
    return next;
}

/* From the older to the newer, generation by generation. */
static bool
linked(const struct vlt_rcards *c, const struct vlt_card *older,
    const struct vlt_card *newer, bool *two)
{
    const struct vlt_card *at = older;
    const struct known *next;

    while (at->generation < newer->generation) {
        next = successor(c, at, two);
        if (next == NULL || *two)
            return false;
        at = &next->card;
    }
    return same(at, newer);
}

/* ---- the judgement ---- */

static enum vault_received_signer
refuse(struct vault_error *why, const char *hint, const char *text)
{
    (void)vlt_fail_hint(why, VAULT_E_TAMPERED, hint, "%s", text);
    return VAULT_SIGNER_REFUSED;
}

static enum vault_received_signer
judge_pin(const struct known *k, struct vault_error *why)
{
    switch (k->state) {
    case VLT_PIN_KNOWN:
        return VAULT_SIGNER_COMPARED;
    case VLT_PIN_CONTINUES:
        return VAULT_SIGNER_CONTINUES;
    case VLT_PIN_UNKNOWN:
        return VAULT_SIGNER_UNKNOWN;
    case VLT_PIN_REVOKED:
        (void)vlt_fail_hint(why, VAULT_E_POLICY,
            "ask for a bundle that is signed with the new card",
            "its card was revoked (%s)", k->name);
        return VAULT_SIGNER_REVOKED;
    case VLT_PIN_REFUSED:
        break;
    }
    (void)vlt_fail_hint(why, VAULT_E_POLICY,
        "compare the new card with the person, in another way",
        "its card is refused: two cards follow one (%s)", k->name);
    return VAULT_SIGNER_REFUSED;
}

/* A card that is not known itself, beside one of the same vault that is. */
static enum vault_received_signer
judge_beside(const struct vlt_rcards *c, const struct known *k,
    const struct vlt_card *card, struct vault_error *why)
{
    bool two = false;
    bool fits = k->card.generation < card->generation
        ? linked(c, &k->card, card, &two)
        : linked(c, card, &k->card, &two);

    if (fits && k->whose == PINNED)
        return k->state == VLT_PIN_REVOKED || k->state == VLT_PIN_REFUSED
            ? judge_pin(k, why)
            : VAULT_SIGNER_CONTINUES;
    if (fits)
        return VAULT_SIGNER_UNKNOWN;
    if (two)
        return refuse(why, "compare the new card with the person",
            "two cards follow one: its key is in other hands too");
    if (k->whose == PINNED)
        return refuse(why, "ask the person whose card it is, in another way",
            "another card of the same vault is pinned, and the two do not "
            "hang together");
    return refuse(why,
        "compare the fingerprint with the person and pin the right card with "
        "sanduq card add",
        "two cards claim to be of one vault, and do not hang together");
}

static enum vault_received_signer
judge_new(const struct vlt_rcards *c, const struct vlt_card *card,
    const struct known **by, struct vault_error *why)
{
    enum vault_received_signer worst = VAULT_SIGNER_UNKNOWN;
    enum vault_received_signer one;
    enum whose whose;
    size_t i;

    for (whose = PINNED; whose <= KEPT; whose++) {
        for (i = 0; i < c->n; i++) {
            const struct known *k = &c->k[i];

            if (k->whose != whose ||
                memcmp(k->card.vault, card->vault, 16) != 0)
                continue;
            one = judge_beside(c, k, card, why);
            *by = k;
            if (one != VAULT_SIGNER_UNKNOWN)
                worst = one;
            if (one == VAULT_SIGNER_REFUSED || one == VAULT_SIGNER_REVOKED)
                return one;
        }
        if (*by != NULL)
            return worst; /* what is pinned counts before what came along */
    }
    return worst;
}

bool
vlt_rcards_denied(const struct vlt_rcards *c, const struct vlt_card *card)
{
    const struct known *k = find(c, card);
    bool two = false;
    size_t i;

    if (k != NULL && (k->whose == OWN || k->whose == PINNED))
        return false;
    if (memcmp(card->vault, c->vault, 16) == 0)
        return true;
    for (i = 0; i < c->n; i++) {
        k = &c->k[i];
        if (k->whose == PINNED && memcmp(k->card.vault, card->vault, 16) == 0 &&
            !(k->card.generation < card->generation
                    ? linked(c, &k->card, card, &two)
                    : linked(c, card, &k->card, &two)))
            return true;
    }
    return false;
}

enum vault_received_signer
vlt_rcards_judge(const struct vlt_rcards *c, const struct vlt_card *card,
    char name[256], struct vault_error *why)
{
    const struct known *k = find(c, card);
    enum vault_received_signer s;

    name[0] = 0;
    if (k != NULL && k->whose == OWN)
        return VAULT_SIGNER_OWN;
    if (memcmp(card->vault, c->vault, 16) == 0)
        return refuse(why, NULL,
            "its card claims to be this vault's own, and is not");
    if (k != NULL && k->whose == PINNED) {
        memcpy(name, k->name, sizeof k->name);
        return judge_pin(k, why);
    }
    k = NULL;
    s = judge_new(c, card, &k, why);
    if (k != NULL && k->whose == PINNED)
        memcpy(name, k->name, sizeof k->name);
    return s;
}

bool
vlt_rcards_refuses(const struct vlt_rcards *c, const struct vlt_card *card)
{
    struct vault_error why;
    char name[256];

    if (c->last->any &&
        memcmp(c->last->fingerprint, card->fingerprint, 32) == 0)
        return c->last->refused;
    c->last->any = true;
    memcpy(c->last->fingerprint, card->fingerprint, 32);
    c->last->refused =
        vlt_rcards_judge(c, card, name, &why) == VAULT_SIGNER_REFUSED;
    return c->last->refused;
}
