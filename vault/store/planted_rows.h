/* SPDX-License-Identifier: Apache-2.0 */
/* planted_rows.h: rows that nothing names, written out and deleted */
#ifndef VLT_PLANTED_ROWS_H
#define VLT_PLANTED_ROWS_H

#include "bytes.h"
#include "store.h"

/*
 * Each row that goes is told as one line of JSON with LF, before it is
 * deleted: table and columns, integers as they are, texts as "t:" and blobs as
 * "x:" before their hex digits. Needs a write transaction.
 */
struct vlt_planted {
    enum vault_status (
        *line)(void *ctx, const char *p, size_t n, struct vault_error *err);
    void *ctx;
    uint64_t rows;   /* so far */
    uint32_t tables; /* a bit for each that lost one */
};
/* Rows of a vault that by themselves cannot belong there: of no record, no
 * log, beyond the checkpoint, of a kind that a vault never holds ... */
VAULT_CHECKED enum vault_status vlt_planted_move(struct vlt_store *s,
    struct vlt_planted *p, struct vault_error *err);
/* One row by its number, which the caller has judged. */
enum vlt_planted_kind {
    VLT_PLANTED_LOG,
    VLT_PLANTED_RECORD,
    VLT_PLANTED_EPOCH,
    VLT_PLANTED_ATTACHMENT
};
VAULT_CHECKED enum vault_status vlt_planted_move_one(struct vlt_store *s,
    enum vlt_planted_kind kind, uint64_t n, struct vlt_planted *p,
    struct vault_error *err);

#endif
