/* SPDX-License-Identifier: Apache-2.0 */
/* revoke.h: the note that a card or a device is no longer to be trusted */
#ifndef VLT_REVOKE_H
#define VLT_REVOKE_H

#include "bytes.h"
#include "card.h"
#include "replica.h"

/* docs/format.md section 4.4. */
struct vlt_revoke {
    uint8_t vault[16];
    bool is_device;
    uint8_t device[8];   /* when is_device */
    uint32_t generation; /* of a card, from 1; 0 when is_device */
    bool has_last;       /* the last good checkpoint; false: `last -` */
    struct vlt_base_line last;
    uint8_t text_hash[32]; /* set by make and parse */
};

/* The text, appended to out.   VAULT_E_FORMAT: generation 0 */
VAULT_CHECKED enum vault_status vlt_revoke_encode(struct vlt_buf *out,
    const struct vlt_revoke *r, struct vault_error *err);
/* Exact form; `ext` lines are none here.   VAULT_E_FORMAT */
VAULT_CHECKED enum vault_status vlt_revoke_decode(struct vlt_revoke *out,
    const char *text, size_t len, struct vault_error *err);
/* Sign with id-sign of `seed`, the note to the empty buffer out. For a card
 * that is the SEED of that generation. */
VAULT_CHECKED enum vault_status vlt_revoke_make(struct vlt_revoke *r,
    const struct vlt_seed *seed, struct vlt_buf *out, struct vault_error *err);
/* vlt_revoke_decode of a note's text; no signature is checked. */
VAULT_CHECKED enum vault_status vlt_revoke_parse(struct vlt_revoke *out,
    const char *note, size_t len, struct vault_error *err);
/*
 * Parse, and check that this card says it: of its own vault; of a card the
 * very same generation; of a device whichever generation is asked (the newest
 * is the caller's to choose); and signed by its key.
 *   VAULT_E_TAMPERED  not so
 */
VAULT_CHECKED enum vault_status vlt_revoke_check(const char *note, size_t len,
    const struct vlt_card *card, struct vault_error *err);
/* Whether it begins as a revocation's text does. */
bool vlt_revoke_is(const char *text, size_t len);

#endif
