/* SPDX-License-Identifier: Apache-2.0 */
/* verify_keep.h: the file in which an auditor keeps what was checked */
#ifndef CLI_VERIFY_KEEP_H
#define CLI_VERIFY_KEEP_H

#include "cmd.h"

#include <stdbool.h>

/* What --since and --save-state name. Zeros are a fine beginning. */
struct verify_keep {
    const char *path; /* of --save-state, or NULL */
    bool saved;
    struct vault_error why; /* when writing it failed */
};

/* Whether the content of a file is a state: anything else is a checkpoint. */
bool verify_keep_is(const char *text, size_t len);
/*
 * Before anything is judged: that --save-state names no file that is something
 * else.
 *   VAULT_E_EXISTS  it is there, and no saved state
 */
VAULT_CHECKED enum vault_status verify_keep_begin(const char *path,
    struct verify_keep *out, struct vault_error *err);
/* From within vault_verify_options.save; not 0: it could not be written, and
 * verify_keep_tell says why. */
int verify_keep_save(struct verify_keep *s, const char *state, size_t len);
/* Say whether it was written; after the verdict.
 *   VAULT_E_IO ...  writing it failed */
VAULT_CHECKED enum vault_status verify_keep_tell(const struct cli *c,
    const struct verify_keep *s, struct vault_error *err);

#endif
