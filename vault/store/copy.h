/* SPDX-License-Identifier: Apache-2.0 */
/* copy.h: a complete copy of a container, by SQLite's backup */
#ifndef VLT_COPY_H
#define VLT_COPY_H

#include "store.h"

/*
 * Copy s, page by page under one snapshot, into a new file at `path`
 * (VAULT_E_EXISTS), synced and closed. on_page (may be NULL) gets bytes done
 * and total; another answer than 0 stops with VAULT_E_CANCELLED. A failed
 * copy is removed.
 */
VAULT_CHECKED enum vault_status vlt_store_copy(struct vlt_store *s,
    const char *path, int (*on_page)(void *ctx, uint64_t done, uint64_t total),
    void *ctx, struct vault_error *err);

#endif
