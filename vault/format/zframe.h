/* SPDX-License-Identifier: Apache-2.0 */
/* zframe.h: the one kind of zstd frame we write and take (section 12) */
#ifndef VLT_ZFRAME_H
#define VLT_ZFRAME_H

/*
 * The static part of zstd's interface is needed for one thing: contexts
 * whose memory is wiped when it is given back, as their tables and windows
 * hold plaintext.
 */
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VLT_ZSTD_WINDOW_LOG = 23,
    VLT_ZSTD_WINDOW = 1 << VLT_ZSTD_WINDOW_LOG,
    VLT_ZSTD_HEADER_MAX = 14 /* magic, descriptor, window, content size */
};

enum vlt_zhead {
    VLT_ZHEAD_OK,
    VLT_ZHEAD_MORE, /* sound so far; give more bytes */
    VLT_ZHEAD_BAD
};

/*
 * Judge a frame header (RFC 8878, section 3.1.1.1) by its first n bytes:
 * the zstd magic (not a skippable frame), no dictionary id, no reserved
 * bit, window of at most 8 MiB, and if a content size stands there, it is
 * plain_len.
 */
enum vlt_zhead vlt_zhead_check(const uint8_t *p, size_t n, uint64_t plain_len);

/* Contexts whose memory is wiped when freed; NULL without memory. The
 * compressor has the level set and its window bounded. */
ZSTD_CCtx *vlt_zstd_compressor(int level);
ZSTD_DCtx *vlt_zstd_decompressor(void);

#endif
