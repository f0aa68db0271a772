/* SPDX-License-Identifier: Apache-2.0 */
/* unlock.h: the steps of unlocking that other operations take too */
#ifndef VLT_UNLOCK_H
#define VLT_UNLOCK_H

#include "handle.h"

/* Room for VMK, SEED and KEM key in the handle. */
VAULT_CHECKED enum vault_status vlt_secrets_new(struct vault *v,
    struct vault_error *err);
/*
 * A kit's slots with `key`: fills v->vmk (MAC checked), seed and kem have
 * room. Statuses of vault_unlock. The caller closes the handle.
 */
VAULT_CHECKED enum vault_status vlt_kit_unlock(struct vault *v,
    const struct vault_key *key, struct vault_error *err);
/* MAC, card, heads, sets, state: what makes an opened VMK an unlocked vault.
 * Needs a transaction. */
VAULT_CHECKED enum vault_status vlt_unlock_check(struct vault *v,
    struct vault_error *err);

#endif
