/* SPDX-License-Identifier: Apache-2.0 */
/* verify_since.h: older checkpoints and a saved state, and saving one */
#ifndef VLT_VERIFY_SINCE_H
#define VLT_VERIFY_SINCE_H

#include "verify.h"
#include "verifystate.h"

/*
 * Decode what the caller gave as v->opt->state into v->known.
 *   VAULT_E_USAGE  it is damaged, or none: nothing can be judged by it
 */
VAULT_CHECKED enum vault_status vlt_checked_load(struct vlt_verify *v,
    struct vault_error *err);
/* When everything was judged: whether the saved state is a beginning of it, a
 * line for each log of the state. Within the transaction. */
VAULT_CHECKED enum vault_status vlt_checked_compare(struct vlt_verify *v,
    struct vault_error *err);
/* Row numbers and revocations as they are now, for a state to be saved.
 * Within the transaction; nothing when none is. */
VAULT_CHECKED enum vault_status vlt_checked_marks(struct vlt_verify *v,
    struct vault_error *err);
/* Give the caller the state to keep, unless something failed, or was not what
 * the state or card that was given says. */
VAULT_CHECKED enum vault_status vlt_checked_save(struct vlt_verify *v,
    struct vault_error *err);

enum vlt_checked_kind vlt_checked_kind(const struct vlt_verify *v);
/* H(text) of all notes `revoke`, ascending; *list is the caller's to free. */
VAULT_CHECKED enum vault_status vlt_revoke_hashes(struct vlt_store *s,
    struct vlt_hash32 **list, size_t *n, struct vault_error *err);

#endif
