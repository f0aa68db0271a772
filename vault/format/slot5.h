/* SPDX-License-Identifier: Apache-2.0 */
/* slot5.h: a slot that the key behind another vault's card opens (s. 3.1) */
#ifndef VLT_SLOT5_H
#define VLT_SLOT5_H

#include "card.h"
#include "slot.h"

/* A slot of kind 5 with a random id.
 *   VAULT_E_FORMAT  the card's key is one that encapsulation refuses */
VAULT_CHECKED enum vault_status vlt_slot5_make(struct vlt_slot *out,
    const uint8_t vault[16], const struct vlt_card *card,
    const struct vlt_vmk *vmk, struct vault_error *err);
/*
 * Try one KEM key on it.
 *   VAULT_E_SECRET  it is not sealed to this key, or was changed
 */
VAULT_CHECKED enum vault_status vlt_slot5_open(const struct vlt_slot *s,
    const uint8_t vault[16], const struct vlt_kemkey *kem, struct vlt_vmk *out,
    struct vault_error *err);

#endif
