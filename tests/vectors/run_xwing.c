/* SPDX-License-Identifier: Apache-2.0 */
/* run_xwing: the vectors of draft-connolly-cfrg-xwing-kem */
#include <sodium.h>
#include <string.h>

#include "hpke.h"
#include "json_vectors.h"
#include "kem.h"
#include "secret.h"

static bool
encapsulates(struct vec_run *run, const json_t *v)
{
    struct vec_bytes pk = vec_hex(run, v, "pk");
    struct vec_bytes eseed = vec_hex(run, v, "eseed");
    struct vec_bytes want_ct = vec_hex(run, v, "ct");
    struct vec_bytes want_ss = vec_hex(run, v, "ss");
    uint8_t ct[VLT_KEM_CT];
    uint8_t ss[32];

    if (pk.n != VLT_KEM_PK || eseed.n != 64 || !vlt_kem_key_ok(pk.p))
        return false;
    return crypto_kem_xwing_enc_deterministic(ct, ss, pk.p, eseed.p) == 0 &&
        vec_same(ct, sizeof ct, want_ct.p, want_ct.n) &&
        vec_same(ss, sizeof ss, want_ss.p, want_ss.n);
}

static bool
decapsulates(struct vec_run *run, const json_t *v)
{
    struct vec_bytes seed = vec_hex(run, v, "seed");
    struct vec_bytes ct = vec_hex(run, v, "ct");
    struct vec_bytes want = vec_hex(run, v, "ss");
    uint8_t ss[32];

    if (seed.n != 32 || ct.n != VLT_KEM_CT ||
        crypto_kem_xwing_dec(ss, ct.p, seed.p) != 0 ||
        !vec_same(ss, sizeof ss, want.p, want.n))
        return false;
    /* another ciphertext gives another secret, not an error */
    ct.p[0] ^= 1;
    return crypto_kem_xwing_dec(ss, ct.p, seed.p) == 0 &&
        !vec_same(ss, sizeof ss, want.p, want.n);
}

static bool
makes_the_public_key(struct vec_run *run, const json_t *v)
{
    struct vec_bytes seed = vec_hex(run, v, "seed");
    struct vec_bytes want = vec_hex(run, v, "pk");
    uint8_t pk[VLT_KEM_PK];

    if (seed.n != 32)
        return false;
    vlt_kem_public(pk, seed.p);
    return vec_same(pk, sizeof pk, want.p, want.n);
}

/* Our seal starts with the vector's ciphertext, and its seed opens it. */
static bool
seals(struct vec_run *run, const json_t *v)
{
    static const char text[] = "one record key and what belongs to it";
    struct vec_bytes seed = vec_hex(run, v, "seed");
    struct vec_bytes pk = vec_hex(run, v, "pk");
    struct vec_bytes eseed = vec_hex(run, v, "eseed");
    struct vec_bytes ct = vec_hex(run, v, "ct");
    uint8_t sealed[sizeof text + VLT_HPKE_EXTRA];
    uint8_t back[sizeof text];

    if (vlt_hpke_seal_with(sealed, pk.p, eseed.p, "info", 4, text, sizeof text,
            NULL) != VAULT_OK)
        return false;
    return ct.n == VLT_KEM_CT && memcmp(sealed, ct.p, ct.n) == 0 &&
        vlt_hpke_open(back, seed.p, "info", 4, sealed, sizeof sealed) &&
        memcmp(back, text, sizeof text) == 0;
}

int
main(int argc, char **argv)
{
    struct vec_run run = {0};
    json_t *all;

    if (!vec_open(&run, argc, argv, "xwing", "test-vectors.json"))
        return 0;
    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    all = vec_load(&run, "test-vectors.json");
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *v = json_array_get(all, i);

        vec_case(&run, makes_the_public_key(&run, v), "%zu: pk", i);
        vec_case(&run, encapsulates(&run, v), "%zu: enc", i);
        vec_case(&run, decapsulates(&run, v), "%zu: dec", i);
        vec_case(&run, seals(&run, v), "%zu: seal", i);
        vec_drop(&run);
    }
    json_decref(all);
    return vec_end(&run);
}
