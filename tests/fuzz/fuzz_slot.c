/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_slot: a slot that is read is the bytes it was read from */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "slot.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    static const struct vlt_keyfile file;
    static const uint8_t vault[16];
    const struct vlt_offer offer = {.keyfile = &file};
    struct vlt_slot s;
    struct vlt_vmk vmk;
    uint8_t hash[32];

    if (!begun && vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    begun = true;
    if (vlt_slot_decode(&s, data, size, NULL) != VAULT_OK)
        return 0;
    if (s.len != size || memcmp(s.row, data, size) != 0)
        abort();
    vlt_slot_set_hash(hash, 1, &s, 1);
    if (s.kind == VLT_SLOT_KEYFILE)
        (void)!vlt_slot_open(&s, vault, &offer, &vmk, NULL);
    return 0;
}
