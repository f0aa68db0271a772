/* SPDX-License-Identifier: Apache-2.0 */
/* form_ask.h: a form filled in on the terminal, for people who do not know
 * the names of fields */
#ifndef CLI_FORM_ASK_H
#define CLI_FORM_ASK_H

#include "cmd.h"
#include "form.h"
#include "form_draft.h"

/* Whether there is a person to ask. */
bool form_can_ask(const struct cli *c);

/*
 * Ask for every field of the type that f does not have yet, in the order of
 * the registry, then show all and ask whether to seal it. Each answer is kept
 * in `draft` (NULL: nothing is kept outside f); one that was opened goes on
 * after its last answer. draft->unwanted: the person wants it destroyed.
 *   VAULT_E_CANCELLED  it was not to be sealed
 */
VAULT_CHECKED enum vault_status form_ask(const char *type, struct form *f,
    struct form_draft *draft, struct vault_error *err);

#endif
