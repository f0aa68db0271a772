/* SPDX-License-Identifier: Apache-2.0 */
/* kem.h: X-Wing, and HPKE base mode over it (one seal) */
#ifndef VLT_KEM_H
#define VLT_KEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>

enum {
    VLT_KEM_PK = 1216,
    VLT_KEM_CT = 1120,
    VLT_HPKE_EXTRA = VLT_KEM_CT + 16 /* enc || ct of p is this much more */
};

/* X-Wing public key of a 32-byte seed (draft-connolly-cfrg-xwing-kem). */
void vlt_kem_public(uint8_t pk[VLT_KEM_PK], const uint8_t seed[32]);
/*
 * Whether pk is a key we would pin: encapsulation accepts it (ML-KEM modulus
 * check, X25519 part not of small order) and the X25519 part is canonical
 * (below 2^255 - 19), so that one key has one encoding.
 */
bool vlt_kem_key_ok(const uint8_t pk[VLT_KEM_PK]);

/*
 * RFC 9180 base mode, KEM 0x647a (the KEM's shared secret goes into the key
 * schedule as it is), KDF 0x0001, AEAD 0x0003, aad empty, sequence 0.
 * out = enc || ct: n + VLT_HPKE_EXTRA bytes.
 *   VAULT_E_FORMAT  the key is one that encapsulation refuses
 */
VAULT_CHECKED enum vault_status vlt_hpke_seal(uint8_t *out,
    const uint8_t pk[VLT_KEM_PK], const void *info, size_t info_len,
    const void *p, size_t n, struct vault_error *err);
/*
 * Open n bytes (>= VLT_HPKE_EXTRA) into out (n - VLT_HPKE_EXTRA), wiped on
 * failure. False when it is not for this key or not sound.
 */
bool vlt_hpke_open(uint8_t *out, const uint8_t seed[32], const void *info,
    size_t info_len, const void *p, size_t n);

#endif
