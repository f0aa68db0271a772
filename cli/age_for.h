/* SPDX-License-Identifier: Apache-2.0 */
/* age_for.h: for whom an age file is sealed, as options say it */
#ifndef CLI_AGE_FOR_H
#define CLI_AGE_FOR_H

#include <vault/agefile.h>
#include "cmd.h"
#include "opt.h"
#include "pass.h"

struct age_for {
    struct opt_list to;    /* recipients, or names of pinned cards */
    bool unconfirmed;      /* cards that nobody compared will do */
    bool ask;              /* for a passphrase */
    struct pass_from from; /* or where one comes from */
};

/* Whether any of it was given. */
bool age_for_given(const struct age_for *f);

/* Before anything is unlocked or asked.
 *   VAULT_E_USAGE  nobody, or both recipients and a passphrase */
VAULT_CHECKED enum vault_status age_for_check(const struct age_for *f,
    struct vault_error *err);
/*
 * What an unlocked vault and a person make of it; warns of recipients that a
 * quantum computer would break. The caller frees *out.
 *   VAULT_E_USAGE      no recipient, or two kinds of them; a weak passphrase
 *   VAULT_E_NOT_FOUND  no card is pinned under that name
 *   VAULT_E_POLICY     that card was revoked, is refused or was not compared
 */
VAULT_CHECKED enum vault_status age_for_read(struct cli *c,
    const struct age_for *f, struct vault_age_to **out,
    struct vault_error *err);

#endif
