/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c: SHA-256 for programs that use the library */
#include <stdlib.h>
#include "bytes.h"
#include "hash.h"
#include <vault/vault.h>

struct vault_sha256 {
    struct vlt_sha256 h;
};

struct vault_sha256 *
vault_sha256_new(void)
{
    struct vault_sha256 *h = malloc(sizeof *h);

    if (h != NULL)
        vlt_sha256_init(&h->h);
    return h;
}

void
vault_sha256_add(struct vault_sha256 *h, const void *p, size_t n)
{
    vlt_sha256_update(&h->h, p, n);
}

void
vault_sha256_end(struct vault_sha256 *h, uint8_t out[VAULT_HASH])
{
    vlt_sha256_final(&h->h, out);
    vlt_sha256_init(&h->h);
}

void
vault_sha256_free(struct vault_sha256 *h)
{
    if (h != NULL)
        vlt_wipe(h, sizeof *h);
    free(h);
}
