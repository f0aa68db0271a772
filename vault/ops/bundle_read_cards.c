/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_read_cards.c: the cards that lie in a bundle, as claims */
#include <stdlib.h>
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"

static enum vault_status
take_card(void *ctx, uint64_t n, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_bundle *b = ctx;
    struct vlt_bundle_inside *in = b->in;
    struct vlt_seen_card *card = &in->card[in->cards];
    enum vault_status st = vlt_bundle_poll(b, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_card_parse(&card->card, note, len, NULL);
    if (st == VAULT_E_MEMORY)
        return vlt_fail_memory(err);
    card->n = n;
    card->sound = false;
    if (st == VAULT_OK && in->audit &&
        memcmp(card->card.vault, in->own, 16) == 0)
        st = VAULT_E_TAMPERED; /* those lie elsewhere */
    if (st == VAULT_OK)
        in->cards++;
    else
        b->bad_notes++;
    return VAULT_OK;
}

static int
compare_cards(const void *a, const void *b)
{
    const struct vlt_seen_card *x = a, *y = b;
    int c = memcmp(x->card.vault, y->card.vault, 16);

    if (c == 0)
        c = (x->card.generation > y->card.generation) -
            (x->card.generation < y->card.generation);
    if (c == 0)
        c = memcmp(x->card.fingerprint, y->card.fingerprint, 32);
    return c != 0 ? c : (x->n > y->n) - (x->n < y->n);
}

static bool
same_place(const struct vlt_card *a, const struct vlt_card *b)
{
    return memcmp(a->vault, b->vault, 16) == 0 &&
        a->generation == b->generation;
}

/* The same card twice, perhaps with other signatures, is one. */
static void
drop_twins(struct vlt_bundle_inside *in)
{
    size_t i, n = 0;

    for (i = 0; i < in->cards; i++) {
        if (n > 0 &&
            memcmp(in->card[n - 1].card.fingerprint,
                in->card[i].card.fingerprint, 32) == 0)
            continue;
        if (n != i)
            in->card[n] = in->card[i];
        n++;
    }
    in->cards = n;
}

/* A later generation is signed by the one before it, which lies here too. */
static enum vault_status
check_successor(struct vlt_bundle *b, size_t i, struct vault_error *err)
{
    struct vlt_seen_card *at = &b->in->card[i];
    const struct vlt_seen_card *before = i > 0 ? at - 1 : NULL;
    struct vlt_buf note;
    enum vault_status st;

    if (before == NULL || !before->sound)
        return VAULT_OK;
    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_bundle_note_text(b->store, at->n, &note, err);
    if (st == VAULT_OK)
        at->sound = vlt_card_follows(&at->card, (const char *)note.p, note.len,
                        &before->card, NULL) == VAULT_OK;
    vlt_buf_clear(&note);
    return st;
}

static bool
is_forked(const struct vlt_bundle_inside *in, size_t i)
{
    return (i > 0 && same_place(&in->card[i - 1].card, &in->card[i].card)) ||
        (i + 1 < in->cards &&
            same_place(&in->card[i].card, &in->card[i + 1].card));
}

static enum vault_status
judge_cards(struct vlt_bundle *b, struct vault_error *err)
{
    struct vlt_bundle_inside *in = b->in;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < in->cards; i++) {
        struct vlt_seen_card *at = &in->card[i];

        if (is_forked(in, i))
            b->forks += i == 0 || !same_place(&in->card[i - 1].card, &at->card);
        else if (at->card.generation == 1)
            at->sound = true;
        else
            st = check_successor(b, i, err);
        b->cards += at->sound;
        b->bad_notes += !at->sound;
    }
    return st;
}

static int
compare_prints(const void *a, const void *b)
{
    const struct vlt_seen_card *const *x = a, *const *y = b;

    return memcmp((*x)->card.fingerprint, (*y)->card.fingerprint, 32);
}

static enum vault_status
sort_prints(struct vlt_bundle_inside *in, struct vault_error *err)
{
    size_t i;

    in->by_print = calloc(in->cards, sizeof(struct vlt_seen_card *));
    if (in->by_print == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < in->cards; i++)
        in->by_print[i] = &in->card[i];
    qsort(in->by_print, in->cards, sizeof(struct vlt_seen_card *),
        compare_prints);
    return VAULT_OK;
}

enum vault_status
vlt_bundle_cards(struct vlt_bundle *b, struct vault_error *err)
{
    struct vlt_bundle_inside *in = b->in;
    uint64_t n = 0;
    enum vault_status st = vlt_count(b->store,
        "SELECT count(*) FROM note WHERE kind = 'card'", &n, err);

    if (st != VAULT_OK || n == 0)
        return st;
    in->card = calloc((size_t)n, sizeof *in->card);
    if (in->card == NULL)
        return vlt_fail_memory(err);
    st = vlt_bundle_notes_of(b->store, "card", take_card, b, err);
    if (st != VAULT_OK || in->cards == 0)
        return st;
    qsort(in->card, in->cards, sizeof *in->card, compare_cards);
    drop_twins(in);
    st = judge_cards(b, err);
    return st == VAULT_OK ? sort_prints(in, err) : st;
}

const struct vlt_card *
vlt_bundle_card(const struct vlt_bundle *b, const uint8_t vault[16],
    const uint8_t fingerprint[32])
{
    const struct vlt_bundle_inside *in = b->in;
    size_t low = 0, high = in->cards;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const struct vlt_seen_card *at = in->by_print[mid];
        int c = memcmp(at->card.fingerprint, fingerprint, 32);

        if (c == 0)
            return at->sound && memcmp(at->card.vault, vault, 16) == 0
                ? &at->card
                : NULL;
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}
