/* SPDX-License-Identifier: Apache-2.0 */
/* deflate.h: zlib streams of others, with a ceiling */
#ifndef EXCHANGE_DEFLATE_H
#define EXCHANGE_DEFLATE_H

#include "bytes.h"

/* Append what the zlib stream at p holds. False when it is damaged, cut off,
 * or beyond the ceiling of out. Bytes after its end are passed over. */
bool inflate_all(const uint8_t *p, size_t n, struct vlt_buf *out);
/*
 * How much of p belongs to a zlib stream that comes in pieces: unpacked into
 * nothing, at most `most` bytes of it. False when it is none, or longer.
 */
struct inflate_end;
struct inflate_end *inflate_end_new(uint64_t most); /* NULL without memory */
bool inflate_end_take(struct inflate_end *e, const uint8_t *p, size_t n,
    size_t *used);
bool inflate_end_seen(const struct inflate_end *e);
void inflate_end_free(struct inflate_end *e);
/* Append p as a zlib stream; false without memory or at the ceiling. */
bool deflate_all(const uint8_t *p, size_t n, struct vlt_buf *out);

#endif
