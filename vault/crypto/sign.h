/* SPDX-License-Identifier: Apache-2.0 */
/* sign.h: Ed25519 (RFC 8032), with the public keys we are willing to trust */
#ifndef VLT_SIGN_H
#define VLT_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VLT_SIGN_PK = 32, VLT_SIGN_SIG = 64 };

/* Public key of a 32-byte seed. */
void vlt_sign_public(uint8_t pk[32], const uint8_t seed[32]);
/* Sign n bytes with the key of this seed (expanded keys are wiped). */
void vlt_sign(uint8_t sig[64], const uint8_t seed[32], const void *p, size_t n);
/*
 * Whether pk is canonical, on the curve, in the prime-order subgroup and
 * not of small order: asked for every key of a card, note or vkey.
 */
bool vlt_sign_key_ok(const uint8_t pk[32]);
/* The key must be one vlt_sign_key_ok accepts, and the signature hold. */
bool vlt_verify(const uint8_t sig[64], const uint8_t pk[32], const void *p,
    size_t n);
/* libsodium's rule alone, without vlt_sign_key_ok: for vectors. */
bool vlt_verify_raw(const uint8_t sig[64], const uint8_t pk[32], const void *p,
    size_t n);

#endif
