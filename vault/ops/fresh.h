/* SPDX-License-Identifier: Apache-2.0 */
/* fresh.h: contents that the running action added */
#ifndef VLT_FRESH_H
#define VLT_FRESH_H

#include "catalogue_ops.h"

/*
 * Whoever imports a thousand rows in one transaction asks of each whether it
 * is there already. The catalogue takes them in at the commit; until then it
 * is asked as it was, in one session, and what came since is kept in memory.
 * Nothing of it outlives the action, nor the next change of the catalogue.
 */
struct vlt_fresh;

/* Of the running action, up to its last line.
 *   any status but VAULT_OK  the catalogue cannot be asked */
VAULT_CHECKED enum vault_status vlt_fresh_now(struct vault *v,
    struct vlt_fresh **out, struct vault_error *err);
/* The session with the catalogue as it was before; borrowed. */
struct vlt_catalogue *vlt_fresh_session(const struct vlt_fresh *f);
/* Rows with that content, at most max. */
size_t vlt_fresh_content(const struct vlt_fresh *f, const uint8_t sha256[32],
    uint64_t *rid, size_t max);
/* Close the session. Before anything changes the catalogue, and before the
 * transaction ends. */
void vlt_fresh_forget(struct vault *v);

#endif
