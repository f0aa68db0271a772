/* SPDX-License-Identifier: Apache-2.0 */
/* cosigned.h: countersignatures under the stored states of own logs */
#ifndef VLT_COSIGNED_H
#define VLT_COSIGNED_H

#include "witness_rows.h"

/* One signature line that is not the log's own. Borrowed for the call. */
struct vlt_cosigned {
    const struct vlt_own_log *log;
    uint64_t size;
    const struct vlt_note_line *line;
    const struct vlt_witness_pin *pin; /* whose it is, and it holds; or NULL */
    uint64_t time;
};
/* All of them, log after log, ascending by size. Needs a transaction; v->logs
 * are read.   VAULT_E_TAMPERED  a stored checkpoint is malformed */
VAULT_CHECKED enum vault_status vlt_cosigned_each(struct vault *v,
    const struct vlt_own_logs *logs, const struct vlt_witness_set *set,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_cosigned *c, struct vault_error *err),
    void *ctx, struct vault_error *err);

#endif
