/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoint.h: C2SP tlog-checkpoint text: origin, size, root */
#ifndef VLT_CHECKPOINT_H
#define VLT_CHECKPOINT_H

#include <stdint.h>
#include "bytes.h"
#include "note.h"

struct vlt_checkpoint {
    char origin[VLT_NAME_MAX + 1];
    uint64_t size;
    uint8_t root[32];
};

/*
 * The three lines "origin LF size LF b64(root) LF", appended to out. C2SP's
 * extension lines are neither made nor taken.
 *   VAULT_E_FORMAT  the origin is empty, no UTF-8, or has control characters
 */
VAULT_CHECKED enum vault_status vlt_checkpoint_encode(struct vlt_buf *out,
    const struct vlt_checkpoint *c, struct vault_error *err);
/*
 * Only the exact form. The origin is any line without control characters of
 * 1 to VLT_NAME_MAX bytes: clients must not assume more.
 *   VAULT_E_FORMAT  anything else
 */
VAULT_CHECKED enum vault_status vlt_checkpoint_decode(struct vlt_checkpoint
                                                          *out,
    const char *text, size_t len, struct vault_error *err);

#endif
