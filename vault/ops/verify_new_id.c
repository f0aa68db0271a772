/* SPDX-License-Identifier: Apache-2.0 */
/* verify_new_id.c: what lies under the id of a new line, also of old */
#include <string.h>
#include "fail.h"
#include "verify_new.h"

/*
 * Whether a line that seals a record is withdrawn is asked of new lines, so no
 * old one may withdraw any version of its id. And more rows or lines than a
 * record can have are for verify_crowd.c to tell of.
 */
static enum vault_status
judge_id(struct vlt_new *n, const struct vlt_new_line *l, size_t count,
    struct vault_error *err)
{
    struct vlt_new_id all = {0, 0, 0};
    enum vault_status st = vlt_new_id_count(n->v->s, l->leaf.record, &all, err);
    uint64_t withdrawals = 0;
    bool names = false;
    size_t i;

    for (i = 0; i < count; i++) {
        withdrawals += strcmp(l[i].leaf.kind, "withdraw") == 0;
        names = names || strcmp(l[i].leaf.kind, "seal") == 0 ||
            strcmp(l[i].leaf.kind, "take") == 0;
    }
    if (st == VAULT_OK &&
        (all.rows > VLT_NEW_ID_ROWS || all.lines > VLT_NEW_ID_LINES))
        st = vlt_fail(err, VAULT_E_TAMPERED, "a crowd under one id");
    if (st == VAULT_OK && names && all.withdrawals != withdrawals)
        st = vlt_fail(err, VAULT_E_TAMPERED, "withdrawn before");
    return st;
}

enum vault_status
vlt_new_ids(struct vlt_new *n, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i, count;

    for (i = 0; st == VAULT_OK && i < n->lines; i += count) {
        count = 1;
        if (!n->line[i].leaf.has_record)
            continue;
        (void)vlt_new_lines_of(n, n->line[i].leaf.record, &count);
        st = judge_id(n, &n->line[i], count, err);
    }
    return st;
}
