/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_manifest.c: a manifest that opens seals to the same plaintext */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "label.h"
#include "manifest.h"
#include "seal.h"

static struct vlt_e0 e0;
static struct vlt_epoch e;

static void
check_again(const struct vlt_fields *l, const uint8_t *plain, size_t n,
    const uint8_t key[32])
{
    struct vlt_buf out;
    uint8_t *back = malloc(n);

    vlt_buf_init(&out, VLT_MANIFEST_MAX + VLT_SEAL_EXTRA);
    if (back == NULL || vlt_manifest_seal(&out, &e, &e0, l, NULL) != VAULT_OK ||
        out.len != n + VLT_SEAL_EXTRA ||
        !vlt_unseal(back, key, e.head, VLT_EPOCH_HEADER, out.p, out.len) ||
        memcmp(back, plain, n) != 0)
        abort();
    free(back);
    vlt_buf_clear(&out);
}

/* Input: the plaintext, filled up with zeros to its bucket, and sealed. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_fields l;
    struct vlt_cell key;
    uint8_t *plain, *sealed;
    size_t n = 1024;

    if (vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    if (vlt_manifest_open(&l, data, size, &e, &e0, NULL) == VAULT_OK)
        vlt_fields_clear(&l);
    if (size > 256 * 1024)
        return 0;
    while (n < size)
        n *= 2;
    plain = calloc(1, n);
    sealed = malloc(n + VLT_SEAL_EXTRA);
    if (plain == NULL || sealed == NULL)
        abort();
    if (size > 0)
        memcpy(plain, data, size);
    vlt_x(e0.b, VLT_L_MANIFEST, e.id, sizeof e.id, key.b, sizeof key.b);
    vlt_seal(sealed, key.b, e.head, VLT_EPOCH_HEADER, plain, n);
    if (vlt_manifest_open(&l, sealed, n + VLT_SEAL_EXTRA, &e, &e0, NULL) ==
        VAULT_OK) {
        check_again(&l, plain, n, key.b);
        vlt_fields_clear(&l);
    }
    free(sealed);
    free(plain);
    return 0;
}
