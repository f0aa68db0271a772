/* SPDX-License-Identifier: Apache-2.0 */
/* notice_told.h: which notices a bundle took along, and to whom */
#ifndef VLT_NOTICE_TOLD_H
#define VLT_NOTICE_TOLD_H

#include "notice_sent.h"

/* Sealed notes of kind `told`, a field list each: bundle (2, H(bundle text)),
 * time (3), to (2, 32 n fingerprints), notes (2, 32 n, H(text)). */
struct vlt_told {
    uint8_t bundle[32];
    int64_t time;
    struct vlt_set to, notes; /* size 32 */
};
struct vlt_tolds {
    size_t n;
    struct vlt_told *t; /* heap */
};
VAULT_CHECKED enum vault_status vlt_tolds_load(struct vault *v,
    struct vlt_tolds *out, struct vault_error *err);
void vlt_tolds_clear(struct vlt_tolds *l);
/* When this identity was told of it, at first; 0: not known. *arrived: a
 * receipt of his came for one of these bundles. */
int64_t vlt_tolds_when(const struct vlt_tolds *l, const struct vlt_notices *w,
    const uint8_t hash[32], const uint8_t fingerprint[32], bool *arrived);
VAULT_CHECKED enum vault_status vlt_told_put(struct vault *v,
    const struct vlt_told *t, struct vault_error *err);

#endif
