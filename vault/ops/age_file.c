/* SPDX-License-Identifier: Apache-2.0 */
/* age_file.c: age files, sealed for others and opened with a vault's keys */
#include <stdlib.h>
#include <string.h>
#include "age_to.h"
#include "fail.h"
#include "identity_keys.h"

enum { GENERATIONS = 1024 };

/* ---- sealing ---- */

struct vault_age_out {
    struct vlt_age_out *out;
};

enum vault_status
vault_age_begin(const struct vault_age_to *to, bool armor,
    enum vault_status (
        *write)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx, struct vault_age_out **out, struct vault_error *err)
{
    struct vlt_age_to whom = {.kem = (const uint8_t(*)[VLT_KEM_PK])to->kem,
        .kems = to->kems,
        .x25519 = (const uint8_t(*)[VLT_X25519])to->x25519,
        .x25519s = to->x25519s,
        .passphrase = to->passphrase,
        .armor = armor};
    struct vault_age_out *a = calloc(1, sizeof *a);
    enum vault_status st = a != NULL ? vlt_crypto_init(err) : VAULT_E_MEMORY;

    if (a == NULL)
        return vlt_fail_memory(err);
    if (st == VAULT_OK)
        st = vlt_age_begin(&a->out, write, ctx, &whom, err);
    if (st != VAULT_OK) {
        vault_age_out_free(a);
        return st;
    }
    *out = a;
    return VAULT_OK;
}

enum vault_status
vault_age_write(struct vault_age_out *a, const void *p, size_t n,
    struct vault_error *err)
{
    return vlt_age_write(a->out, p, n, err);
}

enum vault_status
vault_age_finish(struct vault_age_out *a, struct vault_error *err)
{
    return vlt_age_finish(a->out, err);
}

void
vault_age_out_free(struct vault_age_out *a)
{
    if (a == NULL)
        return;
    vlt_age_out_free(a->out);
    free(a);
}

/* ---- opening ---- */

struct vault_age_in {
    struct vlt_age_in *in;
    struct vault_age_facts facts;
};

/* The keys of every generation, in memory of our own. */
struct keys {
    size_t n;
    struct vlt_kemkey **key;
    uint8_t (*fingerprint)[VAULT_HASH];
};

static void
keys_clear(struct keys *k)
{
    size_t i;

    for (i = 0; i < k->n; i++)
        vlt_kemkey_free(k->key[i]);
    free(k->key);
    free(k->fingerprint);
}

static enum vault_status
take_key(void *ctx, const struct vlt_kemkey *kem, const uint8_t fingerprint[32],
    struct vault_error *err)
{
    struct keys *k = ctx;
    struct vlt_kemkey **key;
    uint8_t(*print)[VAULT_HASH];

    if (k->n >= GENERATIONS)
        return VAULT_OK; /* the newest come first */
    key = realloc(k->key, (k->n + 1) * sizeof(struct vlt_kemkey *));
    if (key == NULL)
        return vlt_fail_memory(err);
    k->key = key;
    print = realloc(k->fingerprint, (k->n + 1) * sizeof *print);
    if (print == NULL)
        return vlt_fail_memory(err);
    k->fingerprint = print;
    key[k->n] = vlt_kemkey_new();
    if (key[k->n] == NULL)
        return vlt_fail_memory(err);
    memcpy(key[k->n]->b, kem->b, sizeof kem->b);
    memcpy(print[k->n++], fingerprint, VAULT_HASH);
    return VAULT_OK;
}

static enum vault_status
open_file(struct vault_age_in *a, const struct keys *k,
    const struct vlt_guarded *passphrase, vlt_age_source read, void *ctx,
    bool *wants, struct vault_error *err)
{
    struct vlt_age_identities who = {.kem = (const struct vlt_kemkey *const *)
                                                k->key,
        .kems = k->n,
        .passphrase = passphrase};
    enum vault_status st = vlt_age_open(&a->in, read, ctx, &who, err);

    if (wants != NULL)
        *wants = st == VAULT_E_LOCKED;
    if (st != VAULT_OK)
        return st;
    a->facts.armored = vlt_age_armored(a->in);
    a->facts.by_passphrase = vlt_age_by_passphrase(a->in);
    if (!a->facts.by_passphrase && k->n > 0)
        memcpy(a->facts.fingerprint, k->fingerprint[vlt_age_opened_by(a->in)],
            VAULT_HASH);
    return VAULT_OK;
}

enum vault_status
vault_age_open(struct vault *v, const void *passphrase, size_t n,
    enum vault_status (*read)(void *ctx, void *p, size_t max, size_t *got,
        struct vault_error *err),
    void *ctx, bool *wants_passphrase, struct vault_age_in **out,
    struct vault_error *err)
{
    struct keys k = {0};
    struct vlt_guarded *pass = NULL;
    struct vault_age_in *a = calloc(1, sizeof *a);
    enum vault_status st = vlt_crypto_init(err);

    if (wants_passphrase != NULL)
        *wants_passphrase = false;
    if (st == VAULT_OK && passphrase != NULL)
        pass = vlt_guarded_copy(passphrase, n);
    if (a == NULL || (passphrase != NULL && pass == NULL))
        st = vlt_fail_memory(err);
    if (st == VAULT_OK && v != NULL)
        st = vlt_kem_keys(v, take_key, &k, err);
    if (st == VAULT_OK)
        st = open_file(a, &k, pass, read, ctx, wants_passphrase, err);
    keys_clear(&k);
    vlt_guarded_free(pass);
    if (st != VAULT_OK) {
        vault_age_in_free(a);
        return st;
    }
    *out = a;
    return VAULT_OK;
}

enum vault_status
vault_age_read(struct vault_age_in *a, void *p, size_t max, size_t *got,
    struct vault_error *err)
{
    return vlt_age_read(a->in, p, max, got, err);
}

void
vault_age_facts(const struct vault_age_in *a, struct vault_age_facts *out)
{
    *out = a->facts;
}

void
vault_age_in_free(struct vault_age_in *a)
{
    if (a == NULL)
        return;
    vlt_age_in_free(a->in);
    free(a);
}
