/* SPDX-License-Identifier: Apache-2.0 */
/* new_rows.h: rows that came since a saved state, at the cost of these rows */
#ifndef VLT_NEW_ROWS_H
#define VLT_NEW_ROWS_H

#include "log_rows.h"
#include "verifystate.h"

/*
 * All functions need an open transaction, and read only what is beyond the
 * numbers given (and a path from the root of a table to it). Nothing of the
 * file's structure was looked at before: what they give is judged by its
 * hashes, never by where it was found.
 */

/* The highest number of each table now. */
VAULT_CHECKED enum vault_status vlt_new_marks(struct vlt_store *s,
    uint64_t row[VLT_CHECKED_TABLES], struct vault_error *err);
/*
 * How many rows beyond these numbers belong to nothing, in a vault (section
 * 17.2); any attachment is one, records and epochs are the caller's to judge.
 */
VAULT_CHECKED enum vault_status vlt_new_planted(struct vlt_store *s,
    const uint64_t row[VLT_CHECKED_TABLES], uint64_t *n,
    struct vault_error *err);
/*
 * Whether every log number that leaf, node and checkpoint know is one of
 * these, ascending; and no leaf lies before the first.
 */
VAULT_CHECKED enum vault_status vlt_new_logs_known(struct vlt_store *s,
    const uint64_t *log, size_t logs, bool *known, struct vault_error *err);
/* Whether all nodes of a log are of levels that are stored, and none lies
 * beyond `size` leaves. */
VAULT_CHECKED enum vault_status vlt_new_nodes_fit(struct vlt_store *s,
    uint64_t log, uint64_t size, bool *fit, struct vault_error *err);
/* What lies in the file under one id, new and old; counted up to these. */
enum { VLT_NEW_ID_ROWS = 1024, VLT_NEW_ID_LINES = 8192 };
struct vlt_new_id {
    uint64_t rows; /* VLT_NEW_ID_ROWS + 1: or more; so the lines */
    uint64_t lines;
    uint64_t withdrawals; /* of these lines */
};
VAULT_CHECKED enum vault_status vlt_new_id_count(struct vlt_store *s,
    const uint8_t id[16], struct vlt_new_id *out, struct vault_error *err);

#endif
