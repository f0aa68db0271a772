/* SPDX-License-Identifier: Apache-2.0 */
/* hashset.c: a set of hashes, with a ceiling */
#include "hashset.h"

#include "bytes.h"
#include "fail.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t empty[32];

/* Where it is, or where it would go. slots is a power of two. */
static size_t
place(const struct hashset *s, const uint8_t hash[32])
{
    size_t i = (size_t)vlt_load_u64(hash) & (s->slots - 1);

    while (memcmp(s->slot[i], empty, 32) != 0 &&
        memcmp(s->slot[i], hash, 32) != 0)
        i = (i + 1) & (s->slots - 1);
    return i;
}

bool
hashset_has(const struct hashset *s, const uint8_t hash[32])
{
    return s->slots > 0 && memcmp(s->slot[place(s, hash)], hash, 32) == 0;
}

VAULT_CHECKED static enum vault_status
grow(struct hashset *s, struct vault_error *err)
{
    struct hashset wider = {NULL, s->slots > 0 ? 2 * s->slots : 1024, s->n};

    wider.slot = calloc(wider.slots, sizeof *wider.slot);
    if (wider.slot == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < s->slots; i++) {
        if (memcmp(s->slot[i], empty, 32) != 0)
            memcpy(wider.slot[place(&wider, s->slot[i])], s->slot[i], 32);
    }
    free(s->slot);
    *s = wider;
    return VAULT_OK;
}

enum vault_status
hashset_add(struct hashset *s, const uint8_t hash[32], struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (hashset_has(s, hash))
        return VAULT_OK;
    if (s->n == HASHSET_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "a dry run of more than %d records", (int)HASHSET_MAX / 2);
    if (2 * (s->n + 1) > s->slots)
        st = grow(s, err);
    if (st != VAULT_OK)
        return st;
    memcpy(s->slot[place(s, hash)], hash, 32);
    s->n++;
    return VAULT_OK;
}

void
hashset_clear(struct hashset *s)
{
    if (s->slot != NULL)
        vlt_wipe(s->slot, s->slots * sizeof *s->slot);
    free(s->slot);
    memset(s, 0, sizeof *s);
}
