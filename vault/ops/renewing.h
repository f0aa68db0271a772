/* SPDX-License-Identifier: Apache-2.0 */
/* renewing.h: the parts of writing a new vault file */
#ifndef VLT_RENEWING_H
#define VLT_RENEWING_H

#include "renew.h"
#include "reseal.h"
#include "slot.h"

/* From v to w, whose container is being filled in one transaction. */
struct vlt_renewing {
    struct vault *v; /* the old one: unlocked, locked against other writers */
    struct vault *w; /* the new one: keys drawn, container empty */
    const struct vlt_renew_options *o;
    struct vlt_reseal r;
    struct vlt_renewed done;
};

/* Every row of the old file, those that a key seals under the new keys, but
 * for slots, identity and meta. Before w's log is begun. */
VAULT_CHECKED enum vault_status vlt_renew_rows(struct vlt_renewing *n,
    struct vault_error *err);
/* Event texts of the copied lines, and wraps: under w's new epoch. */
VAULT_CHECKED enum vault_status vlt_renew_seals(struct vlt_renewing *n,
    struct vault_error *err);
/* The chosen records, each version with a line `take`. */
VAULT_CHECKED enum vault_status vlt_renew_chosen(struct vlt_renewing *n,
    struct vault_error *err);
/* The slot of one way. VAULT_E_USAGE, VAULT_E_SLOT */
VAULT_CHECKED enum vault_status vlt_renew_slot(struct vault *w,
    const struct vlt_renew_way *way, struct vlt_slot *out,
    struct vault_error *err);

#endif
