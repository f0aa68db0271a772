/* SPDX-License-Identifier: Apache-2.0 */
/* splitter.h: a text cut into words and Han characters */
#ifndef VLT_SPLITTER_H
#define VLT_SPLITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>

/* The longest word told apart, in code points; what follows is left out, in
 * records and in questions alike. */
enum { VLT_SPLIT_WORD = 48 };

struct vlt_split {
    bool han;    /* one Han character; else a word */
    bool joined; /* han: directly after the one before */
    bool star;   /* `*` follows directly */
    const uint32_t *cp;
    size_t n;
};
/*
 * Call fn for each, in order. The text is folded piece by piece, so that a
 * long one takes no memory; it ends where it is not UTF-8 and *whole says
 * whether it was.
 */
VAULT_CHECKED enum vault_status vlt_split_text(const char *p, size_t n,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_split *s, struct vault_error *err),
    void *ctx, bool *whole, struct vault_error *err);

#endif
