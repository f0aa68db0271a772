/* SPDX-License-Identifier: Apache-2.0 */
/* epochset.c: the hash over all epochs of a file (section 5.6) */
#include "epochset.h"
#include <stdlib.h>
#include <string.h>
#include "hash.h"
#include "label.h"

void
vlt_epoch_mark(struct vlt_epoch_mark *out, const struct vlt_epoch *e)
{
    memcpy(out->id, e->id, sizeof out->id);
    vlt_epoch_row_hash(out->hash, e);
}

static int
by_id(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

static void
hash_sorted(uint8_t out[32], const struct vlt_epoch_mark *m, size_t n)
{
    struct vlt_sha256 h;
    size_t i;

    vlt_label_hash_init(&h, VLT_L_EPOCHS);
    for (i = 0; i < n; i++) {
        vlt_sha256_update(&h, m[i].id, sizeof m[i].id);
        vlt_sha256_update(&h, m[i].hash, sizeof m[i].hash);
    }
    vlt_sha256_final(&h, out);
}

void
vlt_epoch_set_hash(uint8_t out[32], struct vlt_epoch_mark *m, size_t n)
{
    if (n > 1)
        qsort(m, n, sizeof *m, by_id);
    hash_sorted(out, m, n);
}

bool
vlt_epoch_set_begins(struct vlt_epoch_mark *m, size_t n,
    bool (*is)(const void *ctx, const uint8_t hash[32]), const void *ctx)
{
    uint8_t now[32];
    size_t k;

    for (k = 0; k < n; k++) {
        struct vlt_epoch_mark one = m[k];
        size_t at = k;

        for (; at > 0 && by_id(&m[at - 1], &one) > 0; at--)
            m[at] = m[at - 1];
        m[at] = one;
        hash_sorted(now, m, k + 1);
        if (is(ctx, now))
            return true;
    }
    return false;
}
