/* SPDX-License-Identifier: Apache-2.0 */
/* tree_model.h: RFC 6962 section 2.1 in the words of the RFC, to compare with */
#ifndef TEST_TREE_MODEL_H
#define TEST_TREE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "merkle.h"

/*
 * All recursive, over leaf hashes D[0..n) in memory, straight from the
 * definitions. Nothing here is shared with the code under test but SHA-256.
 */
struct vlt_hash32 model_leaf(uint64_t i); /* a leaf hash, unlike any other */
struct vlt_hash32 model_node(const struct vlt_hash32 *l,
    const struct vlt_hash32 *r);
struct vlt_hash32 model_mth(const struct vlt_hash32 *d, uint64_t n);
/* PATH(m, D[n]) and PROOF(m, D[n]): append to path, give the new count. */
size_t model_path(struct vlt_hash32 *path, uint64_t m,
    const struct vlt_hash32 *d, uint64_t n);
size_t model_proof(struct vlt_hash32 *path, uint64_t m,
    const struct vlt_hash32 *d, uint64_t n);
/*
 * Checking from the root down: which hash stands where follows from index
 * and size alone.
 */
bool model_inclusion_ok(uint64_t m, uint64_t n, const struct vlt_hash32 *leaf,
    const struct vlt_hash32 *path, size_t len, const struct vlt_hash32 *root);
bool model_consistency_ok(uint64_t m, uint64_t n,
    const struct vlt_hash32 *root_m, const struct vlt_hash32 *root_n,
    const struct vlt_hash32 *path, size_t len);
/* Whether leaf m of n is reached by the same turns as leaf m2 of n2: then one
 * inclusion proof holds for both, and only the checkpoint's size tells them
 * apart. */
bool model_same_turns(uint64_t m, uint64_t n, uint64_t m2, uint64_t n2);

#endif
