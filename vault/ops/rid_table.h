/* SPDX-License-Identifier: Apache-2.0 */
/* rid_table.h: row numbers by record id, in memory */
#ifndef VLT_RID_TABLE_H
#define VLT_RID_TABLE_H

#include "foreign_find.h"

/* Several rows may have one id. {0} is a table; cleared, it is wiped. */
struct vlt_rid_pair {
    uint8_t id[16];
    uint64_t rid; /* 0: free */
    bool lined;   /* of an added one: a line of the log names it */
};
struct vlt_rid_table {
    size_t n, slots;
    struct vlt_rid_pair *at;
};
void vlt_rid_table_clear(struct vlt_rid_table *t);
/* Once for each row. */
VAULT_CHECKED enum vault_status vlt_rid_table_add(struct vlt_rid_table *t,
    const uint8_t id[16], uint64_t rid, struct vault_error *err);
/* NULL when it is not there. */
struct vlt_rid_pair *vlt_rid_table_find(const struct vlt_rid_table *t,
    const uint8_t id[16], uint64_t rid);
/* Append the rows of this id. */
VAULT_CHECKED enum vault_status vlt_rid_table_collect(const struct vlt_rid_table
                                                          *t,
    const uint8_t id[16], struct vlt_rids *out, struct vault_error *err);

VAULT_CHECKED enum vault_status vlt_rids_push(struct vlt_rids *l, uint64_t rid,
    struct vault_error *err);
/* Ascending, each once. */
void vlt_rids_settle(struct vlt_rids *l);

#endif
