/* SPDX-License-Identifier: Apache-2.0 */
/* untrusted.h: records that a revoked device sealed after its last good state */
#ifndef VLT_UNTRUSTED_H
#define VLT_UNTRUSTED_H

#include <vault/device.h>
#include "handle.h"

struct vlt_untrusted {
    bool is;
    bool taken;   /* by itself: its session is not here, and has no line */
    uint64_t log; /* of the session, and the line that seals it */
    uint64_t idx;
    uint8_t device[8];
};
/* As vault_untrusted_open, within a transaction whose heads are read. */
VAULT_CHECKED enum vault_status vlt_untrusted_load(struct vault *v,
    struct vault_untrusted **out, struct vault_error *err);
/* version 0: any; stmt NULL: any. Needs a transaction. */
VAULT_CHECKED enum vault_status vlt_untrusted_find(const struct vault_untrusted
                                                       *u,
    const uint8_t id[16], uint32_t version, const uint8_t *stmt,
    struct vlt_untrusted *out, struct vault_error *err);

#endif
