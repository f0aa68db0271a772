/* SPDX-License-Identifier: Apache-2.0 */
/* replica.h: the note that certifies one log of a vault (section 4) */
#ifndef VLT_REPLICA_H
#define VLT_REPLICA_H

#include <stddef.h>
#include <stdint.h>
#include "bytes.h"
#include "card.h"
#include "note.h"

enum { VLT_REPLICA_BASES = 512 }; /* most `base` lines; fits VLT_NOTE_MAX */

struct vlt_base_line {  /* one `base` line: state of another own log */
    uint8_t replica[8]; /* or session */
    uint64_t size;
    uint8_t checkpoint[32]; /* H(checkpoint text) */
};

struct vlt_replica {
    uint8_t vault[16];
    uint8_t replica[8];
    uint32_t number; /* 1 + the highest found, so from 1 */
    uint8_t log_key[32];
    uint8_t card[32]; /* H(card text) of the signing generation */
    size_t bases;
    struct vlt_base_line *base; /* heap; vlt_replica_clear */
    uint8_t text_hash[32];      /* H(replica note text), set by make and parse;
                            * with any `ext` lines the text has */
};
/* Frees the base lines; takes an empty struct too. */
void vlt_replica_clear(struct vlt_replica *r);

/*
 * The note's text, without signatures and `ext` lines, appended to out.
 *   VAULT_E_FORMAT  number 0, too many base lines, not strictly ascending by
 *                   replica, or one that names r->replica itself
 */
VAULT_CHECKED enum vault_status vlt_replica_encode(struct vlt_buf *out,
    const struct vlt_replica *r, struct vault_error *err);
/*
 * Decode the text: exact form, base lines ascending, at most one for each
 * log and none for its own, a log key that vlt_sign_key_ok accepts. On
 * success the caller clears *out.
 *   VAULT_E_FORMAT  not so
 *   VAULT_E_NEWER   an `ext` line whose name begins with `!`
 */
VAULT_CHECKED enum vault_status vlt_replica_decode(struct vlt_replica *out,
    const char *text, size_t len, struct vault_error *err);

/*
 * Sort base lines as bytes of whole lines, encode, sign with id-sign of
 * `seed`, and write the note to the empty buffer out.
 *   VAULT_E_FORMAT  as vlt_replica_encode: two base lines for one log ...
 *   VAULT_E_LIMIT, VAULT_E_MEMORY  out could not hold it
 */
VAULT_CHECKED enum vault_status vlt_replica_make(struct vlt_replica *r,
    const struct vlt_seed *seed, struct vlt_buf *out, struct vault_error *err);
/*
 * vlt_replica_decode of the note's text; not yet checked against a card (the
 * card is looked up by r->card). On success the caller clears *out.
 */
VAULT_CHECKED enum vault_status vlt_replica_parse(struct vlt_replica *out,
    const char *note, size_t len, struct vault_error *err);
/* Parse, and check the signature by `card`, its vault and fingerprint.
 *   VAULT_E_TAMPERED  not signed by it or naming another */
VAULT_CHECKED enum vault_status vlt_replica_check(const char *note, size_t len,
    const struct vlt_card *card, struct vault_error *err);

#endif
