/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_rows.h: rows of f 1, sealed; what they hold is not known here */
#ifndef VLT_FOREIGN_ROWS_H
#define VLT_FOREIGN_ROWS_H

#include "record_rows.h"

/*
 * A row's number is part of what seals it (docs/format.md section 8.3), so it
 * is asked for before the row is put. All functions need a transaction.
 */
enum {
    VLT_CELL_EXTRA = 40, /* nonce and tag */
    VLT_SEALED_SEGMENT = VLT_SEGMENT_SEALED + VLT_CELL_EXTRA,
    VLT_SEALED_EXTRACT = VLT_META_MAX + 16 + VLT_CELL_EXTRA,
    VLT_SEALED_NOTE = 1024 * 1024 + VLT_CELL_EXTRA
};

/* ---- record ---- */
/* meta NULL: none. */
VAULT_CHECKED enum vault_status vlt_foreign_row_put(struct vlt_store *s,
    uint64_t rid, const uint8_t head[VLT_SEALED_HEAD], const void *meta,
    size_t meta_len, struct vault_error *err);
/* For a row that has none. */
VAULT_CHECKED enum vault_status vlt_foreign_meta_put(struct vlt_store *s,
    uint64_t rid, const void *meta, size_t meta_len, struct vault_error *err);
/* Walk rows beyond `from` upwards, at most `limit`; head is borrowed.
 *   VAULT_E_TAMPERED  one is malformed */
VAULT_CHECKED enum vault_status vlt_foreign_rows(struct vlt_store *s,
    uint64_t from, uint64_t limit,
    enum vault_status (*fn)(void *ctx, uint64_t rid,
        const uint8_t head[VLT_SEALED_HEAD], struct vault_error *err),
    void *ctx, struct vault_error *err);
/* What there is of a row. */
struct vlt_foreign_parts {
    bool meta;
    bool wrap;
    bool extracts;
};
/*   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_foreign_parts(struct vlt_store *s,
    uint64_t rid, struct vlt_foreign_parts *out, struct vault_error *err);

/* ---- segment ---- */
VAULT_CHECKED enum vault_status vlt_segment_next(struct vlt_store *s,
    uint64_t *out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_segment_put_at(struct vlt_store *s,
    uint64_t row, uint64_t rid, uint64_t n, const void *ct, size_t len,
    struct vault_error *err);
/* As vlt_segment_get, and the number of its row. */
VAULT_CHECKED enum vault_status vlt_segment_get_row(struct vlt_store *s,
    uint64_t rid, uint64_t n, void *out, size_t len, uint64_t *row,
    struct vault_error *err);

/* ---- extract ---- */
VAULT_CHECKED enum vault_status vlt_extract_row_next(struct vlt_store *s,
    uint64_t *out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_extract_row_put(struct vlt_store *s,
    uint64_t x, uint64_t rid, const uint8_t wrap[VLT_RECORD_WRAP],
    const void *b, size_t len, struct vault_error *err);
/* Those of one row, ascending by x; borrowed. */
VAULT_CHECKED enum vault_status vlt_extract_rows(struct vlt_store *s,
    uint64_t rid,
    enum vault_status (*fn)(void *ctx, uint64_t x,
        const uint8_t wrap[VLT_RECORD_WRAP], const uint8_t *b, size_t len,
        struct vault_error *err),
    void *ctx, struct vault_error *err);

/* ---- note ---- */
/* Sealed notes have numbers of their own from here on, so that notes that are
 * given in order never get into them. */
#define VLT_NOTE_ORDERED ((uint64_t)1 << 32)
/* The next number below VLT_NOTE_ORDERED.   VAULT_E_LIMIT */
VAULT_CHECKED enum vault_status vlt_note_next(struct vlt_store *s,
    uint64_t *out, struct vault_error *err);
/* Replaces what is there, which must be sealed too: VAULT_E_TAMPERED. */
VAULT_CHECKED enum vault_status vlt_sealed_note_put(struct vlt_store *s,
    uint64_t n, const void *b, size_t len, struct vault_error *err);
/* Appended to out.   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_sealed_note_get(struct vlt_store *s,
    uint64_t n, struct vlt_buf *out, struct vault_error *err);
/* Those from `from` to below `to`, ascending, borrowed. */
VAULT_CHECKED enum vault_status vlt_sealed_notes(struct vlt_store *s,
    uint64_t from, uint64_t to,
    enum vault_status (*fn)(void *ctx, uint64_t n, const uint8_t *b, size_t len,
        struct vault_error *err),
    void *ctx, struct vault_error *err);
/* Zeroed, then deleted; nothing happens when it is absent. */
VAULT_CHECKED enum vault_status vlt_sealed_note_delete(struct vlt_store *s,
    uint64_t n, struct vault_error *err);

#endif
