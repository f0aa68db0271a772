/* SPDX-License-Identifier: Apache-2.0 */
/* sign.c: Ed25519 by libsodium, behind our rule for keys */
#include <sodium.h>

#include "sign.h"

void
vlt_sign_public(uint8_t pk[32], const uint8_t seed[32])
{
    uint8_t sk[crypto_sign_ed25519_SECRETKEYBYTES];

    (void)crypto_sign_ed25519_seed_keypair(pk, sk, seed);
    sodium_memzero(sk, sizeof sk);
}

void
vlt_sign(uint8_t sig[64], const uint8_t seed[32], const void *p, size_t n)
{
    uint8_t pk[crypto_sign_ed25519_PUBLICKEYBYTES];
    uint8_t sk[crypto_sign_ed25519_SECRETKEYBYTES];

    (void)crypto_sign_ed25519_seed_keypair(pk, sk, seed);
    (void)crypto_sign_ed25519_detached(sig, NULL, p, n, sk);
    sodium_memzero(sk, sizeof sk);
}

/*
 * libsodium asks for all five: canonical, not of small order, decodes, on the
 * curve, in the main subgroup. The last is right since 1.0.21
 * (CVE-2025-69277); vlt_crypto_init refuses anything before 1.0.22.
 */
bool
vlt_sign_key_ok(const uint8_t pk[32])
{
    return crypto_core_ed25519_is_valid_point(pk) == 1;
}

bool
vlt_verify_raw(const uint8_t sig[64], const uint8_t pk[32], const void *p,
    size_t n)
{
    return crypto_sign_ed25519_verify_detached(sig, p, n, pk) == 0;
}

bool
vlt_verify(const uint8_t sig[64], const uint8_t pk[32], const void *p, size_t n)
{
    return vlt_sign_key_ok(pk) && vlt_verify_raw(sig, pk, p, n);
}
