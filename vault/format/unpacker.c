/* SPDX-License-Identifier: Apache-2.0 */
/* unpacker.c: a body on its way out, never more than was sealed */
#include "pack.h"
#include "fail.h"
#include "zframe.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 128 * 1024 };

struct vlt_unpacker {
    bool raw;
    bool over; /* finished or failed: nothing more may come */
    enum vault_status (
        *emit)(void *ctx, const void *p, size_t n, struct vault_error *err);
    void *ctx;
    uint64_t stream_len;   /* as sealed */
    uint64_t original_len; /* as sealed */
    uint64_t in_len;       /* so far, like out_len */
    uint64_t out_len;
    struct vlt_sha256 h;
    ZSTD_DCtx *d; /* NULL when raw */
    bool head_ok;
    bool frame_ended;
    size_t head_len;
    uint8_t head[VLT_ZSTD_HEADER_MAX]; /* until it can be judged */
    uint8_t plain[PIECE];
};

enum vault_status
vlt_unpacker_new(struct vlt_unpacker **out, bool raw, uint64_t stream_len,
    uint64_t original_len,
    enum vault_status (
        *emit)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_unpacker *k;

    if (raw && stream_len != original_len)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an uncompressed body has two different lengths");
    k = calloc(1, sizeof *k);
    if (k == NULL)
        return vlt_fail_memory(err);
    k->raw = raw;
    k->emit = emit;
    k->ctx = ctx;
    k->stream_len = stream_len;
    k->original_len = original_len;
    vlt_sha256_init(&k->h);
    if (!raw) {
        k->d = vlt_zstd_decompressor();
        if (k->d == NULL) {
            vlt_unpacker_free(k);
            return vlt_fail_memory(err);
        }
    }
    *out = k;
    return VAULT_OK;
}

void
vlt_unpacker_free(struct vlt_unpacker *k)
{
    if (k == NULL)
        return;
    ZSTD_freeDCtx(k->d);
    vlt_wipe(k, sizeof *k);
    free(k);
}

static enum vault_status
give(struct vlt_unpacker *k, const void *p, size_t n, struct vault_error *err)
{
    if (n == 0)
        return VAULT_OK;
    if (n > k->original_len - k->out_len)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "body is longer than its sealed length");
    k->out_len += n;
    vlt_sha256_update(&k->h, p, n);
    return k->emit(k->ctx, p, n, err);
}

static enum vault_status
decompress(struct vlt_unpacker *k, const uint8_t *p, size_t n,
    struct vault_error *err)
{
    ZSTD_inBuffer in = {p, n, 0};
    bool more = n > 0; /* input is left, or output is held back */

    while (more) {
        ZSTD_outBuffer out = {k->plain, sizeof k->plain, 0};
        enum vault_status st;
        size_t rc;

        if (k->frame_ended)
            return vlt_fail(err, VAULT_E_TAMPERED,
                "something follows the frame of the body");
        rc = ZSTD_decompressStream(k->d, &out, &in);
        if (ZSTD_isError(rc))
            return vlt_fail(err, VAULT_E_TAMPERED,
                "body cannot be decompressed: %s", ZSTD_getErrorName(rc));
        st = give(k, k->plain, out.pos, err);
        if (st != VAULT_OK)
            return st;
        k->frame_ended = rc == 0;
        more = in.pos < in.size || (out.pos == out.size && !k->frame_ended);
    }
    return VAULT_OK;
}

/* Hold back the first bytes until the frame header can be judged. */
static enum vault_status
judge_head(struct vlt_unpacker *k, const uint8_t **p, size_t *n,
    struct vault_error *err)
{
    enum vlt_zhead v = VLT_ZHEAD_MORE;

    while (v == VLT_ZHEAD_MORE && *n > 0) {
        k->head[k->head_len++] = *(*p)++;
        --*n;
        v = vlt_zhead_check(k->head, k->head_len, k->original_len);
    }
    if (v == VLT_ZHEAD_BAD)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "body is not one zstd frame of the allowed form");
    if (v == VLT_ZHEAD_MORE)
        return VAULT_OK;
    k->head_ok = true;
    return decompress(k, k->head, k->head_len, err);
}

static enum vault_status
take(struct vlt_unpacker *k, const uint8_t *p, size_t n,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (n > k->stream_len - k->in_len)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "stored body is longer than its sealed length");
    k->in_len += n;
    if (k->raw)
        return give(k, p, n, err);
    if (!k->head_ok)
        st = judge_head(k, &p, &n, err);
    if (st == VAULT_OK)
        st = decompress(k, p, n, err);
    return st;
}

enum vault_status
vlt_unpacker_put(struct vlt_unpacker *k, const void *p, size_t n,
    struct vault_error *err)
{
    enum vault_status st;

    assert(!k->over);
    st = take(k, p, n, err);
    k->over = st != VAULT_OK;
    return st;
}

enum vault_status
vlt_unpacker_finish(struct vlt_unpacker *k, const uint8_t sha256[32],
    struct vault_error *err)
{
    uint8_t sum[32];

    assert(!k->over);
    k->over = true;
    if (k->in_len != k->stream_len || k->out_len != k->original_len ||
        (!k->raw && !k->frame_ended))
        return vlt_fail(err, VAULT_E_TAMPERED, "body ends too early");
    vlt_sha256_final(&k->h, sum);
    if (memcmp(sum, sha256, sizeof sum) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "body does not have its sealed hash");
    return VAULT_OK;
}
