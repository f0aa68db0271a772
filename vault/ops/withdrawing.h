/* SPDX-License-Identifier: Apache-2.0 */
/* withdrawing.h: a withdrawal as a part of a larger action */
#ifndef VLT_WITHDRAWING_H
#define VLT_WITHDRAWING_H

#include "action.h"

/* What vault_withdraw does, within an open action; statuses as there. */
VAULT_CHECKED enum vault_status vlt_withdraw_within(struct vault *v,
    const uint8_t id[VAULT_ID], uint32_t version, const char *reason,
    struct vault_withdrawal *out, struct vault_error *err);

#endif
