/* SPDX-License-Identifier: Apache-2.0 */
/* fixedtext.h: text statements in which every part has a fixed length */
#ifndef VLT_FIXEDTEXT_H
#define VLT_FIXEDTEXT_H

#include <stddef.h>
#include <stdint.h>
#include "bytes.h"

/*
 * One table is the encoder, the decoder, and what puts a text together again
 * that came by mail or chat: there lines are broken, quoted, indented, end in
 * CRLF and have words around them. As every part has a fixed length, nothing
 * of that leaves a doubt about what was meant.
 */
enum vlt_fixed_kind { VLT_FIXED_WORDS, VLT_FIXED_HEX, VLT_FIXED_B64 };
struct vlt_fixed_part {
    enum vlt_fixed_kind kind;
    const char *words; /* of VLT_FIXED_WORDS: literally, LF and all */
    size_t bytes;      /* of the others: how many, and where in the struct */
    size_t offset;
};
struct vlt_fixed_form {
    const char *what;  /* in messages */
    const char *first; /* its first line, without LF; part[0] is that and LF */
    const struct vlt_fixed_part *part;
    size_t parts;
};

#define VLT_FIXED_TEXT(w)          \
    {                              \
        VLT_FIXED_WORDS, (w), 0, 0 \
    }
#define VLT_FIXED_AT(kind, type, member)                                  \
    {                                                                     \
        (kind), NULL, sizeof(((type *)0)->member), offsetof(type, member) \
    }

enum {
    VLT_FIXED_MAX = 8192,      /* no such text is longer */
    VLT_FIXED_RAW = 256 * 1024 /* nor what is read to find one */
};

/* How many bytes of what mail and chat put in between (section 1.9) begin at
 * p: one character; 0 for one that means something, and for none. */
size_t vlt_means_nothing(const char *p, size_t len);
/* The text of *from, appended to out.   VAULT_E_LIMIT, VAULT_E_MEMORY */
VAULT_CHECKED enum vault_status vlt_fixed_encode(struct vlt_buf *out,
    const struct vlt_fixed_form *form, const void *from,
    struct vault_error *err);
/* The exact form only, into the members of *into, unchanged on failure;
 * `size` is that of the struct.
 *   VAULT_E_FORMAT  not so; err says the line */
VAULT_CHECKED enum vault_status vlt_fixed_decode(void *into, size_t size,
    const struct vlt_fixed_form *form, const char *text, size_t len,
    struct vault_error *err);
/*
 * The exact text out of what a person received, appended to out. What stands
 * before its first line and after its last part does not matter, nor white
 * space, quotation marks of mail (`>`, `|`) and characters that cannot be seen
 * anywhere in between.
 *   VAULT_E_FORMAT     there is none; it is cut (how much is missing is said);
 *                      or another character stands within it
 *   VAULT_E_AMBIGUOUS  there is more than one
 *   VAULT_E_LIMIT      longer than VLT_FIXED_RAW
 */
VAULT_CHECKED enum vault_status vlt_fixed_mend(struct vlt_buf *out,
    const struct vlt_fixed_form *form, const char *raw, size_t len,
    struct vault_error *err);

#endif
