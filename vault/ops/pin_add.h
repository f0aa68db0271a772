/* SPDX-License-Identifier: Apache-2.0 */
/* pin_add.h: which cards may stand under a name, and in what state */
#ifndef VLT_PIN_ADD_H
#define VLT_PIN_ADD_H

#include "settings.h"

/*
 * Within an action; the caller ends it with vlt_settings_changed when
 * *changed. One name names one vault; its generations stand under it.
 *
 * name NULL: the name that this vault has already. compared: a person compared
 * the fingerprint over another way. *out says what it is now, the caller's to
 * clear; adding a card twice changes nothing, adding it compared confirms it.
 *
 * A successor (`prev`, signed by the key before, `next` kept) is CONTINUES
 * when the card before it is known or continues, else UNKNOWN, until it is
 * compared. Two successors of one card: both, and all that continue them, are
 * REFUSED, whoever compared them; *out then says so with VAULT_OK.
 *   VAULT_E_FORMAT, VAULT_E_NEWER  as vlt_card_parse
 *   VAULT_E_USAGE      the name is none, another's, or not this vault's; or
 *                      it is a card of this vault itself
 *   VAULT_E_EXISTS     the name is another vault's
 *   VAULT_E_NOT_FOUND  name NULL, and nothing of this vault is pinned
 *   VAULT_E_POLICY     it continues nothing that is pinned of its vault, and
 *                      was not compared; or compared, but revoked or refused
 *   VAULT_E_TAMPERED   its own signature, or a card of the same generation is
 *                      pinned, or it does not continue the one before it
 */
VAULT_CHECKED enum vault_status vlt_pin_add(struct vault *v, const char *note,
    size_t len, const char *name, bool compared, bool *changed,
    struct vlt_pin *out, struct vault_error *err);

/*
 * Within an action, as above: a revocation signed by the key of a pinned card
 * marks it; what continued it without having been compared is UNKNOWN then.
 *   VAULT_E_FORMAT     not a revocation of a card
 *   VAULT_E_NOT_FOUND  no such card is pinned
 *   VAULT_E_TAMPERED   not signed by that card's key
 */
VAULT_CHECKED enum vault_status vlt_pin_revoke(struct vault *v,
    const char *note, size_t len, bool *changed, struct vlt_pin *out,
    struct vault_error *err);

/* Within an action: all cards under a name, or the one of a fingerprint when
 * name is NULL; how many.   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_pin_remove(struct vault *v,
    const char *name, const uint8_t *fingerprint, size_t *n,
    struct vault_error *err);

#endif
