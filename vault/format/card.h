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
    uint32_t generation; /* from 1; has_prev if and only if above 1 */
    uint8_t sign[32];
    uint8_t mini[32];
    uint8_t kem[VLT_KEM_PK];
    bool has_prev;
    uint8_t prev[32]; /* H(previous card text) */
    bool has_next;
    uint8_t next[32];        /* H(sign key of generation + 1) */
    uint8_t fingerprint[32]; /* H(card text), set by make and parse;
                              * with any `ext` lines the text has */
};

enum {
    VLT_FINGERPRINT_TEXT = 32 + 7 + 1, /* 8 groups of 4, and 0 */
    VLT_CARD_AGE_TEXT = 2048           /* 1,959 characters and 0 */
};

/* Keys of a generation from its SEED. */
void vlt_identity_sign_seed(struct vlt_signkey *out, const struct vlt_seed *s,
    const uint8_t vault[16]); /* 32-byte Ed25519 seed, id-sign */
void vlt_identity_kem_seed(struct vlt_kemkey *out, const struct vlt_seed *s,
    const uint8_t vault[16]);
void vlt_identity_mini_seed(struct vlt_signkey *out, const struct vlt_seed *s,
    const uint8_t vault[16]);
/* id-wit: countersigns other people's checkpoints, and nothing else. */
void vlt_identity_wit_seed(struct vlt_signkey *out, const struct vlt_seed *s,
    const uint8_t vault[16]);

/*
 * The card's text, without signatures and `ext` lines, appended to out.
 *   VAULT_E_FORMAT  generation 0, or has_prev does not fit it
 */
VAULT_CHECKED enum vault_status vlt_card_encode(struct vlt_buf *out,
    const struct vlt_card *c, struct vault_error *err);
/*
 * Decode a card's text: exact form, keys we accept (vlt_sign_key_ok,
 * vlt_kem_key_ok). `ext` lines (section 15) count for the fingerprint and
 * are otherwise ignored.
 *   VAULT_E_FORMAT  not the exact form, or a key that is refused
 *   VAULT_E_NEWER   an `ext` line whose name begins with `!`
 */
VAULT_CHECKED enum vault_status vlt_card_decode(struct vlt_card *out,
    const char *text, size_t len, struct vault_error *err);

/*
 * Fill c's keys from SEED (vault, generation, prev and next are the
 * caller's) and write the note signed by id-sign to the empty buffer out;
 * previous is the SEED of generation - 1 (second line), NULL exactly for
 * generation 1. Both are unchanged on failure, but for what out may hold.
 *   VAULT_E_FORMAT  generation 0, or has_prev does not fit it
 *   VAULT_E_LIMIT, VAULT_E_MEMORY  out could not hold it
 */
VAULT_CHECKED enum vault_status vlt_card_make(struct vlt_card *c,
    const struct vlt_seed *seed, const struct vlt_seed *previous,
    struct vlt_buf *out, struct vault_error *err);
/*
 * Parse a card note: vlt_card_decode of its text, and signed by its own sign
 * key. A second line by the previous generation is checked by
 * vlt_card_follows.
 *   VAULT_E_FORMAT, VAULT_E_NEWER  as vlt_card_decode
 *   VAULT_E_TAMPERED               not signed by its own key
 */
VAULT_CHECKED enum vault_status vlt_card_parse(struct vlt_card *out,
    const char *note, size_t len, struct vault_error *err);
/*
 * Whether `card` (parsed from `note`) is a proper successor of `previous`:
 * vault, generation + 1, prev, next rule, second signature line.
 *   VAULT_E_FORMAT    the note is malformed
 *   VAULT_E_TAMPERED  it is no successor
 */
VAULT_CHECKED enum vault_status vlt_card_follows(const struct vlt_card *card,
    const char *note, size_t len, const struct vlt_card *previous,
    struct vault_error *err);
/* First 160 bits of a fingerprint: 32 bech32 characters in groups of four
 * with a space between. */
void vlt_fingerprint_text(char out[VLT_FINGERPRINT_TEXT],
    const uint8_t fingerprint[32]);
/* Whether the card's sign, mini and kem are those of SEED. False also when
 * there is no guarded memory to compute them in. */
bool vlt_card_matches_seed(const struct vlt_card *c,
    const struct vlt_seed *seed);
/* "age1pq..." of the card's KEM key (C2SP age.md, mlkem768x25519 recipient)
 * into out (VLT_CARD_AGE_TEXT bytes). */
void vlt_card_age(char *out, const struct vlt_card *c);

#endif
