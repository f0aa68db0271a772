/* SPDX-License-Identifier: Apache-2.0 */
/* pack.c: zstd over a whole block, checked by unpacking it (section 12) */
#include "pack.h"
#include "fail.h"
#include "record.h"
#include "zframe.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_MAX = 1024 * 1024 };

/* Whether the frame gives exactly these bytes again. */
static enum vault_status
check_back(const struct vlt_buf *frame, const void *p, size_t n,
    struct vault_error *err)
{
    struct vlt_buf again;
    enum vault_status st;

    vlt_buf_init(&again, n);
    st = vlt_unpack(&again, frame->p, frame->len, n, err);
    if (st == VAULT_E_FORMAT ||
        (st == VAULT_OK && n > 0 && memcmp(again.p, p, n) != 0))
        st = vlt_fail(err, VAULT_E_INTERNAL,
            "what was compressed does not come back unchanged");
    vlt_buf_clear(&again);
    return st;
}

enum vault_status
vlt_pack(struct vlt_buf *out, const void *p, size_t n, int level,
    struct vault_error *err)
{
    struct vlt_buf frame;
    ZSTD_CCtx *c = NULL;
    uint8_t *room;
    size_t bound = ZSTD_compressBound(n), got;
    enum vault_status st;

    assert(n <= VLT_META_MAX);
    vlt_buf_init(&frame, bound);
    c = vlt_zstd_compressor(level);
    room = vlt_buf_room(&frame, bound);
    if (c == NULL || room == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    got = ZSTD_compress2(c, room, bound, p, n);
    if (ZSTD_isError(got)) {
        st = vlt_fail(err, VAULT_E_INTERNAL, "compressing failed: %s",
            ZSTD_getErrorName(got));
        goto out;
    }
    frame.len = got;
    st = check_back(&frame, p, n, err);
    if (st != VAULT_OK)
        goto out;
    vlt_buf_put(out, frame.p, frame.len);
    st = vlt_buf_end(out, "compressed block", err);
out:
    ZSTD_freeCCtx(c);
    vlt_buf_clear(&frame);
    return st;
}

enum vault_status
vlt_unpack(struct vlt_buf *out, const void *p, size_t n, size_t plain_len,
    struct vault_error *err)
{
    size_t before = out->len, got;
    uint8_t nothing = 0, *room = &nothing;
    ZSTD_DCtx *d = NULL;
    enum vault_status st;

    if (vlt_zhead_check(p, n, plain_len) != VLT_ZHEAD_OK ||
        ZSTD_findFrameCompressedSize(p, n) != n)
        return vlt_fail(err, VAULT_E_FORMAT,
            "compressed block is not one zstd frame of the allowed form");
    d = vlt_zstd_decompressor();
    if (d == NULL)
        return vlt_fail_memory(err);
    if (plain_len > 0)
        room = vlt_buf_room(out, plain_len);
    if (room == NULL) {
        st = vlt_buf_end(out, "block", err);
        goto out;
    }
    got = ZSTD_decompressDCtx(d, room, plain_len, p, n);
    if (ZSTD_isError(got) || got != plain_len) {
        vlt_wipe(room, plain_len);
        out->len = before;
        st = vlt_fail(err, VAULT_E_FORMAT,
            "compressed block does not give %zu bytes", plain_len);
        goto out;
    }
    st = VAULT_OK;
out:
    ZSTD_freeDCtx(d);
    return st;
}

bool
vlt_shrinks(const void *sample, size_t n)
{
    size_t bound, got = 0;
    ZSTD_CCtx *c = NULL;
    uint8_t *room = NULL;
    bool yes = false;

    if (n > SAMPLE_MAX)
        n = SAMPLE_MAX;
    bound = ZSTD_compressBound(n);
    c = vlt_zstd_compressor(1);
    room = malloc(bound);
    if (c == NULL || room == NULL)
        goto out;
    got = ZSTD_compress2(c, room, bound, sample, n);
    yes = !ZSTD_isError(got) && got * 100 <= n * 97;
out:
    if (room != NULL)
        vlt_wipe(room, bound);
    free(room);
    ZSTD_freeCCtx(c);
    return yes;
}

const char *
vlt_zstd_version(void)
{
    return ZSTD_versionString();
}
