/* SPDX-License-Identifier: Apache-2.0 */
/* event.h: the sealed text of a custody leaf (section 7.2) */
#ifndef VLT_EVENT_H
#define VLT_EVENT_H

#include "content.h"
#include "epoch.h"
#include "field.h"

enum { VLT_EVENT_MAX = 20 + 16384 + 40 }; /* longest stored evct */

/*
 * Stored form: epoch id 16 || i u32 || SEAL(X(Ei,"event-key"), leaf hash,
 * salt seed 32 || field list || zeros to 256, 512 ... 16384).
 */
VAULT_CHECKED enum vault_status vlt_event_seal(struct vlt_buf *out,
    const struct vlt_epoch *e, const struct vlt_e0 *e0, uint32_t i,
    const uint8_t leaf_hash[32], const struct vlt_salts *salts,
    const struct vlt_fields *l, struct vault_error *err);
/* The same with Ei itself, for a writer whose chain holds no E0 any more. */
VAULT_CHECKED enum vault_status vlt_event_seal_step(struct vlt_buf *out,
    const struct vlt_epoch *e, const struct vlt_step *step, uint32_t i,
    const uint8_t leaf_hash[32], const struct vlt_salts *salts,
    const struct vlt_fields *l, struct vault_error *err);
/* Epoch id and i of a stored event; checks the length. */
VAULT_CHECKED enum vault_status vlt_event_peek(uint8_t epoch[16], uint32_t *i,
    const void *p, size_t n, struct vault_error *err);
/*
 * Open, decode, and check that the field list gives `event` (the root in
 * the leaf).
 *   VAULT_E_TAMPERED  does not open, i out of bound, or gives another root
 *   VAULT_E_FORMAT, VAULT_E_NEWER  a length or a field list that is none
 */
VAULT_CHECKED enum vault_status vlt_event_open(struct vlt_fields *out,
    const void *p, size_t n, const struct vlt_epoch *e, const struct vlt_e0 *e0,
    const uint8_t leaf_hash[32], const uint8_t event[32],
    struct vault_error *err);
/*
 * Open and check like vlt_event_open, and append the same text sealed under
 * another epoch: what an import does with the events of a session.
 */
VAULT_CHECKED enum vault_status vlt_event_reseal(struct vlt_buf *out,
    const void *p, size_t n, const struct vlt_epoch *from,
    const struct vlt_e0 *from_e0, const uint8_t leaf_hash[32],
    const uint8_t event[32], const struct vlt_epoch *to,
    const struct vlt_e0 *to_e0, uint32_t i, struct vault_error *err);

#endif
