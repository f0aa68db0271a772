/* SPDX-License-Identifier: Apache-2.0 */
/* deflate.c: zlib streams of others, with a ceiling */
#include "deflate.h"

#include <string.h>

#define ZLIB_CONST /* it only reads there */
#include <zlib.h>

enum { PIECE = 32 * 1024 };

bool
inflate_all(const uint8_t *p, size_t n, struct vlt_buf *out)
{
    z_stream z = {0};
    uint8_t piece[PIECE];
    int rc = Z_OK;

    if (n > UINT32_MAX || inflateInit(&z) != Z_OK)
        return false;
    z.next_in = p;
    z.avail_in = (uInt)n;
    while (rc == Z_OK && !out->failed) {
        z.next_out = piece;
        z.avail_out = PIECE;
        rc = inflate(&z, Z_NO_FLUSH);
        vlt_buf_put(out, piece, PIECE - z.avail_out);
    }
    (void)inflateEnd(&z);
    vlt_wipe(piece, sizeof piece);
    return rc == Z_STREAM_END && !out->failed;
}

bool
deflate_all(const uint8_t *p, size_t n, struct vlt_buf *out)
{
    z_stream z = {0};
    uint8_t piece[PIECE];
    int rc = Z_OK;

    if (n > UINT32_MAX || deflateInit(&z, Z_BEST_COMPRESSION) != Z_OK)
        return false;
    z.next_in = p;
    z.avail_in = (uInt)n;
    while (rc == Z_OK && !out->failed) {
        z.next_out = piece;
        z.avail_out = PIECE;
        rc = deflate(&z, Z_FINISH);
        vlt_buf_put(out, piece, PIECE - z.avail_out);
    }
    (void)deflateEnd(&z);
    vlt_wipe(piece, sizeof piece);
    return rc == Z_STREAM_END && !out->failed;
}
