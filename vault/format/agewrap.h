/* SPDX-License-Identifier: Apache-2.0 */
/* agewrap.h: the file key of an age file, wrapped for one recipient */
#ifndef VLT_AGEWRAP_H
#define VLT_AGEWRAP_H

#include "age.h"
#include "ageheader.h"

/*
 * Fill a stanza with the file key (VLT_AGE_KEY bytes) for one recipient.
 *   VAULT_E_FORMAT  the recipient's key is refused
 *   VAULT_E_LIMIT, VAULT_E_MEMORY  as vlt_scrypt
 */
VAULT_CHECKED enum vault_status vlt_age_wrap_hybrid(struct vlt_age_stanza *s,
    const struct vlt_guarded *key, const uint8_t pk[VLT_KEM_PK],
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_age_wrap_x25519(struct vlt_age_stanza *s,
    const struct vlt_guarded *key, const uint8_t pk[VLT_X25519],
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_age_wrap_scrypt(struct vlt_age_stanza *s,
    const struct vlt_guarded *key, const struct vlt_guarded *passphrase,
    unsigned work, struct vault_error *err);

/*
 * Try what we have on one stanza; *found when the file key came out, *which
 * says by which of who->kem or who->x25519.
 *   VAULT_E_FORMAT  an X25519 share of small order
 *   VAULT_E_LIMIT   the work factor is above the caller's, before any work
 *   VAULT_E_MEMORY  as vlt_scrypt
 */
VAULT_CHECKED enum vault_status vlt_age_unwrap(const struct vlt_age_stanza *s,
    const struct vlt_age_identities *who, struct vlt_guarded *key, bool *found,
    size_t *which, struct vault_error *err);

/* The key of the chunks. */
void vlt_age_payload_key(struct vlt_payload *out, const struct vlt_guarded *key,
    const uint8_t nonce[16]);

#endif
