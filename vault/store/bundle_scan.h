/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_scan.h: reading every row of a bundle that a stranger made */
#ifndef VLT_BUNDLE_SCAN_H
#define VLT_BUNDLE_SCAN_H

#include "bytes.h"
#include "leaf.h"
#include "record_rows.h"
#include "store.h"
#include "tree.h"

/*
 * docs/format.md section 17, "Containers". All functions need an open
 * transaction; types and lengths of columns are judged here, what the bytes
 * mean is the caller's business. Walks end with another answer than VAULT_OK.
 */

/*
 * The entries of meta: exactly those of a bundle. note and manifest are
 * appended to.
 *   VAULT_E_TAMPERED  one is missing, unknown, or of another length
 *   VAULT_E_NEWER     suite or min_reader is not 1
 */
VAULT_CHECKED enum vault_status vlt_bundle_meta(struct vlt_store *s,
    uint8_t vault[16], struct vlt_buf *note, struct vlt_buf *manifest,
    struct vault_error *err);
/*
 * Rows in tables that a bundle does not use, rows that belong to no record or
 * log, and notes of kinds that do not travel: there are none.
 *   VAULT_E_TAMPERED  some, and which
 *   VAULT_E_NEWER     an extension that must be understood
 *   VAULT_E_LIMIT     more rows than this program takes
 */
VAULT_CHECKED enum vault_status vlt_bundle_planted(struct vlt_store *s,
    struct vault_error *err);

/* Notes of one kind by their number; borrowed for the call. */
VAULT_CHECKED enum vault_status vlt_bundle_notes_of(struct vlt_store *s,
    const char *kind,
    enum vault_status (*fn)(void *ctx, uint64_t n, const char *note, size_t len,
        struct vault_error *err),
    void *ctx, struct vault_error *err);
/* One text, into the empty buffer: of `note`, of `log`, of `checkpoint`.
 *   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_bundle_note_text(struct vlt_store *s,
    uint64_t n, struct vlt_buf *out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_bundle_log_text(struct vlt_store *s,
    uint64_t n, struct vlt_buf *out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_bundle_point_text(struct vlt_store *s,
    uint64_t log, uint64_t size, struct vlt_buf *out, struct vault_error *err);

/* Heads alone, by rid: `meta` says only whether there is any. */
VAULT_CHECKED enum vault_status vlt_bundle_heads(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, uint64_t rid,
        const struct vlt_record_head *head, bool meta, struct vault_error *err),
    void *ctx, struct vault_error *err);

struct vlt_proof_seen {
    uint64_t rid;
    uint64_t log;
    uint64_t size;
    uint64_t idx;
    char kind[VLT_LEAF_KIND + 1];
    uint8_t event[32];
    size_t n;
    struct vlt_hash32 path[VLT_PROOF_MAX];
};
/* All of them by rid and log, or those of one record. */
VAULT_CHECKED enum vault_status vlt_bundle_proofs(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, const struct vlt_proof_seen *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err);
/* VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_bundle_proof_get(struct vlt_store *s,
    uint64_t rid, uint64_t log, struct vlt_proof_seen *out,
    struct vault_error *err);

#endif
