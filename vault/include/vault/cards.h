/* SPDX-License-Identifier: Apache-2.0 */
/* vault/cards.h: who a vault is to others, and who others are to it */
#ifndef VAULT_CARDS_H
#define VAULT_CARDS_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A card is public: the keys that others seal to and check signatures by, one
 * text, signed by itself. It says that one key made it, never who a person is:
 * that is known once two people compared the fingerprint over another way than
 * the one the card came by. docs/format.md, section 4.
 */
enum {
    VAULT_FINGERPRINT_DIGITS = 60, /* 10 groups of 5 digits, and 0 */
    VAULT_CARD_AGE = 2048,         /* "age1pq1...", and 0 */
    VAULT_PIN_NAME = 64            /* bytes of a local name, without 0 */
};

enum vault_card_state {
    VAULT_CARD_OWN,
    VAULT_CARD_KNOWN,     /* a person compared the fingerprint */
    VAULT_CARD_CONTINUES, /* the next card of a known one, not compared */
    VAULT_CARD_UNKNOWN,   /* not compared */
    VAULT_CARD_REFUSED,   /* two cards claim to be the next one of a card:
                             somebody else has its key */
    VAULT_CARD_REVOKED,   /* its own key said that it is not to be trusted */
    VAULT_CARD_UNPINNED   /* only read */
};
/* The word of cli and JSON for a state: `own`, `known` ... */
VAULT_API const char *vault_card_state_word(enum vault_card_state s);

/* What a card says. Strings and notes are borrowed. */
struct vault_card {
    uint8_t vault[VAULT_ID];
    uint32_t generation; /* from 1 */
    uint8_t fingerprint[VAULT_HASH];
    char letters[VAULT_FINGERPRINT];       /* of its first 160 bits */
    char digits[VAULT_FINGERPRINT_DIGITS]; /* of the same bits */
    bool has_previous;
    uint8_t previous[VAULT_HASH]; /* fingerprint of generation - 1 */
    enum vault_card_state state;
    const char *name; /* local name, "" without one */
    const char *note;
    size_t note_len;
    const char *revocation; /* note, NULL unless revoked */
    size_t revocation_len;
};

/*
 * Read a card from bytes that nobody vouches for: exact form, keys that can be
 * keys, its own signature. Says nothing about whose it is.
 *   VAULT_E_FORMAT    no card, malformed, or a key that is refused
 *   VAULT_E_NEWER     made by a newer version
 *   VAULT_E_TAMPERED  not signed by its own key
 */
VAULT_API VAULT_CHECKED enum vault_status vault_card_read(const void *p,
    size_t n, struct vault_card *out, struct vault_error *err);
/* "age1pq1...": what age seals to. */
VAULT_API VAULT_CHECKED enum vault_status vault_card_age(const struct vault_card
                                                             *card,
    char out[VAULT_CARD_AGE], struct vault_error *err);
/* Whether `typed` is the whole fingerprint, as letters, digits (of any script)
 * or hex; or its last group. Spaces, dashes and case do not matter. */
VAULT_API bool vault_fingerprint_is(const uint8_t fingerprint[VAULT_HASH],
    const char *typed);
VAULT_API bool vault_fingerprint_ends(const uint8_t fingerprint[VAULT_HASH],
    const char *typed);

/* The vault's own cards, ascending by generation; works locked. Stops when fn
 * answers not 0 (VAULT_E_CANCELLED).   VAULT_E_TAMPERED */
VAULT_API VAULT_CHECKED enum vault_status vault_cards_own(struct vault *v,
    int (*fn)(void *ctx, const struct vault_card *card), void *ctx,
    struct vault_error *err);

/* ------------------------------------------------------- pinned cards */

/* All that are pinned, sorted by name, then generation. Unlocked. */
VAULT_API VAULT_CHECKED enum vault_status vault_pins(struct vault *v,
    int (*fn)(void *ctx, const struct vault_card *card), void *ctx,
    struct vault_error *err);
/* The newest card under a name, in whatever state. fn is called once.
 *   VAULT_E_NOT_FOUND */
VAULT_API VAULT_CHECKED enum vault_status vault_pin_find(struct vault *v,
    const char *name, void (*fn)(void *ctx, const struct vault_card *card),
    void *ctx, struct vault_error *err);
/*
 * Pin a card under a local name, or confirm one that is pinned. One name names
 * one vault: all generations of its card stand under it. name NULL: the name
 * it has already. `compared` says that a person compared the fingerprint.
 * fn (may be NULL) is told what it is now: a second successor of one card is
 * stored as REFUSED, and so is the first one then.
 *   VAULT_E_USAGE      no name, a name that is none, or the vault's own card
 *   VAULT_E_EXISTS     the name is another vault's
 *   VAULT_E_NOT_FOUND  name NULL, and no card of that vault is pinned
 *   VAULT_E_POLICY     it does not directly continue what is pinned, and was
 *                      not compared; or it is refused or revoked
 *   VAULT_E_TAMPERED   two cards of one generation, or it continues nothing
 */
VAULT_API VAULT_CHECKED enum vault_status vault_pin_add(struct vault *v,
    const void *note, size_t n, const char *name, bool compared,
    void (*fn)(void *ctx, const struct vault_card *card), void *ctx,
    struct vault_error *err);
/* All cards under a name, or the one with this fingerprint (name NULL); *n of
 * them. What is forgotten is forgotten: that one was revoked or refused, too.
 *   VAULT_E_NOT_FOUND */
VAULT_API VAULT_CHECKED enum vault_status vault_pin_remove(struct vault *v,
    const char *name, const uint8_t *fingerprint, uint64_t *n,
    struct vault_error *err);

/* ------------------------------------- the next card, and revoking one */

/*
 * The next generation: a new SEED, and a card signed by itself and by the one
 * before. What is sealed from here on is sealed to the new card; what was
 * sealed before opens as before. Others see the new one as `continues, not
 * confirmed` until they compare it. A capture file still seals to the old card
 * and is taken in as before; see vault_capture_renew.
 *   VAULT_E_LOCKED
 *   VAULT_E_POLICY  the next card was fixed beforehand and is held elsewhere,
 *                   or lies in a file that was made from this vault
 */
VAULT_API VAULT_CHECKED enum vault_status vault_card_renew(struct vault *v,
    const char *reason, struct vault_error *err);
/*
 * A capture file that seals to an older card of this vault, and in which
 * nothing waits any more, makes room for a new one at `path`. *renewed false:
 * it is of the newest card, of another vault, still holds something, or there
 * is none; nothing was touched then.
 */
VAULT_API VAULT_CHECKED enum vault_status vault_capture_renew(struct vault *v,
    const char *path, bool *renewed, struct vault_error *err);

/*
 * A note, signed by the key of that generation (0: the newest), that its card
 * is not to be trusted any more. It changes nothing here: it is kept where the
 * recovery sheet is, and given to others when the key is in wrong hands.
 *   VAULT_E_NOT_FOUND  no such generation, or its SEED is not here
 */
VAULT_API VAULT_CHECKED enum vault_status vault_card_revocation(struct vault *v,
    uint32_t generation, int (*fn)(void *ctx, const char *note, size_t len),
    void *ctx, struct vault_error *err);
/*
 * Take a revocation note to heart: a pinned card is marked as revoked; of an
 * own card it is written into the log (leaf `revoke`), and kept. fn (may be
 * NULL) is told whose it is. Twice is once.
 *   VAULT_E_FORMAT     no revocation of a card
 *   VAULT_E_NOT_FOUND  that card is neither pinned nor this vault's
 *   VAULT_E_TAMPERED   not signed by that card
 */
VAULT_API VAULT_CHECKED enum vault_status vault_card_revoke(struct vault *v,
    const void *note, size_t n,
    void (*fn)(void *ctx, const struct vault_card *card), void *ctx,
    struct vault_error *err);

#ifdef __cplusplus
}
#endif

#endif
