/* SPDX-License-Identifier: Apache-2.0 */
/* verify_pairs.c: a sorted list of versions with a statement or a subject */
#include "verify_pairs.h"
#include <stdlib.h>
#include <string.h>
#include "fail.h"

static int
by_version(const void *a, const void *b)
{
    const struct vlt_pair *x = a, *y = b;

    if (x->version != y->version)
        return x->version < y->version ? -1 : 1;
    return memcmp(x->hash, y->hash, sizeof x->hash);
}

enum vault_status
vlt_pairs_add(struct vlt_pairs *l, uint32_t version, const uint8_t *hash,
    bool own, struct vault_error *err)
{
    struct vlt_pair *more = l->at;

    if ((l->n & (l->n - 1)) == 0)
        more = realloc(more, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->at = more;
    more[l->n].version = version;
    more[l->n].own = own;
    memset(more[l->n].hash, 0, sizeof more[l->n].hash);
    if (hash != NULL)
        memcpy(more[l->n].hash, hash, sizeof more[l->n].hash);
    l->n++;
    return VAULT_OK;
}

void
vlt_pairs_settle(struct vlt_pairs *l, bool once)
{
    size_t i, k = 0;

    if (l->n == 0)
        return;
    qsort(l->at, l->n, sizeof *l->at, by_version);
    for (i = 1; once && i < l->n; i++) {
        if (by_version(&l->at[i], &l->at[k]) != 0)
            l->at[++k] = l->at[i];
    }
    if (once)
        l->n = k + 1;
}

size_t
vlt_pairs_count(const struct vlt_pairs *l, uint32_t version,
    const uint8_t *hash, size_t *first)
{
    struct vlt_pair key = {version, false, {0}};
    size_t low = 0, high = l->n, n = 0;

    if (hash != NULL)
        memcpy(key.hash, hash, sizeof key.hash);
    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (by_version(&l->at[mid], &key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    *first = low;
    while (low + n < l->n && by_version(&l->at[low + n], &key) == 0)
        n++;
    return n;
}

bool
vlt_pairs_has(const struct vlt_pairs *l, uint32_t version, const uint8_t *hash)
{
    size_t first;

    return vlt_pairs_count(l, version, hash, &first) > 0;
}
