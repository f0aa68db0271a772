/* SPDX-License-Identifier: Apache-2.0 */
/* audit_rows.h: the rows of an audit pack, in a vault and in the pack */
#ifndef VLT_AUDIT_ROWS_H
#define VLT_AUDIT_ROWS_H

#include "bundle_scan.h"

/* All functions need an open transaction. */

/*
 * Heads of the rows f 0 beyond rid `after`, ascending; metadata are not read,
 * `meta` says whether there are any.
 *   VAULT_E_TAMPERED  a head is malformed, or is not what its columns say
 */
VAULT_CHECKED enum vault_status vlt_audit_heads(struct vlt_store *s,
    uint64_t after,
    enum vault_status (*fn)(void *ctx, uint64_t rid,
        const struct vlt_record_head *head, bool meta, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* Those of the rows f 1, which are sealed: only their numbers. */
VAULT_CHECKED enum vault_status vlt_audit_foreign_after(struct vlt_store *s,
    uint64_t after, uint64_t *rid, struct vault_error *err);

/* The attachments of one log, as rows of log `to_log` in another file. */
VAULT_CHECKED enum vault_status vlt_audit_attachments(struct vlt_store *from,
    uint64_t log, struct vlt_store *to, uint64_t to_log,
    struct vault_error *err);

/* The proofs of one record, ascending by log. */
VAULT_CHECKED enum vault_status vlt_audit_proofs(struct vlt_store *s,
    uint64_t rid,
    enum vault_status (*fn)(void *ctx, const struct vlt_proof_seen *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err);
/* Whether a row f 0 is the next version of this one: same id, that version,
 * `prev` this statement. */
VAULT_CHECKED enum vault_status vlt_audit_followed(struct vlt_store *s,
    const struct vlt_record_head *head, const uint8_t stmt[32], bool *out,
    struct vault_error *err);

/* Whether a row of this vault, and of no other, is what this line names. */
VAULT_CHECKED enum vault_status vlt_audit_has_own(struct vlt_store *s,
    const uint8_t vault[16], const struct vlt_leaf *leaf, bool *out,
    struct vault_error *err);

/* What an audit pack never holds, and rows that belong to nothing in it; fn is
 * told of each kind that is there, and how many rows. */
VAULT_CHECKED enum vault_status vlt_audit_planted(struct vlt_store *s,
    void (*fn)(void *ctx, const char *what, uint64_t n), void *ctx,
    struct vault_error *err);

/*   VAULT_E_LIMIT  more rows of others than this program takes */
VAULT_CHECKED enum vault_status vlt_audit_bounds(struct vlt_store *s,
    struct vault_error *err);

#endif
