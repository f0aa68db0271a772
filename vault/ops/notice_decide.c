/* SPDX-License-Identifier: Apache-2.0 */
/* notice_decide.c: what a person decides about a request to withdraw */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "notice_hold.h"
#include "notice_ops.h"

struct work {
    struct vault *v;
    struct vlt_notices *w;
    enum vault_answer answer;
    bool now;
    struct vlt_request r;
    struct vault_decision done;
};

static const enum vlt_ack_answer acks[] = {
    [VAULT_ANSWER_DESTROYED] = VLT_ACK_DESTROYED,
    [VAULT_ANSWER_HIDDEN] = VLT_ACK_HIDDEN,
    [VAULT_ANSWER_REFUSED] = VLT_ACK_REFUSED,
};

/* ---- whether it may be ---- */

static enum vault_status
check_state(const struct work *k, struct vault_error *err)
{
    if (k->r.state == VAULT_REQUEST_LIFTED)
        return vlt_fail(err, VAULT_E_USAGE,
            "its signer took this request back: there is nothing to decide");
    if (k->r.state == VAULT_REQUEST_DESTROYED)
        return vlt_fail(err, VAULT_E_USAGE,
            "what it asks for is destroyed here already");
    if (k->r.stmts.n == 0)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "nothing that this request names is here");
    return VAULT_OK;
}

static enum vault_status
check_waiting(const struct work *k, struct vault_error *err)
{
    uint32_t days = 0;
    int64_t left;
    enum vault_status st = vlt_waiting_days(k->v, &days, err);

    if (st != VAULT_OK || k->now)
        return st;
    left = k->r.received + (int64_t)days * VLT_DAY - vlt_now(k->v);
    if (left <= 0)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_POLICY,
        "a request may have been forced, and can be taken back while it "
        "waits; until then it stays hidden",
        "the waiting time of %u days ends in %lld days; nothing was destroyed",
        (unsigned)days, (long long)((left + VLT_DAY - 1) / VLT_DAY));
}

/* ---- destroying ---- */

/* What is under a hold is not dropped (vlt_foreign_drop), and then none is. */
static enum vault_status
drop_all(struct work *k, struct vault_error *err)
{
    const struct vlt_held *h = NULL;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < k->r.stmts.n; i++) {
        const uint8_t *stmt = k->r.stmts.v[i].b;
        enum vlt_claim claim = VLT_CLAIM_LATER;

        st = vlt_notices_claim(k->w, stmt, k->r.from, &claim, err);
        if (st == VAULT_OK)
            st = vlt_notices_held(k->w, stmt, &h, err);
        if (st == VAULT_OK && h != NULL && claim == VLT_CLAIM_HELD) {
            st = vlt_foreign_drop(k->v, h->id, stmt, NULL, err);
            k->done.destroyed++;
        }
        if (st == VAULT_OK)
            st = vlt_stmts_add(&k->r.gone, stmt, err);
    }
    if (st != VAULT_OK)
        return st;
    vlt_stmts_clear(&k->r.stmts);
    k->r.state =
        k->r.later.n == 0 ? VAULT_REQUEST_DESTROYED : VAULT_REQUEST_PENDING;
    return VAULT_OK;
}

/* ---- the answer ---- */

static enum vault_status
fill_ack(const struct work *k, const struct vlt_stmts *about,
    struct vlt_notice *n, struct vault_error *err)
{
    n->kind = VLT_NOTICE_ACK;
    memcpy(n->vault, k->v->id, 16);
    memcpy(n->card, k->v->card.fingerprint, 32);
    memcpy(n->of, k->r.hash, 32);
    n->date = (uint64_t)k->r.answered;
    n->answer = acks[k->answer];
    n->stmt = vlt_memdup(about->v, about->n * sizeof *about->v);
    n->stmts = about->n;
    return n->stmt != NULL ? VAULT_OK : vlt_fail_memory(err);
}

static enum vault_status
make_ack(struct work *k, const struct vlt_stmts *about, struct vlt_buf *note,
    struct vault_error *err)
{
    struct vlt_notice n;
    enum vault_status st;

    vlt_notice_init(&n);
    st = fill_ack(k, about, &n, err);
    if (st == VAULT_OK)
        st = vlt_notice_make(&n, k->v->seed, note, err);
    if (st == VAULT_OK)
        st = vlt_notices_keep(k->w, &n, (const char *)note->p, note->len, "ack",
            err);
    k->done.statements = n.stmts;
    vlt_notice_clear(&n);
    return st;
}

static enum vault_status
give(struct work *k, struct vlt_buf *note, struct vault_error *err)
{
    k->done.answer_len = note->len;
    k->done.answer = vlt_strdup(vlt_buf_cstr(note));
    return k->done.answer != NULL ? VAULT_OK : vlt_fail_memory(err);
}

static enum vault_status
answer(struct work *k, struct vault_error *err)
{
    bool destroy = k->answer == VAULT_ANSWER_DESTROYED;
    struct vlt_buf note;
    int64_t now = vlt_now(k->v);
    enum vault_status st = VAULT_OK;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    /* later than the one before, whatever the clock says: the last one counts
     * wherever both arrive */
    if (k->r.answer != VAULT_ANSWER_NONE && now <= k->r.answered)
        now = k->r.answered + 1;
    k->r.answer = k->answer;
    k->r.answered = now > 0 ? now : 0;
    if (destroy)
        st = drop_all(k, err);
    else
        k->r.state = k->answer == VAULT_ANSWER_REFUSED ? VAULT_REQUEST_REFUSED
                                                       : VAULT_REQUEST_PENDING;
    if (st == VAULT_OK)
        st = make_ack(k, destroy ? &k->r.gone : &k->r.stmts, &note, err);
    if (st == VAULT_OK)
        st = vlt_request_put(k->v, &k->r, err);
    if (st == VAULT_OK)
        st = vlt_settings_changed(k->v, err);
    if (st == VAULT_OK)
        st = give(k, &note, err);
    vlt_buf_clear(&note);
    return st;
}

/* The same answer once more, for whoever lost the file: as it was given. */
static enum vault_status
give_again(struct work *k, bool *found, struct vault_error *err)
{
    struct vlt_notice n;
    struct vlt_buf note;
    enum vault_status st;
    size_t i;

    *found = false;
    if (k->r.answer != k->answer || k->r.state == VAULT_REQUEST_LIFTED ||
        (k->answer == VAULT_ANSWER_DESTROYED && k->r.stmts.n > 0))
        return VAULT_OK;
    for (i = k->w->kept_len; i > 0; i--) {
        const struct vlt_kept *x = &k->w->kept[i - 1];

        if (x->kind != VLT_NOTICE_ACK || x->answer != acks[k->answer] ||
            memcmp(x->of, k->r.hash, 32) != 0 ||
            memcmp(x->vault, k->v->id, 16) != 0)
            continue;
        vlt_buf_init(&note, VLT_NOTE_MAX);
        st = vlt_notices_read(k->w, x, &n, &note, err);
        if (st == VAULT_OK) {
            k->done.statements = n.stmts;
            vlt_notice_clear(&n);
            st = give(k, &note, err);
        }
        vlt_buf_clear(&note);
        *found = st == VAULT_OK;
        return st;
    }
    return VAULT_OK;
}

static enum vault_status
act(struct work *k, const uint8_t hash[32], struct vault_error *err)
{
    bool again = false;
    enum vault_status st = vlt_request_find(k->v, hash, &k->r, err);

    if (st == VAULT_OK)
        st = vlt_notices_open(k->v, &k->w, err);
    if (st == VAULT_OK)
        st = give_again(k, &again, err);
    if (st != VAULT_OK || again)
        return st;
    st = check_state(k, err);
    if (st == VAULT_OK && k->answer == VAULT_ANSWER_DESTROYED)
        st = check_waiting(k, err);
    return st == VAULT_OK ? answer(k, err) : st;
}

enum vault_status
vault_request_decide(struct vault *v, const uint8_t hash[VAULT_HASH],
    enum vault_answer answer, bool now, struct vault_decision *out,
    struct vault_error *err)
{
    struct work k = {.v = v, .answer = answer, .now = now};
    enum vault_status st = VAULT_OK;

    if (answer <= VAULT_ANSWER_NONE || answer > VAULT_ANSWER_REFUSED)
        return vlt_fail(err, VAULT_E_USAGE, "there is no such answer");
    st = vlt_notices_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_notices_end(v, act(&k, hash, err), err);
    vlt_notices_close(k.w);
    vlt_request_clear(&k.r);
    if (st != VAULT_OK) {
        vault_text_free(k.done.answer);
        return st;
    }
    *out = k.done;
    return VAULT_OK;
}

void
vault_text_free(char *text)
{
    free(text);
}
