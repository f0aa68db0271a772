/* SPDX-License-Identifier: Apache-2.0 */
/* slots.h: showing the ways to unlock */
#ifndef CLI_SLOTS_H
#define CLI_SLOTS_H

#include "cmd.h"

/* One line each; with --json a `slot` line each. The vault is open. */
VAULT_CHECKED enum vault_status slots_print(struct cli *c,
    struct vault_error *err);

/* For people: "a passphrase". Translated. */
const char *slots_kind(enum vault_slot_kind kind);

/* The slot with this whole id (32 digits).
 *   VAULT_E_USAGE  no id; VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status slots_find(struct cli *c, const char *id,
    struct vault_slot *out, struct vault_error *err);

/* The one that unlocked the vault.   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status slots_opened(struct cli *c,
    struct vault_slot *out, struct vault_error *err);

#endif
