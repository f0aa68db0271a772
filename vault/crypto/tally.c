/* SPDX-License-Identifier: Apache-2.0 */
/* tally.c: whether two lists hold the same items, however they are ordered */
#include "tally.h"

#include <string.h>

#include "bytes.h"
#include "secret.h"

enum { BLOCK = 64, ITEM = 16 + 4 + 32 };

void
vlt_tally_key_init(struct vlt_tally_key *k)
{
    uint8_t key[BLOCK];

    vlt_random(key, sizeof key);
    vlt_sha256_init(&k->begun);
    vlt_sha256_update(&k->begun, key, sizeof key);
    vlt_wipe(key, sizeof key);
}

static void
add(uint64_t sum[4], const uint64_t more[4])
{
    uint64_t carry = 0;
    int i;

    for (i = 0; i < 4; i++) {
        uint64_t with = sum[i] + carry;

        carry = with < carry;
        sum[i] = with + more[i];
        carry += sum[i] < with;
    }
}

void
vlt_tally_add(struct vlt_tally *t, const struct vlt_tally_key *k,
    const uint8_t id[16], uint32_t version, const uint8_t hash[32])
{
    struct vlt_sha256 h = k->begun;
    uint8_t item[ITEM], out[32];
    uint64_t more[4];

    memcpy(item, id, 16);
    vlt_store_u32(item + 16, version);
    memcpy(item + 20, hash, 32);
    vlt_sha256_update(&h, item, sizeof item);
    vlt_sha256_final(&h, out);
    memcpy(more, out, sizeof more);
    add(t->sum, more);
    t->n++;
}

void
vlt_tally_join(struct vlt_tally *t, const struct vlt_tally *from)
{
    add(t->sum, from->sum);
    t->n += from->n;
}

bool
vlt_tally_same(const struct vlt_tally *a, const struct vlt_tally *b)
{
    return a->n == b->n && memcmp(a->sum, b->sum, sizeof a->sum) == 0;
}
