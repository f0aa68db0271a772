/* SPDX-License-Identifier: Apache-2.0 */
/* agewrap.c: age's three ways to wrap a file key that we know */
#include "agewrap.h"
#include "fail.h"
#include "kdf.h"
#include "seal.h"

#include <string.h>

static const char info_x25519[] = "age-encryption.org/v1/X25519";
static const char info_scrypt[] = "age-encryption.org/v1/scrypt";
static const char info_hybrid[] = "age-encryption.org/mlkem768x25519";
enum { SCRYPT_SALT = 16 };

/* ---- the keys ---- */

/* HKDF with salt = share || recipient; wipes the shared secret. */
static void
x25519_key(uint8_t out[32], uint8_t shared[32], const uint8_t share[32],
    const uint8_t pk[32])
{
    uint8_t salt[64], prk[32];

    memcpy(salt, share, 32);
    memcpy(salt + 32, pk, 32);
    vlt_hkdf_extract(prk, salt, sizeof salt, shared, 32);
    vlt_hkdf_expand(out, 32, prk, info_x25519, sizeof info_x25519 - 1);
    vlt_wipe(prk, sizeof prk);
    vlt_wipe(shared, 32);
}

static enum vault_status
scrypt_key(uint8_t out[32], const struct vlt_guarded *passphrase,
    const uint8_t salt[SCRYPT_SALT], unsigned work, struct vault_error *err)
{
    uint8_t whole[sizeof info_scrypt - 1 + SCRYPT_SALT];

    memcpy(whole, info_scrypt, sizeof info_scrypt - 1);
    memcpy(whole + sizeof info_scrypt - 1, salt, SCRYPT_SALT);
    return vlt_scrypt(out, passphrase->p, passphrase->len, whole, sizeof whole,
        work, err);
}

void
vlt_age_payload_key(struct vlt_payload *out, const struct vlt_guarded *key,
    const uint8_t nonce[16])
{
    uint8_t prk[32];

    vlt_hkdf_extract(prk, nonce, 16, key->p, key->len);
    vlt_hkdf_expand(out->b, sizeof out->b, prk, "payload", 7);
    vlt_wipe(prk, sizeof prk);
}

/* ---- wrapping ---- */

enum vault_status
vlt_age_wrap_hybrid(struct vlt_age_stanza *s, const struct vlt_guarded *key,
    const uint8_t pk[VLT_KEM_PK], struct vault_error *err)
{
    uint8_t sealed[VLT_HPKE_EXTRA + VLT_AGE_KEY];
    enum vault_status st;

    if (!vlt_kem_key_ok(pk))
        return vlt_fail(err, VAULT_E_FORMAT,
            "the recipient's public key is not a valid X-Wing key");
    st = vlt_hpke_seal(sealed, pk, info_hybrid, sizeof info_hybrid - 1, key->p,
        key->len, err);
    if (st != VAULT_OK)
        return st;
    s->kind = VLT_AGE_HYBRID;
    memcpy(s->share, sealed, VLT_KEM_CT);
    memcpy(s->body, sealed + VLT_KEM_CT, VLT_AGE_BODY);
    return VAULT_OK;
}

enum vault_status
vlt_age_wrap_x25519(struct vlt_age_stanza *s, const struct vlt_guarded *key,
    const uint8_t pk[VLT_X25519], struct vault_error *err)
{
    uint8_t secret[32], shared[32], wrap[32];
    bool ok;

    vlt_random(secret, sizeof secret);
    vlt_x25519_public(s->share, secret);
    ok = vlt_x25519(shared, secret, pk);
    vlt_wipe(secret, sizeof secret);
    if (!ok)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the recipient's public key is of small order");
    s->kind = VLT_AGE_X25519;
    x25519_key(wrap, shared, s->share, pk);
    vlt_seal_once(s->body, wrap, key->p, key->len);
    vlt_wipe(wrap, sizeof wrap);
    return VAULT_OK;
}

enum vault_status
vlt_age_wrap_scrypt(struct vlt_age_stanza *s, const struct vlt_guarded *key,
    const struct vlt_guarded *passphrase, unsigned work,
    struct vault_error *err)
{
    uint8_t wrap[32];
    enum vault_status st;

    vlt_random(s->share, SCRYPT_SALT);
    st = scrypt_key(wrap, passphrase, s->share, work, err);
    if (st != VAULT_OK)
        return st;
    s->kind = VLT_AGE_SCRYPT;
    s->work = work;
    vlt_seal_once(s->body, wrap, key->p, key->len);
    vlt_wipe(wrap, sizeof wrap);
    return VAULT_OK;
}

/* ---- unwrapping ---- */

static bool
try_hybrid(const struct vlt_age_stanza *s, const struct vlt_kemkey *kem,
    struct vlt_guarded *key)
{
    uint8_t sealed[VLT_HPKE_EXTRA + VLT_AGE_KEY];

    memcpy(sealed, s->share, VLT_KEM_CT);
    memcpy(sealed + VLT_KEM_CT, s->body, VLT_AGE_BODY);
    return vlt_hpke_open(key->p, kem->b, info_hybrid, sizeof info_hybrid - 1,
        sealed, sizeof sealed);
}

static enum vault_status
try_x25519(const struct vlt_age_stanza *s, const uint8_t secret[32],
    struct vlt_guarded *key, bool *found, struct vault_error *err)
{
    uint8_t pk[32], shared[32], wrap[32];

    if (!vlt_x25519(shared, secret, s->share))
        return vlt_fail(err, VAULT_E_FORMAT,
            "the age header has a share of small order");
    vlt_x25519_public(pk, secret);
    x25519_key(wrap, shared, s->share, pk);
    *found = vlt_unseal_once(key->p, wrap, s->body, sizeof s->body);
    vlt_wipe(wrap, sizeof wrap);
    return VAULT_OK;
}

static enum vault_status
try_scrypt(const struct vlt_age_stanza *s, const struct vlt_age_identities *who,
    struct vlt_guarded *key, bool *found, struct vault_error *err)
{
    unsigned most = who->work_max != 0 ? who->work_max : VLT_AGE_WORK_MAX;
    uint8_t wrap[32];
    enum vault_status st;

    if (s->work > most)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the passphrase of this age file costs more than 2^%u", most);
    st = scrypt_key(wrap, who->passphrase, s->share, s->work, err);
    if (st != VAULT_OK)
        return st;
    *found = vlt_unseal_once(key->p, wrap, s->body, sizeof s->body);
    vlt_wipe(wrap, sizeof wrap);
    return VAULT_OK;
}

enum vault_status
vlt_age_unwrap(const struct vlt_age_stanza *s,
    const struct vlt_age_identities *who, struct vlt_guarded *key, bool *found,
    size_t *which, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i = 0;

    *found = false;
    if (s->kind == VLT_AGE_HYBRID)
        for (; i < who->kems && !*found; i++)
            *found = try_hybrid(s, who->kem[i], key);
    if (s->kind == VLT_AGE_X25519)
        for (; i < who->x25519s && !*found && st == VAULT_OK; i++)
            st = try_x25519(s, who->x25519[i], key, found, err);
    if (s->kind == VLT_AGE_SCRYPT && who->passphrase != NULL)
        st = try_scrypt(s, who, key, found, err);
    *which = i > 0 ? i - 1 : 0;
    return st;
}
