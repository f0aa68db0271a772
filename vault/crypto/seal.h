/* SPDX-License-Identifier: Apache-2.0 */
/* seal.h: the AEADs: SEAL with a random nonce, one-use keys, chunks */
#ifndef VLT_SEAL_H
#define VLT_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>

enum { VLT_TAG = 16, VLT_NONCE = 24, VLT_SEAL_EXTRA = VLT_NONCE + VLT_TAG };

/*
 * Every opening gives true when the bytes are sound; else false, with the
 * whole plaintext's room in out wiped (nothing is written when n is too short
 * to hold a tag). p and ad may be NULL when their length is 0, and out too
 * when no plaintext comes.
 */

/*
 * SEAL(k, ad, p) = nonce 24 random || XChaCha20-Poly1305: writes
 * n + VLT_SEAL_EXTRA bytes. in and out must not overlap.
 */
void vlt_seal(uint8_t *out, const uint8_t key[32], const void *ad,
    size_t ad_len, const void *p, size_t n);
/* The same with a given nonce: tests and worked examples. Output without
 * the nonce: n + VLT_TAG bytes. */
void vlt_seal_with(uint8_t *out, const uint8_t key[32],
    const uint8_t nonce[VLT_NONCE], const void *ad, size_t ad_len,
    const void *p, size_t n);
/* Open n bytes, nonce and tag included, into n - VLT_SEAL_EXTRA bytes. */
bool vlt_unseal(uint8_t *out, const uint8_t key[32], const void *ad,
    size_t ad_len, const void *p, size_t n);
/* Open n bytes, tag included, into n - VLT_TAG bytes. */
bool vlt_unseal_with(uint8_t *out, const uint8_t key[32],
    const uint8_t nonce[VLT_NONCE], const void *ad, size_t ad_len,
    const void *p, size_t n);

/*
 * ChaCha20-Poly1305 (IETF, RFC 8439) with nonce 0 under a key used once:
 * n + VLT_TAG bytes. out may be p (in place); opening in place leaves zeros
 * where the bytes were not sound.
 */
void vlt_seal_once(uint8_t *out, const uint8_t key[32], const void *p,
    size_t n);
bool vlt_unseal_once(uint8_t *out, const uint8_t key[32], const void *p,
    size_t n);

/*
 * One chunk of a STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015; age's
 * payload): nonce = 11-byte big-endian counter || final flag. out may be p.
 */
void vlt_chunk_seal(uint8_t *out, const uint8_t key[32], uint64_t counter,
    bool final, const void *p, size_t n);
bool vlt_chunk_open(uint8_t *out, const uint8_t key[32], uint64_t counter,
    bool final, const void *p, size_t n);

#endif
