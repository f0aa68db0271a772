/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_read_revoked.c: revocation notes that lie in a bundle */
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"
#include "revoke.h"

/* The card of this generation; of generation 0 the newest. */
static struct vlt_seen_card *
card_of(const struct vlt_bundle *b, const uint8_t vault[16],
    uint32_t generation)
{
    const struct vlt_bundle_inside *in = b->in;
    size_t low = 0, high = in->cards;

    while (low < high) { /* the first behind what is asked for */
        size_t mid = low + (high - low) / 2;
        const struct vlt_card *at = &in->card[mid].card;
        int c = memcmp(at->vault, vault, 16);

        if (c < 0 ||
            (c == 0 && (generation == 0 || at->generation <= generation)))
            low = mid + 1;
        else
            high = mid;
    }
    if (low == 0 || memcmp(in->card[low - 1].card.vault, vault, 16) != 0 ||
        (generation != 0 && in->card[low - 1].card.generation != generation))
        return NULL;
    return &in->card[low - 1];
}

/* Whichever card was the newest then: a newer one may have come since. */
static bool
device_holds(const struct vlt_bundle *b, const struct vlt_revoke *r,
    const char *note, size_t len)
{
    const struct vlt_bundle_inside *in = b->in;
    const struct vlt_seen_card *at = card_of(b, r->vault, 0);

    for (; at != NULL && at >= in->card &&
         memcmp(at->card.vault, r->vault, 16) == 0;
         at--) {
        if (at->sound &&
            vlt_revoke_check(note, len, &at->card, NULL) == VAULT_OK)
            return true;
        if (at == in->card)
            break;
    }
    return false;
}

bool
vlt_bundle_revocation_holds(const struct vlt_bundle *b, const char *note,
    size_t len, struct vlt_seen_card **of)
{
    struct vlt_revoke r;
    struct vlt_seen_card *card;

    if (vlt_revoke_parse(&r, note, len, NULL) != VAULT_OK)
        return false;
    if (r.is_device) {
        if (of != NULL)
            *of = NULL;
        return device_holds(b, &r, note, len);
    }
    card = card_of(b, r.vault, r.generation);
    if (card == NULL || !card->sound ||
        vlt_revoke_check(note, len, &card->card, NULL) != VAULT_OK)
        return false;
    if (of != NULL)
        *of = card;
    return true;
}

static enum vault_status
take_revocation(void *ctx, uint64_t n, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_bundle *b = ctx;
    struct vlt_seen_card *card = NULL;
    struct vlt_revoke r;
    enum vault_status st = VAULT_OK;

    (void)n;
    if (b->in->audit && vlt_revoke_parse(&r, note, len, NULL) == VAULT_OK &&
        memcmp(r.vault, b->in->own, 16) == 0)
        return vlt_bundle_poll(b, err);
    if (!vlt_bundle_revocation_holds(b, note, len, &card))
        b->bad_notes++;
    else if (card != NULL)
        card->revoked = true;
    else if (vlt_revoke_parse(&r, note, len, NULL) == VAULT_OK)
        st = vlt_device_limits_add(&b->in->limits, &r, err);
    return st == VAULT_OK ? vlt_bundle_poll(b, err) : st;
}

enum vault_status
vlt_bundle_revocations(struct vlt_bundle *b, struct vault_error *err)
{
    const struct vlt_seen_card *card;
    enum vault_status st =
        vlt_bundle_notes_of(b->store, "revoke", take_revocation, b, err);

    if (st != VAULT_OK || b->in->audit)
        return st;
    card = card_of(b, b->sender.vault, b->sender.generation);
    b->revoked = card != NULL && card->revoked;
    return VAULT_OK;
}
