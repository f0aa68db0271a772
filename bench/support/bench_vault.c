/* SPDX-License-Identifier: Apache-2.0 */
/* bench_vault.c: a vault in a folder of its own, opened by a key file */
#include "bench_vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/cards.h>

#include "bench_texts.h"

enum { BATCH = 5000 };

void
bench_fatal(const char *what, const struct vault_error *err)
{
    fprintf(stderr, "bench: %s: %s\n", what, err->message);
    exit(1);
}

void
bench_path(char out[BENCH_PATH], const char *folder, const char *name)
{
    (void)snprintf(out, BENCH_PATH, "%s/%s", folder, name);
}

static struct vault_key *
read_key(const char *folder)
{
    char path[BENCH_PATH];
    struct vault_error err;
    struct vault_key *key = vault_key_new();

    bench_path(path, folder, "key");
    if (key == NULL || vault_key_file(key, path, &err) != VAULT_OK)
        bench_fatal("the key file", &err);
    return key;
}

void
bench_make(const char *folder)
{
    struct vault_options opt = {.state_dir = folder};
    struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    struct vault_error err;
    struct vault_key *key;
    struct vault *v;
    char path[BENCH_PATH];

    bench_path(path, folder, "key");
    if (vault_keyfile_create(path, &err) != VAULT_OK)
        bench_fatal(path, &err);
    key = read_key(folder);
    bench_path(path, folder, "v.sanduq");
    if (vault_create(path, key, &cost, &opt, &v, &err) != VAULT_OK)
        bench_fatal(path, &err);
    vault_close(v);
    vault_key_free(key);
}

struct vault *
bench_open(const char *folder)
{
    struct vault_options opt = {.state_dir = folder};
    struct vault_key *key = read_key(folder);
    struct vault_error err;
    struct vault *v;
    char path[BENCH_PATH];

    bench_path(path, folder, "v.sanduq");
    if (vault_open(path, &opt, &v, &err) != VAULT_OK ||
        vault_unlock(v, key, NULL, &err) != VAULT_OK)
        bench_fatal(path, &err);
    vault_key_free(key);
    return v;
}

/* ---- records ---- */

/* xorshift: the same bytes for the same record, and none that shrink. */
static void
noise(uint8_t *p, size_t n, uint64_t seed)
{
    uint64_t x = seed * 0x9e3779b97f4a7c15u + 1;
    size_t i;

    for (i = 0; i < n; i++) {
        if (i % 8 == 0) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        p[i] = (uint8_t)(x >> (i % 8 * 8));
    }
}

static void
seal(struct vault *v, uint64_t i, uint8_t *body, size_t bytes)
{
    char title[BENCH_TITLE], text[BENCH_TEXT];
    struct vault_error err;
    struct vault_sealed out;
    struct vault_sealer *s;

    bench_invent(i, title, text);
    if (vault_seal_begin(v, "testimony", &s, &err) != VAULT_OK)
        bench_fatal("sealing", &err);
    if (vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "title", title,
            strlen(title), &err) != VAULT_OK ||
        vault_seal_field(s, VAULT_LANG_TEXT, VAULT_VALUE, "account", text,
            strlen(text), &err) != VAULT_OK)
        bench_fatal("a field", &err);
    noise(body, bytes, i + 1);
    if (bytes > 0 && vault_seal_write(s, body, bytes, &err) != VAULT_OK)
        bench_fatal("an original", &err);
    if (vault_seal_commit(s, &out, &err) != VAULT_OK)
        bench_fatal("sealing", &err);
}

void
bench_fill(struct vault *v, uint64_t from, uint64_t n, size_t bytes)
{
    uint64_t batch = bytes > 0 ? 8 : BATCH;
    uint8_t *body = malloc(bytes + 1);
    struct vault_error err;
    uint64_t i;

    if (body == NULL)
        exit(1);
    for (i = 0; i < n; i++) {
        if (i % batch == 0 && vault_batch_begin(v, &err) != VAULT_OK)
            bench_fatal("a batch", &err);
        seal(v, from + i, body, bytes);
        if ((i % batch == batch - 1 || i == n - 1) &&
            vault_batch_end(v, &err) != VAULT_OK)
            bench_fatal("a batch", &err);
    }
    free(body);
}

/* ---- cards ---- */

struct pinning {
    struct vault *in;
    const char *name;
};

static int
pin(void *ctx, const struct vault_card *card)
{
    const struct pinning *p = ctx;
    struct vault_error err;

    if (vault_pin_add(p->in, card->note, card->note_len, p->name, true, NULL,
            NULL, &err) != VAULT_OK)
        bench_fatal("pinning a card", &err);
    return 0;
}

void
bench_meet(struct vault *a, const char *a_name, struct vault *b,
    const char *b_name)
{
    struct pinning in_b = {b, a_name};
    struct pinning in_a = {a, b_name};
    struct vault_error err;

    if (vault_cards_own(a, pin, &in_b, &err) != VAULT_OK ||
        vault_cards_own(b, pin, &in_a, &err) != VAULT_OK)
        bench_fatal("a card", &err);
}
