/* SPDX-License-Identifier: Apache-2.0 */
/* identity_keys.c: the keys of every generation of this vault's identity */
#include "identity_keys.h"

enum vault_status
vlt_kem_keys(struct vault *v,
    enum vault_status (*fn)(void *ctx, const struct vlt_kemkey *kem,
        const uint8_t fingerprint[32], struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);

    return st != VAULT_OK ? st : fn(ctx, v->kem, v->card.fingerprint, err);
}
