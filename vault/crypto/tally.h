/* SPDX-License-Identifier: Apache-2.0 */
/* tally.h: whether two lists hold the same items, however they are ordered */
#ifndef VLT_TALLY_H
#define VLT_TALLY_H

#include <stdbool.h>
#include <stdint.h>
#include "hash.h"

/*
 * A sum over items of 52 bytes: each is hashed with a key that only this run
 * knows, and the hashes are added modulo 2^256. Two tallies under one key are
 * equal if the same items were added equally often, in any order; if not, they
 * are equal with a probability of 2^-256 times a power of two that is below
 * the number of items, unless SHA-256 with a secret first block can be told
 * from a random function (the multiset hash MSet-Add-Hash of Clarke, Devadas,
 * van Dijk, Gassend and Suh, 2003, with its key kept and no more than a
 * comparison told). The key is used for one file and leaves no process.
 */
struct vlt_tally_key {
    struct vlt_sha256 begun; /* after one block of random bytes */
};
struct vlt_tally {
    uint64_t n;
    uint64_t sum[4]; /* the lowest first */
};
void vlt_tally_key_init(struct vlt_tally_key *k);
/* An item: id, number, hash. */
void vlt_tally_add(struct vlt_tally *t, const struct vlt_tally_key *k,
    const uint8_t id[16], uint32_t version, const uint8_t hash[32]);
/* Everything of `from` as well. */
void vlt_tally_join(struct vlt_tally *t, const struct vlt_tally *from);
bool vlt_tally_same(const struct vlt_tally *a, const struct vlt_tally *b);

#endif
