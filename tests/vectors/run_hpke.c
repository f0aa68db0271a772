/* SPDX-License-Identifier: Apache-2.0 */
/* run_hpke: HPKE vectors; one suite is ours (647a, 0001, 0003), base mode */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "hpke.h"
#include "json_vectors.h"
#include "secret.h"

static bool
ours(const json_t *v)
{
    return vec_int(v, "mode") == 0 && vec_int(v, "kem_id") == 0x647a &&
        vec_int(v, "kdf_id") == 1 && vec_int(v, "aead_id") == 3;
}

/* From the recipient's seed to key and base nonce. */
static bool
derives(struct vec_run *run, const json_t *v, struct vlt_hpke *ctx)
{
    struct vec_bytes seed = vec_hex(run, v, "skRm");
    struct vec_bytes pk = vec_hex(run, v, "pkRm");
    struct vec_bytes enc = vec_hex(run, v, "enc");
    struct vec_bytes info = vec_hex(run, v, "info");
    struct vec_bytes want_ss = vec_hex(run, v, "shared_secret");
    struct vec_bytes key = vec_hex(run, v, "key");
    struct vec_bytes nonce = vec_hex(run, v, "base_nonce");
    uint8_t own[VLT_KEM_PK];
    uint8_t ss[32];

    if (seed.n != 32 || enc.n != VLT_KEM_CT)
        return false;
    vlt_kem_public(own, seed.p);
    if (!vec_same(own, sizeof own, pk.p, pk.n) ||
        crypto_kem_xwing_dec(ss, enc.p, seed.p) != 0 ||
        !vec_same(ss, sizeof ss, want_ss.p, want_ss.n))
        return false;
    vlt_hpke_schedule(ctx, ss, info.p, info.n);
    return vec_same(ctx->key, sizeof ctx->key, key.p, key.n) &&
        vec_same(ctx->nonce, sizeof ctx->nonce, nonce.p, nonce.n);
}

/*
 * One of the vector's messages. They have additional data and sequence
 * numbers, which our calls have not, so the AEAD is libsodium's here; the key
 * and the nonce that it starts from are ours.
 */
static bool
opens_message(struct vec_run *run, const struct vlt_hpke *ctx, const json_t *e,
    size_t seq)
{
    struct vec_bytes aad = vec_hex(run, e, "aad");
    struct vec_bytes ct = vec_hex(run, e, "ct");
    struct vec_bytes pt = vec_hex(run, e, "pt");
    struct vec_bytes want = vec_hex(run, e, "nonce");
    uint8_t nonce[12];
    uint8_t *out = vec_room(run, ct.n);

    memcpy(nonce, ctx->nonce, sizeof nonce);
    nonce[11] ^= (uint8_t)seq;
    return vec_same(nonce, sizeof nonce, want.p, want.n) && ct.n >= 16 &&
        crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, ct.p, ct.n,
            aad.p, aad.n, nonce, ctx->key) == 0 &&
        vec_same(out, ct.n - 16, pt.p, pt.n);
}

/* enc || ct of pt at sequence 0 without additional data, made from the
 * vector's own key and nonce: the only form our calls have. */
static struct vec_bytes
our_form(struct vec_run *run, const json_t *v, struct vec_bytes pt)
{
    struct vec_bytes enc = vec_hex(run, v, "enc");
    struct vec_bytes key = vec_hex(run, v, "key");
    struct vec_bytes nonce = vec_hex(run, v, "base_nonce");
    struct vec_bytes out = {vec_room(run, pt.n + VLT_HPKE_EXTRA),
        pt.n + VLT_HPKE_EXTRA};

    memcpy(out.p, enc.p, enc.n);
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(out.p + enc.n, NULL, pt.p,
        pt.n, NULL, 0, NULL, nonce.p, key.p);
    return out;
}

static bool
seals_and_opens(struct vec_run *run, const json_t *v, struct vec_bytes pt)
{
    struct vec_bytes want = our_form(run, v, pt);
    struct vec_bytes seed = vec_hex(run, v, "skRm");
    struct vec_bytes pk = vec_hex(run, v, "pkRm");
    struct vec_bytes eseed = vec_hex(run, v, "ikmE");
    struct vec_bytes info = vec_hex(run, v, "info");
    uint8_t *sealed = vec_room(run, want.n);
    uint8_t *back = vec_room(run, pt.n);

    return eseed.n == 64 &&
        vlt_hpke_seal_with(sealed, pk.p, eseed.p, info.p, info.n, pt.p, pt.n,
            NULL) == VAULT_OK &&
        vec_same(sealed, want.n, want.p, want.n) &&
        vlt_hpke_open(back, seed.p, info.p, info.n, want.p, want.n) &&
        vec_same(back, pt.n, pt.p, pt.n);
}

/* Another info, a bit of enc or ct, or a byte less: refused and wiped. */
static bool
refuses(struct vec_run *run, const json_t *v, struct vec_bytes pt)
{
    static const size_t flip[] = {0, 1088, VLT_KEM_CT, VLT_KEM_CT + 20};
    struct vec_bytes good = our_form(run, v, pt);
    struct vec_bytes seed = vec_hex(run, v, "skRm");
    struct vec_bytes info = vec_hex(run, v, "info");
    uint8_t *back = vec_room(run, pt.n);
    bool refused = true;

    for (size_t i = 0; i < sizeof flip / sizeof flip[0]; i++) {
        good.p[flip[i]] ^= 4;
        memset(back, 'x', pt.n);
        refused = refused &&
            !vlt_hpke_open(back, seed.p, info.p, info.n, good.p, good.n) &&
            sodium_is_zero(back, pt.n);
        good.p[flip[i]] ^= 4;
    }
    return refused &&
        !vlt_hpke_open(back, seed.p, info.p, info.n, good.p, good.n - 1) &&
        !vlt_hpke_open(back, seed.p, info.p, info.n - 1, good.p, good.n) &&
        !vlt_hpke_open(back, seed.p, info.p, info.n, good.p,
            VLT_HPKE_EXTRA - 1);
}

static void
one(struct vec_run *run, const json_t *v, size_t i)
{
    const json_t *messages = json_object_get(v, "encryptions");
    struct vlt_hpke ctx = {{0}, {0}};

    vec_case(run, derives(run, v, &ctx), "%zu: key schedule", i);
    for (size_t k = 0; k < json_array_size(messages); k++) {
        const json_t *e = json_array_get(messages, k);

        vec_case(run, opens_message(run, &ctx, e, k), "%zu: message %zu", i, k);
        vec_case(run, seals_and_opens(run, v, vec_hex(run, e, "pt")),
            "%zu: seal of plaintext %zu", i, k);
    }
    vec_case(run,
        refuses(run, v, vec_hex(run, json_array_get(messages, 0), "pt")),
        "%zu: refusals", i);
    vec_skip(run, (unsigned)json_array_size(json_object_get(v, "exports")));
}

static size_t
run_file(struct vec_run *run, const char *file)
{
    json_t *all = vec_load(run, file);
    size_t mine = 0;

    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *v = json_array_get(all, i);

        if (ours(v)) {
            one(run, v, i);
            mine++;
        } else {
            vec_skip(run, 1);
        }
        vec_drop(run);
    }
    printf("%s: %zu of our suite, %zu of others skipped\n", file, mine,
        json_array_size(all) - mine);
    json_decref(all);
    return mine;
}

int
main(int argc, char **argv)
{
    struct vec_run run = {0};
    size_t mine;

    if (!vec_open(&run, argc, argv, "hpke", "hpke-pq.json"))
        return 0;
    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    mine = run_file(&run, "hpke-pq.json");
    (void)run_file(&run, "rfc9180.json");
    printf("exports are skipped: vaults use none\n");
    vec_case(&run, mine == 1, "%zu vectors of our suite", mine);
    return vec_end(&run);
}
