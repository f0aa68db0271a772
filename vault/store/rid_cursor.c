/* SPDX-License-Identifier: Apache-2.0 */
/* rid_cursor.c: what belongs to records, walked beside them in their order */
#include "rid_cursor.h"
#include "record.h"

static const struct {
    const char *name;
    const char *sql;
} tables[] = {
    [VLT_RID_WRAP] = {"wrap",
        "SELECT rid, b FROM wrap WHERE rid > ? AND rid <= ? ORDER BY rid"},
    [VLT_RID_SEGMENT] = {"segment",
        "SELECT rid, n FROM segment WHERE rid > ? AND rid <= ? "
        "ORDER BY rid, n"},
};

enum vault_status
vlt_rid_cursor_begin(struct vlt_rid_cursor *c, struct vlt_store *s,
    enum vlt_rid_table table, uint64_t from, uint64_t to,
    struct vault_error *err)
{
    enum vault_status st;

    *c = (struct vlt_rid_cursor){.table = table, .more = true, .rid = from};
    st = vlt_stmt(s, tables[table].sql, &c->st, err);
    if (st != VAULT_OK)
        return st;
    vlt_bind_u64(c->st, 1, from);
    vlt_bind_u64(c->st, 2, to);
    return vlt_rid_cursor_next(c, s, err);
}

/* Wraps rise by rid, segments by rid and number. */
static enum vault_status
check_order(const struct vlt_rid_cursor *c, uint64_t rid, uint64_t n,
    struct vault_error *err)
{
    if (c->table == VLT_RID_SEGMENT && rid == c->rid)
        return vlt_rows_rise(c->n, n, "segment", err);
    return vlt_rows_rise(c->rid, rid, tables[c->table].name, err);
}

enum vault_status
vlt_rid_cursor_next(struct vlt_rid_cursor *c, struct vlt_store *s,
    struct vault_error *err)
{
    enum vault_status st = vlt_step(s, c->st, &c->more, err);
    struct vlt_row r;
    uint64_t rid, n = 0;
    size_t len;

    if (st != VAULT_OK || !c->more)
        return st;
    vlt_row_init(&r, c->st, tables[c->table].name);
    rid = vlt_row_u64(&r, 0, INT64_MAX);
    if (c->table == VLT_RID_SEGMENT)
        n = vlt_row_u64(&r, 1, INT64_MAX);
    else
        (void)vlt_row_blob(&r, 1, VLT_RECORD_WRAP, VLT_RECORD_WRAP, &len);
    st = vlt_row_end(&r, err);
    if (st == VAULT_OK)
        st = check_order(c, rid, n, err);
    c->rid = rid;
    c->n = n;
    return st;
}
