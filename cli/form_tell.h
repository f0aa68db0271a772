/* SPDX-License-Identifier: Apache-2.0 */
/* form_tell.h: the mistakes of a form, told all at once */
#ifndef CLI_FORM_TELL_H
#define CLI_FORM_TELL_H

#include "cmd.h"
#include "form.h"

/* Tell every mistake.   VAULT_E_USAGE  there was one */
VAULT_CHECKED enum vault_status form_check(const struct cli *c,
    const struct form *f, struct vault_error *err);

#endif
