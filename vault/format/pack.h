/* SPDX-License-Identifier: Apache-2.0 */
/* pack.h: zstd as one checked frame, and Padmé (section 12) */
#ifndef VLT_PACK_H
#define VLT_PACK_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"
#include "hash.h"

/* Padmé (PETS 2019): L >= 2 rounded up; 0 and 1 unchanged. L <= 2^62. */
uint64_t vlt_padme(uint64_t len);
/* Next power of two >= len; len <= 2^62. */
uint64_t vlt_pow2(uint64_t len);
/* Whether a padded body length could come from either rule, 4096 .. 2^62. */
bool vlt_body_padding_ok(uint64_t padded);
/* Whether it is what one of the two rules makes of max(4096, stored). */
bool vlt_body_padding_fits(uint64_t padded, uint64_t stored);

/* One whole frame from n bytes (n <= VLT_META_MAX), level as given, appended
 * to out; decompressed again and compared.
 *   VAULT_E_INTERNAL, VAULT_E_LIMIT (out is full), VAULT_E_MEMORY */
VAULT_CHECKED enum vault_status vlt_pack(struct vlt_buf *out, const void *p,
    size_t n, int level, struct vault_error *err);
/*
 * One frame of exactly n bytes giving exactly plain_len bytes, appended.
 * Refuses skippable or further frames, a dictionary id, a window over 8
 * MiB, other lengths.
 *   VAULT_E_FORMAT
 *   VAULT_E_LIMIT, VAULT_E_MEMORY  out has no room for it
 */
VAULT_CHECKED enum vault_status vlt_unpack(struct vlt_buf *out, const void *p,
    size_t n, size_t plain_len, struct vault_error *err);

/*
 * A body on its way in: original bytes go in, the stream (zstd frame, or
 * the original when raw) comes out through `emit`; what was compressed is
 * decompressed on the way and its hash compared at the end. Constant memory,
 * about 7 MiB at level 3. A status of `emit` is passed on. After a failure
 * or finish only free may follow (asserted). The same holds for unpackers.
 */
struct vlt_packer;
VAULT_CHECKED enum vault_status vlt_packer_new(struct vlt_packer **out,
    bool raw, int level,
    enum vault_status (
        *emit)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_packer_put(struct vlt_packer *k,
    const void *p, size_t n, struct vault_error *err);
/*
 * End the frame.
 *   VAULT_E_INTERNAL  decompressing gave something else than was put in
 */
VAULT_CHECKED enum vault_status vlt_packer_finish(struct vlt_packer *k,
    uint64_t *stream_len, uint64_t *original_len, uint8_t sha256[32],
    struct vault_error *err);
void vlt_packer_free(struct vlt_packer *k);

/*
 * A body on its way out: authenticated stream bytes go in (padding left
 * out by the caller), original bytes come out through `emit`.
 */
struct vlt_unpacker;
VAULT_CHECKED enum vault_status vlt_unpacker_new(struct vlt_unpacker **out,
    bool raw, uint64_t stream_len, uint64_t original_len,
    enum vault_status (
        *emit)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx, struct vault_error *err);
/*
 *   VAULT_E_TAMPERED  more than stream_len or original_len bytes, or not one
 *                     frame of the allowed form
 */
VAULT_CHECKED enum vault_status vlt_unpacker_put(struct vlt_unpacker *k,
    const void *p, size_t n, struct vault_error *err);
/*
 *   VAULT_E_TAMPERED  the stream is short, long, not one frame, or gives
 *                     another length or hash than sealed
 */
VAULT_CHECKED enum vault_status vlt_unpacker_finish(struct vlt_unpacker *k,
    const uint8_t sha256[32], struct vault_error *err);
void vlt_unpacker_free(struct vlt_unpacker *k);

/* Whether a sample of a body (its first MiB counts) shrinks by 3 % or more,
 * so that compressing it is worth while. */
bool vlt_shrinks(const void *sample, size_t n);
const char *vlt_zstd_version(void);

#endif
