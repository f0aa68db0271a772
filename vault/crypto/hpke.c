/* SPDX-License-Identifier: Apache-2.0 */
/* hpke.c: RFC 9180 base mode, X-Wing, HKDF-SHA-256, ChaCha20-Poly1305 */
#include <sodium.h>
#include <string.h>

#include "fail.h"
#include "hpke.h"
#include "kdf.h"
#include "misuse.h"

enum { LABELED_MAX = 160 };

/* "HPKE-v1" and suite_id = "HPKE" || KEM 647a || KDF 0001 || AEAD 0003 */
static const uint8_t head[17] = {'H', 'P', 'K', 'E', '-', 'v', '1', 'H', 'P',
    'K', 'E', 0x64, 0x7a, 0x00, 0x01, 0x00, 0x03};

/* LabeledExtract(salt, label, ikm) of section 4; ikm may be long. */
static void
labeled_extract(uint8_t prk[32], const void *salt, size_t salt_len,
    const char *label, const void *ikm, size_t ikm_len)
{
    crypto_kdf_hkdf_sha256_state st;

    (void)crypto_kdf_hkdf_sha256_extract_init(&st, salt, salt_len);
    (void)crypto_kdf_hkdf_sha256_extract_update(&st, head, sizeof head);
    (void)crypto_kdf_hkdf_sha256_extract_update(&st, (const uint8_t *)label,
        strlen(label));
    if (ikm_len != 0)
        (void)crypto_kdf_hkdf_sha256_extract_update(&st, ikm, ikm_len);
    (void)crypto_kdf_hkdf_sha256_extract_final(&st, prk); /* wipes st */
}

/* LabeledExpand(prk, label, info, n) of section 4. */
static void
labeled_expand(uint8_t *out, size_t n, const uint8_t prk[32], const char *label,
    const uint8_t *info, size_t info_len)
{
    uint8_t labeled[LABELED_MAX];
    size_t label_len = strlen(label);
    size_t at = 0;

    VLT_MUST(n <= 0xff);
    VLT_MUST(2 + sizeof head + label_len + info_len <= sizeof labeled);
    labeled[at++] = 0;
    labeled[at++] = (uint8_t)n;
    memcpy(labeled + at, head, sizeof head);
    at += sizeof head;
    memcpy(labeled + at, label, label_len);
    at += label_len;
    memcpy(labeled + at, info, info_len);
    vlt_hkdf_expand(out, n, prk, labeled, at + info_len);
}

void
vlt_hpke_schedule(struct vlt_hpke *out, const uint8_t shared[32],
    const void *info, size_t info_len)
{
    static const uint8_t none[1] = {0};
    uint8_t context[65];
    uint8_t secret[32];

    context[0] = 0; /* mode_base: psk and psk_id are empty */
    labeled_extract(context + 1, none, 0, "psk_id_hash", NULL, 0);
    labeled_extract(context + 33, none, 0, "info_hash", info, info_len);
    labeled_extract(secret, shared, 32, "secret", NULL, 0);
    labeled_expand(out->key, sizeof out->key, secret, "key", context,
        sizeof context);
    labeled_expand(out->nonce, sizeof out->nonce, secret, "base_nonce", context,
        sizeof context);
    sodium_memzero(secret, sizeof secret);
}

enum vault_status
vlt_hpke_seal_with(uint8_t *out, const uint8_t pk[VLT_KEM_PK],
    const uint8_t eseed[64], const void *info, size_t info_len, const void *p,
    size_t n, struct vault_error *err)
{
    uint8_t enc[VLT_KEM_CT];
    uint8_t shared[32];
    struct vlt_hpke ctx;

    if (crypto_kem_xwing_enc_deterministic(enc, shared, pk, eseed) != 0)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the recipient's public key is not a valid X-Wing key");
    vlt_hpke_schedule(&ctx, shared, info, info_len);
    sodium_memzero(shared, sizeof shared);

    memcpy(out, enc, sizeof enc);
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(out + VLT_KEM_CT, NULL, p,
        n, NULL, 0, NULL, ctx.nonce, ctx.key);
    sodium_memzero(&ctx, sizeof ctx);
    return VAULT_OK;
}

enum vault_status
vlt_hpke_seal(uint8_t *out, const uint8_t pk[VLT_KEM_PK], const void *info,
    size_t info_len, const void *p, size_t n, struct vault_error *err)
{
    uint8_t eseed[64];
    enum vault_status st;

    randombytes_buf(eseed, sizeof eseed);
    st = vlt_hpke_seal_with(out, pk, eseed, info, info_len, p, n, err);
    sodium_memzero(eseed, sizeof eseed);
    return st;
}

bool
vlt_hpke_open(uint8_t *out, const uint8_t seed[32], const void *info,
    size_t info_len, const void *p, size_t n)
{
    const uint8_t *enc = p;
    uint8_t shared[32] = {0};
    struct vlt_hpke ctx;
    bool ok;

    if (n < VLT_HPKE_EXTRA)
        return false;
    if (crypto_kem_xwing_dec(shared, enc, seed) != 0) {
        if (n > VLT_HPKE_EXTRA)
            sodium_memzero(out, n - VLT_HPKE_EXTRA);
        return false;
    }
    vlt_hpke_schedule(&ctx, shared, info, info_len);
    sodium_memzero(shared, sizeof shared);
    ok =
        crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL,
            enc + VLT_KEM_CT, n - VLT_KEM_CT, NULL, 0, ctx.nonce, ctx.key) == 0;
    sodium_memzero(&ctx, sizeof ctx);
    return ok;
}
