/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h: RFC 6962 section 2.1 Merkle tree over storage that it asks for */
#ifndef VLT_TREE_H
#define VLT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>
#include "merkle.h"

enum {
    VLT_TREE_LEVELS = 63, /* a tree has at most 2^63 leaves */
    VLT_PROOF_MAX = 64    /* longest proof in such a tree */
};

/*
 * Sizes and indexes may come from a hostile file: every function that takes
 * them from outside answers VAULT_E_LIMIT for a size above 2^63 and
 * VAULT_E_USAGE for an index or size that lies outside the tree. What `leaf`,
 * `node` and `put_node` answer is passed on. Nothing is kept between calls,
 * nothing recurses, memory is a few kB of stack.
 */

/*
 * Where hashes come from. `leaf` gives the leaf hash H(00 || d) at index;
 * `node` gives the hash of the full subtree at `level` (4, 8, 12 ... only)
 * and index, or *found = false when it is not stored; `put_node` stores one
 * (NULL: not stored). Both reading functions are asked only for places below
 * the size in question.
 */
struct vlt_tree_io {
    void *ctx;
    enum vault_status (*leaf)(void *ctx, uint64_t index, uint8_t out[32],
        struct vault_error *err);
    enum vault_status (*node)(void *ctx, unsigned level, uint64_t index,
        uint8_t out[32], bool *found, struct vault_error *err);
    enum vault_status (*put_node)(void *ctx, unsigned level, uint64_t index,
        const uint8_t hash[32], struct vault_error *err);
};

/*
 * Root at `size` from stored nodes and the leaves at the right edge: at most
 * 15 reads for every four levels. Missing nodes are computed from what is
 * below them, in the worst case from all leaves. Size 0 gives H().
 */
VAULT_CHECKED enum vault_status vlt_tree_root(const struct vlt_tree_io *io,
    uint64_t size, uint8_t out[32], struct vault_error *err);
/*
 * To be called after leaf `index` was stored (size is index + 1 then):
 * stores the nodes of levels 4, 8 ... that became full, lower ones first.
 */
VAULT_CHECKED enum vault_status vlt_tree_appended(const struct vlt_tree_io *io,
    uint64_t index, struct vault_error *err);
/* RFC 6962 2.1.1: inclusion path of index in the tree of size, *n hashes from
 * the leaf upwards. */
VAULT_CHECKED enum vault_status vlt_tree_inclusion(const struct vlt_tree_io *io,
    uint64_t index, uint64_t size, struct vlt_hash32 path[VLT_PROOF_MAX],
    size_t *n, struct vault_error *err);
/* RFC 6962 2.1.2: consistency of size m with size n, 0 < m <= n; *len hashes
 * in the order of the RFC, none when m = n. */
VAULT_CHECKED enum vault_status vlt_tree_consistency(const struct vlt_tree_io
                                                         *io,
    uint64_t m, uint64_t n, struct vlt_hash32 path[VLT_PROOF_MAX], size_t *len,
    struct vault_error *err);

/*
 * Checking proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2 algorithms). Any
 * sizes, any path; false unless everything fits exactly. vlt_consistency_ok
 * is false for m = 0, which proves nothing, and takes m = n only with equal
 * roots and an empty path.
 */
bool vlt_inclusion_ok(uint64_t index, uint64_t size, const uint8_t leaf[32],
    const struct vlt_hash32 *path, size_t n, const uint8_t root[32]);
bool vlt_consistency_ok(uint64_t m, uint64_t n, const uint8_t root_m[32],
    const uint8_t root_n[32], const struct vlt_hash32 *path, size_t len);

/*
 * A growing tree that keeps only its right edge: add leaf hashes in order,
 * ask for the root at any time. For reading a whole log once. `full` is
 * called (may be NULL) for each full subtree of level 4, 8 ... as it
 * completes, lower ones first, so that stored nodes can be compared; what it
 * answers is passed on, and the leaf is not added then.
 */
struct vlt_edge {
    uint64_t size;
    struct vlt_hash32 at[VLT_TREE_LEVELS + 1];
    void *ctx;
    enum vault_status (*full)(void *ctx, unsigned level, uint64_t index,
        const uint8_t hash[32], struct vault_error *err);
};
void vlt_edge_init(struct vlt_edge *e);
/* VAULT_E_LIMIT: 2^63 leaves are there already. */
VAULT_CHECKED enum vault_status vlt_edge_add(struct vlt_edge *e,
    const uint8_t leaf[32], struct vault_error *err);
void vlt_edge_root(const struct vlt_edge *e, uint8_t out[32]);

#endif
