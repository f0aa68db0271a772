/* SPDX-License-Identifier: Apache-2.0 */
/* merkle.c: RFC 6962 section 2.1 hashing, over leaves held in memory */
#include "merkle.h"

#include <string.h>

#include "hash.h"

enum { LEVELS = 64 };

void
vlt_leaf_hash(uint8_t out[32], const void *d, size_t n)
{
    static const uint8_t zero = 0x00;
    const struct vlt_part part[] = {{&zero, 1}, {d, n}};

    vlt_sha256_parts(out, part, sizeof part / sizeof part[0]);
}

void
vlt_node_hash(uint8_t out[32], const uint8_t l[32], const uint8_t r[32])
{
    uint8_t both[65];

    both[0] = 0x01;
    memcpy(both + 1, l, 32);
    memcpy(both + 33, r, 32);
    vlt_sha256(out, both, sizeof both);
}

/*
 * at[k] holds the hash of a full subtree of 2^k leaves if bit k of the
 * number of leaves seen is set: the right edge of the tree so far.
 */
static void
add_leaf(struct vlt_hash32 at[LEVELS], uint64_t seen,
    const struct vlt_hash32 *leaf)
{
    struct vlt_hash32 h = *leaf;
    unsigned k;

    for (k = 0; seen >> k & 1; k++)
        vlt_node_hash(h.b, at[k].b, h.b);
    at[k] = h;
}

void
vlt_mth(uint8_t out[32], const struct vlt_hash32 *leaf, size_t n)
{
    struct vlt_hash32 at[LEVELS];
    uint64_t seen, count = n;
    unsigned k = 0;

    if (n == 0) {
        vlt_sha256(out, "", 0);
        return;
    }
    for (seen = 0; seen < count; seen++)
        add_leaf(at, seen, &leaf[seen]);
    while (!(count >> k & 1))
        k++;
    memcpy(out, at[k].b, 32);
    for (k++; k < LEVELS; k++)
        if (count >> k & 1)
            vlt_node_hash(out, at[k].b, out);
}
