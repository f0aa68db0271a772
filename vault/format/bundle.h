/* SPDX-License-Identifier: Apache-2.0 */
/* bundle.h: what the sender of a bundle signs, and its entries (section 9.1) */
#ifndef VLT_BUNDLE_H
#define VLT_BUNDLE_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"
#include "card.h"
#include "merkle.h"
#include "note.h"

/* The text `sanduq.v1/bundle`. */
struct vlt_bundle_text {
    uint8_t bundle[16];    /* random */
    uint8_t vault[16];     /* the sender's */
    uint8_t card[32];      /* H(card text) of the signing generation */
    uint8_t epoch[32];     /* vlt_epoch_row_hash of its kind-2 epoch */
    uint32_t wraps;        /* n of that epoch */
    uint8_t rcpt[32];      /* vlt_epoch_rcpt_hash */
    uint64_t records;      /* number of entries; at least 1 */
    uint8_t entries[32];   /* MTH of the entries */
    uint8_t manifest[32];  /* H(sealed manifest) */
    uint8_t log[32];       /* H(text of a checkpoint of the sender) */
    uint8_t text_hash[32]; /* set by make and parse, with any `ext` lines */
};
VAULT_CHECKED enum vault_status vlt_bundle_encode(struct vlt_buf *out,
    const struct vlt_bundle_text *t, struct vault_error *err);
/* Exact form.   VAULT_E_FORMAT, VAULT_E_NEWER (`ext` with `!`) */
VAULT_CHECKED enum vault_status vlt_bundle_decode(struct vlt_bundle_text *out,
    const char *text, size_t len, struct vault_error *err);
/* Encode, sign with id-sign of `seed`, write the note to the empty out. */
VAULT_CHECKED enum vault_status vlt_bundle_make(struct vlt_bundle_text *t,
    const struct vlt_seed *seed, struct vlt_buf *out, struct vault_error *err);
/* vlt_bundle_decode of a note's text; no signature is checked. */
VAULT_CHECKED enum vault_status vlt_bundle_parse(struct vlt_bundle_text *out,
    const char *note, size_t len, struct vault_error *err);
/* Parse, and check vault, fingerprint and signature by this card.
 *   VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_bundle_check(const char *note, size_t len,
    const struct vlt_card *card, struct vault_error *err);

/* One record version in it: whole (1), in part (2), or its row head alone (0).
 * wrap and extract are H of the stored rows, zeros where there is none. */
enum {
    VLT_ENTRY_HEAD = 0,
    VLT_ENTRY_FULL = 1,
    VLT_ENTRY_PART = 2,
    VLT_ENTRY_BYTES = 149 /* after L("entry") */
};
struct vlt_bundle_entry {
    uint8_t use;
    uint8_t id[16];
    uint32_t version;
    uint8_t stmt[32];
    uint8_t ct[32];
    uint8_t wrap[32];
    uint8_t extract[32];
};
/* The bytes that sort entries: without the label, which all share. */
void vlt_bundle_entry_encode(uint8_t out[VLT_ENTRY_BYTES],
    const struct vlt_bundle_entry *e);
/* MTH leaf hash H(00 || L("entry") || bytes). */
void vlt_bundle_entry_leaf(uint8_t out[32], const struct vlt_bundle_entry *e);

#endif
