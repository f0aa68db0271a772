/* SPDX-License-Identifier: Apache-2.0 */
/* run_card_keys: no card is taken whose keys are at the edges */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/cards.h>

#include "card.h"
#include "hash.h"
#include "json_vectors.h"
#include "secret.h"
#include "sign.h"

enum { MLKEM = 1184, LINES = 780 };

static const uint8_t seed[32] = {1, 2, 3};

/* A sound card, to put one key into. */
static struct vlt_card
sound(void)
{
    static const uint8_t kem_seed[32] = {7};
    static const uint8_t mini_seed[32] = {8};
    struct vlt_card c = {.generation = 1};

    memset(c.vault, 0x5a, sizeof c.vault);
    vlt_sign_public(c.sign, seed);
    vlt_sign_public(c.mini, mini_seed);
    vlt_kem_public(c.kem, kem_seed);
    return c;
}

/* What is said of a card with these keys, signed by `seed`. */
static enum vault_status
read_card(const struct vlt_card *c)
{
    char name[VLT_NAME_MAX + 1];
    struct vault_card view;
    struct vlt_buf text, note;
    enum vault_status st;

    vlt_buf_init(&text, VLT_NOTE_MAX);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    vlt_name_sign(name, c->vault);
    st = vlt_card_encode(&text, c, NULL);
    if (st == VAULT_OK)
        st = vlt_note_sign(&note, (const char *)text.p, text.len, name, seed,
            NULL);
    if (st == VAULT_OK)
        st = vault_card_read(note.p, note.len, &view, NULL);
    vlt_buf_clear(&text);
    vlt_buf_clear(&note);
    return st;
}

static void
signing_keys(struct vec_run *run, const json_t *all, const char *field,
    bool (*refused)(const json_t *v))
{
    uint8_t last[32] = {0};

    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *v = json_array_get(all, i);
        struct vec_bytes key = vec_hex(run, v, field);
        struct vlt_card as_sign = sound();
        struct vlt_card as_mini = sound();

        if (key.n == 32 && memcmp(key.p, last, 32) != 0) {
            memcpy(last, key.p, 32);
            memcpy(as_sign.sign, key.p, 32);
            memcpy(as_mini.mini, key.p, 32);
            /* a key that may be one did not sign this card */
            vec_case(run,
                read_card(&as_sign) ==
                    (refused(v) ? VAULT_E_FORMAT : VAULT_E_TAMPERED),
                "%zu: as the signing key", i);
            vec_case(run,
                read_card(&as_mini) == (refused(v) ? VAULT_E_FORMAT : VAULT_OK),
                "%zu: as the minisign key", i);
        }
        vec_drop(run);
    }
}

static bool
at_the_edge(const json_t *v)
{
    return vec_has_flag(v, "low_order_A") ||
        vec_has_flag(v, "non_canonical_A") ||
        vec_has_flag(v, "low_order_component_A");
}

static void
unreduced_keys(struct vec_run *run)
{
#if defined(_WIN32)
    vec_skip(run, LINES);
#else
    const char *path = vec_path(run, "modulus_ML-KEM-768.txt.gz");
    char command[1200];
    char line[2 * MLKEM + 8];
    unsigned lines = 0;
    FILE *f;

    if (strchr(path, '\'') != NULL ||
        snprintf(command, sizeof command, "gzip -dc '%s'", path) >=
            (int)sizeof command ||
        (f = popen(command, "r")) == NULL) {
        vec_skip(run, LINES);
        return;
    }
    while (fgets(line, sizeof line, f) != NULL) {
        struct vec_run own = {0};
        struct vec_bytes ek = vec_hex_of(&own, line, strcspn(line, "\r\n"));
        struct vlt_card c = sound();

        if (ek.n == MLKEM)
            memcpy(c.kem, ek.p, MLKEM); /* the X25519 half stays sound */
        vec_case(run, read_card(&c) == VAULT_E_FORMAT, "unreduced, line %u",
            lines);
        vec_drop(&own);
        lines++;
    }
    vec_case(run, pclose(f) == 0 && lines == LINES, "%u lines", lines);
#endif
}

/* X25519 halves that give a shared secret of zeros, or are written twice. */
static void
small_order_halves(struct vec_run *run, const json_t *file)
{
    const json_t *groups = json_object_get(file, "testGroups");

    for (size_t g = 0; g < json_array_size(groups); g++) {
        const json_t *tests =
            json_object_get(json_array_get(groups, g), "tests");

        for (size_t i = 0; i < json_array_size(tests); i++) {
            const json_t *v = json_array_get(tests, i);
            struct vec_bytes key = vec_hex(run, v, "public");
            struct vlt_card c = sound();

            if (key.n == 32 &&
                (vec_has_flag(v, "ZeroSharedSecret") ||
                    vec_has_flag(v, "NonCanonicalPublic"))) {
                memcpy(c.kem + MLKEM, key.p, 32);
                vec_case(run, read_card(&c) == VAULT_E_FORMAT,
                    "X25519 half, test %ld", vec_int(v, "tcId"));
            }
            vec_drop(run);
        }
    }
}

int
main(int argc, char **argv)
{
    struct vec_run run = {0};
    struct vlt_card good = sound();
    json_t *all;

    if (!vec_open(&run, argc, argv, "cctv-ed25519", "ed25519vectors.json"))
        return 0;
    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    vec_case(&run, read_card(&good) == VAULT_OK, "a sound card");
    all = vec_load(&run, "ed25519vectors.json");
    signing_keys(&run, all, "key", at_the_edge);
    json_decref(all);
    if (vec_open(&run, argc, argv, "cctv-mlkem768", "strcmp_ML-KEM-768.txt"))
        unreduced_keys(&run);
    if (vec_open(&run, argc, argv, "wycheproof", "x25519_test.json")) {
        all = vec_load(&run, "x25519_test.json");
        small_order_halves(&run, all);
        json_decref(all);
    }
    return vec_end(&run);
}
