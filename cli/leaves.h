/* SPDX-License-Identifier: Apache-2.0 */
/* leaves.h: showing entries of the custody log */
#ifndef CLI_LEAVES_H
#define CLI_LEAVES_H

#include "cmd.h"

/* All, or those of one record; `leaf` lines with --json. */
VAULT_CHECKED enum vault_status leaves_print(struct cli *c,
    const uint8_t *record, struct vault_error *err);

#endif
