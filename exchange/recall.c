/* SPDX-License-Identifier: Apache-2.0 */
/* recall.c: what is known of hashes */
#include "recall.h"

#include "bytes.h"
#include "fail.h"

#include <stdlib.h>
#include <string.h>

/* Where it is, or where it would go. slots is a power of two. */
static struct recall_entry *
place(const struct recall *k, const uint8_t hash[VAULT_HASH])
{
    size_t i = (size_t)vlt_load_u64(hash) & (k->slots - 1);

    while (k->slot[i].used && memcmp(k->slot[i].hash, hash, VAULT_HASH) != 0)
        i = (i + 1) & (k->slots - 1);
    return &k->slot[i];
}

const struct recall_entry *
recall_get(const struct recall *k, const uint8_t hash[VAULT_HASH])
{
    const struct recall_entry *e = k->slots > 0 ? place(k, hash) : NULL;

    return e != NULL && e->used ? e : NULL;
}

VAULT_CHECKED static enum vault_status
grow(struct recall *k, struct vault_error *err)
{
    struct recall wider = {NULL, k->slots > 0 ? 2 * k->slots : 1024, k->n};

    wider.slot = calloc(wider.slots, sizeof *wider.slot);
    if (wider.slot == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < k->slots; i++) {
        if (k->slot[i].used)
            *place(&wider, k->slot[i].hash) = k->slot[i];
    }
    free(k->slot);
    *k = wider;
    return VAULT_OK;
}

enum vault_status
recall_put(struct recall *k, const uint8_t hash[VAULT_HASH], const uint8_t *id,
    struct vault_error *err)
{
    struct recall_entry *e;

    if (k->n == RECALL_MAX && recall_get(k, hash) == NULL)
        return vlt_fail(err, VAULT_E_LIMIT, "a dry run of too many records");
    if (2 * (k->n + 1) > k->slots) {
        enum vault_status st = grow(k, err);

        if (st != VAULT_OK)
            return st;
    }
    e = place(k, hash);
    k->n += !e->used;
    e->used = true;
    e->found = id != NULL;
    memcpy(e->hash, hash, VAULT_HASH);
    if (id != NULL)
        memcpy(e->id, id, VAULT_ID);
    return VAULT_OK;
}

void
recall_clear(struct recall *k)
{
    if (k->slot != NULL)
        vlt_wipe(k->slot, k->slots * sizeof *k->slot);
    free(k->slot);
    memset(k, 0, sizeof *k);
}
