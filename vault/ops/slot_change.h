/* SPDX-License-Identifier: Apache-2.0 */
/* slot_change.h: one change of the ways to unlock, with its line in the log */
#ifndef VLT_SLOT_CHANGE_H
#define VLT_SLOT_CHANGE_H

#include "action.h"
#include "slot.h"

/* `add` comes, `remove` goes; either may be NULL. */
struct vlt_slot_change {
    const struct vlt_slot *add;
    const uint8_t *remove;
    enum vlt_slot_kind only_kind;  /* of what goes; 0: any */
    const struct vlt_fields *more; /* for the event, or NULL */
};
/*
 * As an action of its own; or within one, which the caller commits or aborts.
 *   VAULT_E_NOT_FOUND  there is none to remove
 *   VAULT_E_USAGE      it is the last one, or of another kind
 *   VAULT_E_LIMIT      32 are there already
 */
VAULT_CHECKED enum vault_status vlt_slot_change(struct vault *v,
    const struct vlt_slot_change *c, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_slot_change_in(struct vault *v,
    const struct vlt_slot_change *c, struct vault_error *err);

#endif
