/* SPDX-License-Identifier: Apache-2.0 */
/* merkle.c: RFC 6962 section 2.1 hashing, over leaves held in memory */
#include <string.h>

#include "hash.h"
#include "merkle.h"

void
vlt_leaf_hash(uint8_t out[32], const void *d, size_t n)
{
    static const uint8_t zero = 0;
    const struct vlt_part part[2] = {{&zero, 1}, {d, n}};

    vlt_sha256_parts(out, part, 2);
}

void
vlt_node_hash(uint8_t out[32], const uint8_t l[32], const uint8_t r[32])
{
    static const uint8_t one = 1;
    const struct vlt_part part[3] = {{&one, 1}, {l, 32}, {r, 32}};

    vlt_sha256_parts(out, part, 3);
}

/*
 * Adding leaf i (from 0) closes one full subtree for each 1 bit at the end of
 * i; `open` then holds one root for each 1 bit of i + 1, largest first.
 */
void
vlt_mth(uint8_t out[32], const struct vlt_hash32 *leaf, size_t n)
{
    struct vlt_hash32 open[8 * sizeof n];
    size_t depth = 0;

    if (n == 0) {
        vlt_sha256(out, NULL, 0);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct vlt_hash32 node = leaf[i];

        for (size_t low = i; (low & 1) != 0; low >>= 1) {
            depth--;
            vlt_node_hash(node.b, open[depth].b, node.b);
        }
        open[depth++] = node;
    }
    while (depth > 1) {
        depth--;
        vlt_node_hash(open[depth - 1].b, open[depth - 1].b, open[depth].b);
    }
    memcpy(out, open[0].b, 32);
}
