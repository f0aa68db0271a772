/* SPDX-License-Identifier: Apache-2.0 */
/* reseal.h: what one vault handle can open, sealed again for another */
#ifndef VLT_RESEAL_H
#define VLT_RESEAL_H

#include "action.h"
#include "renew_rows.h"

/*
 * From an unlocked vault to the one whose action is open: the same handle when
 * keys change in place, another one when a new file is written. What lies in
 * an epoch that `from` has no key to stays as it is.
 */
struct vlt_reseal {
    struct vault *from;
    struct vault *to;
    uint64_t wraps;
    uint64_t events;
    uint64_t left; /* wraps and events that stay under their epochs */
};

/* Head of the record that a wrap belongs to. VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_wrapped_head(const struct vault *v,
    const struct vlt_wrapped_row *w, struct vlt_record_head *out,
    struct vault_error *err);
/*
 * b is replaced by the same key under `to`'s epoch; *left: it stays.
 *   VAULT_E_TAMPERED  it does not open, although its epoch does
 */
VAULT_CHECKED enum vault_status vlt_reseal_wrap(struct vlt_reseal *r,
    const struct vlt_record_head *head, uint8_t b[VLT_RECORD_WRAP], bool *left,
    struct vault_error *err);
/* The same with the event text of a leaf: `out` gets what is stored. */
VAULT_CHECKED enum vault_status vlt_reseal_event(struct vlt_reseal *r,
    const struct vlt_leaf_row *leaf, struct vlt_buf *out, bool *left,
    struct vault_error *err);
/*
 * Every event text of every log of `from`, in the order of the lines, given
 * to fn as it is stored from now on.
 */
VAULT_CHECKED enum vault_status vlt_reseal_events(struct vlt_reseal *r,
    enum vault_status (*fn)(void *ctx, uint64_t log, uint64_t idx,
        const struct vlt_buf *evct, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* Count one more of the work, now and then telling it. VAULT_E_CANCELLED */
VAULT_CHECKED enum vault_status vlt_reseal_tick(struct vlt_reseal *r,
    struct vault_error *err);

/* Put the epoch set hash of `to`'s rows into a line `rekey`. */
VAULT_CHECKED enum vault_status vlt_rekey_leaf(struct vault *to,
    const char *level, const char *reason, struct vault_error *err);

enum { VLT_EPOCHS_MAX = 1 << 20 };

#endif
