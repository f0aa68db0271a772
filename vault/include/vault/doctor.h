/* SPDX-License-Identifier: Apache-2.0 */
/* vault/doctor.h: what a vault and its machine look like, and planted rows */
#ifndef VAULT_DOCTOR_H
#define VAULT_DOCTOR_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The folder of this machine's state files, into out.
 *   VAULT_E_NOT_FOUND  no home is known; VAULT_E_LIMIT
 */
VAULT_API VAULT_CHECKED enum vault_status
vault_state_folder(const struct vault_options *opt, char *out, size_t size,
    struct vault_error *err);
/*
 * The state files and locks in it, of whatever vault: their names say nothing
 * without its key. own: of the unlocked vault v; always false when v is NULL
 * or locked. Stops when fn answers not 0 (VAULT_E_CANCELLED).
 */
struct vault_state_file {
    const char *path; /* borrowed */
    bool lock;        /* an empty file that is only the name of a lock */
    bool own;
};
VAULT_API VAULT_CHECKED enum vault_status vault_states(struct vault *v,
    const struct vault_options *opt,
    int (*fn)(void *ctx, const struct vault_state_file *f), void *ctx,
    struct vault_error *err);

/*
 * Move rows that no line of the log names out of the vault: into the new file
 * `to` (JSON Lines, every value in hex), then out of the container, with one
 * line `note` in the log that says how many. Whatever else does not match
 * stays, and is found by verify. Without such rows nothing is written.
 *   VAULT_E_EXISTS, VAULT_E_BUSY, and as vault_unlock: the vault must open,
 *   and its log hold, once the rows are out of it
 */
struct vault_quarantined {
    uint64_t rows;
    uint64_t tables; /* how many they lay in */
};
VAULT_API VAULT_CHECKED enum vault_status vault_quarantine(const char *path,
    const char *to, const struct vault_key *key,
    const struct vault_options *opt, const char *reason,
    struct vault_quarantined *out, struct vault_error *err);

#ifdef __cplusplus
}
#endif

#endif
