/* SPDX-License-Identifier: Apache-2.0 */
/* proof.c: checking inclusion and consistency proofs (RFC 9162) */
#include <string.h>

#include "tree.h"

/*
 * Where the walk up from a leaf or subtree stands: `at` on the way from the
 * place in question, `last` from the last leaf, both at the same level.
 */
struct walk {
    uint64_t at;
    uint64_t last;
};

static void
up(struct walk *w)
{
    w->at >>= 1;
    w->last >>= 1;
}

/*
 * Whether the next hash of the path stands to the left. If it does, levels
 * at which the place has no sibling are skipped.
 */
static bool
left(struct walk *w)
{
    if (!(w->at & 1) && w->at != w->last)
        return false;
    while (!(w->at & 1) && w->at != 0)
        up(w);
    return true;
}

bool
vlt_inclusion_ok(uint64_t index, uint64_t size, const uint8_t leaf[32],
    const struct vlt_hash32 *path, size_t n, const uint8_t root[32])
{
    struct walk w = {index, size - 1};
    struct vlt_hash32 r;
    size_t i;

    if (index >= size)
        return false;
    memcpy(r.b, leaf, sizeof r.b);
    for (i = 0; i < n; i++) {
        if (w.last == 0)
            return false;
        if (left(&w))
            vlt_node_hash(r.b, path[i].b, r.b);
        else
            vlt_node_hash(r.b, r.b, path[i].b);
        up(&w);
    }
    return w.last == 0 && memcmp(r.b, root, sizeof r.b) == 0;
}

static bool
same_size(const uint8_t root_m[32], const uint8_t root_n[32], size_t len)
{
    return len == 0 && memcmp(root_m, root_n, 32) == 0;
}

bool
vlt_consistency_ok(uint64_t m, uint64_t n, const uint8_t root_m[32],
    const uint8_t root_n[32], const struct vlt_hash32 *path, size_t len)
{
    struct walk w = {m - 1, n - 1};
    struct vlt_hash32 first, second;
    size_t i = 0;

    if (m == 0 || m > n)
        return false;
    if (m == n)
        return same_size(root_m, root_n, len);
    if (len == 0)
        return false;
    /* A full old tree is itself the first node; else the path begins so. */
    if ((m & (m - 1)) == 0)
        memcpy(first.b, root_m, sizeof first.b);
    else
        first = path[i++];
    second = first;
    while (w.at & 1)
        up(&w);
    for (; i < len; i++) {
        if (w.last == 0)
            return false;
        if (left(&w)) {
            vlt_node_hash(first.b, path[i].b, first.b);
            vlt_node_hash(second.b, path[i].b, second.b);
        } else {
            vlt_node_hash(second.b, second.b, path[i].b);
        }
        up(&w);
    }
    return w.last == 0 && memcmp(first.b, root_m, sizeof first.b) == 0 &&
        memcmp(second.b, root_n, sizeof second.b) == 0;
}
