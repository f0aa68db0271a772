/* SPDX-License-Identifier: Apache-2.0 */
/* note.h: C2SP signed notes: text, blank line, signature lines */
#ifndef VLT_NOTE_H
#define VLT_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bytes.h"

enum {
    VLT_NAME_MAX = 128,       /* longest key name or origin we make or take */
    VLT_NOTE_MAX = 64 * 1024, /* longest note we read */
    VLT_NOTE_LINES = 64       /* most signature lines; C2SP asks for 16 */
};

/* What stands for `name` below: a string of 1 to VLT_NAME_MAX bytes of UTF-8
 * without control characters, Unicode spaces and `+`. */
bool vlt_name_ok(const char *name, size_t len);

/* The names of docs/format.md section 1; out has VLT_NAME_MAX + 1 bytes. */
void vlt_name_sign(char *out, const uint8_t vault[16]);
void vlt_name_origin(char *out, const uint8_t vault[16],
    const uint8_t replica[8]);
void vlt_name_witness(char *out, const uint8_t vault[16]);

/* First 4 bytes of H(name || 0A || type || public key). */
void vlt_note_key_id(uint8_t out[4], const char *name, uint8_t type,
    const uint8_t *pk, size_t pk_len);

/*
 * A parsed note. `text` (with its last LF) and the strings of `line` borrow
 * from the input and do not end in a 0. Parsing checks no signature.
 */
struct vlt_note_line {
    const char *name;
    size_t name_len;
    uint8_t key_id[4];
    const char *b64; /* of key id and signature */
    size_t b64_len;
    size_t sig_len; /* decoded, without the key id; at least 1 */
};
struct vlt_note {
    const char *text;
    size_t text_len;
    size_t lines;
    struct vlt_note_line line[VLT_NOTE_LINES];
};

/*
 * Only the exact form of C2SP signed-note: valid UTF-8, no control
 * characters below 20 but LF and no 7F, a blank line (the last one counts)
 * before at least one signature line, every signature line well formed,
 * final LF, nothing after. Lines of unknown name, key or type pass; their
 * names may be longer than VLT_NAME_MAX.
 *   VAULT_E_FORMAT  anything else, or beyond the two limits above
 */
VAULT_CHECKED enum vault_status vlt_note_parse(struct vlt_note *out,
    const char *note, size_t len, struct vault_error *err);

/*
 * Whether the note carries a valid type-01 signature by `pk` under `name`:
 * exactly one line with that name and key id, and it holds. What is signed
 * is the text up to and including the LF before the blank line. Lines of
 * other names and key ids are ignored.
 *   VAULT_E_TAMPERED  no such line, more than one, or it does not hold
 */
VAULT_CHECKED enum vault_status vlt_note_check(const struct vlt_note *n,
    const char *name, const uint8_t pk[32], struct vault_error *err);

/*
 * Append text, blank line and one type-01 line by the key of `seed` under
 * `name` to the empty buffer `out`. vlt_note_cosign appends one further line
 * to a note built so (card generations).
 *   VAULT_E_FORMAT  the text is none that a note can hold: it must end in
 *                   LF and meet what vlt_note_parse asks
 *   VAULT_E_LIMIT, VAULT_E_MEMORY  out could not hold it
 */
VAULT_CHECKED enum vault_status vlt_note_sign(struct vlt_buf *out,
    const char *text, size_t text_len, const char *name, const uint8_t seed[32],
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_note_cosign(struct vlt_buf *note,
    const char *name, const uint8_t seed[32], struct vault_error *err);
/* The text with the lines of this name and key alone; n may not lie in out. */
VAULT_CHECKED enum vault_status vlt_note_single(struct vlt_buf *out,
    const struct vlt_note *n, const char *name, const uint8_t pk[32],
    struct vault_error *err);

/* H(text) of docs/format.md: over the text with its last LF. */
void vlt_note_text_hash(uint8_t out[32], const struct vlt_note *n);

#endif
