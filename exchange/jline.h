/* SPDX-License-Identifier: Apache-2.0 */
/* jline.h: writing JSON Lines for scripts */
#ifndef EXCHANGE_JLINE_H
#define EXCHANGE_JLINE_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One line of output: {"type":"...","v":1, ...}. Keys are literals of ours.
 * Texts come from anywhere: controls, invisible characters and bidi controls
 * are written as \u escapes (the same text to a parser, harmless on a
 * terminal); bytes that are not UTF-8 become U+FFFD, and a second member
 * KEY_hex then carries the exact bytes.
 */
struct jline {
    struct vlt_buf buf;
    bool first; /* no comma before the next member */
};

void jline_begin(struct jline *j, const char *type);
void jline_text(struct jline *j, const char *key, const char *s);
void jline_text_n(struct jline *j, const char *key, const void *s, size_t n);
void jline_hex(struct jline *j, const char *key, const uint8_t *p, size_t n);
void jline_u64(struct jline *j, const char *key, uint64_t v);
void jline_i64(struct jline *j, const char *key, int64_t v);
void jline_bool(struct jline *j, const char *key, bool v);
/* RFC 3339 UTC, or null when unknown (negative). */
void jline_time(struct jline *j, const char *key, int64_t t);
/* key NULL inside an array. */
void jline_object(struct jline *j, const char *key);
void jline_object_end(struct jline *j);
void jline_array(struct jline *j, const char *key);
void jline_array_end(struct jline *j);
/* Close the line: then j->buf holds it, with its line feed, unless it has
 * failed. The caller clears j->buf. */
void jline_close(struct jline *j);

#endif
