/* SPDX-License-Identifier: Apache-2.0 */
/* kdf.h: Argon2id for passphrases, scrypt for those of age, HKDF-SHA-256 */
#ifndef VLT_KDF_H
#define VLT_KDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>
#include "secret.h"

/* Bounds of docs/format.md section 13. */
enum {
    VLT_KDF_T_MIN = 3,
    VLT_KDF_T_MAX = 64,
    VLT_KDF_M_MIN_KIB = 64 * 1024,
    VLT_KDF_M_MAX_KIB = 4 * 1024 * 1024
};

struct vlt_cost {
    uint32_t t;
    uint32_t m_kib;
};

/* Whether the cost lies within the bounds. */
bool vlt_cost_ok(const struct vlt_cost *c);

/*
 * Argon2id v1.3, p = 1 (RFC 9106): 32 bytes from pass and a 16-byte salt.
 *   VAULT_E_SLOT    cost outside the bounds; no work was done
 *   VAULT_E_MEMORY  the memory the cost asks for is not to be had
 */
VAULT_CHECKED enum vault_status vlt_argon2id(uint8_t out[32], const void *pass,
    size_t pass_len, const uint8_t salt[16], const struct vlt_cost *cost,
    struct vault_error *err);

/* Bounds of scrypt's cost: N = 2^work, 1 KiB x N of memory (r = 8). */
enum { VLT_SCRYPT_WORK_MIN = 1, VLT_SCRYPT_WORK_MAX = 22 };

/*
 * scrypt (RFC 7914) with r = 8, p = 1: 32 bytes. For age files only.
 *   VAULT_E_LIMIT   work outside the bounds; no work was done
 *   VAULT_E_MEMORY  the memory the work asks for is not to be had
 */
VAULT_CHECKED enum vault_status vlt_scrypt(uint8_t out[32], const void *pass,
    size_t pass_len, const void *salt, size_t salt_len, unsigned work,
    struct vault_error *err);

/* RFC 5869. extract: prk = HMAC(salt, ikm). expand: n <= 255 * 32. */
void vlt_hkdf_extract(uint8_t prk[32], const void *salt, size_t salt_len,
    const void *ikm, size_t ikm_len);
void vlt_hkdf_expand(uint8_t *out, size_t n, const uint8_t prk[32],
    const void *info, size_t info_len);

#endif
