/* SPDX-License-Identifier: Apache-2.0 */
/* destroy_rows.h: every row that opens something, overwritten and deleted */
#ifndef VLT_DESTROY_ROWS_H
#define VLT_DESTROY_ROWS_H

#include "store.h"

struct vlt_destroyed {
    uint64_t slots;
    uint64_t seeds;
    uint64_t caches;
    uint64_t settings;
    uint64_t catalogue; /* its key */
    uint64_t sessions;  /* key of a capture file */
};
/*
 * In one transaction of its own: slots, seeds, caches, local rows, the
 * catalogue's key and a session key are overwritten where they lie, then
 * deleted. The journal, which holds the old pages until the commit, is kept
 * under the same lock and overwritten with zeros before it goes. VAULT_OK: all
 * of that is on the disk.
 *   VAULT_E_BUSY, VAULT_E_TAMPERED (the tables cannot be read)
 */
VAULT_CHECKED enum vault_status vlt_destroy_keys(struct vlt_store *s,
    struct vlt_destroyed *out, struct vault_error *err);

/* Whether neither slots nor seeds are left. Needs a transaction. */
VAULT_CHECKED enum vault_status vlt_keys_gone(struct vlt_store *s, bool *out,
    struct vault_error *err);

#endif
