/* SPDX-License-Identifier: Apache-2.0 */
/* note_rows.h: notes in clear, and forgetting a session that was taken in */
#ifndef VLT_NOTE_ROWS_H
#define VLT_NOTE_ROWS_H

#include "store.h"

/* All functions need an open transaction. */

/* Walk the notes f 0 of one kind, borrowed for the call. They have numbers
 * below VLT_NOTE_ORDERED; one beyond is planted, as verify says. */
VAULT_CHECKED enum vault_status vlt_notes(struct vlt_store *s, const char *kind,
    enum vault_status (
        *fn)(void *ctx, const char *note, size_t len, struct vault_error *err),
    void *ctx, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_note_put(struct vlt_store *s,
    const char *kind, const char *note, size_t len, struct vault_error *err);

/*
 * Delete a session's log with its leaves, nodes, checkpoints, records, wraps
 * and the epochs of its writer (H of its log key). The segments of its
 * records are listed in `staging`, to be given back in short transactions:
 * *rid is their *n rows, for the caller to free.
 */
VAULT_CHECKED enum vault_status vlt_session_forget(struct vlt_store *s,
    uint64_t log, const uint8_t writer[32], uint64_t **rid, size_t *n,
    struct vault_error *err);

#endif
