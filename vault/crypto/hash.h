/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h: SHA-256 (H), SHA-512 for bags, BLAKE2b-256 (B), HMAC-SHA-256 */
#ifndef VLT_HASH_H
#define VLT_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { VLT_HASH = 32 };

/*
 * Streaming SHA-256 (FIPS 180-4): init, update..., final, which wipes the
 * state. A state may be copied and both copies continued. p may be NULL when
 * n is 0, here and below. After vlt_crypto_init it runs on the processor's
 * own SHA-256 where there is one; a state begun before that still ends right.
 */
struct vlt_sha256 {
    _Alignas(16) uint8_t state[128];
};
void vlt_sha256_init(struct vlt_sha256 *h);
void vlt_sha256_update(struct vlt_sha256 *h, const void *p, size_t n);
void vlt_sha256_final(struct vlt_sha256 *h, uint8_t out[32]);
void vlt_sha256(uint8_t out[32], const void *p, size_t n);

/* A piece of what is hashed; pieces are simply joined. */
struct vlt_part {
    const void *p;
    size_t n;
};
void vlt_sha256_parts(uint8_t out[32], const struct vlt_part *part, size_t n);

/* Streaming SHA-512 (FIPS 180-4), used for exports only: no byte of a vault
 * depends on it. */
struct vlt_sha512 {
    _Alignas(16) uint8_t state[256];
};
void vlt_sha512_init(struct vlt_sha512 *h);
void vlt_sha512_update(struct vlt_sha512 *h, const void *p, size_t n);
void vlt_sha512_final(struct vlt_sha512 *h, uint8_t out[64]);

/* Unkeyed BLAKE2b with 32 bytes of output (RFC 7693). */
void vlt_blake2b(uint8_t out[32], const void *p, size_t n);

/* The same with 64 bytes, streaming: what minisign signs of a file. */
struct vlt_blake2b512 {
    _Alignas(64) uint8_t state[384];
};
void vlt_blake2b512_init(struct vlt_blake2b512 *h);
void vlt_blake2b512_update(struct vlt_blake2b512 *h, const void *p, size_t n);
void vlt_blake2b512_final(struct vlt_blake2b512 *h, uint8_t out[64]);

/* HMAC-SHA-256 (RFC 2104), any key length. */
void vlt_hmac(uint8_t out[32], const void *key, size_t key_len, const void *p,
    size_t n);

#endif
