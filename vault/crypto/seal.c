/* SPDX-License-Identifier: Apache-2.0 */
/* seal.c: XChaCha20-Poly1305 and ChaCha20-Poly1305 by libsodium */
#include <sodium.h>
#include <string.h>

#include "fail.h"
#include "seal.h"

enum { NONCE_IETF = 12 };

void
vlt_seal_with(uint8_t *out, const uint8_t key[32],
    const uint8_t nonce[VLT_NONCE], const void *ad, size_t ad_len,
    const void *p, size_t n)
{
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, p, n, ad,
        ad_len, NULL, nonce, key);
}

void
vlt_seal(uint8_t *out, const uint8_t key[32], const void *ad, size_t ad_len,
    const void *p, size_t n)
{
    randombytes_buf(out, VLT_NONCE);
    vlt_seal_with(out + VLT_NONCE, key, out, ad, ad_len, p, n);
}

bool
vlt_unseal_with(uint8_t *out, const uint8_t key[32],
    const uint8_t nonce[VLT_NONCE], const void *ad, size_t ad_len,
    const void *p, size_t n)
{
    /* libsodium wipes out when the tag does not fit. */
    return n >= VLT_TAG &&
        crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, p, n, ad,
            ad_len, nonce, key) == 0;
}

bool
vlt_unseal(uint8_t *out, const uint8_t key[32], const void *ad, size_t ad_len,
    const void *p, size_t n)
{
    const uint8_t *bytes = p;

    return n >= VLT_SEAL_EXTRA &&
        vlt_unseal_with(out, key, bytes, ad, ad_len, bytes + VLT_NONCE,
            n - VLT_NONCE);
}

static void
ietf_seal(uint8_t *out, const uint8_t key[32], const uint8_t nonce[NONCE_IETF],
    const void *p, size_t n)
{
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, p, n, NULL, 0,
        NULL, nonce, key);
}

static bool
ietf_open(uint8_t *out, const uint8_t key[32], const uint8_t nonce[NONCE_IETF],
    const void *p, size_t n)
{
    return n >= VLT_TAG &&
        crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, p, n, NULL,
            0, nonce, key) == 0;
}

static const uint8_t nonce_zero[NONCE_IETF];

void
vlt_seal_once(uint8_t *out, const uint8_t key[32], const void *p, size_t n)
{
    ietf_seal(out, key, nonce_zero, p, n);
}

bool
vlt_unseal_once(uint8_t *out, const uint8_t key[32], const void *p, size_t n)
{
    return ietf_open(out, key, nonce_zero, p, n);
}

/* 11 bytes of counter, of which a u64 fills the last 8, and the flag. */
static void
chunk_nonce(uint8_t nonce[NONCE_IETF], uint64_t counter, bool final)
{
    memset(nonce, 0, 3);
    for (int i = 0; i < 8; i++)
        nonce[3 + i] = (uint8_t)(counter >> (56 - 8 * i));
    nonce[11] = final ? 1 : 0;
}

void
vlt_chunk_seal(uint8_t *out, const uint8_t key[32], uint64_t counter,
    bool final, const void *p, size_t n)
{
    uint8_t nonce[NONCE_IETF];

    chunk_nonce(nonce, counter, final);
    ietf_seal(out, key, nonce, p, n);
}

bool
vlt_chunk_open(uint8_t *out, const uint8_t key[32], uint64_t counter,
    bool final, const void *p, size_t n)
{
    uint8_t nonce[NONCE_IETF];

    chunk_nonce(nonce, counter, final);
    return ietf_open(out, key, nonce, p, n);
}
