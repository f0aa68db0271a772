/* SPDX-License-Identifier: Apache-2.0 */
/* statefolder.h: where the state files lie, and which files there are ours */
#ifndef VLT_STATEFOLDER_H
#define VLT_STATEFOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <vault/error.h>

/* state_dir as in struct vault_options: NULL is the user's own.
 *   VAULT_E_NOT_FOUND (no home is known), VAULT_E_LIMIT */
VAULT_CHECKED enum vault_status vlt_state_folder(const char *state_dir,
    char *out, size_t size, struct vault_error *err);
/*
 * The files there that have a state file's name (16 hex digits), or that of
 * the lock beside one. A folder that is not there has none.
 */
VAULT_CHECKED enum vault_status vlt_state_files(const char *state_dir,
    enum vault_status (
        *fn)(void *ctx, const char *path, bool lock, struct vault_error *err),
    void *ctx, struct vault_error *err);

#endif
