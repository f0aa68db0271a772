/* SPDX-License-Identifier: Apache-2.0 */
/* packer.c: a body on its way in: compressed, and checked by unpacking it */
#include "pack.h"
#include "fail.h"
#include "zframe.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 128 * 1024 };

struct vlt_packer {
    bool raw;
    bool over; /* finished or failed: nothing more may come */
    enum vault_status (
        *emit)(void *ctx, const void *p, size_t n, struct vault_error *err);
    void *ctx;
    ZSTD_CCtx *c; /* NULL when raw, like d */
    ZSTD_DCtx *d;
    struct vlt_sha256 in;   /* of what was put in */
    struct vlt_sha256 back; /* of what comes back from our own output */
    uint64_t in_len;
    uint64_t back_len;
    uint64_t out_len;
    bool frame_ended; /* the decompressor has seen a whole frame */
    uint8_t packed[PIECE];
    uint8_t plain[PIECE];
};

enum vault_status
vlt_packer_new(struct vlt_packer **out, bool raw, int level,
    enum vault_status (
        *emit)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_packer *k = calloc(1, sizeof *k);

    if (k == NULL)
        return vlt_fail_memory(err);
    k->raw = raw;
    k->emit = emit;
    k->ctx = ctx;
    vlt_sha256_init(&k->in);
    vlt_sha256_init(&k->back);
    if (!raw) {
        k->c = vlt_zstd_compressor(level);
        k->d = vlt_zstd_decompressor();
        if (k->c == NULL || k->d == NULL) {
            vlt_packer_free(k);
            return vlt_fail_memory(err);
        }
    }
    *out = k;
    return VAULT_OK;
}

void
vlt_packer_free(struct vlt_packer *k)
{
    if (k == NULL)
        return;
    ZSTD_freeCCtx(k->c);
    ZSTD_freeDCtx(k->d);
    vlt_wipe(k, sizeof *k);
    free(k);
}

/* Decompress n bytes of our own output into the second hash. */
static bool
take_back(struct vlt_packer *k, const uint8_t *p, size_t n)
{
    ZSTD_inBuffer in = {p, n, 0};
    size_t rc;

    do {
        ZSTD_outBuffer out = {k->plain, sizeof k->plain, 0};

        if (k->frame_ended)
            return false;
        rc = ZSTD_decompressStream(k->d, &out, &in);
        if (ZSTD_isError(rc))
            return false;
        vlt_sha256_update(&k->back, k->plain, out.pos);
        k->back_len += out.pos;
        k->frame_ended = rc == 0;
        if (out.pos < out.size && in.pos == in.size)
            return true;
    } while (in.pos < in.size || !k->frame_ended);
    return true;
}

/* One call of the compressor; its output is checked and handed on. */
static enum vault_status
compress_some(struct vlt_packer *k, ZSTD_inBuffer *in, ZSTD_EndDirective end,
    size_t *left, struct vault_error *err)
{
    ZSTD_outBuffer out = {k->packed, sizeof k->packed, 0};

    *left = ZSTD_compressStream2(k->c, &out, in, end);
    if (ZSTD_isError(*left))
        return vlt_fail(err, VAULT_E_INTERNAL, "compressing failed: %s",
            ZSTD_getErrorName(*left));
    if (out.pos == 0)
        return VAULT_OK;
    if (!take_back(k, k->packed, out.pos))
        return vlt_fail(err, VAULT_E_INTERNAL,
            "what was compressed does not come back unchanged");
    k->out_len += out.pos;
    return k->emit(k->ctx, k->packed, out.pos, err);
}

enum vault_status
vlt_packer_put(struct vlt_packer *k, const void *p, size_t n,
    struct vault_error *err)
{
    ZSTD_inBuffer in = {p, n, 0};
    enum vault_status st = VAULT_OK;
    size_t left;

    assert(!k->over);
    if (n == 0)
        return VAULT_OK;
    vlt_sha256_update(&k->in, p, n);
    k->in_len += n;
    if (k->raw) {
        k->out_len += n;
        st = k->emit(k->ctx, p, n, err);
    }
    while (!k->raw && st == VAULT_OK && in.pos < in.size)
        st = compress_some(k, &in, ZSTD_e_continue, &left, err);
    k->over = st != VAULT_OK;
    return st;
}

enum vault_status
vlt_packer_finish(struct vlt_packer *k, uint64_t *stream_len,
    uint64_t *original_len, uint8_t sha256[32], struct vault_error *err)
{
    ZSTD_inBuffer in = {NULL, 0, 0};
    uint8_t sum[32], back[32];
    size_t left = k->raw ? 0 : 1;
    enum vault_status st;

    assert(!k->over);
    k->over = true;
    while (left > 0) {
        st = compress_some(k, &in, ZSTD_e_end, &left, err);
        if (st != VAULT_OK)
            return st;
    }
    vlt_sha256_final(&k->in, sum);
    vlt_sha256_final(&k->back, back);
    if (!k->raw &&
        (!k->frame_ended || k->back_len != k->in_len ||
            memcmp(sum, back, sizeof sum) != 0))
        return vlt_fail(err, VAULT_E_INTERNAL,
            "what was compressed does not come back unchanged");
    *stream_len = k->out_len;
    *original_len = k->in_len;
    memcpy(sha256, sum, sizeof sum);
    return VAULT_OK;
}
