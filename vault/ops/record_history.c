/* SPDX-License-Identifier: Apache-2.0 */
/* record_history.c: the versions of a record for the caller, and what each
 * line of the log says of them */
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "foreign.h"
#include "history.h"
#include "text.h"

/* Told when the transaction has ended. */
struct told {
    struct vault_record_version v;
    char *reason;
    char *actor;
    char *withdrawn_reason;
};
struct page {
    size_t n;
    struct told *at;
};

static void
drop(char *s)
{
    if (s != NULL)
        vlt_wipe(s, strlen(s));
    free(s);
}

static void
clear(struct page *p)
{
    size_t i;

    for (i = 0; i < p->n; i++) {
        drop(p->at[i].reason);
        drop(p->at[i].actor);
        drop(p->at[i].withdrawn_reason);
    }
    free(p->at);
}

/* A text of an event; "" when it is not there. */
static enum vault_status
copy_text(const struct vlt_fields *l, const char *name, char **out,
    struct vault_error *err)
{
    const struct vlt_field *f = vlt_fields_find(l, name);
    size_t n = 0;

    if (f != NULL && f->type == VLT_FIELD_TEXT && f->state == VLT_STATE_VALUE &&
        memchr(f->value, 0, f->value_len) == NULL)
        n = f->value_len;
    *out = malloc(n + 1);
    if (*out == NULL)
        return vlt_fail_memory(err);
    if (n > 0)
        memcpy(*out, f->value, n);
    (*out)[n] = 0;
    return VAULT_OK;
}

/* The event of a line; no fields when its text is gone. */
static enum vault_status
read_event(struct vault *v, uint64_t log, uint64_t idx, struct vlt_fields *out,
    struct vault_error *err)
{
    struct vlt_leaf_row row;
    struct vlt_buf evct;
    enum vault_status st;

    vlt_buf_init(&evct, VLT_EVENT_MAX);
    st = vlt_leaf_get(v->store, log, idx, &row, &evct, err);
    if (st == VAULT_OK && row.evct != NULL)
        st = vlt_event_read(v, &row, out, err);
    vlt_buf_clear(&evct);
    return st;
}

static enum vault_status
tell_seal(struct vault *v, const struct vlt_version *x, struct told *t,
    struct vault_error *err)
{
    struct vlt_fields f;
    enum vault_status st = VAULT_OK;

    vlt_fields_init(&f);
    t->v.sealed = -1;
    if (x->logged && !x->row.foreign)
        st = read_event(v, x->seal_log, x->seal_idx, &f, err);
    (void)vlt_fields_i64(&f, "time", &t->v.sealed);
    if (st == VAULT_OK)
        st = copy_text(&f, "reason", &t->reason, err);
    if (st == VAULT_OK)
        st = copy_text(&f, "actor", &t->actor, err);
    vlt_fields_clear(&f);
    t->v.reason = t->reason;
    t->v.actor = t->actor;
    return st;
}

static enum vault_status
tell_withdrawal(struct vault *v, const struct vlt_version *x, struct told *t,
    struct vault_error *err)
{
    struct vlt_fields f;
    enum vault_status st = VAULT_OK;

    vlt_fields_init(&f);
    t->v.withdrawn_at = -1;
    if (x->withdrawn && !x->row.foreign)
        st = read_event(v, x->gone_log, x->gone_idx, &f, err);
    (void)vlt_fields_i64(&f, "time", &t->v.withdrawn_at);
    if (st == VAULT_OK)
        st = copy_text(&f, "reason", &t->withdrawn_reason, err);
    vlt_fields_clear(&f);
    t->v.withdrawn_reason = t->withdrawn_reason;
    return st;
}

/* Its lines lie in another log; what is known here is when it came. */
static enum vault_status
tell_foreign(struct vault *v, const struct vlt_version *x, struct told *t,
    struct vault_error *err)
{
    struct vlt_foreign_proof p;
    enum vault_status st;

    t->v.received = -1;
    t->v.foreign = x->row.foreign;
    if (!x->row.foreign)
        return VAULT_OK;
    t->v.partial = x->row.part && !x->row.meta;
    t->v.head_only = x->head_only;
    t->v.waits = x->waits;
    st = vlt_foreign_proof_get(v, x->row.rid, &p, err);
    if (st != VAULT_OK)
        return st;
    t->v.received = p.received;
    if (p.dropped != 0)
        t->v.withdrawn_at = p.dropped;
    vlt_foreign_proof_clear(&p);
    return VAULT_OK;
}

static enum vault_status
tell(struct vault *v, const struct vlt_history *h, const struct vlt_version *x,
    struct told *t, struct vault_error *err)
{
    const struct vlt_record_head *head = &x->row.head;
    enum vault_status st;

    t->v.version = head->h.version;
    memcpy(t->v.statement, x->row.stmt, VAULT_HASH);
    memcpy(t->v.prev, head->h.prev, VAULT_HASH);
    t->v.body_version = head->h.body_version;
    t->v.logged = x->logged;
    t->v.current = h->current < h->n && x == &h->v[h->current];
    t->v.conflict = x->conflict;
    t->v.withdrawn = x->withdrawn;
    st = vlt_history_leftover(v, h, x, &t->v.leftover, err);
    if (st == VAULT_OK)
        st = tell_seal(v, x, t, err);
    if (st == VAULT_OK)
        st = tell_withdrawal(v, x, t, err);
    if (st == VAULT_OK)
        st = tell_foreign(v, x, t, err);
    return st;
}

static enum vault_status
load(struct vault *v, const uint8_t id[16], struct page *p,
    struct vault_error *err)
{
    struct vlt_history h;
    enum vault_status st = vlt_history_load(v, id, &h, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    if (h.n > 0) { /* none: it never came in, and is declared withdrawn */
        p->at = calloc(h.n, sizeof *p->at);
        st = p->at == NULL ? vlt_fail_memory(err) : VAULT_OK;
    }
    for (i = 0; st == VAULT_OK && i < h.n; i++) {
        p->n = i + 1;
        st = tell(v, &h, &h.v[i], &p->at[i], err);
    }
    vlt_history_clear(&h);
    return st;
}

enum vault_status
vault_record_history(struct vault *v, const uint8_t id[VAULT_ID],
    int (*fn)(void *ctx, const struct vault_record_version *version), void *ctx,
    struct vault_error *err)
{
    struct page p = {0, NULL};
    enum vault_status st = vlt_read_begin(v, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    st = load(v, id, &p, err);
    vlt_store_rollback(v->store);
    for (i = 0; st == VAULT_OK && i < p.n; i++) {
        if (fn(ctx, &p.at[i].v) != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    clear(&p);
    return st;
}
