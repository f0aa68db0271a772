/* SPDX-License-Identifier: Apache-2.0 */
/* note.h: C2SP signed notes: text, blank line, signature lines */
#ifndef VLT_NOTE_H
#define VLT_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bytes.h"

enum {
    VLT_NAME_MAX = 128,      /* longest key name or origin we make or take */
    VLT_NOTE_MAX = 64 * 1024, /* longest note we read */
    VLT_NOTE_LINES = 64      /* most signature lines in one note */
};

/* The names of docs/format.md section 1; out has VLT_NAME_MAX + 1 bytes. */
void vlt_name_sign(char *out, const uint8_t vault[16]);
void vlt_name_origin(char *out, const uint8_t vault[16],
    const uint8_t replica[8]);
void vlt_name_witness(char *out, const uint8_t vault[16]);

/* First 4 bytes of H(name || 0A || type || public key). */
void vlt_note_key_id(uint8_t out[4], const char *name, uint8_t type,
    const uint8_t *pk, size_t pk_len);

/*
 * A parsed note. `text` (with its last LF) and `lines` borrow from the
 * input. Signature lines are not checked by parsing.
 */
struct vlt_note_line {
    const char *name;
    size_t name_len;
    uint8_t key_id[4];
    const char *b64; /* of key id and signature */
    size_t b64_len;
    size_t sig_len; /* decoded, without the key id */
};
struct vlt_note {
    const char *text;
    size_t text_len;
    size_t lines;
    struct vlt_note_line line[VLT_NOTE_LINES];
};

/*
 * Only the exact form of C2SP signed-note: valid UTF-8, no control
 * characters below 20 but LF and no 7F, one blank line before at least one
 * signature line, every line well formed, final LF, nothing after.
 *   VAULT_E_FORMAT  anything else
 */
VAULT_CHECKED enum vault_status vlt_note_parse(struct vlt_note *out,
    const char *note, size_t len, struct vault_error *err);

/*
 * Whether the note carries a valid type-01 signature by `pk` under `name`:
 * exactly one line with that name and key id, and it holds. Text is the
 * bytes up to and including the LF before the blank line.
 *   VAULT_E_TAMPERED  no such line, more than one, or it does not hold
 */
VAULT_CHECKED enum vault_status vlt_note_check(const struct vlt_note *n,
    const char *name, const uint8_t pk[32], struct vault_error *err);

/*
 * Build text, blank line and one type-01 line by the key of `seed` under
 * `name` into out. Text must end in LF. vlt_note_cosign appends one further
 * line to a note built so (card generations).
 */
VAULT_CHECKED enum vault_status vlt_note_sign(struct vlt_buf *out,
    const char *text, size_t text_len, const char *name,
    const uint8_t seed[32], struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_note_cosign(struct vlt_buf *note,
    const char *name, const uint8_t seed[32], struct vault_error *err);

/* H(text) of docs/format.md: over the text with its last LF. */
void vlt_note_text_hash(uint8_t out[32], const struct vlt_note *n);

#endif
