/* SPDX-License-Identifier: Apache-2.0 */
/* run_argon2: Argon2id answers of the reference implementation */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "json_vectors.h"
#include "kdf.h"
#include "secret.h"

/* Costs outside our bounds are refused by us and computed by libsodium. */
static bool
outside_bounds(const json_t *v, const struct vlt_cost *cost,
    struct vec_bytes want)
{
    const char *pass = vec_str(v, "password_utf8");
    const uint8_t *salt = (const uint8_t *)vec_str(v, "salt_ascii");
    uint8_t out[32] = {0};

    if (vlt_argon2id(out, pass, strlen(pass), salt, cost, NULL) !=
            VAULT_E_SLOT ||
        !sodium_is_zero(out, sizeof out))
        return false;
    return crypto_pwhash_argon2id(out, sizeof out, pass, strlen(pass), salt,
               cost->t, (size_t)cost->m_kib * 1024,
               crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0 &&
        vec_same(out, sizeof out, want.p, want.n);
}

static void
answer(struct vec_run *run, const json_t *v, size_t i)
{
    struct vlt_cost cost = {(uint32_t)vec_int(v, "t"),
        (uint32_t)vec_int(v, "m_kib")};
    const char *pass = vec_str(v, "password_utf8");
    const char *salt = vec_str(v, "salt_ascii");
    struct vec_bytes want = vec_hex(run, v, "tag_hex");
    uint8_t out[32] = {0};
    enum vault_status st;

    if (vec_int(v, "p") != 1 || strlen(salt) != 16) {
        vec_skip(run, 1);
        return;
    }
    if (!vlt_cost_ok(&cost)) {
        vec_case(run, outside_bounds(v, &cost, want),
            "answer %zu, outside the bounds", i);
        return;
    }
    st = vlt_argon2id(out, pass, strlen(pass), (const uint8_t *)salt, &cost,
        NULL);
    if (st == VAULT_E_MEMORY) {
        printf("answer %zu: skipped, no %u KiB here\n", i, cost.m_kib);
        vec_skip(run, 1);
        return;
    }
    vec_case(run, st == VAULT_OK && vec_same(out, 32, want.p, want.n),
        "answer %zu", i);
}

/* libsodium below us: encoded strings of the reference implementation. */
static void
encoded(struct vec_run *run, const json_t *v, size_t i)
{
    const char *pass = vec_str(v, "password");
    const char *text = vec_str(v, "encoded");

    vec_case(run,
        crypto_pwhash_argon2id_str_verify(text, pass, strlen(pass)) == 0 &&
            crypto_pwhash_argon2id_str_verify(text, "other", 5) != 0,
        "encoded %zu", i);
}

int
main(int argc, char **argv)
{
    struct vec_run run = {0};
    json_t *root;
    const json_t *list;

    if (!vec_open(&run, argc, argv, "argon2", "argon2id.json"))
        return 0;
    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    root = vec_load(&run, "argon2id.json");
    list = json_object_get(root, "kat");
    for (size_t i = 0; i < json_array_size(list); i++)
        answer(&run, json_array_get(list, i), i);
    list = json_object_get(root, "phc_strings_v19");
    for (size_t i = 0; i < json_array_size(list); i++)
        encoded(&run, json_array_get(list, i), i);
    json_decref(root);
    return vec_end(&run);
}
