/* SPDX-License-Identifier: Apache-2.0 */
/* vault/recover.h: ways back in: recovery shares, and headquarters' card */
#ifndef VAULT_RECOVER_H
#define VAULT_RECOVER_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A recovery key is 32 random bytes that open a vault like a passphrase does.
 * It is never kept: it is dealt as shares (docs/format.md, recovery shares),
 * any k of n of which give it back, fewer say nothing. Shares go to people who
 * are not seized together. k = 1, n = 1 is the whole key on one sheet.
 *
 * Shares do not expire. Taking the way to unlock away makes them useless for
 * this file from then on; a copy of the file made before still opens.
 */
enum {
    VAULT_SHARE_TEXT = 76,  /* a share as text, and its closing 0 */
    VAULT_SHARE_PRINT = 94, /* the same in groups of four */
    VAULT_SHARE_SET = 5     /* four letters that name a dealing, and 0 */
};

/* Some shares of one dealing, in guarded memory. NULL without memory. */
struct vault_shares;
VAULT_API struct vault_shares *vault_shares_new(void);
VAULT_API void vault_shares_free(struct vault_shares *s); /* wipes */

struct vault_share_view {
    char set[VAULT_SHARE_SET];
    char index;         /* a, c, d ...; `s`: the whole key on one sheet */
    unsigned threshold; /* so many are needed; 1 for the whole key */
};
/*
 * Add a share as a person types it or a code holds it: in either case; white
 * space and dashes do not count. `view` (may be NULL) tells what it is. The
 * caller wipes the text.
 *   VAULT_E_FORMAT  no share, or mistyped: the message says where
 *   VAULT_E_EXISTS  it is there already
 *   VAULT_E_USAGE   of another dealing than the others, or contradicts one
 */
VAULT_API VAULT_CHECKED enum vault_status vault_shares_add(struct vault_shares
                                                               *s,
    const char *text, size_t n, struct vault_share_view *view,
    struct vault_error *err);
VAULT_API size_t vault_shares_count(const struct vault_shares *s);
/* How many more are needed; of an empty set nobody knows: 1. */
VAULT_API size_t vault_shares_missing(const struct vault_shares *s);
/* The i-th, below vault_shares_count. Texts are secrets: `out` is wiped by the
 * caller. */
VAULT_API void vault_shares_view(const struct vault_shares *s, size_t i,
    struct vault_share_view *out);
VAULT_API void vault_shares_text(const struct vault_shares *s, size_t i,
    char out[VAULT_SHARE_TEXT]);
/* "sqr1 2k7q xa.." */
VAULT_API void vault_shares_print(const struct vault_shares *s, size_t i,
    char out[VAULT_SHARE_PRINT]);

/*
 * Unlock with shares: the recovery key goes into `key`, which then opens slots
 * of that kind only.
 *   VAULT_E_NO_KEY  not enough shares
 *   VAULT_E_USAGE   they do not belong together
 */
VAULT_API VAULT_CHECKED enum vault_status vault_key_shares(struct vault_key
                                                               *key,
    const struct vault_shares *s, struct vault_error *err);
/*
 * Unlock as headquarters: `hq` is another vault, unlocked in this process, to
 * whose card a slot was made. It must stay open as long as the key is used.
 *   VAULT_E_LOCKED
 */
VAULT_API VAULT_CHECKED enum vault_status vault_key_identity(struct vault_key
                                                                 *key,
    struct vault *hq, struct vault_error *err);

/*
 * Draw a recovery key and deal it. It opens nothing before
 * vault_slot_add_recovery: write or print the shares first.
 *   VAULT_E_USAGE  not 2 <= k <= 9, k <= n <= 15, nor 1 of 1
 */
struct vault_recovery;
VAULT_API VAULT_CHECKED enum vault_status vault_recovery_deal(unsigned k,
    unsigned n, struct vault_recovery **out, struct vault_error *err);
VAULT_API void vault_recovery_free(struct vault_recovery *r); /* wipes */
/* All n of them; borrowed. */
VAULT_API const struct vault_shares *vault_recovery_shares(
    const struct vault_recovery *r);

/*
 * Make the dealt key a way to unlock, and take the way `old` away (16 bytes,
 * NULL: none) in the same change: its shares open this file no more. The log
 * keeps, sealed, which set it is and how many are needed.
 *   VAULT_E_LOCKED, VAULT_E_NOT_FOUND (old), VAULT_E_BUSY
 *   VAULT_E_USAGE   old is no recovery key
 *   VAULT_E_LIMIT   32 slots are there already
 */
VAULT_API VAULT_CHECKED enum vault_status vault_slot_add_recovery(
    struct vault *v, const struct vault_recovery *r, const uint8_t *old,
    uint8_t id[VAULT_ID], struct vault_error *err);
/*
 * Make a pinned card a way to unlock: whoever has that vault unlocked opens
 * this one. The newest card under `name`.
 *   VAULT_E_NOT_FOUND  nobody of that name
 *   VAULT_E_POLICY     the card is refused or revoked, or nobody compared it
 *   and as above
 */
VAULT_API VAULT_CHECKED enum vault_status vault_slot_add_card(struct vault *v,
    const char *name, uint8_t id[VAULT_ID], struct vault_error *err);

/* What the log remembers of a way to unlock. Unlocked only. */
struct vault_slot_about {
    bool known;                /* false: nothing is remembered of it */
    int64_t since;             /* seconds since 1970; -1: not known */
    char set[VAULT_SHARE_SET]; /* of shares; "" otherwise */
    unsigned threshold, total; /* of shares */
    bool has_card;
    uint8_t card[VAULT_HASH];              /* fingerprint of a card's slot */
    char letters[VAULT_FINGERPRINT];       /* the same */
    char name[256]; /* as it is pinned now; "" when it is not */
};
/*   VAULT_E_LOCKED */
VAULT_API VAULT_CHECKED enum vault_status vault_slot_about(struct vault *v,
    const uint8_t id[VAULT_ID], struct vault_slot_about *out,
    struct vault_error *err);

#ifdef __cplusplus
}
#endif
#endif
