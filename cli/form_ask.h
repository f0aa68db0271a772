/* SPDX-License-Identifier: Apache-2.0 */
/* form_ask.h: a form filled in on the terminal, for people who do not know
 * the names of fields */
#ifndef CLI_FORM_ASK_H
#define CLI_FORM_ASK_H

#include "cmd.h"
#include "form.h"

/* Whether there is a person to ask. */
bool form_can_ask(const struct cli *c);

/*
 * Ask for every field of the type that f does not have yet, in the order of
 * the registry, then show all and ask whether to seal it. Nothing is kept
 * outside f: when it ends early, the answers are gone.
 *   VAULT_E_CANCELLED  it was not to be sealed
 */
VAULT_CHECKED enum vault_status form_ask(const struct cli *c, const char *type,
    struct form *f, struct vault_error *err);

#endif
