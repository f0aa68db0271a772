/* SPDX-License-Identifier: Apache-2.0 */
/* safe.h: texts and names that others wrote, made harmless */
#ifndef EXCHANGE_SAFE_H
#define EXCHANGE_SAFE_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * What came out of a file may hold terminal escapes, bidi overrides and
 * characters that cannot be seen. Every such text goes through here before
 * it reaches a terminal. Marks: \u202e and \U000e0041 for a code point that
 * is not plain (utf_plain), \xff for a byte that is not UTF-8, \n \t \r for
 * these three, \\ for a backslash. The output is printable UTF-8 and
 * different inputs give different outputs.
 */
enum {
    SAFE_BLOCK = 1,    /* keep line feeds and tabs: a text of many lines */
    SAFE_BACKSLASH = 2 /* keep backslashes (not reversible): our messages */
};
void safe_put(struct vlt_buf *out, const char *s, size_t n, unsigned flags);

/*
 * The same for a text that comes in pieces: a code point cut by the end of
 * a piece waits in `held`. Close with last = true.
 */
struct safe_stream {
    char held[4];
    size_t held_len;
    unsigned flags;
};
void safe_stream_put(struct safe_stream *s, struct vlt_buf *out, const char *p,
    size_t n, bool last);

/*
 * A name under which a file may be made in the folder one is in: one
 * component, without separators, device names, controls, invisible
 * characters, leading dots, dashes or spaces, trailing dots or spaces, at
 * most SAFE_NAME - 1 bytes (the ending is kept). What is not allowed becomes
 * `_`; what leaves nothing becomes `fallback` (itself a safe name). Doing it
 * twice changes nothing.
 */
enum { SAFE_NAME = 201 };
void safe_name(char out[SAFE_NAME], const char *name, size_t n,
    const char *fallback);

#endif
