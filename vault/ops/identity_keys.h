/* SPDX-License-Identifier: Apache-2.0 */
/* identity_keys.h: the keys of every generation of this vault's identity */
#ifndef VLT_IDENTITY_KEYS_H
#define VLT_IDENTITY_KEYS_H

#include "handle.h"

/*
 * Newest generation first, for as long as fn answers VAULT_OK: what was sealed
 * to an older card opens with that generation's key. Generations whose SEED is
 * not in the vault are passed over. Behind them the identity that shares gave,
 * while a run of receiving has one. Needs an unlocked handle.
 */
VAULT_CHECKED enum vault_status vlt_kem_keys(struct vault *v,
    enum vault_status (*fn)(void *ctx, const struct vlt_kemkey *kem,
        const uint8_t fingerprint[32], struct vault_error *err),
    void *ctx, struct vault_error *err);

#endif
