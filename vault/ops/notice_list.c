/* SPDX-License-Identifier: Apache-2.0 */
/* notice_list.c: the requests to withdraw that came in, for people to read */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "notice_hold.h"
#include "notice_ops.h"
#include "text.h"

/* Views are filled within the transaction, one walk after the other, and shown
 * after it. */
struct view {
    struct vlt_request kept;
    struct vault_request r;
    struct vault_request_record *record;
    char *reason;
};
struct views {
    struct vlt_notices *w;
    struct vlt_holds holds;
    uint32_t days;
    size_t n;
    struct view *v;
};

static void
clear(struct views *l)
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        vlt_request_clear(&l->v[i].kept);
        free(l->v[i].record);
        free(l->v[i].reason);
    }
    free(l->v);
    vlt_holds_clear(&l->holds);
    vlt_notices_close(l->w);
}

/* ---- one of them ---- */

static enum vault_status
add_record(struct views *l, struct view *x, const uint8_t stmt[32],
    const uint8_t from[32], bool gone, struct vault_error *err)
{
    struct vault_request_record *at = &x->record[x->r.records];
    const struct vlt_held *h = NULL;
    enum vlt_claim claim = VLT_CLAIM_LATER;
    enum vault_status st = vlt_notices_held(l->w, stmt, &h, err);

    if (st == VAULT_OK)
        st = vlt_notices_claim(l->w, stmt, from, &claim, err);
    if (st != VAULT_OK || h == NULL)
        return st;
    memcpy(at->id, h->id, sizeof at->id);
    memcpy(at->statement, stmt, sizeof at->statement);
    at->version = h->version;
    at->destroyed = gone || claim == VLT_CLAIM_GONE;
    at->hold = vlt_holds_has(&l->holds, h->id);
    x->r.records++;
    return VAULT_OK;
}

static enum vault_status
add_records(struct views *l, struct view *x, struct vault_error *err)
{
    const struct vlt_request *r = &x->kept;
    enum vault_status st = VAULT_OK;
    size_t i;

    x->record = calloc(r->stmts.n + r->gone.n + 1, sizeof *x->record);
    if (x->record == NULL)
        return vlt_fail_memory(err);
    for (i = 0; st == VAULT_OK && i < r->stmts.n; i++)
        st = add_record(l, x, r->stmts.v[i].b, r->from, false, err);
    for (i = 0; st == VAULT_OK && i < r->gone.n; i++)
        st = add_record(l, x, r->gone.v[i].b, r->from, true, err);
    x->r.record = x->record;
    return st;
}

static enum vault_status
add_reason(struct views *l, struct view *x, struct vault_error *err)
{
    const struct vlt_kept *k = vlt_notices_kept(l->w, x->r.hash);
    struct vlt_notice n;
    enum vault_status st;

    if (k == NULL) {
        x->reason = vlt_strdup("");
    } else {
        st = vlt_notices_read(l->w, k, &n, NULL, err);
        if (st != VAULT_OK)
            return st;
        x->reason = vlt_strdup(vlt_buf_cstr(&n.reason));
        vlt_notice_clear(&n);
    }
    x->r.reason = x->reason;
    return x->reason != NULL ? VAULT_OK : vlt_fail_memory(err);
}

static void
fill(const struct views *l, struct vault_request *out,
    const struct vlt_request *r)
{
    const struct vlt_signer *s = NULL;

    (void)vlt_notices_card(l->w, r->from, &s);
    if (s != NULL)
        memcpy(out->name, s->name, sizeof out->name);
    vlt_fingerprint_text(out->fingerprint, r->from);
    memcpy(out->hash, r->hash, 32);
    out->date = r->date;
    out->received = r->received;
    out->due = r->received + (int64_t)l->days * VLT_DAY;
    out->state = r->state;
    out->answer = r->answer;
    out->answered = r->answered;
    out->later = r->later.n;
}

static enum vault_status
take(void *ctx, struct vlt_request *r, struct vault_error *err)
{
    struct views *l = ctx;
    struct view *more = l->v;

    if ((l->n & (l->n - 1)) == 0)
        more = realloc(more, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->v = more;
    more += l->n++;
    memset(more, 0, sizeof *more);
    fill(l, &more->r, r);
    more->kept = *r;
    *r = (struct vlt_request){0};
    return VAULT_OK;
}

static enum vault_status
complete(struct views *l, struct view *x, struct vault_error *err)
{
    enum vault_status st = add_records(l, x, err);

    if (st == VAULT_OK)
        st = add_reason(l, x, err);
    if (st == VAULT_OK)
        st = vlt_notices_unusual(l->w, &x->kept, &x->r.unusual, err);
    return st;
}

/* ---- all ---- */

static enum vault_status
load(struct vault *v, struct views *l, struct vault_error *err)
{
    enum vault_status st = vlt_notices_look(v, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    st = vlt_notices_open(v, &l->w, err);
    if (st == VAULT_OK)
        st = vlt_holds_load(v, &l->holds, err);
    if (st == VAULT_OK)
        st = vlt_waiting_days(v, &l->days, err);
    if (st == VAULT_OK)
        st = vlt_requests(v, take, l, err);
    for (i = 0; st == VAULT_OK && i < l->n; i++)
        st = complete(l, &l->v[i], err);
    vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vault_request_list(struct vault *v,
    int (*fn)(void *ctx, const struct vault_request *r), void *ctx,
    struct vault_error *err)
{
    struct views l = {0};
    enum vault_status st = load(v, &l, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < l.n; i++) {
        if (fn(ctx, &l.v[i].r) != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped");
    }
    clear(&l);
    return st;
}

/* ---- by the beginning of its hash ---- */

enum { DIGITS_LEAST = 6 };

struct match {
    const char *digits;
    size_t len;
    uint8_t hash[32];
    size_t n;
};

static enum vault_status
compare(void *ctx, struct vlt_request *r, struct vault_error *err)
{
    struct match *m = ctx;
    char hex[65];

    (void)err;
    vlt_hex(hex, r->hash, 32);
    if (memcmp(hex, m->digits, m->len) != 0)
        return VAULT_OK;
    memcpy(m->hash, r->hash, 32);
    m->n++;
    return VAULT_OK;
}

enum vault_status
vault_request_resolve(struct vault *v, const char *digits,
    uint8_t hash[VAULT_HASH], struct vault_error *err)
{
    struct match m = {digits, strlen(digits), {0}, 0};
    enum vault_status st;

    if (m.len < DIGITS_LEAST || m.len > 64 ||
        strspn(digits, "0123456789abcdef") != m.len)
        return vlt_fail(err, VAULT_E_USAGE,
            "a request is named by at least %d hex digits", DIGITS_LEAST);
    st = vlt_notices_look(v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_requests(v, compare, &m, err);
    vlt_store_rollback(v->store);
    if (st == VAULT_OK && m.n == 0)
        st = vlt_fail(err, VAULT_E_NOT_FOUND, "no request begins with %s",
            digits);
    if (st == VAULT_OK && m.n > 1)
        st = vlt_fail(err, VAULT_E_AMBIGUOUS,
            "%zu requests begin with %s: give more digits", m.n, digits);
    if (st == VAULT_OK)
        memcpy(hash, m.hash, 32);
    return st;
}
