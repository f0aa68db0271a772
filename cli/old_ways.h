/* SPDX-License-Identifier: Apache-2.0 */
/* old_ways.h: the passphrases there were, once there is a new one */
#ifndef CLI_OLD_WAYS_H
#define CLI_OLD_WAYS_H

#include "cmd.h"

/*
 * Name every way to unlock by passphrase but the one that was `added`, and
 * take them away if `answer` is "remove", not if it is "keep"; NULL: a person
 * is asked, and without an answer they stay. *removed: how many are gone.
 */
VAULT_CHECKED enum vault_status old_ways_settle(struct cli *c,
    const char *answer, const uint8_t added[VAULT_ID], size_t *removed,
    struct vault_error *err);

#endif
