/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_find.h: which rows hold versions of a foreign record */
#ifndef VLT_FOREIGN_FIND_H
#define VLT_FOREIGN_FIND_H

#include "catalogue.h"
#include "handle.h"
#include "tokenset.h"

/*
 * Ids of foreign rows are sealed. The catalogue knows them: it is asked in one
 * session for each transaction, begun when the first one is looked for.
 * Without one all rows are walked once, and remembered for as long as nothing
 * was written. Rows that the running action puts are remembered until the
 * catalogue has taken them in.
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
/* A line of the log names it. */
void vlt_foreign_lined(struct vault *v, const uint8_t id[16], uint64_t rid);
/* The next row of this action that none names, from place *at on; 0: none. */
uint64_t vlt_foreign_without_line(const struct vault *v, size_t *at);

/*
 * What the rows that may hold this id say of themselves, ascending by rid. Of
 * many versions of one record, asked for one after the other, each row is
 * opened once and not once for each question: others decide how many there are.
 * Borrowed until the next call. Needs a transaction.
 *   VAULT_E_TAMPERED  one was taken away, or does not open
 *   VAULT_E_LIMIT     more than VLT_VERSIONS_MAX
 */
struct vlt_foreign_head {
    uint64_t rid;
    bool other; /* of another id: the catalogue proposes, the row decides */
    uint8_t origin[16];
    uint8_t stmt[32];
};
VAULT_CHECKED enum vault_status vlt_foreign_heads(struct vault *v,
    const uint8_t id[16], const struct vlt_foreign_head **out, size_t *n,
    struct vault_error *err);
/* A row may be another one from here on. */
void vlt_foreign_heads_forget(struct vault *v);

/* Nothing of an action outlives it. */
void vlt_foreign_forget(struct vault *v);
/* From here on only rows are believed: for verifying. */
VAULT_CHECKED enum vault_status vlt_foreign_walk_only(struct vault *v,
    struct vault_error *err);

/* ---- for whoever changes the catalogue ---- */
/* Until it is called with NULL, c is asked instead of a session. */
VAULT_CHECKED enum vault_status vlt_foreign_writer(struct vault *v,
    struct vlt_catalogue *c, struct vault_error *err);
/* It has taken in all that the action did so far. */
void vlt_foreign_taken_in(struct vault *v);

/*
 * Within an action, before a row is changed that it did not put itself: the
 * words that the catalogue holds of it, which can only be taken out while they
 * are known.
 */
VAULT_CHECKED enum vault_status vlt_foreign_changing(struct vault *v,
    const struct vlt_record_head *head, uint64_t rid, struct vault_error *err);
/* What was kept so; NULL: nothing. */
const struct vlt_tokenset *vlt_foreign_words_before(const struct vault *v,
    uint64_t rid);

#endif
