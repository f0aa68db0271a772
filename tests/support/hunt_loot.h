/* SPDX-License-Identifier: Apache-2.0 */
/* hunt_loot.h: every key that follows from a few, computed from the file */
#ifndef TEST_HUNT_LOOT_H
#define TEST_HUNT_LOOT_H

#include "hunt_quarry.h"

/*
 * What somebody has who unlocks a vault: from the key file downwards, as
 * docs/format.md section 2 draws it, each key by its kind. Two uses: each is
 * planted and must be found (the hunter's own test), and all together are what
 * a bearer can be made to give out.
 */
enum { LOOT_MAX = 2048 };
struct loot_key {
    enum hunt_kind kind;
    const char *what;
    size_t n; /* 32, or 64 for the base of a slot of kind 3 */
    uint8_t b[64];
};
struct loot {
    size_t n;
    struct loot_key key[LOOT_MAX];
};

void loot_add(struct loot *l, enum hunt_kind kind, const char *what,
    const uint8_t *p, size_t n);
/* Unlock with a key file's bytes or a passphrase; what the slot gives. False
 * when no slot opens. */
bool loot_unlock(struct loot *l, const struct quarry *q,
    const uint8_t keyfile[32], const char *pass);
/* An X-Wing seed from elsewhere (a recipient's), and what its card is. */
void loot_kem(struct loot *l, const struct quarry *q, const uint8_t seed[32],
    const uint8_t fingerprint[32]);
/* Everything that follows. */
void loot_follow(struct loot *l, const struct quarry *q);

/* All of it as bytes, one after the other; the caller frees it. */
uint8_t *loot_bytes(const struct loot *l, size_t *n);

#endif
