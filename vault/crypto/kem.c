/* SPDX-License-Identifier: Apache-2.0 */
/* kem.c: X-Wing by libsodium: public keys, and which ones we would pin */
#include <assert.h>
#include <sodium.h>

#include "kem.h"

enum { KEM_MLKEM_PK = 1184 };
static_assert(crypto_kem_xwing_PUBLICKEYBYTES == VLT_KEM_PK,
    "the draft's size");
static_assert(crypto_kem_xwing_CIPHERTEXTBYTES == VLT_KEM_CT,
    "the draft's size");

void
vlt_kem_public(uint8_t pk[VLT_KEM_PK], const uint8_t seed[32])
{
    uint8_t sk[crypto_kem_xwing_SECRETKEYBYTES];

    (void)crypto_kem_xwing_seed_keypair(pk, sk, seed);
    sodium_memzero(sk, sizeof sk);
}

/* Whether 32 little-endian bytes are below 2^255 - 19. */
static bool
canonical(const uint8_t u[32])
{
    if (u[31] != 0x7f)
        return u[31] < 0x7f;
    for (int i = 30; i > 0; i--)
        if (u[i] != 0xff)
            return true;
    return u[0] < 0xed;
}

bool
vlt_kem_key_ok(const uint8_t pk[VLT_KEM_PK])
{
    uint8_t ct[crypto_kem_xwing_CIPHERTEXTBYTES];
    uint8_t ss[crypto_kem_xwing_SHAREDSECRETBYTES];
    bool ok =
        canonical(pk + KEM_MLKEM_PK) && crypto_kem_xwing_enc(ct, ss, pk) == 0;

    sodium_memzero(ss, sizeof ss);
    return ok;
}
