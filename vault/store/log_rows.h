/* SPDX-License-Identifier: Apache-2.0 */
/* log_rows.h: logs, leaves, nodes and checkpoints, and the tree over them */
#ifndef VLT_LOG_ROWS_H
#define VLT_LOG_ROWS_H

#include "checkpoint.h"
#include "event.h"
#include "leaf.h"
#include "store.h"
#include "tree.h"

/* ---- log ---- */
struct vlt_log_row {
    uint64_t n;
    const char *origin; /* borrowed */
    size_t origin_len;
    const char *note;
    size_t note_len;
};
VAULT_CHECKED enum vault_status vlt_logs(struct vlt_store *s,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_log_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* Insert; *n = its number. */
VAULT_CHECKED enum vault_status vlt_log_put(struct vlt_store *s,
    const char *origin, const char *note, size_t note_len, uint64_t *n,
    struct vault_error *err);

/* ---- leaf ---- */
struct vlt_leaf_row {
    uint64_t log;
    uint64_t idx;
    struct vlt_leaf leaf;
    const uint8_t *evct; /* borrowed or NULL */
    size_t evct_len;
};
VAULT_CHECKED enum vault_status vlt_leaf_put(struct vlt_store *s, uint64_t log,
    uint64_t idx, const struct vlt_leaf *leaf, const void *evct,
    size_t evct_len, struct vault_error *err);
/* Walk one log from idx `from`. */
VAULT_CHECKED enum vault_status vlt_leaves(struct vlt_store *s, uint64_t log,
    uint64_t from,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* All leaves `slots` of every log, by the index, in the order of their logs. */
VAULT_CHECKED enum vault_status vlt_leaves_slots(struct vlt_store *s,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* All leaves of a record id, in every log. */
VAULT_CHECKED enum vault_status vlt_leaves_of(struct vlt_store *s,
    const uint8_t id[16],
    enum vault_status (
        *fn)(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* The `join` leaves of every log, without their events. */
VAULT_CHECKED enum vault_status vlt_leaves_joining(struct vlt_store *s,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* The subjects of the leaves of this kind in every log, each once. */
VAULT_CHECKED enum vault_status vlt_leaf_subjects(struct vlt_store *s,
    const char *kind,
    enum vault_status (
        *fn)(void *ctx, const uint8_t subject[32], struct vault_error *err),
    void *ctx, struct vault_error *err);
/* One leaf; evct is copied into `evct` (may be NULL: not wanted).
 *   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_leaf_get(struct vlt_store *s, uint64_t log,
    uint64_t idx, struct vlt_leaf_row *out, struct vlt_buf *evct,
    struct vault_error *err);
/*
 * The last leaf of this kind (card, settings or slots) in a log, by the
 * index; evct as above.   VAULT_E_NOT_FOUND
 */
VAULT_CHECKED enum vault_status vlt_leaf_last(struct vlt_store *s, uint64_t log,
    const char *kind, struct vlt_leaf_row *out, struct vlt_buf *evct,
    struct vault_error *err);
/* The same by looking at every leaf: for when the index is not believed. */
VAULT_CHECKED enum vault_status vlt_leaf_last_scan(struct vlt_store *s,
    uint64_t log, const char *kind, struct vlt_leaf_row *out,
    struct vlt_buf *evct, struct vault_error *err);
/* Whether any log has a leaf of this kind and subject (and id, when given).
 * Says nothing about the tree. */
VAULT_CHECKED enum vault_status vlt_leaf_exists(struct vlt_store *s,
    const char *kind, const uint8_t *id, const uint8_t subject[32], bool *found,
    struct vault_error *err);
/* Highest idx + 1 in the table for this log; 0 when it is empty. */
VAULT_CHECKED enum vault_status vlt_leaf_count(struct vlt_store *s,
    uint64_t log, uint64_t *out, struct vault_error *err);

/* ---- tree over one log ---- */
struct vlt_log_tree {
    struct vlt_store *s;
    uint64_t log;
};
/* io reads leaves and nodes of t (and stores nodes when `write`). */
void vlt_log_tree_io(struct vlt_log_tree *t, struct vlt_store *s, uint64_t log,
    bool write, struct vlt_tree_io *io);
/* VAULT_OK with *found = false when there is no such row. */
VAULT_CHECKED enum vault_status vlt_node_get(struct vlt_store *s, uint64_t log,
    unsigned level, uint64_t idx, uint8_t out[32], bool *found,
    struct vault_error *err);

/* ---- checkpoint ---- */
struct vlt_checkpoint_row {
    uint64_t log;
    uint64_t size;
    bool keep;
    const char *note; /* borrowed */
    size_t note_len;
};
/* The newest of a log; the note is copied into `note`. VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_checkpoint_newest(struct vlt_store *s,
    uint64_t log, struct vlt_checkpoint_row *out, struct vlt_buf *note,
    struct vault_error *err);
/* Ascending by size. */
VAULT_CHECKED enum vault_status vlt_checkpoints(struct vlt_store *s,
    uint64_t log,
    enum vault_status (*fn)(void *ctx, const struct vlt_checkpoint_row *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err);
/* Store the new one and delete older ones that are not kept, and that bear the
 * log's own line alone and no time evidence. */
VAULT_CHECKED enum vault_status vlt_checkpoint_put(struct vlt_store *s,
    uint64_t log, uint64_t size, const char *note, size_t note_len,
    struct vault_error *err);
/* Put another note in place of a stored one, and keep it from now on.
 *   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_checkpoint_replace(struct vlt_store *s,
    uint64_t log, uint64_t size, const char *note, size_t note_len,
    struct vault_error *err);

#endif
