/* SPDX-License-Identifier: Apache-2.0 */
/* draft_list.h: the drafts that wait beside the vault */
#ifndef CLI_DRAFT_LIST_H
#define CLI_DRAFT_LIST_H

#include "form_draft.h"

enum { DRAFTS_MAX = 100 };
struct draft_list {
    uint64_t total;
    size_t n; /* of those, the ids that are held: all, or DRAFTS_MAX */
    uint8_t id[DRAFTS_MAX][VAULT_ID]; /* ascending */
};
VAULT_CHECKED enum vault_status drafts_find(const struct cli *c,
    struct draft_list *out, struct vault_error *err);

/* Right after unlocking: say that some wait. */
void drafts_tell(const struct cli *c);
/*
 * Before a new form of this type: locked, say that drafts wait; unlocked,
 * ask for each of this type whether to go on with it, and then open it into
 * `draft` and the empty form. draft->d stays NULL when none is wanted.
 *   VAULT_E_CANCELLED
 */
VAULT_CHECKED enum vault_status drafts_offer(struct cli *c, const char *type,
    struct form_draft *draft, struct form *f, struct vault_error *err);

/* The one whose id begins with `prefix` (6 digits or more); NULL: the only
 * one there is.   VAULT_E_USAGE, VAULT_E_NOT_FOUND, VAULT_E_AMBIGUOUS */
VAULT_CHECKED enum vault_status drafts_resolve(const struct cli *c,
    const char *prefix, uint8_t id[VAULT_ID], struct vault_error *err);

#endif
