/* SPDX-License-Identifier: Apache-2.0 */
/* renew_rows.h: rows that change when keys do, one after the other */
#ifndef VLT_RENEW_ROWS_H
#define VLT_RENEW_ROWS_H

#include "record_rows.h"

/*
 * Each row is read by a query of its own, so that the caller may change the
 * table between two of them. All functions need a transaction.
 */

/* ---- wraps, with the head of the row they belong to ---- */
struct vlt_wrapped_row {
    uint64_t rid;
    uint64_t x; /* the extract, when it is one's wrap */
    bool foreign;
    uint8_t head[VLT_SEALED_HEAD]; /* as stored: sealed when foreign */
    size_t head_len;
    uint8_t wrap[VLT_RECORD_WRAP];
};
/* The wrap after that of row `rid`. Wraps without a record are left out. */
VAULT_CHECKED enum vault_status vlt_wrap_after(struct vlt_store *s,
    uint64_t rid, struct vlt_wrapped_row *out, bool *found,
    struct vault_error *err);
/* The wrap of the extract after number `x`. */
VAULT_CHECKED enum vault_status vlt_extract_wrap_after(struct vlt_store *s,
    uint64_t x, struct vlt_wrapped_row *out, bool *found,
    struct vault_error *err);
/* The new bytes go over the old ones in their place. */
VAULT_CHECKED enum vault_status vlt_wrap_replace(struct vlt_store *s,
    uint64_t rid, const uint8_t b[VLT_RECORD_WRAP], struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_extract_wrap_replace(struct vlt_store *s,
    uint64_t x, const uint8_t b[VLT_RECORD_WRAP], struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_event_replace(struct vlt_store *s,
    uint64_t log, uint64_t idx, const void *evct, size_t len,
    struct vault_error *err);

/* ---- segments of rows that are here ---- */
struct vlt_segment_row {
    uint64_t s, rid, n;
    bool foreign;
    const uint8_t *ct; /* borrowed until the next call */
    size_t len;
};
/* The segment after number `s`; what is staged is left out. */
VAULT_CHECKED enum vault_status vlt_segment_after(struct vlt_store *s,
    uint64_t after, struct vlt_segment_row *out, bool *found,
    struct vault_error *err);

/* ---- into another container ---- */
/*
 * Copy every row that no key seals: logs, nodes, checkpoints, time evidence,
 * notes in clear, extensions. Leaves go without their event texts.
 */
VAULT_CHECKED enum vault_status vlt_clear_rows_copy(struct vlt_store *from,
    struct vlt_store *to, struct vault_error *err);

#endif
