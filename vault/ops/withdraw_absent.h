/* SPDX-License-Identifier: Apache-2.0 */
/* withdraw_absent.h: whether a record that never came in is withdrawn */
#ifndef VLT_WITHDRAW_ABSENT_H
#define VLT_WITHDRAW_ABSENT_H

#include "handle.h"

/*
 * Whether a `withdraw` line in a signed tree names just this statement of
 * which no row is here: that is not to be taken in any more, and what a
 * capture file holds of it goes. Needs vlt_read_begin or an action.
 */
VAULT_CHECKED enum vault_status vlt_absent_withdrawn(struct vault *v,
    const uint8_t id[16], uint32_t version, const uint8_t stmt[32], bool *out,
    struct vault_error *err);

#endif
