/* SPDX-License-Identifier: Apache-2.0 */
/* rekeying.h: new keys, in place or in a new file: asked for and told */
#ifndef CLI_REKEYING_H
#define CLI_REKEYING_H

#include <vault/rekey.h>

#include "cmd.h"
#include "newkey.h"

/* Options of everything that writes a new file. */
struct rekey_new_opts {
    const char *kdf;
    struct pass_from pass;
    const char *key_file;
    bool both;
    bool again;
};

/* What level 2 or 3 reaches and what not, before it is done. */
void rekey_reach(int level);

/* Level 3 into `path`: asks for the new way to unlock, makes the file, and
 * tells what must be destroyed now. The vault is unlocked. */
VAULT_CHECKED enum vault_status rekey_into(struct cli *c, const char *path,
    const struct rekey_new_opts *o, const char *reason,
    struct vault_error *err);
/* Before anything is asked: the name is free, the options fit.
 *   VAULT_E_EXISTS, VAULT_E_USAGE */
VAULT_CHECKED enum vault_status rekey_into_check(const char *path,
    const struct rekey_new_opts *o, struct vault_error *err);

/* What was done in place. */
void rekey_tell(const struct cli *c, const struct vault_rekeyed *done);

#endif
