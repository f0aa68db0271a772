/* SPDX-License-Identifier: Apache-2.0 */
/* kdf.c: Argon2id and scrypt within our bounds, and HKDF, by libsodium */
#include <inttypes.h>
#include <sodium.h>

#include "fail.h"
#include "kdf.h"
#include "misuse.h"

bool
vlt_cost_ok(const struct vlt_cost *c)
{
    return c->t >= VLT_KDF_T_MIN && c->t <= VLT_KDF_T_MAX &&
        c->m_kib >= VLT_KDF_M_MIN_KIB && c->m_kib <= VLT_KDF_M_MAX_KIB;
}

enum vault_status
vlt_argon2id(uint8_t out[32], const void *pass, size_t pass_len,
    const uint8_t salt[16], const struct vlt_cost *cost,
    struct vault_error *err)
{
    uint64_t bytes = (uint64_t)cost->m_kib * 1024;

    if (!vlt_cost_ok(cost))
        return vlt_fail(err, VAULT_E_SLOT,
            "the passphrase cost t = %" PRIu32 ", m = %" PRIu32
            " KiB is outside the bounds",
            cost->t, cost->m_kib);
    VLT_MUST(pass_len <= crypto_pwhash_argon2id_PASSWD_MAX);
    if (bytes > crypto_pwhash_argon2id_MEMLIMIT_MAX ||
        crypto_pwhash_argon2id(out, 32, pass_len != 0 ? pass : "", pass_len,
            salt, cost->t, (size_t)bytes,
            crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        return vlt_fail(err, VAULT_E_MEMORY,
            "the %" PRIu32 " MiB that this passphrase asks for are not free",
            cost->m_kib / 1024);
    return VAULT_OK;
}

enum vault_status
vlt_scrypt(uint8_t out[32], const void *pass, size_t pass_len, const void *salt,
    size_t salt_len, unsigned work, struct vault_error *err)
{
    if (work < VLT_SCRYPT_WORK_MIN || work > VLT_SCRYPT_WORK_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the passphrase cost 2^%u is outside the bounds", work);
    if (crypto_pwhash_scryptsalsa208sha256_ll(pass_len != 0 ? pass : "",
            pass_len, salt, salt_len, UINT64_C(1) << work, 8, 1, out, 32) != 0)
        return vlt_fail(err, VAULT_E_MEMORY,
            "the %u MiB that this passphrase asks for are not free",
            work > 10 ? 1u << (work - 10) : 1u);
    return VAULT_OK;
}

void
vlt_hkdf_extract(uint8_t prk[32], const void *salt, size_t salt_len,
    const void *ikm, size_t ikm_len)
{
    (void)crypto_kdf_hkdf_sha256_extract(prk,
        salt_len != 0 ? salt : (const void *)"", salt_len,
        ikm_len != 0 ? ikm : (const void *)"", ikm_len);
}

void
vlt_hkdf_expand(uint8_t *out, size_t n, const uint8_t prk[32], const void *info,
    size_t info_len)
{
    VLT_MUST(n <= crypto_kdf_hkdf_sha256_BYTES_MAX);
    (void)crypto_kdf_hkdf_sha256_expand(out, n,
        info_len != 0 ? info : (const void *)"", info_len, prk);
}
