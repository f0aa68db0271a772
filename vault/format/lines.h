/* SPDX-License-Identifier: Apache-2.0 */
/* lines.h: reading a text statement, which has only one exact form */
#ifndef VLT_LINES_H
#define VLT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bytes.h"

/*
 * docs/format.md, section 1: LF after every line, one space between words,
 * no other white space, no control characters, decimals without leading
 * zeros, `-` for none.
 *
 * A cursor over borrowed text, which need not end in a 0. Like a reader of
 * bytes.h it stays failed once it failed, then gives zeros, and is asked
 * once at the end. A decoder lists the words in the order of the format:
 *
 *     vlt_lines_expect(&l, "sanduq.v1/example\n");
 *     vlt_lines_hex(&l, out.vault, 16);
 *     vlt_lines_expect(&l, " ");
 *     out.number = vlt_lines_u32(&l);
 *     vlt_lines_expect(&l, "\n");
 *     st = vlt_lines_end(&l, "example", err);
 */
struct vlt_lines {
    const char *p;
    size_t len;
    size_t pos;
    size_t line; /* LFs passed so far, plus 1 */
    bool failed;
};

void vlt_lines_init(struct vlt_lines *l, const char *text, size_t len);
/* Fail the cursor, for a rule that only the decoder knows. */
void vlt_lines_fail(struct vlt_lines *l);
/* Whether a sound cursor has text left; whether it begins with `literal`. */
bool vlt_lines_more(const struct vlt_lines *l);
bool vlt_lines_at(const struct vlt_lines *l, const char *literal);
/* Step over exactly these bytes (words, spaces, LFs). */
void vlt_lines_expect(struct vlt_lines *l, const char *literal);
/*
 * One word: at least one byte, up to a space, control character or the end.
 * Borrowed from the text; "" when the cursor failed.
 */
const char *vlt_lines_word(struct vlt_lines *l, size_t *len);
/* A word that is 2 n lower-case hex digits, or base64 of n bytes. */
void vlt_lines_hex(struct vlt_lines *l, uint8_t *out, size_t n);
void vlt_lines_b64(struct vlt_lines *l, uint8_t *out, size_t n);
/* As vlt_lines_b64, or the word `-`: gives false and n zeros then. */
bool vlt_lines_b64_or_none(struct vlt_lines *l, uint8_t *out, size_t n);
/* A word that is a decimal number in its only form. */
uint32_t vlt_lines_u32(struct vlt_lines *l);
uint64_t vlt_lines_u64(struct vlt_lines *l);

/*
 * Nothing may be left.
 *   VAULT_E_FORMAT  the cursor failed or text is left over; `what` names the
 *                   statement in the message, which says the line
 */
VAULT_CHECKED enum vault_status vlt_lines_end(const struct vlt_lines *l,
    const char *what, struct vault_error *err);
/*
 * The same after any number of lines `ext <NAME> <b64>` (section 15), NAMEs
 * `!?[a-z0-9-]{1,32}` strictly ascending, at least one byte of base64. What
 * they say is kept in the text and ignored.
 *   VAULT_E_FORMAT  as above, or such a line is malformed or out of order
 *   VAULT_E_NEWER   a NAME begins with `!`: it must be understood, and
 *                   version 1 knows none
 */
VAULT_CHECKED enum vault_status vlt_lines_end_ext(struct vlt_lines *l,
    const char *what, struct vault_error *err);
/*
 * The last step of a decoder: what it read, encoded again, must be the text.
 *   VAULT_E_FORMAT  it is not
 *   VAULT_E_LIMIT, VAULT_E_MEMORY  `again` could not be built
 */
VAULT_CHECKED enum vault_status vlt_lines_same(const struct vlt_buf *again,
    const char *text, size_t len, const char *what, struct vault_error *err);

/*
 * Whether n characters are canonical base64 of at least one byte, of any
 * length; *decoded is the number of bytes.
 */
bool vlt_lines_b64_ok(const char *s, size_t n, size_t *decoded);

/* Append n bytes in hex or base64 to a statement being built. */
void vlt_lines_put_hex(struct vlt_buf *out, const uint8_t *p, size_t n);
void vlt_lines_put_b64(struct vlt_buf *out, const uint8_t *p, size_t n);

#endif
