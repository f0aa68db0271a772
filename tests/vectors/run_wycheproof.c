/* SPDX-License-Identifier: Apache-2.0 */
/* run_wycheproof: Project Wycheproof's vectors for what we use */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "hash.h"
#include "json_vectors.h"
#include "kdf.h"
#include "kem.h"
#include "seal.h"
#include "secret.h"
#include "sign.h"

enum { MLKEM_PK = 1184, MLKEM_SK = 2400, MLKEM_CT = 1088 };

/* What one test came to. Skipped: a size that our calls cannot be given. */
enum outcome { FAILED, PASSED, SKIPPED };

static enum outcome
outcome(bool ok)
{
    return ok ? PASSED : FAILED;
}

static bool
valid(const json_t *t)
{
    return strcmp(vec_str(t, "result"), "valid") == 0;
}

static struct vec_bytes
join(struct vec_run *run, struct vec_bytes a, struct vec_bytes b)
{
    struct vec_bytes out = {vec_room(run, a.n + b.n), a.n + b.n};

    memcpy(out.p, a.p, a.n);
    memcpy(out.p + a.n, b.p, b.n);
    return out;
}

struct aead {
    struct vec_bytes key;
    struct vec_bytes iv;
    struct vec_bytes aad;
    struct vec_bytes msg;
    struct vec_bytes sealed; /* ct || tag */
    uint8_t *out;            /* room for sealed */
};

static struct aead
read_aead(struct vec_run *run, const json_t *t)
{
    struct aead a = {vec_hex(run, t, "key"), vec_hex(run, t, "iv"),
        vec_hex(run, t, "aad"), vec_hex(run, t, "msg"),
        join(run, vec_hex(run, t, "ct"), vec_hex(run, t, "tag")), NULL};

    a.out = vec_room(run, a.sealed.n + VLT_TAG);
    memset(a.out, 'x', a.sealed.n);
    return a;
}

/* Refused, and nothing of the plaintext left behind. */
static bool
refused(const struct aead *a, bool opened)
{
    return !opened && sodium_is_zero(a->out, a->sealed.n - VLT_TAG);
}

static enum outcome
xchacha(struct vec_run *run, const json_t *t, const json_t *group)
{
    struct aead a = read_aead(run, t);
    bool opened;

    (void)group;
    if (a.iv.n != VLT_NONCE || a.key.n != 32 || a.sealed.n < VLT_TAG)
        return SKIPPED;
    opened = vlt_unseal_with(a.out, a.key.p, a.iv.p, a.aad.p, a.aad.n,
        a.sealed.p, a.sealed.n);
    if (!valid(t))
        return outcome(refused(&a, opened));
    if (!opened || !vec_same(a.out, a.sealed.n - VLT_TAG, a.msg.p, a.msg.n))
        return FAILED;
    vlt_seal_with(a.out, a.key.p, a.iv.p, a.aad.p, a.aad.n, a.msg.p, a.msg.n);
    return outcome(vec_same(a.out, a.sealed.n, a.sealed.p, a.sealed.n));
}

/*
 * vlt_seal_once and vlt_chunk_* make their nonces themselves and take no
 * additional data, so this one goes to the libsodium call that they use.
 */
static enum outcome
chacha(struct vec_run *run, const json_t *t, const json_t *group)
{
    struct aead a = read_aead(run, t);
    bool opened;

    (void)group;
    if (a.iv.n != 12 || a.key.n != 32 || a.sealed.n < VLT_TAG)
        return SKIPPED;
    opened =
        crypto_aead_chacha20poly1305_ietf_decrypt(a.out, NULL, NULL, a.sealed.p,
            a.sealed.n, a.aad.p, a.aad.n, a.iv.p, a.key.p) == 0;
    if (!valid(t))
        return outcome(refused(&a, opened));
    if (!opened || !vec_same(a.out, a.sealed.n - VLT_TAG, a.msg.p, a.msg.n))
        return FAILED;
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(a.out, NULL, a.msg.p,
        a.msg.n, a.aad.p, a.aad.n, NULL, a.iv.p, a.key.p);
    return outcome(vec_same(a.out, a.sealed.n, a.sealed.p, a.sealed.n));
}

static enum outcome
ed25519(struct vec_run *run, const json_t *t, const json_t *group)
{
    struct vec_bytes pk =
        vec_hex(run, json_object_get(group, "publicKey"), "pk");
    struct vec_bytes msg = vec_hex(run, t, "msg");
    struct vec_bytes sig = vec_hex(run, t, "sig");

    if (sig.n != VLT_SIGN_SIG || pk.n != VLT_SIGN_PK)
        return SKIPPED;
    return outcome(vlt_verify(sig.p, pk.p, msg.p, msg.n) == valid(t) &&
        vlt_verify_raw(sig.p, pk.p, msg.p, msg.n) == valid(t));
}

static enum outcome
hkdf(struct vec_run *run, const json_t *t, const json_t *group)
{
    struct vec_bytes ikm = vec_hex(run, t, "ikm");
    struct vec_bytes salt = vec_hex(run, t, "salt");
    struct vec_bytes info = vec_hex(run, t, "info");
    struct vec_bytes okm = vec_hex(run, t, "okm");
    size_t size = (size_t)vec_int(t, "size");
    uint8_t *out = vec_room(run, size);
    uint8_t prk[32];

    (void)group;
    if (size > 255 * 32)
        return SKIPPED;
    vlt_hkdf_extract(prk, salt.p, salt.n, ikm.p, ikm.n);
    vlt_hkdf_expand(out, size, prk, info.p, info.n);
    return outcome(vec_same(out, size, okm.p, okm.n) == valid(t));
}

static enum outcome
hmac(struct vec_run *run, const json_t *t, const json_t *group)
{
    struct vec_bytes key = vec_hex(run, t, "key");
    struct vec_bytes msg = vec_hex(run, t, "msg");
    struct vec_bytes tag = vec_hex(run, t, "tag");
    size_t size = (size_t)vec_int(group, "tagSize") / 8;
    uint8_t out[32];

    vlt_hmac(out, key.p, key.n, msg.p, msg.n);
    return outcome(vec_same(out, size, tag.p, tag.n) == valid(t));
}

/*
 * "acceptable" are points that some refuse: libsodium gives the shared secret
 * or, where that is all zero, an error. As part of an X-Wing key the ones
 * that give zero and those above 2^255 - 19 are refused by vlt_kem_key_ok.
 */
static enum outcome
x25519(struct vec_run *run, const json_t *t, const json_t *group)
{
    static const uint8_t seed[32] = {7};
    struct vec_bytes public = vec_hex(run, t, "public");
    struct vec_bytes private = vec_hex(run, t, "private");
    struct vec_bytes shared = vec_hex(run, t, "shared");
    bool zero = sodium_is_zero(shared.p, shared.n);
    bool pinned = !zero && !vec_has_flag(t, "NonCanonicalPublic");
    uint8_t pk[VLT_KEM_PK];
    uint8_t out[32];
    int rc;

    (void)group;
    if (public.n != 32 || private.n != 32)
        return SKIPPED;
    vlt_kem_public(pk, seed);
    memcpy(pk + MLKEM_PK, public.p, 32);
    rc = crypto_scalarmult_curve25519(out, private.p, public.p);
    return outcome(vlt_kem_key_ok(pk) == pinned &&
        (zero ? rc != 0 : rc == 0 && vec_same(out, 32, shared.p, shared.n)));
}

static enum outcome
mlkem_keygen(struct vec_run *run, const json_t *t, const json_t *group)
{
    struct vec_bytes seed = vec_hex(run, t, "seed");
    struct vec_bytes ek = vec_hex(run, t, "ek");
    struct vec_bytes dk = vec_hex(run, t, "dk");
    uint8_t pk[MLKEM_PK];
    uint8_t sk[MLKEM_SK];

    (void)group;
    if (seed.n != 64)
        return SKIPPED;
    crypto_kem_mlkem768_seed_keypair(pk, sk, seed.p);
    return outcome(vec_same(pk, sizeof pk, ek.p, ek.n) &&
        vec_same(sk, sizeof sk, dk.p, dk.n));
}

static enum outcome
mlkem_encaps(struct vec_run *run, const json_t *t, const json_t *group)
{
    static const uint8_t seed[32] = {7};
    struct vec_bytes m = vec_hex(run, t, "m");
    struct vec_bytes ek = vec_hex(run, t, "ek");
    struct vec_bytes c = vec_hex(run, t, "c");
    struct vec_bytes k = vec_hex(run, t, "K");
    uint8_t pk[VLT_KEM_PK];
    uint8_t ct[MLKEM_CT];
    uint8_t ss[32];
    bool taken;

    (void)group;
    if (ek.n != MLKEM_PK || m.n != 32)
        return SKIPPED;
    vlt_kem_public(pk, seed);
    memcpy(pk, ek.p, MLKEM_PK);
    taken = crypto_kem_mlkem768_enc_deterministic(ct, ss, ek.p, m.p) == 0;
    if (!valid(t))
        return outcome(!taken && !vlt_kem_key_ok(pk));
    return outcome(taken && vlt_kem_key_ok(pk) &&
        vec_same(ct, sizeof ct, c.p, c.n) && vec_same(ss, 32, k.p, k.n));
}

static enum outcome
mlkem_decaps(struct vec_run *run, const json_t *t, const json_t *group)
{
    struct vec_bytes seed = vec_hex(run, t, "seed");
    struct vec_bytes ek = vec_hex(run, t, "ek");
    struct vec_bytes c = vec_hex(run, t, "c");
    struct vec_bytes k = vec_hex(run, t, "K");
    uint8_t pk[MLKEM_PK];
    uint8_t sk[MLKEM_SK];
    uint8_t ss[32];

    (void)group;
    if (seed.n != 64 || c.n != MLKEM_CT)
        return SKIPPED;
    crypto_kem_mlkem768_seed_keypair(pk, sk, seed.p);
    return outcome(vec_same(pk, sizeof pk, ek.p, ek.n) &&
        (crypto_kem_mlkem768_dec(ss, c.p, sk) == 0 &&
            vec_same(ss, 32, k.p, k.n)) == valid(t));
}

/* We keep seeds and never read an expanded key, so only the sound ones. */
static enum outcome
mlkem_expanded(struct vec_run *run, const json_t *t, const json_t *group)
{
    struct vec_bytes dk = vec_hex(run, t, "dk");
    struct vec_bytes c = vec_hex(run, t, "c");
    struct vec_bytes k = vec_hex(run, t, "K");
    uint8_t ss[32];

    (void)group;
    if (dk.n != MLKEM_SK || c.n != MLKEM_CT || !valid(t))
        return SKIPPED;
    return outcome(crypto_kem_mlkem768_dec(ss, c.p, dk.p) == 0 &&
        vec_same(ss, 32, k.p, k.n));
}

static const struct file {
    const char *name;
    enum outcome (*test)(struct vec_run *, const json_t *, const json_t *);
    const char *why_skipped;
} files[] = {
    {"xchacha20_poly1305_test.json", xchacha, "nonce not 24 bytes"},
    {"chacha20_poly1305_test.json", chacha, "nonce not 12 bytes"},
    {"x25519_test.json", x25519, ""},
    {"ed25519_test.json", ed25519, "signature not 64 bytes"},
    {"hkdf_sha256_test.json", hkdf, "more than 8,160 bytes asked for"},
    {"hmac_sha256_test.json", hmac, ""},
    {"mlkem_768_test.json", mlkem_decaps, "seed or ciphertext length"},
    {"mlkem_768_encaps_test.json", mlkem_encaps, "key length"},
    {"mlkem_768_keygen_seed_test.json", mlkem_keygen, ""},
    {"mlkem_768_semi_expanded_decaps_test.json", mlkem_expanded,
        "bad expanded keys: we read seeds only"},
};

static void
run_file(struct vec_run *run, const struct file *f)
{
    json_t *root = vec_load(run, f->name);
    const json_t *groups = json_object_get(root, "testGroups");
    unsigned ran = 0;
    unsigned skipped = 0;

    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);
        const json_t *tests = json_object_get(group, "tests");

        for (size_t k = 0; k < json_array_size(tests); k++) {
            const json_t *t = json_array_get(tests, k);
            enum outcome o = f->test(run, t, group);

            if (o == SKIPPED) {
                skipped++;
            } else {
                vec_case(run, o == PASSED, "%s: %ld %s (%s)", f->name,
                    vec_int(t, "tcId"), vec_str(t, "comment"),
                    vec_str(t, "result"));
                ran++;
            }
            vec_drop(run);
        }
    }
    vec_skip(run, skipped);
    printf("%s: %u run, %u skipped%s%s\n", f->name, ran, skipped,
        skipped != 0 ? ": " : "", skipped != 0 ? f->why_skipped : "");
    vec_case(run, (long)(ran + skipped) == vec_int(root, "numberOfTests"),
        "%s: not all tests seen", f->name);
    json_decref(root);
}

int
main(int argc, char **argv)
{
    struct vec_run run = {0};

    if (!vec_open(&run, argc, argv, "wycheproof", files[0].name))
        return 0;
    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        run_file(&run, &files[i]);
    return vec_end(&run);
}
