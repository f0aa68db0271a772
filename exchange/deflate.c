/* SPDX-License-Identifier: Apache-2.0 */
/* deflate.c: zlib streams of others, with a ceiling */
#include "deflate.h"

#include <stdlib.h>
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

struct inflate_end {
    z_stream z;
    uint64_t left;
    bool seen;
};

struct inflate_end *
inflate_end_new(uint64_t most)
{
    struct inflate_end *e = calloc(1, sizeof *e);

    if (e != NULL && inflateInit(&e->z) != Z_OK) {
        free(e);
        return NULL;
    }
    if (e != NULL)
        e->left = most;
    return e;
}

bool
inflate_end_take(struct inflate_end *e, const uint8_t *p, size_t n,
    size_t *used)
{
    uint8_t piece[PIECE];
    bool full = false; /* there may be more to come out */
    int rc = Z_OK;

    *used = 0;
    if (n > UINT32_MAX)
        return false;
    e->z.next_in = p;
    e->z.avail_in = (uInt)n;
    while (rc == Z_OK && !e->seen && (e->z.avail_in > 0 || full)) {
        size_t got;

        e->z.next_out = piece;
        e->z.avail_out = PIECE;
        rc = inflate(&e->z, Z_NO_FLUSH);
        got = PIECE - e->z.avail_out;
        if (rc == Z_BUF_ERROR && full && got == 0)
            rc = Z_OK; /* there was not */
        full = got == PIECE;
        if ((rc != Z_OK && rc != Z_STREAM_END) || got > e->left)
            rc = Z_DATA_ERROR;
        else
            e->left -= got;
        e->seen = rc == Z_STREAM_END;
    }
    vlt_wipe(piece, sizeof piece);
    *used = n - e->z.avail_in;
    return rc == Z_OK || rc == Z_STREAM_END;
}

bool
inflate_end_seen(const struct inflate_end *e)
{
    return e->seen;
}

void
inflate_end_free(struct inflate_end *e)
{
    if (e == NULL)
        return;
    (void)inflateEnd(&e->z);
    vlt_wipe(e, sizeof *e);
    free(e);
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
