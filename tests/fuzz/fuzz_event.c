/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_event: texts of leaves, sealed well, so that what is in them counts */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "label.h"
#include "seal.h"

static const uint8_t leaf[32] = {1};
static const struct vlt_e0 e0 = {{2}};

/* Seal the input as it is, filled up with zeros to a size that is read. */
static void
open_sealed(const struct vlt_epoch *e, const uint8_t *data, size_t size)
{
    static uint8_t plain[16384], evct[VLT_EVENT_MAX];
    uint8_t key[32], root[32];
    struct vlt_salts salts = {{0}};
    struct vlt_fields l, want;
    struct vlt_reader r;
    size_t padded = 256;

    while (padded < size)
        padded *= 2;
    memset(plain, 0, padded);
    memcpy(plain, data, size);
    memset(evct, 0, 20);
    vlt_x(e0.b, VLT_L_EVENT_KEY, evct, 20, key, sizeof key);
    vlt_seal(evct + 20, key, leaf, sizeof leaf, plain, padded);
    memset(root, 0, sizeof root);
    vlt_reader_init(&r, plain, padded);
    vlt_read_fixed(&r, salts.b, sizeof salts.b);
    if (vlt_fields_decode(&want, &r, NULL) == VAULT_OK) {
        if (vlt_event_root(root, &want, &salts, NULL) != VAULT_OK)
            abort();
        vlt_fields_clear(&want);
    }
    if (vlt_event_open(&l, evct, padded + 60, e, &e0, leaf, root, NULL) !=
        VAULT_OK)
        return;
    vlt_fields_clear(&l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    const struct vlt_epoch e = {.kind = VLT_EPOCH_VAULT};
    struct vlt_fields l;
    uint8_t id[16];
    uint32_t i;

    if (!begun && vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    begun = true;
    (void)!vlt_event_peek(id, &i, data, size, NULL);
    if (vlt_event_open(&l, data, size, &e, &e0, leaf, leaf, NULL) == VAULT_OK)
        abort(); /* nobody finds a seal by chance */
    if (size <= 16384)
        open_sealed(&e, data, size);
    return 0;
}
