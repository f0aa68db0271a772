/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c: hashes for whoever writes or reads a manifest */
#include <stdlib.h>
#include <vault/vault.h>
#include "bytes.h"
#include "hash.h"
#include "secret.h"

struct vault_hash {
    enum vault_hash_kind kind;
    union {
        struct vlt_sha256 short_;
        struct vlt_sha512 long_;
    } u;
};

static void
begin(struct vault_hash *h)
{
    if (h->kind == VAULT_SHA512)
        vlt_sha512_init(&h->u.long_);
    else
        vlt_sha256_init(&h->u.short_);
}

struct vault_hash *
vault_hash_new(enum vault_hash_kind kind)
{
    struct vault_hash *h = calloc(1, sizeof *h);

    if (h == NULL || vlt_crypto_init(NULL) != VAULT_OK) {
        free(h);
        return NULL;
    }
    h->kind = kind;
    begin(h);
    return h;
}

void
vault_hash_update(struct vault_hash *h, const void *p, size_t n)
{
    if (h->kind == VAULT_SHA512)
        vlt_sha512_update(&h->u.long_, p, n);
    else
        vlt_sha256_update(&h->u.short_, p, n);
}

void
vault_hash_final(struct vault_hash *h, uint8_t *out)
{
    if (h->kind == VAULT_SHA512)
        vlt_sha512_final(&h->u.long_, out);
    else
        vlt_sha256_final(&h->u.short_, out);
    begin(h);
}

void
vault_hash_free(struct vault_hash *h)
{
    if (h == NULL)
        return;
    vlt_wipe(h, sizeof *h);
    free(h);
}
