/* SPDX-License-Identifier: Apache-2.0 */
/* notice_hold.h: what keeps a request from destroying a record */
#ifndef VLT_NOTICE_HOLD_H
#define VLT_NOTICE_HOLD_H

#include "settings.h"

/* Settings of kind `hold` (id, stmt: 32 n, of the versions that were here) and
 * `setting` named `waiting-days`. All need a transaction. */
enum { VLT_WAITING_DAYS = 30, VLT_WAITING_MOST = 3650, VLT_DAY = 86400 };

/* The ids of all records under a hold. */
struct vlt_holds {
    size_t n;
    uint8_t (*id)[16]; /* heap */
};
VAULT_CHECKED enum vault_status vlt_holds_load(struct vault *v,
    struct vlt_holds *out, struct vault_error *err);
void vlt_holds_clear(struct vlt_holds *l);
bool vlt_holds_has(const struct vlt_holds *l, const uint8_t id[16]);

/* VAULT_E_POLICY when this record is under a hold. */
VAULT_CHECKED enum vault_status vlt_hold_check(struct vault *v,
    const uint8_t id[16], struct vault_error *err);

VAULT_CHECKED enum vault_status vlt_waiting_days(struct vault *v, uint32_t *out,
    struct vault_error *err);

#endif
