/* SPDX-License-Identifier: Apache-2.0 */
/* share_check.h: whether shares can still be read, and what they open */
#ifndef CLI_SHARE_CHECK_H
#define CLI_SHARE_CHECK_H

#include "cmd.h"

/*
 * Tell of each share in the files that are named, or of one that is asked for,
 * whether its checksum holds; with -V also whether that vault, which is
 * unlocked for it, has a way to unlock by its set.
 */
VAULT_CHECKED enum vault_status share_check(struct cli *c,
    struct vault_error *err);

#endif
