/* SPDX-License-Identifier: Apache-2.0 */
/* notice_take.c: judging a notice that somebody handed over, and taking it */
#include <string.h>
#include "fail.h"
#include "notice_ops.h"
#include "sent.h"

/* One notice on its way in. */
struct work {
    struct vlt_notices *w;
    const char *note;
    size_t len;
    struct vlt_notice n;
    struct vault_notice *out;
    struct vlt_request r; /* of a withdrawal: as it would be kept */
};

/* Kept out: the reason is part of the answer. */
static void
refuse(struct work *k, enum vault_status why)
{
    k->out->outcome = VAULT_NOTICE_REFUSED;
    k->out->why.code = why;
}

static bool
refused(const struct work *k)
{
    return k->out->outcome == VAULT_NOTICE_REFUSED;
}

#define REFUSE(k, st, ...) \
    refuse((k), vlt_fail(&(k)->out->why, st, __VA_ARGS__))

/* ---- what it is, and whose ---- */

static void
describe(struct work *k)
{
    static const enum vault_answer answers[] = {[VLT_ACK_DESTROYED] =
                                                    VAULT_ANSWER_DESTROYED,
        [VLT_ACK_HIDDEN] = VAULT_ANSWER_HIDDEN,
        [VLT_ACK_REFUSED] = VAULT_ANSWER_REFUSED};
    struct vault_notice *o = k->out;

    o->kind = (enum vault_notice_kind)k->n.kind;
    memcpy(o->hash, k->n.text_hash, 32);
    memcpy(o->of, k->n.of, 32);
    o->date = (int64_t)k->n.date;
    o->records = k->n.records;
    o->statements = k->n.stmts;
    if (k->n.kind == VLT_NOTICE_ACK)
        o->answer = answers[k->n.answer];
    vlt_fingerprint_text(o->fingerprint, k->n.card);
}

static void
judge_signer(struct work *k)
{
    const struct vlt_signer *s = NULL;
    const struct vlt_card *card = vlt_notices_card(k->w, k->n.card, &s);

    if (card == NULL) {
        (void)vlt_fail_hint(&k->out->why, VAULT_E_NOT_FOUND,
            "pin the card of its signer, or receive a bundle that brings it",
            "its signer's card (%s) is not known here", k->out->fingerprint);
        refuse(k, VAULT_E_NOT_FOUND);
        return;
    }
    if (s != NULL)
        memcpy(k->out->name, s->name, sizeof s->name);
    k->out->own = s != NULL && s->own;
    if (vlt_notice_check(k->note, k->len, card, &k->out->why) != VAULT_OK)
        refuse(k, k->out->why.code);
    else if (s != NULL && s->bad)
        REFUSE(k, VAULT_E_POLICY,
            "the card that signed it is refused or revoked");
}

/* Whoever is known can sign without end; what is kept of him has one. */
static bool
judge_number(struct work *k)
{
    size_t i, n = 0;

    for (i = 0; i < k->w->kept_len; i++)
        n += memcmp(k->w->kept[i].card, k->n.card, 32) == 0;
    if (n < VLT_NOTICES_MAX || k->out->own)
        return true;
    REFUSE(k, VAULT_E_LIMIT, "%d notices of its signer are kept already",
        VLT_NOTICES_MAX);
    return false;
}

/* ---- withdraw ---- */

static enum vault_status
judge_statement(struct work *k, const uint8_t stmt[32], struct vault_error *err)
{
    enum vlt_claim claim = VLT_CLAIM_LATER;
    enum vault_status st;

    st = vlt_notices_claim(k->w, stmt, k->n.card, &claim, err);
    if (st != VAULT_OK)
        return st;
    switch (claim) {
    case VLT_CLAIM_HELD:
        k->out->held++;
        return vlt_stmts_add(&k->r.stmts, stmt, err);
    case VLT_CLAIM_GONE:
        return vlt_stmts_add(&k->r.gone, stmt, err);
    case VLT_CLAIM_LATER:
        k->out->later++;
        return vlt_stmts_add(&k->r.later, stmt, err);
    default:
        k->out->others++;
        return VAULT_OK;
    }
}

/* A lifting note that came before the request it lifts. */
static bool
lifted(const struct work *k)
{
    size_t i;

    for (i = 0; i < k->w->kept_len; i++) {
        const struct vlt_kept *x = &k->w->kept[i];

        if (x->kind == VLT_NOTICE_WITHDRAW_REVOKED &&
            memcmp(x->of, k->n.text_hash, 32) == 0 &&
            vlt_notices_linked(k->w, x->card, k->n.card))
            return true;
    }
    return false;
}

/* A clock that stands before what the log has seen would let the waiting time
 * be over once it is set right. */
static int64_t
arrival(const struct vault *v)
{
    int64_t now = vlt_now(v);

    return now > v->clock_known ? now : v->clock_known;
}

static enum vault_status
judge_withdraw(struct work *k, struct vault_error *err)
{
    struct vlt_request *r = &k->r;
    enum vault_status st = VAULT_OK;
    size_t i;

    memcpy(r->hash, k->n.text_hash, 32);
    memcpy(r->from, k->n.card, 32);
    r->date = (int64_t)k->n.date;
    r->received = arrival(k->w->v);
    for (i = 0; st == VAULT_OK && i < k->n.stmts; i++)
        st = judge_statement(k, k->n.stmt[i].b, err);
    if (st != VAULT_OK)
        return st;
    if (r->stmts.n + r->later.n + r->gone.n == 0) {
        REFUSE(k, VAULT_E_POLICY,
            "what it asks to withdraw is not its signer's: another vault "
            "made it");
        return VAULT_OK;
    }
    r->state = VAULT_REQUEST_PENDING;
    if (lifted(k))
        r->state = VAULT_REQUEST_LIFTED;
    else if (r->stmts.n + r->later.n == 0)
        r->state = VAULT_REQUEST_DESTROYED;
    return vlt_notices_unusual(k->w, r, &k->out->unusual, err);
}

/* ---- withdraw-revoked ---- */

static void
judge_lift(struct work *k)
{
    const struct vlt_kept *x = vlt_notices_kept(k->w, k->n.of);

    if (x == NULL) /* it waits for it */
        return;
    if (x->kind != VLT_NOTICE_WITHDRAW ||
        !vlt_notices_linked(k->w, x->card, k->n.card))
        REFUSE(k, VAULT_E_POLICY,
            "it lifts a request that another signer made");
}

/* ---- ack ---- */

static enum vault_status
judge_ack(struct work *k, struct vault_error *err)
{
    const struct vlt_kept *x = vlt_notices_kept(k->w, k->n.of);
    struct vlt_stmts asked = {0, NULL};
    struct vlt_notice n;
    enum vault_status st;
    size_t i;

    if (x == NULL || x->kind != VLT_NOTICE_WITHDRAW) {
        REFUSE(k, VAULT_E_NOT_FOUND, "it answers a request that is not here");
        return VAULT_OK;
    }
    st = vlt_notices_read(k->w, x, &n, NULL, err);
    if (st != VAULT_OK)
        return st;
    asked.n = n.stmts; /* lent */
    asked.v = n.stmt;
    for (i = 0; i < k->n.stmts; i++) {
        if (!vlt_stmts_has(&asked, k->n.stmt[i].b))
            break;
    }
    if (i < k->n.stmts)
        REFUSE(k, VAULT_E_POLICY,
            "it answers for records that the request does not name");
    vlt_notice_clear(&n);
    return VAULT_OK;
}

/* ---- receipt ---- */

struct given {
    const struct work *k;
    bool bundle;
    bool shares; /* whoever held enough of them opened it */
    bool recipient;
};

static enum vault_status
compare_sent(void *ctx, const struct vlt_sent *s, struct vault_error *err)
{
    struct given *g = ctx;
    size_t i;

    (void)err;
    if (memcmp(s->text, g->k->n.of, 32) != 0)
        return VAULT_OK;
    g->bundle = true;
    g->shares = g->shares || s->shares[0] != 0;
    for (i = 0; i < s->to_len && !g->recipient; i++)
        g->recipient = vlt_notices_linked(g->k->w, s->to[i], g->k->n.card);
    return VAULT_OK;
}

static enum vault_status
judge_receipt(struct work *k, struct vault_error *err)
{
    struct given g = {k, false, false, false};
    enum vault_status st = vlt_sents(k->w->v, compare_sent, &g, err);

    if (st != VAULT_OK)
        return st;
    if (!g.bundle)
        REFUSE(k, VAULT_E_NOT_FOUND,
            "it is for a bundle that this vault did not make");
    else if (!g.recipient && !g.shares)
        REFUSE(k, VAULT_E_POLICY,
            "its signer is no recipient of the bundle it is for");
    return VAULT_OK;
}

/* ---- all ---- */

static enum vault_status
judge_kind(struct work *k, struct vault_error *err)
{
    if (k->out->own)
        return VAULT_OK;
    switch (k->n.kind) {
    case VLT_NOTICE_WITHDRAW:
        return judge_withdraw(k, err);
    case VLT_NOTICE_WITHDRAW_REVOKED:
        judge_lift(k);
        return VAULT_OK;
    case VLT_NOTICE_ACK:
        return judge_ack(k, err);
    default:
        return judge_receipt(k, err);
    }
}

/* k->n and k->r are the caller's to clear, whatever the outcome. */
static enum vault_status
judge(struct work *k, struct vault_error *err)
{
    enum vault_status st;

    memset(k->out, 0, sizeof *k->out);
    vlt_notice_init(&k->n);
    st = vlt_notice_parse(&k->n, k->note, k->len, &k->out->why);
    if (st == VAULT_E_MEMORY)
        return vlt_fail_memory(err);
    if (st != VAULT_OK) {
        refuse(k, st);
        return VAULT_OK;
    }
    describe(k);
    judge_signer(k);
    if (refused(k))
        return VAULT_OK;
    if (vlt_notices_kept(k->w, k->n.text_hash) != NULL) {
        k->out->outcome = VAULT_NOTICE_KNOWN;
        return VAULT_OK;
    }
    return judge_number(k) ? judge_kind(k, err) : VAULT_OK;
}

static void
work_clear(struct work *k)
{
    vlt_notice_clear(&k->n);
    vlt_request_clear(&k->r);
}

enum vault_status
vlt_notice_judge(struct vlt_notices *w, const char *note, size_t len,
    struct vault_notice *out, struct vault_error *err)
{
    struct work k = {.w = w, .note = note, .len = len, .out = out};
    enum vault_status st = judge(&k, err);

    work_clear(&k);
    return st;
}

/* ---- taking ---- */

static enum vault_status
lift(struct work *k, struct vault_error *err)
{
    struct vlt_request r;
    enum vault_status st = vlt_request_find(k->w->v, k->n.of, &r, err);

    if (st == VAULT_E_NOT_FOUND) { /* of this vault's own, or not here yet */
        vlt_error_clear(err);
        return VAULT_OK;
    }
    if (st != VAULT_OK)
        return st;
    if (r.state != VAULT_REQUEST_DESTROYED) {
        r.state = VAULT_REQUEST_LIFTED;
        st = vlt_request_put(k->w->v, &r, err);
        k->w->changed = true;
    }
    vlt_request_clear(&r);
    return st;
}

static enum vault_status
act(struct work *k, struct vault_error *err)
{
    bool asks = k->n.kind == VLT_NOTICE_WITHDRAW ||
        k->n.kind == VLT_NOTICE_WITHDRAW_REVOKED;
    enum vault_status st = vlt_notices_keep(k->w, &k->n, k->note, k->len,
        asks ? "ask" : "ack", err);

    if (st != VAULT_OK || k->out->own)
        return st;
    if (k->n.kind == VLT_NOTICE_WITHDRAW) {
        k->w->changed = true;
        return vlt_request_put(k->w->v, &k->r, err);
    }
    return k->n.kind == VLT_NOTICE_WITHDRAW_REVOKED ? lift(k, err) : st;
}

enum vault_status
vlt_notice_take(struct vlt_notices *w, const char *note, size_t len,
    struct vault_notice *out, struct vault_error *err)
{
    struct work k = {.w = w, .note = note, .len = len, .out = out};
    enum vault_status st = judge(&k, err);

    if (st == VAULT_OK && out->outcome == VAULT_NOTICE_TAKEN)
        st = act(&k, err);
    work_clear(&k);
    return st;
}
