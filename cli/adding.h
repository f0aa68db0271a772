/* SPDX-License-Identifier: Apache-2.0 */
/* adding.h: what one thing after another needs while it is sealed */
#ifndef CLI_ADDING_H
#define CLI_ADDING_H

#include "add.h"

/* ---- paths ---- */

/*
 * Whether this file may be sealed into the vault at `vault`; "-" always.
 *   VAULT_E_NOT_FOUND  it is not there
 *   VAULT_E_USAGE      a folder, the vault, its capture file, an unfinished
 *                      form or a bundle: the hint says what to do with it
 *   VAULT_E_IO
 */
VAULT_CHECKED enum vault_status add_check_path(const char *path,
    const char *vault, struct vault_error *err);
/* A card, a bundle or an audit pack may be evidence, but mostly it is meant to
 * be taken in another way: that is told. */
void add_warn_of(const char *path);

/* ---- telling ---- */

/* Count what failed for its own reasons, and tell it; the exit status is 1
 * from here on. */
void add_tell_failed(struct add *a, const char *path,
    const struct vault_error *why);
/* These are in the vault for good: a new one; that it cannot be opened here
 * any more, once for all of them; one that was there already. */
void add_tell_added(const struct add *a, const struct add_done *d);
void add_tell_away(struct add *a, const struct add_done *d);
void add_tell_same(const struct add *a, const struct add_done *d);
/* At the end; the first alone when it ends early. */
void add_tell_originals(const struct add *a);
void add_tell_end(const struct add *a);

#endif
