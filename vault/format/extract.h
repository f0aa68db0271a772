/* SPDX-License-Identifier: Apache-2.0 */
/* extract.h: some fields of a record, proved to belong to it (section 9.2) */
#ifndef VLT_EXTRACT_H
#define VLT_EXTRACT_H

#include "meta.h"
#include "record.h"

enum { VLT_EXTRACT_MAX = VLT_META_MAX + 16 };

/*
 * What an extract shows. fields: the shown ones; index[k] and salt[k] are
 * those of fields.f[k]; rest: the hashes of all other leaves, ascending.
 */
struct vlt_extract {
    unsigned leaves; /* T: 8, 16 ... 1024 */
    bool has_body;   /* a body in segments is shown */
    bool body_raw;
    struct vlt_kb *kb; /* when has_body */
    uint64_t body_stored;
    uint64_t body_original;
    struct vlt_fields fields;
    uint16_t *index;
    struct vlt_hash32 *salt;
    struct vlt_hash32 *rest;
};
void vlt_extract_init(struct vlt_extract *x);
void vlt_extract_clear(struct vlt_extract *x); /* wipes */

/*
 * Seal the fields of m for which `shown` (m->fields.n of them) is true, under
 * X(XK, "extract", stmt). The `body` field shown means its segments are shown
 * when they lie in segments. Appended to out.   VAULT_E_LIMIT
 */
VAULT_CHECKED enum vault_status vlt_extract_seal(struct vlt_buf *out,
    const struct vlt_record_head *head, const struct vlt_meta *m,
    const bool *shown, const struct vlt_xk *xk, struct vault_error *err);
/*
 * Open and check everything a reader must (section 9.2) but the body's own
 * hash: T, indices and names strictly ascending, all T leaf hashes give
 * head->content, flags against head and fields. *out is the caller's to
 * clear on success.
 *   VAULT_E_TAMPERED, VAULT_E_NEWER
 */
VAULT_CHECKED enum vault_status vlt_extract_open(struct vlt_extract *out,
    const void *p, size_t n, const struct vlt_record_head *head,
    const struct vlt_xk *xk, struct vault_error *err);
/*
 * From an open extract (one's own copy of a partial record) a smaller one:
 * `shown` over x->fields. Whoever holds a part can pass on a part of it.
 */
VAULT_CHECKED enum vault_status vlt_extract_seal_part(struct vlt_buf *out,
    const struct vlt_record_head *head, const struct vlt_extract *x,
    const bool *shown, const struct vlt_xk *xk, struct vault_error *err);

/*
 * Let `into` show what `more` shows besides: both are open extracts of this
 * version. Several that came one after the other add up so.
 */
VAULT_CHECKED enum vault_status vlt_extract_merge(struct vlt_extract *into,
    const struct vlt_extract *more, const struct vlt_record_head *head,
    struct vault_error *err);

/* Wrap rows of use 2: XK in place of RK; the record's commitment is in the
 * AD only. Statuses of vlt_wrap_open. */
void vlt_wrap_seal_xk(uint8_t out[VLT_RECORD_WRAP], const struct vlt_epoch *e,
    const struct vlt_e0 *e0, uint32_t i, const struct vlt_record_head *r,
    const struct vlt_xk *xk);
VAULT_CHECKED enum vault_status vlt_wrap_open_xk(const uint8_t *row, size_t n,
    const struct vlt_epoch *e, const struct vlt_e0 *e0,
    const struct vlt_record_head *r, struct vlt_xk *xk,
    struct vault_error *err);

#endif
