/* SPDX-License-Identifier: Apache-2.0 */
/* notice_sent.h: what a notice has to do with what was given to whom */
#ifndef VLT_NOTICE_SENT_H
#define VLT_NOTICE_SENT_H

#include "notice_work.h"
#include "sent.h"

/* A set of fixed-size values, each once, in the order they came. */
struct vlt_set {
    size_t size; /* of one */
    size_t n;
    uint8_t *p;
};
VAULT_CHECKED enum vault_status vlt_set_add(struct vlt_set *s, const void *p,
    struct vault_error *err);
bool vlt_set_has(const struct vlt_set *s, const void *p);
void vlt_set_clear(struct vlt_set *s);

/* Whether a request was taken back by whoever made it. */
bool vlt_notices_lifted(const struct vlt_notices *w, const struct vlt_kept *k);
/* The last answer of this identity to a request, by its date; NULL. */
const struct vlt_kept *vlt_notices_answer(const struct vlt_notices *w,
    const uint8_t withdraw[32], const uint8_t fingerprint[32]);
/* The last receipt of this identity for a bundle; NULL. */
const struct vlt_kept *vlt_notices_receipt(const struct vlt_notices *w,
    const uint8_t bundle_text[32], const uint8_t fingerprint[32]);

/* What was given of the statements in `about` (size 32): bundles (16) and
 * recipients (32) are added. NULL where not wanted. */
VAULT_CHECKED enum vault_status vlt_notices_reach(struct vault *v,
    const struct vlt_set *about, struct vlt_set *bundles,
    struct vlt_set *recipients, struct vault_error *err);

#endif
