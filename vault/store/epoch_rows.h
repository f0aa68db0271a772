/* SPDX-License-Identifier: Apache-2.0 */
/* epoch_rows.h: the table of epochs */
#ifndef VLT_EPOCH_ROWS_H
#define VLT_EPOCH_ROWS_H

#include "epoch.h"
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
/* Walk by e; the row is borrowed. */
VAULT_CHECKED enum vault_status vlt_epochs(struct vlt_store *s,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err);

#endif
