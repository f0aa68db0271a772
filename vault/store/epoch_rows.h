/* SPDX-License-Identifier: Apache-2.0 */
/* epoch_rows.h: the table of epochs */
#ifndef VLT_EPOCH_ROWS_H
#define VLT_EPOCH_ROWS_H

#include "epochset.h"
#include "store.h"

struct vlt_epoch_row {
    uint64_t e;
    struct vlt_epoch epoch; /* owned; vlt_epoch_row_clear */
    uint8_t cache[VLT_EPOCH_CACHE];
    bool has_cache;
};
void vlt_epoch_row_clear(struct vlt_epoch_row *r);

/* Decodes and checks that the id column is the header's.
 *   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_epoch_by_id(struct vlt_store *s,
    const uint8_t id[16], struct vlt_epoch_row *out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_epoch_put(struct vlt_store *s,
    const struct vlt_epoch *e, const uint8_t *cache, size_t cache_len,
    struct vault_error *err);
/* The same in a given place, for rows that are put back. */
VAULT_CHECKED enum vault_status vlt_epoch_put_at(struct vlt_store *s,
    uint64_t e, const struct vlt_epoch *epoch, const uint8_t *cache,
    size_t cache_len, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_epoch_delete(struct vlt_store *s,
    const uint8_t id[16], struct vault_error *err);
/* Zeros over everything in it, then as vlt_epoch_delete. */
VAULT_CHECKED enum vault_status vlt_epoch_destroy(struct vlt_store *s,
    const uint8_t id[16], struct vault_error *err);
/* Whether its row is here, or a wrap or event text lies in it. */
VAULT_CHECKED enum vault_status vlt_epoch_needed(struct vlt_store *s,
    const uint8_t id[16], bool *out, struct vault_error *err);
/*
 * Records whose wrap is of a kind-4 epoch: how many, and their row numbers
 * above `after`, ascending, at most max.
 */
VAULT_CHECKED enum vault_status vlt_away_rows(struct vlt_store *s, uint64_t *n,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_away_rids(struct vlt_store *s,
    uint64_t after, uint64_t *rid, size_t max, size_t *n,
    struct vault_error *err);
/* Whether there is an epoch of this id and kind; nothing else is judged. */
VAULT_CHECKED enum vault_status vlt_epoch_is(struct vlt_store *s,
    const uint8_t id[16], enum vlt_epoch_kind kind, bool *out,
    struct vault_error *err);
/* Delete the kind-4 epoch of this id when no wrap names it any more. */
VAULT_CHECKED enum vault_status vlt_away_epoch_unused(struct vlt_store *s,
    const uint8_t id[16], struct vault_error *err);
/* Walk by e; the row is borrowed. */
VAULT_CHECKED enum vault_status vlt_epochs(struct vlt_store *s,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* The same from beyond e. */
VAULT_CHECKED enum vault_status vlt_epochs_beyond(struct vlt_store *s,
    uint64_t e,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err);
/*
 * All as a set, in the order of the rows, but those of kind 4: they go with
 * the last record in them. *m is the caller's to free, NULL for none.   VAULT_E_LIMIT  more than `most`
 */
VAULT_CHECKED enum vault_status vlt_epoch_marks(struct vlt_store *s,
    size_t most, struct vlt_epoch_mark **m, size_t *n, struct vault_error *err);

#endif
