/* SPDX-License-Identifier: Apache-2.0 */
/* rewrite.h: every row of a container in a new file, maybe of a later format */
#ifndef VLT_REWRITE_H
#define VLT_REWRITE_H

#include "store.h"

/* Told now and then; not 0 stops. `bytes` of values so far. */
struct vlt_rewrite_progress {
    int (*fn)(void *ctx, uint64_t bytes);
    void *ctx;
};
/*
 * Copy all rows of `from` (a read transaction is open) into the empty
 * container `to` in one transaction, table by table in the order of their
 * keys, then change what differs between from's user_version and to's, one
 * version after the other. What is only staged stays behind.
 *   VAULT_E_NEWER      `from` is of a later version than `to`
 *   VAULT_E_CANCELLED
 */
VAULT_CHECKED enum vault_status vlt_rewrite(struct vlt_store *from,
    struct vlt_store *to, const struct vlt_rewrite_progress *p, uint64_t *rows,
    struct vault_error *err);
/*
 * Whether both hold the same rows, value for value. Read transactions are open
 * on both.   VAULT_E_TAMPERED  names the table that differs
 */
VAULT_CHECKED enum vault_status vlt_rewrite_same(struct vlt_store *from,
    struct vlt_store *to, const struct vlt_rewrite_progress *p,
    struct vault_error *err);

#endif
