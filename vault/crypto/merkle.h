/* SPDX-License-Identifier: Apache-2.0 */
/* merkle.h: RFC 6962 section 2.1 hashing, over leaves held in memory */
#ifndef VLT_MERKLE_H
#define VLT_MERKLE_H

#include <stddef.h>
#include <stdint.h>

struct vlt_hash32 {
    uint8_t b[32];
};

/* H(00 || d), H(01 || l || r). */
void vlt_leaf_hash(uint8_t out[32], const void *d, size_t n);
void vlt_node_hash(uint8_t out[32], const uint8_t l[32], const uint8_t r[32]);
/* MTH over leaf hashes; n = 0 gives H(). The array is not changed. */
void vlt_mth(uint8_t out[32], const struct vlt_hash32 *leaf, size_t n);

#endif
