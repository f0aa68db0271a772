/* SPDX-License-Identifier: Apache-2.0 */
/* zframe.c: the one kind of zstd frame we write and take (section 12) */
#include "zframe.h"
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

enum vlt_zhead
vlt_zhead_check(const uint8_t *p, size_t n, uint64_t plain_len)
{
    static const uint8_t magic[4] = {0x28, 0xb5, 0x2f, 0xfd};
    static const unsigned char fcs_size[4] = {0, 2, 4, 8};
    uint64_t window = 0, content = 0;
    size_t at = 5, fcs, i;
    bool single;

    if (n > 0 && memcmp(p, magic, n < sizeof magic ? n : sizeof magic) != 0)
        return VLT_ZHEAD_BAD;
    if (n < at)
        return VLT_ZHEAD_MORE;
    if ((p[4] & 0x0b) != 0) /* reserved bit, dictionary id */
        return VLT_ZHEAD_BAD;
    single = (p[4] & 0x20) != 0;
    fcs = single && p[4] >> 6 == 0 ? 1 : fcs_size[p[4] >> 6];
    if (n < at + (single ? 0 : 1) + fcs)
        return VLT_ZHEAD_MORE;
    if (!single) {
        window = UINT64_C(1) << (10 + (p[at] >> 3));
        window += window / 8 * (p[at] & 7);
        at++;
    }
    for (i = fcs; i-- > 0;)
        content = content << 8 | p[at + i];
    if (fcs == 2)
        content += 256;
    if (single)
        window = content;
    if (window > VLT_ZSTD_WINDOW || (fcs != 0 && content != plain_len))
        return VLT_ZHEAD_BAD;
    return VLT_ZHEAD_OK;
}

/* In front of each block stands its length, so that free can wipe it. */
union block {
    size_t size;
    max_align_t align;
};

static void *
wiping_alloc(void *opaque, size_t size)
{
    union block *b;

    (void)opaque;
    if (size > SIZE_MAX - sizeof *b)
        return NULL;
    b = malloc(sizeof *b + size);
    if (b == NULL)
        return NULL;
    b->size = size;
    return b + 1;
}

static void
wiping_free(void *opaque, void *p)
{
    union block *b = p;

    (void)opaque;
    if (b == NULL)
        return;
    b--;
    vlt_wipe(b + 1, b->size);
    free(b);
}

static const ZSTD_customMem wiping = {wiping_alloc, wiping_free, NULL};

ZSTD_CCtx *
vlt_zstd_compressor(int level)
{
    ZSTD_CCtx *c = ZSTD_createCCtx_advanced(wiping);
    size_t rc;

    if (c == NULL)
        return NULL;
    rc = ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, level);
    /* Levels up to 16 choose a window of at most 4 MiB by themselves. */
    if (!ZSTD_isError(rc) && level > 16)
        rc = ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, VLT_ZSTD_WINDOW_LOG);
    if (ZSTD_isError(rc)) {
        ZSTD_freeCCtx(c);
        return NULL;
    }
    return c;
}

ZSTD_DCtx *
vlt_zstd_decompressor(void)
{
    ZSTD_DCtx *d = ZSTD_createDCtx_advanced(wiping);
    size_t rc;

    if (d == NULL)
        return NULL;
    rc = ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, VLT_ZSTD_WINDOW_LOG);
    if (ZSTD_isError(rc)) {
        ZSTD_freeDCtx(d);
        return NULL;
    }
    return d;
}
