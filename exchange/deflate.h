/* SPDX-License-Identifier: Apache-2.0 */
/* deflate.h: zlib streams of others, with a ceiling */
#ifndef EXCHANGE_DEFLATE_H
#define EXCHANGE_DEFLATE_H

#include "bytes.h"

/* Append what the zlib stream at p holds. False when it is damaged, cut off,
 * or beyond the ceiling of out. Bytes after its end are passed over. */
bool inflate_all(const uint8_t *p, size_t n, struct vlt_buf *out);
/* Append p as a zlib stream; false without memory or at the ceiling. */
bool deflate_all(const uint8_t *p, size_t n, struct vlt_buf *out);

#endif
