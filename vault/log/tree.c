/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c: Merkle tree roots and proofs from stored nodes and leaves */
#include "tree.h"

#include <inttypes.h>
#include <string.h>

#include "fail.h"
#include "hash.h"

enum { STEP = 4, TOP = VLT_TREE_LEVELS / STEP * STEP };

static const uint64_t max_size = UINT64_C(1) << VLT_TREE_LEVELS;

/*
 * The largest stored level at which a full subtree begins at pos and ends by
 * `end`, not above `top`; 0 for a leaf.
 */
static unsigned
level_at(uint64_t pos, uint64_t end, unsigned top)
{
    unsigned level = top;
    uint64_t width;

    for (; level > 0; level -= STEP) {
        width = UINT64_C(1) << level;
        if (pos % width == 0 && width <= end - pos)
            break;
    }
    return level;
}

/*
 * Read the largest full subtree at pos that is stored. Levels that are not
 * stored are passed over, down to the leaf.
 */
static enum vault_status
read_at(const struct vlt_tree_io *io, uint64_t pos, uint64_t end, unsigned top,
    struct vlt_hash32 *out, unsigned *level, struct vault_error *err)
{
    unsigned k = level_at(pos, end, top);
    enum vault_status st;
    bool found;

    for (; k > 0; k -= STEP) {
        found = false;
        st = io->node(io->ctx, k, pos >> k, out->b, &found, err);
        if (st != VAULT_OK)
            return st;
        if (found)
            break;
    }
    *level = k;
    return k > 0 ? VAULT_OK : io->leaf(io->ctx, pos, out->b, err);
}

/*
 * MTH of the leaves [pos, end), where pos is a multiple of the smallest power
 * of two not below their number: then places in the range and in the tree
 * are aligned alike. Nodes above level `top` are not asked for.
 */
static enum vault_status
range_root(const struct vlt_tree_io *io, uint64_t pos, uint64_t end,
    unsigned top, uint8_t out[32], struct vault_error *err)
{
    struct {
        struct vlt_hash32 h;
        unsigned level;
    } stack[VLT_TREE_LEVELS + 2]; /* levels descend: at most one of each */
    size_t n = 0;
    enum vault_status st;

    while (pos < end) {
        st = read_at(io, pos, end, top, &stack[n].h, &stack[n].level, err);
        if (st != VAULT_OK)
            return st;
        pos += UINT64_C(1) << stack[n].level;
        for (; n > 0 && stack[n - 1].level == stack[n].level; n--) {
            vlt_node_hash(stack[n - 1].h.b, stack[n - 1].h.b, stack[n].h.b);
            stack[n - 1].level++;
        }
        n++;
    }
    for (; n > 1; n--)
        vlt_node_hash(stack[n - 2].h.b, stack[n - 2].h.b, stack[n - 1].h.b);
    memcpy(out, stack[0].h.b, 32);
    return VAULT_OK;
}

static enum vault_status
check_size(uint64_t size, struct vault_error *err)
{
    if (size > max_size)
        return vlt_fail(err, VAULT_E_LIMIT,
            "log of %" PRIu64 " leaves is too large", size);
    return VAULT_OK;
}

enum vault_status
vlt_tree_root(const struct vlt_tree_io *io, uint64_t size, uint8_t out[32],
    struct vault_error *err)
{
    enum vault_status st = check_size(size, err);

    if (st != VAULT_OK)
        return st;
    if (size == 0) {
        vlt_sha256(out, "", 0);
        return VAULT_OK;
    }
    return range_root(io, 0, size, TOP, out, err);
}

enum vault_status
vlt_tree_appended(const struct vlt_tree_io *io, uint64_t index,
    struct vault_error *err)
{
    enum vault_status st;
    uint8_t hash[32];
    uint64_t size, width;
    unsigned level;

    if (index >= max_size)
        return vlt_fail(err, VAULT_E_LIMIT, "log has too many leaves");
    if (io->put_node == NULL)
        return VAULT_OK;
    size = index + 1;
    for (level = STEP; level <= TOP; level += STEP) {
        width = UINT64_C(1) << level;
        if (size % width != 0)
            break;
        /* What stands at this level already, if anything, is not asked. */
        st = range_root(io, size - width, size, level - STEP, hash, err);
        if (st == VAULT_OK)
            st = io->put_node(io->ctx, level, index >> level, hash, err);
        if (st != VAULT_OK)
            return st;
    }
    return VAULT_OK;
}

/* The largest power of two smaller than n, which is at least 2. */
static uint64_t
split(uint64_t n)
{
    uint64_t k = 1;

    while (k < n - k)
        k <<= 1;
    return k;
}

/* Proofs are found from the root down and given from the bottom up. */
static void
give_reversed(struct vlt_hash32 *out, const struct vlt_hash32 *found, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = found[n - 1 - i];
}

enum vault_status
vlt_tree_inclusion(const struct vlt_tree_io *io, uint64_t index, uint64_t size,
    struct vlt_hash32 path[VLT_PROOF_MAX], size_t *n, struct vault_error *err)
{
    struct vlt_hash32 found[VLT_PROOF_MAX];
    uint64_t lo = 0, hi = size, middle;
    enum vault_status st = check_size(size, err);
    size_t count = 0;

    if (st != VAULT_OK)
        return st;
    if (index >= size)
        return vlt_fail(err, VAULT_E_USAGE,
            "leaf %" PRIu64 " is not in a log of %" PRIu64 " leaves", index,
            size);
    for (; hi - lo > 1; count++) {
        middle = lo + split(hi - lo);
        if (index < middle) {
            st = range_root(io, middle, hi, TOP, found[count].b, err);
            hi = middle;
        } else {
            st = range_root(io, lo, middle, TOP, found[count].b, err);
            lo = middle;
        }
        if (st != VAULT_OK)
            return st;
    }
    give_reversed(path, found, count);
    *n = count;
    return VAULT_OK;
}

enum vault_status
vlt_tree_consistency(const struct vlt_tree_io *io, uint64_t m, uint64_t n,
    struct vlt_hash32 path[VLT_PROOF_MAX], size_t *len, struct vault_error *err)
{
    struct vlt_hash32 found[VLT_PROOF_MAX];
    uint64_t lo = 0, hi = n, middle;
    enum vault_status st = check_size(n, err);
    size_t count = 0;

    if (st != VAULT_OK)
        return st;
    if (m == 0 || m > n)
        return vlt_fail(err, VAULT_E_USAGE,
            "no proof leads from a log of %" PRIu64
            " leaves to one of %" PRIu64,
            m, n);
    /* [lo, hi) holds m, the end of the old tree, as a subtree boundary. */
    for (; m != hi; count++) {
        middle = lo + split(hi - lo);
        if (m <= middle) {
            st = range_root(io, middle, hi, TOP, found[count].b, err);
            hi = middle;
        } else {
            st = range_root(io, lo, middle, TOP, found[count].b, err);
            lo = middle;
        }
        if (st != VAULT_OK)
            return st;
    }
    /* Unless that is the whole old tree, whose root the asker has. */
    if (lo != 0) {
        st = range_root(io, lo, hi, TOP, found[count++].b, err);
        if (st != VAULT_OK)
            return st;
    }
    give_reversed(path, found, count);
    *len = count;
    return VAULT_OK;
}
