/* SPDX-License-Identifier: Apache-2.0 */
/* log_names.h: which states of the vault's logs its other logs name */
#ifndef VLT_LOG_NAMES_H
#define VLT_LOG_NAMES_H

#include "handle.h"

/*
 * Every state that a `base` line or a `join` leaf names, read in one walk and
 * sorted: a machine that keeps no state makes a log per session, and there may
 * be thousands.
 */
struct vlt_log_name {
    uint8_t checkpoint[32]; /* H(checkpoint text) */
    uint64_t by;            /* the log that names it */
    bool line;              /* by a leaf, at idx */
    uint64_t idx;
};
struct vlt_log_names {
    size_t n;
    size_t room;
    struct vlt_log_name *of;
};
/* Of v->logs. Needs a transaction. *out is the caller's to clear. */
VAULT_CHECKED enum vault_status vlt_log_names_load(struct vault *v,
    struct vlt_log_names *out, struct vault_error *err);
/* Whether another log than `log` names its newest state. The leaf that does
 * is looked for in its signed tree.   VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_log_named(struct vault *v,
    const struct vlt_log_names *names, const struct vlt_own_log *log, bool *out,
    struct vault_error *err);
void vlt_log_names_clear(struct vlt_log_names *names);

#endif
