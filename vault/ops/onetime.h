/* SPDX-License-Identifier: Apache-2.0 */
/* onetime.h: the identity that one bundle is sealed to, and its shares */
#ifndef VLT_ONETIME_H
#define VLT_ONETIME_H

#include <vault/threshold.h>
#include "card.h"
#include "codex32.h"

/*
 * A SEED of 32 random bytes is the secret of the dealing. Its card is one of
 * generation 1 whose vault id is 16 zeros, which no vault has: KEM key and
 * fingerprint are made as for any card, and the card itself is written nowhere.
 */
struct vlt_onetime {
    struct vlt_card card;
    struct vlt_kemkey *kem;
    /* of the shares that gave it: their threshold, the letters of their
     * indices, and the identifier */
    unsigned needed;
    char indices[VLT_SHARES_MAX + 1];
    char id[5];
};
/* Draw one; *secret is the caller's.   VAULT_E_MEMORY */
VAULT_CHECKED enum vault_status vlt_onetime_draw(struct vlt_recovery **secret,
    struct vlt_card *card, struct vault_error *err);
/* From enough shares. *out is to be freed.   as vlt_shares_join */
VAULT_CHECKED enum vault_status vlt_onetime_join(struct vlt_onetime **out,
    const struct vlt_shares *set, struct vault_error *err);
void vlt_onetime_free(struct vlt_onetime *o); /* NULL is fine */

/* The identifier of a dealing: the first 20 bits of the file's SHA-256. */
void vlt_onetime_identifier(char out[5], const uint8_t sha256[32]);
/* SHA-256 of the file at path. */
VAULT_CHECKED enum vault_status vlt_onetime_file(const char *path,
    uint8_t sha256[32], struct vault_error *err);

#endif
