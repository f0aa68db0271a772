/* SPDX-License-Identifier: Apache-2.0 */
/* verify_filter.c: a set of ids in a fixed space, which may answer too often */
#include "verify_filter.h"
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "hash.h"
#include "secret.h"

enum { BYTES = 1 << 20, PROBES = 8 };

struct vlt_filter {
    uint8_t key[16];
    bool any;
    uint8_t bit[BYTES];
};

enum vault_status
vlt_filter_new(struct vlt_filter **out, struct vault_error *err)
{
    struct vlt_filter *f = calloc(1, sizeof *f);

    if (f == NULL)
        return vlt_fail_memory(err);
    vlt_random(f->key, sizeof f->key);
    *out = f;
    return VAULT_OK;
}

void
vlt_filter_free(struct vlt_filter *f)
{
    free(f);
}

/* Where the bits of an id are: 8 x 23 bits of a hash. */
static void
places(const struct vlt_filter *f, const uint8_t id[16], uint32_t at[PROBES])
{
    const struct vlt_part part[] = {{f->key, sizeof f->key}, {id, 16}};
    uint8_t hash[32];
    size_t i;

    vlt_sha256_parts(hash, part, VLT_COUNT(part));
    for (i = 0; i < PROBES; i++) {
        memcpy(&at[i], hash + i * sizeof at[i], sizeof at[i]);
        at[i] %= 8u * BYTES;
    }
}

void
vlt_filter_add(struct vlt_filter *f, const uint8_t id[16])
{
    uint32_t at[PROBES];
    size_t i;

    f->any = true;
    places(f, id, at);
    for (i = 0; i < PROBES; i++)
        f->bit[at[i] / 8] |= (uint8_t)(1u << at[i] % 8);
}

bool
vlt_filter_has(const struct vlt_filter *f, const uint8_t id[16])
{
    uint32_t at[PROBES];
    size_t i;

    if (!f->any)
        return false;
    places(f, id, at);
    for (i = 0; i < PROBES; i++) {
        if ((f->bit[at[i] / 8] & 1u << at[i] % 8) == 0)
            return false;
    }
    return true;
}

bool
vlt_filter_empty(const struct vlt_filter *f)
{
    return !f->any;
}
