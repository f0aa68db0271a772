/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_find.h: which rows hold versions of a foreign record */
#ifndef VLT_FOREIGN_FIND_H
#define VLT_FOREIGN_FIND_H

#include "catalogue.h"
#include "handle.h"

/*
 * Ids of foreign rows are sealed. The catalogue knows them; without one all
 * rows are walked once and remembered for as long as nothing was written.
 * Within an action the rows that it puts are remembered too.
 */
struct vlt_rids {
    size_t n;
    uint64_t *rid;
};
void vlt_rids_clear(struct vlt_rids *l);

/* Rows that may hold this id, each once, ascending. Needs a transaction. */
VAULT_CHECKED enum vault_status vlt_foreign_rids(struct vault *v,
    const uint8_t id[16], struct vlt_rids *out, struct vault_error *err);
/* Distinct ids from `low` to `high` inclusive, ascending, at most max. */
VAULT_CHECKED enum vault_status vlt_foreign_ids(struct vault *v,
    const uint8_t low[16], const uint8_t high[16], uint8_t (*id)[16],
    size_t max, size_t *n, struct vault_error *err);
/* Within an action: this row was put just now. */
VAULT_CHECKED enum vault_status vlt_foreign_note(struct vault *v,
    const uint8_t id[16], uint64_t rid, struct vault_error *err);
/* Whether this action put it. */
bool vlt_foreign_is_new(const struct vault *v, const uint8_t id[16],
    uint64_t rid);

/* Nothing of an action outlives it. */
void vlt_foreign_forget(struct vault *v);

#endif
