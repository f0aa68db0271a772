/* SPDX-License-Identifier: Apache-2.0 */
/* witnessed.h: which logs of a vault a witness has seen (section 7.5) */
#ifndef VLT_WITNESSED_H
#define VLT_WITNESSED_H

#include <stddef.h>
#include <stdint.h>
#include "bytes.h"
#include "card.h"
#include "note.h"

enum { VLT_WITNESSED_LOGS = 500 }; /* most `log` lines; fits VLT_NOTE_MAX */

struct vlt_witnessed_log {
    uint8_t id[8];                 /* of the replica or session */
    char origin[VLT_NAME_MAX + 1]; /* that of the vault and id */
    uint64_t size;                 /* the last that was countersigned, >= 1 */
    uint8_t root[32];
};
struct vlt_witnessed {
    uint8_t vault[16]; /* whose logs these are */
    uint8_t card[32];  /* H(card text) of the witness that signs */
    uint64_t time;     /* when it was said, by the witness's clock */
    size_t n;
    struct vlt_witnessed_log *log; /* heap; strictly ascending by id */
    uint8_t text_hash[32];         /* set by make and parse */
};
/* Frees the lines; takes an empty struct too. */
void vlt_witnessed_clear(struct vlt_witnessed *w);
/* Whether a text begins as this one does. */
bool vlt_witnessed_is(const char *text, size_t len);

/*
 * The text, appended to out; origins are written from vault and id. No line is
 * a statement too: none of that vault's logs was seen.
 *   VAULT_E_FORMAT  too many lines, not strictly ascending, size 0, or a size
 *                   or time above 2^63 - 1
 */
VAULT_CHECKED enum vault_status vlt_witnessed_encode(struct vlt_buf *out,
    const struct vlt_witnessed *w, struct vault_error *err);
/* Exact form. On success the caller clears *out.   VAULT_E_FORMAT */
VAULT_CHECKED enum vault_status vlt_witnessed_decode(struct vlt_witnessed *out,
    const char *text, size_t len, struct vault_error *err);

/* Sort, encode, sign with id-sign of `seed` of the witness, whose vault id is
 * `witness`, and write the note to the empty buffer out. */
VAULT_CHECKED enum vault_status vlt_witnessed_make(struct vlt_witnessed *w,
    const struct vlt_seed *seed, const uint8_t witness[16], struct vlt_buf *out,
    struct vault_error *err);
/* vlt_witnessed_decode of the note's text; no signature is checked. On success
 * the caller clears *out. */
VAULT_CHECKED enum vault_status vlt_witnessed_parse(struct vlt_witnessed *out,
    const char *note, size_t len, struct vault_error *err);
/* Parse, and check the signature by `card`, which it must name.
 *   VAULT_E_TAMPERED  not signed by it or naming another */
VAULT_CHECKED enum vault_status vlt_witnessed_check(const char *note,
    size_t len, const struct vlt_card *card, struct vault_error *err);

#endif
