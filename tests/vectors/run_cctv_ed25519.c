/* SPDX-License-Identifier: Apache-2.0 */
/* run_cctv_ed25519: keys and signatures at the edges of the curve */
#include <stdio.h>
#include <string.h>

#include "json_vectors.h"
#include "secret.h"
#include "sign.h"

/* Our rule: a key of the prime-order group in its only encoding. */
static bool
key_should_do(const json_t *v)
{
    return !vec_has_flag(v, "low_order_A") &&
        !vec_has_flag(v, "non_canonical_A") &&
        !vec_has_flag(v, "low_order_component_A");
}

/* libsodium's rule without ours: no small order, canonical, no cofactor. */
static bool
raw_should_do(const json_t *v)
{
    static const char *const refused[] = {"low_order_A", "low_order_R",
        "non_canonical_A", "non_canonical_R", "low_order_residue",
        "reencoded_k"};

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (vec_has_flag(v, refused[i]))
            return false;
    return true;
}

int
main(int argc, char **argv)
{
    struct vec_run run = {0};
    unsigned keys = 0;
    unsigned raws = 0;
    unsigned both = 0;
    json_t *all;

    if (!vec_open(&run, argc, argv, "cctv-ed25519", "ed25519vectors.json"))
        return 0;
    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    all = vec_load(&run, "ed25519vectors.json");
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *v = json_array_get(all, i);
        struct vec_bytes key = vec_hex(&run, v, "key");
        struct vec_bytes sig = vec_hex(&run, v, "sig");
        const char *msg = vec_str(v, "msg");
        bool key_does;
        bool raw;
        bool holds;

        if (key.n != 32 || sig.n != 64) {
            vec_case(&run, false, "%zu: sizes", i);
            continue;
        }
        key_does = vlt_sign_key_ok(key.p);
        raw = vlt_verify_raw(sig.p, key.p, msg, strlen(msg));
        holds = vlt_verify(sig.p, key.p, msg, strlen(msg));
        keys += key_does;
        raws += raw;
        both += holds;
        vec_case(&run,
            key_does == key_should_do(v) && raw == raw_should_do(v) &&
                holds == (key_should_do(v) && raw_should_do(v)),
            "%zu: key %d, raw %d, both %d", i, key_does, raw, holds);
        vec_drop(&run);
    }
    printf("keys taken: %u, signatures taken by libsodium's rule: %u, by "
           "ours: %u\n",
        keys, raws, both);
    json_decref(all);
    return vec_end(&run);
}
