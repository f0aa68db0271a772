/* SPDX-License-Identifier: Apache-2.0 */
/* own_revoke.h: which own cards are revoked */
#ifndef VLT_OWN_REVOKE_H
#define VLT_OWN_REVOKE_H

#include "handle.h"

/*
 * Whether a note `revoke` of this vault says so of that own card, signed by
 * it. Works locked, needs a transaction. `note` (may be NULL) gets it, in an
 * initialised buffer.
 */
VAULT_CHECKED enum vault_status vlt_own_revoked(struct vault *v,
    const struct vlt_card *card, bool *out, struct vlt_buf *note,
    struct vault_error *err);
/*
 * Before something is signed for others: the newest card is not revoked, so
 * that whoever knows of that would refuse it. Needs a transaction.
 *   VAULT_E_POLICY  it is
 */
VAULT_CHECKED enum vault_status vlt_own_card_usable(struct vault *v,
    struct vault_error *err);

#endif
