/* SPDX-License-Identifier: Apache-2.0 */
/* card_view.c: cards as the public interface shows them */
#include "card_view.h"
#include <string.h>
#include "fail.h"
#include "fingerprint.h"

const char *
vault_card_state_word(enum vault_card_state s)
{
    static const char *const words[] = {
        [VAULT_CARD_OWN] = "own",
        [VAULT_CARD_KNOWN] = "known",
        [VAULT_CARD_CONTINUES] = "continues",
        [VAULT_CARD_UNKNOWN] = "unknown",
        [VAULT_CARD_REFUSED] = "refused",
        [VAULT_CARD_REVOKED] = "revoked",
        [VAULT_CARD_UNPINNED] = "unpinned",
    };

    return words[s];
}

void
vlt_card_view(struct vault_card *out, const struct vlt_card *card,
    const char *note, size_t len, enum vault_card_state state)
{
    memset(out, 0, sizeof *out);
    memcpy(out->vault, card->vault, sizeof out->vault);
    out->generation = card->generation;
    memcpy(out->fingerprint, card->fingerprint, sizeof out->fingerprint);
    vlt_fingerprint_text(out->letters, card->fingerprint);
    vlt_fingerprint_digits(out->digits, card->fingerprint);
    out->has_previous = card->has_prev;
    memcpy(out->previous, card->prev, sizeof out->previous);
    out->state = state;
    out->name = "";
    out->note = note;
    out->note_len = len;
}

void
vlt_pin_view(struct vault_card *out, const struct vlt_pin *p)
{
    static const enum vault_card_state states[] = {
        [VLT_PIN_KNOWN] = VAULT_CARD_KNOWN,
        [VLT_PIN_CONTINUES] = VAULT_CARD_CONTINUES,
        [VLT_PIN_UNKNOWN] = VAULT_CARD_UNKNOWN,
        [VLT_PIN_REFUSED] = VAULT_CARD_REFUSED,
        [VLT_PIN_REVOKED] = VAULT_CARD_REVOKED,
    };

    vlt_card_view(out, &p->card, (const char *)p->note.p, p->note.len,
        states[p->state]);
    out->name = p->name;
    if (p->revoke.len > 0) {
        out->revocation = (const char *)p->revoke.p;
        out->revocation_len = p->revoke.len;
    }
}

enum vault_status
vault_card_read(const void *p, size_t n, struct vault_card *out,
    struct vault_error *err)
{
    struct vlt_card card;
    enum vault_status st = vlt_card_parse(&card, p, n, err);

    if (st == VAULT_OK)
        vlt_card_view(out, &card, p, n, VAULT_CARD_UNPINNED);
    return st;
}

enum vault_status
vault_card_age(const struct vault_card *card, char out[VAULT_CARD_AGE],
    struct vault_error *err)
{
    struct vlt_card c;
    enum vault_status st = vlt_card_parse(&c, card->note, card->note_len, err);

    if (st == VAULT_OK)
        vlt_card_age(out, &c);
    return st;
}

bool
vault_fingerprint_is(const uint8_t fingerprint[VAULT_HASH], const char *typed)
{
    return vlt_fingerprint_is(fingerprint, typed);
}

bool
vault_fingerprint_ends(const uint8_t fingerprint[VAULT_HASH], const char *typed)
{
    return vlt_fingerprint_ends(fingerprint, typed);
}
