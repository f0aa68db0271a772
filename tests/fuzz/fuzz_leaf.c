/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_leaf.c: a leaf that is read encodes and hashes to the same */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "leaf.h"
#include "lines.h"
#include "merkle.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_leaf l;
    struct vlt_buf again;
    uint8_t hash[32], want[32];

    if (vlt_leaf_decode(&l, (const char *)data, size, NULL) != VAULT_OK)
        return 0;
    (void)vlt_leaf_fits_kind(&l);
    vlt_buf_init(&again, size);
    if (!vlt_leaf_kind_ok(l.kind) ||
        vlt_leaf_encode(&again, &l, NULL) != VAULT_OK ||
        vlt_lines_same(&again, (const char *)data, size, "leaf", NULL) !=
            VAULT_OK)
        abort();
    vlt_leaf_text_hash(hash, &l);
    vlt_leaf_hash(want, data, size);
    if (memcmp(hash, want, sizeof hash) != 0)
        abort();
    vlt_buf_clear(&again);
    return 0;
}
