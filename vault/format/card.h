/* SPDX-License-Identifier: Apache-2.0 */
/* card.h: the public card of a vault's identity generation (section 4) */
#ifndef VLT_CARD_H
#define VLT_CARD_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"
#include "kem.h"
#include "note.h"
#include "secret.h"

struct vlt_card {
    uint8_t vault[16];
    uint32_t generation; /* from 1 */
    uint8_t sign[32];
    uint8_t mini[32];
    uint8_t kem[VLT_KEM_PK];
    bool has_prev;
    uint8_t prev[32];
    bool has_next;
    uint8_t next[32];
    uint8_t fingerprint[32]; /* H(card text), set by make and parse */
};

enum { VLT_FINGERPRINT_TEXT = 32 + 7 + 1 }; /* 8 groups of 4, and 0 */

/* Keys of a generation from its SEED. */
void vlt_identity_sign_seed(struct vlt_signkey *out, const struct vlt_seed *s,
    const uint8_t vault[16]); /* 32-byte Ed25519 seed, id-sign */
void vlt_identity_kem_seed(struct vlt_kemkey *out, const struct vlt_seed *s,
    const uint8_t vault[16]);
void vlt_identity_mini_seed(struct vlt_signkey *out, const struct vlt_seed *s,
    const uint8_t vault[16]);

/*
 * Fill c's keys from SEED (vault, generation, prev and next are the
 * caller's) and write the note signed by id-sign to out; previous is the
 * SEED of generation - 1 (second line) or NULL for generation 1.
 */
VAULT_CHECKED enum vault_status vlt_card_make(struct vlt_card *c,
    const struct vlt_seed *seed, const struct vlt_seed *previous,
    struct vlt_buf *out, struct vault_error *err);
/*
 * Parse a card note: exact form, keys we accept (vlt_sign_key_ok,
 * vlt_kem_key_ok), signed by its own sign key. A second line by the
 * previous generation is checked by vlt_card_follows.
 *   VAULT_E_FORMAT, VAULT_E_TAMPERED, VAULT_E_NEWER (ext ! lines)
 */
VAULT_CHECKED enum vault_status vlt_card_parse(struct vlt_card *out,
    const char *note, size_t len, struct vault_error *err);
/* Whether `card` (from `note`) is a proper successor of `previous`: vault,
 * generation + 1, prev, next rule, second signature line. */
VAULT_CHECKED enum vault_status vlt_card_follows(const struct vlt_card *card,
    const char *note, size_t len, const struct vlt_card *previous,
    struct vault_error *err);
/* First 160 bits of a fingerprint, bech32 characters in groups of four. */
void vlt_fingerprint_text(char out[VLT_FINGERPRINT_TEXT],
    const uint8_t fingerprint[32]);
/* Two public cards for the same SEED: sign, mini, kem equal. */
bool vlt_card_matches_seed(const struct vlt_card *c,
    const struct vlt_seed *seed);
/* "age1pq..." of the card's KEM key into out (2048 bytes). */
void vlt_card_age(char *out, const struct vlt_card *c);

#endif
