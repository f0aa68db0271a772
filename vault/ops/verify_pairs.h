/* SPDX-License-Identifier: Apache-2.0 */
/* verify_pairs.h: a sorted list of versions with a statement or a subject */
#ifndef VLT_VERIFY_PAIRS_H
#define VLT_VERIFY_PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "vault/error.h"

struct vlt_pair {
    uint32_t version;
    bool own; /* of a row */
    uint8_t hash[32];
};
struct vlt_pairs {
    size_t n;
    struct vlt_pair *at;
};

/* hash NULL: all zero */
VAULT_CHECKED enum vault_status vlt_pairs_add(struct vlt_pairs *l,
    uint32_t version, const uint8_t *hash, bool own, struct vault_error *err);
/* Sort; `once`: what is there twice stays only once. */
void vlt_pairs_settle(struct vlt_pairs *l, bool once);
/* Of a settled list: how many say this; *first: the first of them. */
size_t vlt_pairs_count(const struct vlt_pairs *l, uint32_t version,
    const uint8_t *hash, size_t *first);
bool vlt_pairs_has(const struct vlt_pairs *l, uint32_t version,
    const uint8_t *hash);

#endif
