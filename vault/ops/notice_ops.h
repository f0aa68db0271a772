/* SPDX-License-Identifier: Apache-2.0 */
/* notice_ops.h: notices within the actions of others: receiving and sharing */
#ifndef VLT_NOTICE_OPS_H
#define VLT_NOTICE_OPS_H

#include "notice_work.h"

/*
 * Receiving. Before the action, within a transaction:
 *
 *     vlt_notices_open(v, &w, err)
 *     vlt_notice_judge(w, note, len, &out, err)    each
 *     vlt_notices_close(w)
 *
 * and within it, after cards, log notes and records were put:
 *
 *     vlt_notices_open(v, &w, err)
 *     vlt_notice_take(w, note, len, &out, err)     each
 *     vlt_notices_settle(w, err)                   also when there was none
 *     vlt_notices_close(w)
 *
 * A note that is refused is no failure: `out` says why. Taking writes the
 * line `ask` or `ack` of a note that is new, settling the one line `settings`
 * when a request came, was lifted, or its record arrived.
 */
VAULT_CHECKED enum vault_status vlt_notice_judge(struct vlt_notices *w,
    const char *note, size_t len, struct vault_notice *out,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_notice_take(struct vlt_notices *w,
    const char *note, size_t len, struct vault_notice *out,
    struct vault_error *err);
/* Requests for records that were not here: those that are now are hidden. */
VAULT_CHECKED enum vault_status vlt_notices_settle(struct vlt_notices *w,
    struct vault_error *err);
/* Within an action: keep a receipt or answer that this vault made now, and
 * log it (`ack`). */
VAULT_CHECKED enum vault_status vlt_notice_given(struct vault *v,
    const char *note, size_t len, struct vault_error *err);

/*
 * Sharing: the notices that a bundle to these n recipients takes along. One
 * is given only if it concerns every one of them, so that nobody learns from
 * it what others hold: requests about records that each of them was given from
 * here and has not answered, and what takes such a request back; answers and
 * receipts to the one who is to have them. None is given once a receipt came
 * for a bundle that took it along. Needs a transaction on an unlocked handle.
 */
VAULT_CHECKED enum vault_status vlt_notices_pending_for(struct vault *v,
    const uint8_t (*to)[32], size_t n,
    enum vault_status (*fn)(void *ctx, const char *kind, const char *note,
        size_t len, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* Within the action that makes that bundle, before its `sent` is put: all of
 * them were taken along by the bundle with this H(bundle text). */
VAULT_CHECKED enum vault_status vlt_notices_told(struct vault *v,
    const uint8_t bundle_text[32], const uint8_t (*to)[32], size_t n,
    struct vault_error *err);

#endif
