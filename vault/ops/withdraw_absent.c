/* SPDX-License-Identifier: Apache-2.0 */
/* withdraw_absent.c: declaring withdrawn what a capture session logged and what
 * never came into the vault */
#include "withdraw_absent.h"
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "fail.h"
#include "record_rows.h"
#include "sealer.h"

enum { ABSENT_MAX = 4096 };

/* ---- asking ---- */

struct question {
    struct vault *v;
    uint32_t version;
    const uint8_t *stmt;
    bool found;
};

/* A line of an own log's signed tree; no session withdraws anything. */
static enum vault_status
is_signed(struct vault *v, const struct vlt_leaf_row *r, bool session,
    bool *out, struct vault_error *err)
{
    const struct vlt_own_log *log = vlt_own_log_find(&v->logs, r->log);

    *out = log != NULL && r->idx < log->size && log->session == session;
    return *out ? vlt_own_leaf_check(v->store, log, r->idx, &r->leaf, err)
                : VAULT_OK;
}

static enum vault_status
look(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct question *q = ctx;
    bool counts = false;
    enum vault_status st;

    if (q->found || strcmp(r->leaf.kind, "withdraw") != 0 ||
        r->leaf.version != q->version ||
        memcmp(r->leaf.subject, q->stmt, 32) != 0)
        return VAULT_OK;
    st = is_signed(q->v, r, false, &counts, err);
    q->found = st == VAULT_OK && counts;
    return st;
}

enum vault_status
vlt_absent_withdrawn(struct vault *v, const uint8_t id[16], uint32_t version,
    const uint8_t stmt[32], bool *out, struct vault_error *err)
{
    struct question q = {v, version, stmt, false};
    enum vault_status st = vlt_leaves_of(v->store, id, look, &q, err);

    if (st == VAULT_OK)
        *out = q.found;
    return st;
}

/* ---- declaring ---- */

struct absent {
    uint32_t version;
    uint8_t stmt[32];
    uint64_t log, idx;
};
struct work {
    struct vault *v;
    const uint8_t *id;
    size_t n;
    struct absent *at;
};

static enum vault_status
one_more(struct work *w, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct absent *more;

    if (w->n == ABSENT_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "more than %d lines name a record of this id", (int)ABSENT_MAX);
    more = realloc(w->at, (w->n + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    w->at = more;
    more[w->n].version = r->leaf.version;
    memcpy(more[w->n].stmt, r->leaf.subject, 32);
    more[w->n].log = r->log;
    more[w->n].idx = r->idx;
    w->n++;
    return VAULT_OK;
}

static enum vault_status
collect(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct work *w = ctx;
    const struct vlt_leaf *l = &r->leaf;
    bool counts = false;
    bool here = false;
    enum vault_status st;

    if (strcmp(l->kind, "seal") != 0)
        return VAULT_OK;
    st = is_signed(w->v, r, true, &counts, err);
    if (st != VAULT_OK || !counts)
        return st;
    st = vlt_record_has_statement(w->v->store, l->record, l->version,
        l->subject, &here, err);
    if (st == VAULT_OK && !here)
        st = vlt_absent_withdrawn(w->v, l->record, l->version, l->subject,
            &here, err);
    return st == VAULT_OK && !here ? one_more(w, r, err) : st;
}

/* Two sessions may name the same; one line says it. */
static bool
said_before(const struct work *w, size_t i)
{
    size_t k;

    for (k = 0; k < i; k++) {
        if (w->at[k].version == w->at[i].version &&
            memcmp(w->at[k].stmt, w->at[i].stmt, 32) == 0)
            return true;
    }
    return false;
}

enum vault_status
vault_absent(struct vault *v, const uint8_t id[VAULT_ID], size_t *n,
    struct vault_error *err)
{
    struct work w = {v, id, 0, NULL};
    enum vault_status st = vlt_read_begin(v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_leaves_of(v->store, id, collect, &w, err);
    vlt_store_rollback(v->store);
    free(w.at);
    if (st == VAULT_OK)
        *n = w.n;
    return st;
}

static enum vault_status
act(struct work *w, const char *reason, struct vault_withdrawal *out,
    struct vault_error *err)
{
    enum vault_status st = vlt_leaves_of(w->v->store, w->id, collect, w, err);
    size_t i;

    if (st == VAULT_OK && w->n == 0)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "no session names a record of this id that did not come in");
    for (i = 0; st == VAULT_OK && i < w->n; i++) {
        const struct absent *a = &w->at[i];
        struct vlt_entry e = {"withdraw", w->id, a->version, a->stmt, reason,
            -1};
        uint64_t events = 0;

        st = vlt_event_destroy(w->v->store, a->log, a->idx, &events, err);
        out->events += events;
        if (st != VAULT_OK || said_before(w, i))
            continue;
        out->versions++;
        st = vlt_action_leaf(w->v, &e, err);
    }
    return st;
}

enum vault_status
vault_withdraw_absent(struct vault *v, const uint8_t id[VAULT_ID],
    const char *reason, struct vault_withdrawal *out, struct vault_error *err)
{
    struct work w = {v, id, 0, NULL};
    struct vault_withdrawal done = {0};
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK && reason != NULL)
        st = vlt_reason_check(reason, err);
    if (st == VAULT_OK && v->acting)
        st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        st = vlt_action_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = act(&w, reason, &done, err);
    free(w.at);
    if (st != VAULT_OK) {
        vlt_action_abort(v);
        return st;
    }
    st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        *out = done;
    return st;
}
