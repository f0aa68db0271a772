/* SPDX-License-Identifier: Apache-2.0 */
/* related.h: showing what a record has to do with others */
#ifndef CLI_RELATED_H
#define CLI_RELATED_H

#include "cmd.h"

/*
 * Links in both directions, records that hold the same original, and the
 * chain of copies up to the master; with --json a `related` line each.
 * `copies` true: only what keeps something of this record when it is gone
 * (links to it, the same original). *n, when not NULL, counts them.
 */
VAULT_CHECKED enum vault_status related_print(struct cli *c,
    const uint8_t id[VAULT_ID], bool copies, size_t *n,
    struct vault_error *err);

#endif
