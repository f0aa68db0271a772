/* SPDX-License-Identifier: Apache-2.0 */
/* utf.h: code points of a text, and how many columns they take */
#ifndef EXCHANGE_UTF_H
#define EXCHANGE_UTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decode the code point at s (n >= 1 bytes there). Returns its length in
 * bytes, or 0 when the first byte begins no well-formed code point (no
 * surrogates, no overlong forms, nothing above U+10FFFF).
 */
size_t utf_next(const char *s, size_t n, uint32_t *cp);

/* Append cp at out (room for 4 bytes); returns the length. cp is valid. */
size_t utf_put(char *out, uint32_t cp);

/*
 * Whether a terminal may be given this code point as it is: no control, no
 * bidi control, nothing invisible, no line or paragraph separator, no
 * noncharacter. Space is plain; tab and line feed are not.
 */
bool utf_plain(uint32_t cp);

/* Columns of one code point on a terminal: 0, 1 or 2. */
int utf_width(uint32_t cp);

/* Columns of a text; a byte that is not UTF-8 counts one. */
int utf_columns(const char *s, size_t n);

/* How many code points; a byte that is not UTF-8 counts one. */
size_t utf_count(const char *s, size_t n);

#endif
