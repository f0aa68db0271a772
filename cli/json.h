/* SPDX-License-Identifier: Apache-2.0 */
/* json.h: writing JSON Lines for scripts */
#ifndef CLI_JSON_H
#define CLI_JSON_H

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
struct json {
    struct vlt_buf buf;
    bool first; /* no comma before the next member */
};

void json_begin(struct json *j, const char *type);
void json_text(struct json *j, const char *key, const char *s);
void json_text_n(struct json *j, const char *key, const void *s, size_t n);
void json_hex(struct json *j, const char *key, const uint8_t *p, size_t n);
void json_u64(struct json *j, const char *key, uint64_t v);
void json_i64(struct json *j, const char *key, int64_t v);
void json_bool(struct json *j, const char *key, bool v);
/* RFC 3339 UTC, or null when unknown (negative). */
void json_time(struct json *j, const char *key, int64_t t);
/* key NULL inside an array. */
void json_object(struct json *j, const char *key);
void json_object_end(struct json *j);
void json_array(struct json *j, const char *key);
void json_array_end(struct json *j);
/* Close the line and write it to standard output; frees. */
void json_end(struct json *j);

#endif
