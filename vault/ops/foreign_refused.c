/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_refused.c: what is known here of a statement that comes in */
#include <string.h>
#include "fail.h"
#include "foreign.h"
#include "log_rows.h"

struct search {
    const uint8_t *stmt;
    bool sealed;    /* a line of a log here names the statement */
    bool withdrawn; /* and one withdraws it, or all of its record */
    bool any;
};

static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct search *q = ctx;
    bool same = memcmp(r->leaf.subject, q->stmt, 32) == 0;

    (void)err;
    q->any = true;
    if (strcmp(r->leaf.kind, "withdraw") == 0)
        q->withdrawn = q->withdrawn || same || r->leaf.version == 0;
    else
        q->sealed = q->sealed || same;
    return VAULT_OK;
}

/* What this vault sealed, and what it withdrew: that never comes back. */
static enum vault_status
judge_own(struct vault *v, const struct vlt_record_head *head,
    const uint8_t stmt[32], enum vlt_foreign_state *out,
    struct vault_error *err)
{
    struct search q = {stmt, false, false, false};
    enum vault_status st =
        vlt_leaves_of(v->store, head->h.id, take_line, &q, err);

    if (st != VAULT_OK || !q.any)
        return st;
    if (memcmp(head->h.origin, v->id, 16) != 0)
        *out = VLT_FOREIGN_OTHER_ORIGIN;
    else if (q.withdrawn)
        *out = VLT_FOREIGN_WITHDRAWN;
    else
        *out = q.sealed ? VLT_FOREIGN_OWN : VLT_FOREIGN_OWN_VERSION;
    return VAULT_OK;
}

static enum vault_status
judge_row(struct vault *v, const struct vlt_version_row *x,
    enum vlt_foreign_state *out, struct vault_error *err)
{
    struct vlt_foreign_proof p;
    enum vault_status st = vlt_foreign_proof_get(v, x->rid, &p, err);

    if (st != VAULT_OK)
        return st;
    *out = p.dropped != 0 ? VLT_FOREIGN_DROPPED
        : x->meta         ? VLT_FOREIGN_FULL
        : x->part         ? VLT_FOREIGN_PART
                          : VLT_FOREIGN_HEAD;
    vlt_foreign_proof_clear(&p);
    return VAULT_OK;
}

static enum vault_status
judge_rows(struct vault *v, const struct vlt_record_head *head,
    const uint8_t stmt[32], enum vlt_foreign_state *out, uint64_t *rid,
    struct vault_error *err)
{
    struct vlt_version_rows l;
    enum vault_status st = vlt_foreign_versions(v, head->h.id, &l, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < l.n; i++) {
        if (memcmp(l.v[i].head.h.origin, head->h.origin, 16) != 0)
            *out = VLT_FOREIGN_OTHER_ORIGIN;
        if (memcmp(l.v[i].stmt, stmt, 32) != 0)
            continue;
        *rid = l.v[i].rid;
        st = judge_row(v, &l.v[i], out, err);
        break;
    }
    vlt_version_rows_clear(&l);
    return st;
}

enum vault_status
vlt_foreign_known(struct vault *v, const struct vlt_record_head *head,
    const uint8_t stmt[32], enum vlt_foreign_state *state, uint64_t *rid,
    struct vault_error *err)
{
    enum vlt_foreign_state found = VLT_FOREIGN_NEW;
    uint64_t row = 0;
    enum vault_status st = judge_own(v, head, stmt, &found, err);

    if (st == VAULT_OK && found == VLT_FOREIGN_NEW)
        st = judge_rows(v, head, stmt, &found, &row, err);
    if (st != VAULT_OK)
        return st;
    *state = found;
    *rid = row;
    return VAULT_OK;
}

bool
vlt_foreign_refused(enum vlt_foreign_state state, struct vault_error *why)
{
    switch (state) {
    case VLT_FOREIGN_WITHDRAWN:
        (void)vlt_fail(why, VAULT_E_EXISTS, "this vault withdrew it");
        return true;
    case VLT_FOREIGN_DROPPED:
        (void)vlt_fail(why, VAULT_E_EXISTS,
            "the copy of it was destroyed here on purpose");
        return true;
    case VLT_FOREIGN_OTHER_ORIGIN:
        (void)vlt_fail(why, VAULT_E_TAMPERED,
            "a record of another vault has this id here already");
        return true;
    case VLT_FOREIGN_OWN_VERSION:
        (void)vlt_fail(why, VAULT_E_EXISTS,
            "a version of this vault's own record that is not in this copy of "
            "it: another copy of the vault made it");
        return true;
    default:
        return false;
    }
}
