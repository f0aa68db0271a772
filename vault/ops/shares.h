/* SPDX-License-Identifier: Apache-2.0 */
/* shares.h: the handle of shares that callers hold */
#ifndef VLT_OPS_SHARES_H
#define VLT_OPS_SHARES_H

#include <vault/recover.h>
#include "codex32.h"

struct vault_shares {
    struct vlt_shares *set;
};
/* Takes `set` over, also when it fails (NULL without memory). */
struct vault_shares *vlt_shares_wrap(struct vlt_shares *set);

/* A dealt key. */
struct vault_recovery {
    struct vlt_recovery *key;
    struct vault_shares *shares;
    unsigned k, n;
};

#endif
