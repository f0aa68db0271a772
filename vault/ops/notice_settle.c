/* SPDX-License-Identifier: Apache-2.0 */
/* notice_settle.c: requests meet their records; notes taken one at a time */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "notice_ops.h"

/* ---- records that came after the request ---- */

struct waiting {
    size_t n;
    struct vlt_request *r;
};

static enum vault_status
collect(void *ctx, struct vlt_request *r, struct vault_error *err)
{
    struct waiting *l = ctx;
    struct vlt_request *more = l->r;

    if (r->later.n == 0)
        return VAULT_OK;
    if ((l->n & (l->n - 1)) == 0)
        more = realloc(more, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->r = more;
    more[l->n++] = *r;
    *r = (struct vlt_request){0};
    return VAULT_OK;
}

/* A statement that came in and is not the signer's to ask for is forgotten. */
static enum vault_status
settle_one(struct vlt_notices *w, struct vlt_request *r,
    struct vault_error *err)
{
    enum vlt_claim claim = VLT_CLAIM_LATER;
    enum vault_status st = VAULT_OK;
    size_t i, left = 0, n = r->later.n;

    for (i = 0; st == VAULT_OK && i < n; i++) {
        const uint8_t *stmt = r->later.v[i].b;

        st = vlt_notices_claim(w, stmt, r->from, &claim, err);
        if (st != VAULT_OK)
            break;
        if (claim == VLT_CLAIM_LATER)
            r->later.v[left++] = r->later.v[i];
        else if (claim == VLT_CLAIM_HELD)
            st = vlt_stmts_add(&r->stmts, stmt, err);
        else if (claim == VLT_CLAIM_GONE)
            st = vlt_stmts_add(&r->gone, stmt, err);
    }
    if (st != VAULT_OK || left == n)
        return st;
    r->later.n = left;
    w->changed = true;
    return vlt_request_put(w->v, r, err);
}

enum vault_status
vlt_notices_settle(struct vlt_notices *w, struct vault_error *err)
{
    struct waiting l = {0, NULL};
    enum vault_status st = vlt_requests(w->v, collect, &l, err);
    size_t i;

    for (i = 0; i < l.n; i++) {
        if (st == VAULT_OK)
            st = settle_one(w, &l.r[i], err);
        vlt_request_clear(&l.r[i]);
    }
    free(l.r);
    if (st == VAULT_OK && w->changed)
        st = vlt_settings_changed(w->v, err);
    if (st == VAULT_OK)
        w->changed = false;
    return st;
}

/* ---- what this vault signed itself ---- */

enum vault_status
vlt_notice_given(struct vault *v, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_notices *w = NULL;
    struct vlt_notice n;
    enum vault_status st = vlt_notice_parse(&n, note, len, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_notices_open(v, &w, err);
    if (st == VAULT_OK && vlt_notices_kept(w, n.text_hash) == NULL)
        st = vlt_notices_keep(w, &n, note, len, "ack", err);
    vlt_notices_close(w);
    vlt_notice_clear(&n);
    return st;
}

/* ---- alone ---- */

enum vault_status
vault_notice_check(struct vault *v, const char *note, size_t len,
    struct vault_notice *out, struct vault_error *err)
{
    struct vlt_notices *w = NULL;
    struct vault_notice n;
    enum vault_status st = vlt_notices_look(v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_notices_open(v, &w, err);
    if (st == VAULT_OK)
        st = vlt_notice_judge(w, note, len, &n, err);
    vlt_notices_close(w);
    vlt_store_rollback(v->store);
    if (st == VAULT_OK)
        *out = n;
    return st;
}

static enum vault_status
take_alone(struct vault *v, const char *note, size_t len,
    struct vault_notice *out, struct vault_error *err)
{
    struct vlt_notices *w = NULL;
    enum vault_status st = vlt_notices_open(v, &w, err);

    if (st == VAULT_OK)
        st = vlt_notice_take(w, note, len, out, err);
    if (st == VAULT_OK)
        st = vlt_notices_settle(w, err);
    vlt_notices_close(w);
    return st;
}

enum vault_status
vault_notice_take(struct vault *v, const char *note, size_t len,
    struct vault_notice *out, struct vault_error *err)
{
    struct vault_notice n;
    enum vault_status st = vault_notice_check(v, note, len, &n, err);

    if (st != VAULT_OK)
        return st;
    if (n.outcome == VAULT_NOTICE_TAKEN) {
        st = vlt_notices_begin(v, err);
        if (st != VAULT_OK)
            return st;
        st = vlt_notices_end(v, take_alone(v, note, len, &n, err), err);
    }
    if (st == VAULT_OK)
        *out = n;
    return st;
}
