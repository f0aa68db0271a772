/* SPDX-License-Identifier: Apache-2.0 */
/* shares_in.h: shares as people have them: typed, or in files */
#ifndef CLI_SHARES_IN_H
#define CLI_SHARES_IN_H

#include "cmd.h"

#include <vault/recover.h>

/* "2/3": how many are needed, of how many; 1/1 is the whole on one sheet.
 *   VAULT_E_USAGE */
VAULT_CHECKED enum vault_status shares_numbers(const char *s, unsigned *k,
    unsigned *n, struct vault_error *err);

/*
 * Those in a file: the share alone, or lines that begin with `sqr1`, as in the
 * sheets that this program writes and what a reader of codes puts into a file.
 * "-": standard input. A share that is in the set already is passed over.
 *   VAULT_E_FORMAT  none in it, or one that does not hold
 *   VAULT_E_USAGE   of another set
 */
VAULT_CHECKED enum vault_status shares_file(const char *path,
    struct vault_shares *s, struct vault_error *err);

/*
 * Ask on the terminal until there are enough (`all`), or for one. What is
 * mistyped is told and asked for again. `missing`: N_(), without a terminal.
 *   VAULT_E_USAGE, VAULT_E_CANCELLED
 */
VAULT_CHECKED enum vault_status shares_ask(struct vault_shares *s, bool all,
    const char *missing, struct vault_error *err);

/* The words on the command line as files; none: asked for. Not enough of them:
 * the rest is asked for. */
VAULT_CHECKED enum vault_status shares_gather(const struct cli *c,
    struct vault_shares *s, struct vault_error *err);

#endif
