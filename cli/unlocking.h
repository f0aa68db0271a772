/* SPDX-License-Identifier: Apache-2.0 */
/* unlocking.h: opening the vault of this run, and unlocking it */
#ifndef CLI_UNLOCKING_H
#define CLI_UNLOCKING_H

#include "cmd.h"

/* The path that -V or SANDUQ_VAULT names, in `out`.   VAULT_E_USAGE */
VAULT_CHECKED enum vault_status unlock_path(const struct cli *c, char *out,
    size_t size, struct vault_error *err);

/* How this run opens vaults. */
struct vault_options unlock_options(const struct cli *c);

/* Open it, locked, into c->vault (main closes it). */
VAULT_CHECKED enum vault_status unlock_open(struct cli *c,
    struct vault_error *err);

/* Whether an option says how to unlock. */
bool unlock_given(const struct cli *c);

/*
 * Open and unlock: with what the options say, else by asking on the
 * terminal, three times at most. Then what was sealed while it was locked is
 * taken in (capturing.h).
 */
VAULT_CHECKED enum vault_status unlock(struct cli *c, struct vault_error *err);
/* The same without taking in what was sealed while it was locked. */
VAULT_CHECKED enum vault_status unlock_only(struct cli *c,
    struct vault_error *err);

/*
 * A key for functions that unlock by themselves. `both`: a key file alone
 * does not open this vault, so ask for the passphrase too. The caller frees
 * it with vault_key_free.
 */
VAULT_CHECKED enum vault_status unlock_key(const struct cli *c, bool both,
    struct vault_key **out, struct vault_error *err);

/*
 * The id that --slot names, in `out`; *slot points to it, or is NULL without
 * the option.   VAULT_E_USAGE
 */
VAULT_CHECKED enum vault_status unlock_slot(const struct cli *c,
    uint8_t out[VAULT_ID], const uint8_t **slot, struct vault_error *err);

#endif
