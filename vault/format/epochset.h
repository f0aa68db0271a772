/* SPDX-License-Identifier: Apache-2.0 */
/* epochset.h: the hash over all epochs of a file (section 5.6) */
#ifndef VLT_EPOCHSET_H
#define VLT_EPOCHSET_H

#include "epoch.h"

struct vlt_epoch_mark {
    uint8_t id[16];
    uint8_t hash[32]; /* vlt_epoch_row_hash */
};
void vlt_epoch_mark(struct vlt_epoch_mark *out, const struct vlt_epoch *e);
/* H(L("epochs") || for each ascending by id: id || hash); sorts in place. The
 * caller leaves those of kind 4 out. */
void vlt_epoch_set_hash(uint8_t out[32], struct vlt_epoch_mark *m, size_t n);
/*
 * Whether the first k of these, for some k >= 1, give a hash that is one of
 * those looked for: `is` answers. The array is in the order of the rows and
 * comes out sorted. Quadratic in n: the caller bounds it, and asks once.
 */
bool vlt_epoch_set_begins(struct vlt_epoch_mark *m, size_t n,
    bool (*is)(const void *ctx, const uint8_t hash[32]), const void *ctx);

#endif
