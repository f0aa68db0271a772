/* SPDX-License-Identifier: Apache-2.0 */
/* rid_cursor.h: what belongs to records, walked beside them in their order */
#ifndef VLT_RID_CURSOR_H
#define VLT_RID_CURSOR_H

#include "store.h"

/*
 * The rows of wrap or segment whose rid is above `from` and at most `to`,
 * upwards. One cursor per table and handle at a time; nothing is to be closed.
 *   VAULT_E_TAMPERED  a wrap is malformed, or rows stand in no order
 */
enum vlt_rid_table { VLT_RID_WRAP, VLT_RID_SEGMENT };
struct vlt_rid_cursor {
    enum vlt_rid_table table;
    sqlite3_stmt *st;
    bool more; /* rid is that of a row */
    uint64_t rid;
    uint64_t n; /* of a segment: its number */
};
VAULT_CHECKED enum vault_status vlt_rid_cursor_begin(struct vlt_rid_cursor *c,
    struct vlt_store *s, enum vlt_rid_table table, uint64_t from, uint64_t to,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_rid_cursor_next(struct vlt_rid_cursor *c,
    struct vlt_store *s, struct vault_error *err);

#endif
