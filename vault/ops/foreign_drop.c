/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_drop.c: destroying one's own copy of somebody else's record */
#include <assert.h>
#include <string.h>
#include "catalogue_ops.h"
#include "fail.h"
#include "foreign.h"
#include "history.h"
#include "notice_hold.h"

/* What a part shows is asked of the part: its head says only that there is a
 * body. */
static enum vault_status
reads_body(struct vault *v, const struct vlt_version *x, bool *out,
    struct vault_error *err)
{
    struct vlt_meta m;
    enum vault_status st;

    *out = x->row.meta;
    if (x->row.meta || !x->row.part)
        return VAULT_OK;
    st = vlt_foreign_shown(v, x->row.rid, &x->row.head, &m, err);
    if (st != VAULT_OK)
        return st;
    *out = m.kb != NULL;
    vlt_meta_clear(&m);
    return VAULT_OK;
}

/* Whether a version that stays can still read the segments of this one. */
static enum vault_status
body_needed(struct vault *v, const struct vlt_history *h,
    const struct vlt_version *owner, bool *out, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    *out = false;
    for (i = 0; st == VAULT_OK && !*out && i < h->n; i++) {
        if (!h->v[i].withdrawn &&
            vlt_record_shares_body(&owner->row.head, &h->v[i].row.head))
            st = reads_body(v, &h->v[i], out, err);
    }
    return st;
}

/* Those too of versions dropped before, when the last one goes that reads
 * them, and of heads. */
static enum vault_status
destroy_bodies(struct vault *v, const struct vlt_history *h,
    struct vault_error *err)
{
    bool needed = false;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < h->n; i++) {
        st = body_needed(v, h, &h->v[i], &needed, err);
        if (st == VAULT_OK && !needed)
            st = vlt_segments_destroy(v->store, h->v[i].row.rid, err);
    }
    return st;
}

static enum vault_status
destroy_keys(struct vault *v, uint64_t rid, struct vault_error *err)
{
    enum vault_status st = vlt_wrap_destroy(v->store, rid, err);

    if (st == VAULT_OK)
        st = vlt_meta_destroy(v->store, rid, err);
    if (st == VAULT_OK)
        st = vlt_extracts_destroy(v->store, rid, err);
    return st;
}

/* Head and proof stay: by them it is known when it comes again. */
static enum vault_status
mark(struct vault *v, uint64_t rid, struct vault_error *err)
{
    struct vlt_foreign_proof p;
    enum vault_status st = vlt_foreign_proof_get(v, rid, &p, err);

    if (st != VAULT_OK)
        return st;
    p.dropped = vlt_now(v) > 0 ? vlt_now(v) : 1;
    st = vlt_foreign_proof_put(v, rid, &p, err);
    vlt_foreign_proof_clear(&p);
    return st;
}

static enum vault_status
drop_version(struct vault *v, struct vlt_history *h, struct vlt_version *x,
    const char *reason, struct vault_error *err)
{
    enum vault_status st =
        vlt_foreign_leaf(v, "drop", &x->row.head, NULL, NULL, reason, err);

    if (st == VAULT_OK) /* while it can still be opened */
        st = vlt_catalogue_remove(v, x->row.head.h.id, err);
    if (st == VAULT_OK)
        st = destroy_keys(v, x->row.rid, err);
    if (st == VAULT_OK)
        st = mark(v, x->row.rid, err);
    x->withdrawn = true;
    return st == VAULT_OK ? destroy_bodies(v, h, err) : st;
}

enum vault_status
vlt_foreign_drop(struct vault *v, const uint8_t id[16], const uint8_t stmt[32],
    const char *reason, struct vault_error *err)
{
    struct vlt_version *x = NULL;
    struct vlt_history h;
    enum vault_status st = vlt_hold_check(v, id, err);
    size_t i;

    assert(v->acting);
    if (st == VAULT_OK)
        st = vlt_history_load_foreign(v, id, &h, err);
    if (st != VAULT_OK)
        return st;
    for (i = 0; i < h.n; i++) {
        if (memcmp(h.v[i].row.stmt, stmt, 32) == 0)
            x = &h.v[i];
    }
    if (x == NULL)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "this record has no version with that statement");
    else if (x->withdrawn)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "the copy of it is destroyed already");
    else
        st = drop_version(v, &h, x, reason, err);
    vlt_history_clear(&h);
    return st;
}
