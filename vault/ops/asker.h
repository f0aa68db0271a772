/* SPDX-License-Identifier: Apache-2.0 */
/* asker.h: headquarters' side: who asks, and the key that it is sealed to */
#ifndef VLT_ASKER_H
#define VLT_ASKER_H

#include <vault/travel.h>
#include "handle.h"

/* Vault, slot and hash of a text; then what is pinned of that vault. Begins
 * and ends a transaction of its own on an unlocked handle. */
VAULT_CHECKED enum vault_status vlt_asker_fill(struct vault *v,
    struct vault_asker *out, const uint8_t vault[16], const uint8_t slot[16],
    const uint8_t hash[32], struct vault_error *err);
/* Generation of the own card with this fingerprint, 0 when it is none. */
uint32_t vlt_asker_generation(const struct vault *v,
    const uint8_t fingerprint[32]);
/* The bytes of a buffer as a text of the caller's, closed by a 0. */
VAULT_CHECKED enum vault_status vlt_text_give(struct vlt_buf *from,
    char **text, size_t *len, struct vault_error *err);

#endif
