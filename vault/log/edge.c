/* SPDX-License-Identifier: Apache-2.0 */
/* edge.c: a growing tree that keeps only its right edge */
#include <string.h>

#include "fail.h"
#include "hash.h"
#include "tree.h"

/*
 * at[k] is the hash of a full subtree of 2^k leaves if bit k of `size` is
 * set, and rubbish otherwise.
 */
void
vlt_edge_init(struct vlt_edge *e)
{
    *e = (struct vlt_edge){0};
}

enum vault_status
vlt_edge_add(struct vlt_edge *e, const uint8_t leaf[32],
    struct vault_error *err)
{
    struct vlt_hash32 h;
    enum vault_status st;
    unsigned k;

    if (e->size >> VLT_TREE_LEVELS != 0)
        return vlt_fail(err, VAULT_E_LIMIT, "log has too many leaves");
    memcpy(h.b, leaf, sizeof h.b);
    for (k = 0; e->size >> k & 1;) {
        vlt_node_hash(h.b, e->at[k].b, h.b);
        k++;
        if (k % 4 != 0 || e->full == NULL)
            continue;
        st = e->full(e->ctx, k, e->size >> k, h.b, err);
        if (st != VAULT_OK)
            return st;
    }
    e->at[k] = h;
    e->size++;
    return VAULT_OK;
}

void
vlt_edge_root(const struct vlt_edge *e, uint8_t out[32])
{
    struct vlt_hash32 h;
    bool any = false;
    unsigned k;

    for (k = 0; k <= VLT_TREE_LEVELS; k++) {
        if (!(e->size >> k & 1))
            continue;
        if (any)
            vlt_node_hash(h.b, e->at[k].b, h.b);
        else
            h = e->at[k];
        any = true;
    }
    if (any)
        memcpy(out, h.b, sizeof h.b);
    else
        vlt_sha256(out, "", 0);
}
