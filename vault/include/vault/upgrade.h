/* SPDX-License-Identifier: Apache-2.0 */
/* vault/upgrade.h: the same vault in a new file of the present form */
#ifndef VAULT_UPGRADE_H
#define VAULT_UPGRADE_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vault_upgraded {
    int from, to; /* user_version of the old file and of the new one */
    uint64_t rows;
    uint64_t bytes_before, bytes_after;
    uint64_t records; /* versions that verify found in the new file */
    uint64_t leaves;
};
/*
 * Judge the vault at `from` without a secret, write it row by row into a new
 * file, and judge that: every log must end in the checkpoint that it ended in,
 * every row be there. Only then does it get the name `to`. `from` is opened
 * for reading only and never changed. With `key` both are also opened with
 * it, every record included. The vault stays the same one: same id, same
 * logs, same state file; go on with one of the two files only.
 *   VAULT_E_EXISTS    something has that name
 *   VAULT_E_TAMPERED  the old file does not verify (nothing was written), or
 *                     the new one does not come out like it
 *   VAULT_E_NEWER     of a later format than this program writes
 *   VAULT_E_USAGE     no vault, but another container
 */
VAULT_API VAULT_CHECKED enum vault_status vault_upgrade(const char *from,
    const char *to, const struct vault_key *key,
    const struct vault_options *opt, struct vault_upgraded *out,
    struct vault_error *err);

#ifdef __cplusplus
}
#endif

#endif
