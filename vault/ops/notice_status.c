/* SPDX-License-Identifier: Apache-2.0 */
/* notice_status.c: who was asked, told and given what, and who answered */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "notice_ops.h"
#include "notice_told.h"
#include "text.h"

/* ---- views, filled within the transaction and shown after it ---- */

struct people {
    size_t n;
    struct vault_told *p;
};
struct asked_view {
    struct vault_asked a;
    struct people to;
    char *reason;
};
struct given_view {
    struct vault_given g;
    uint8_t text[32];
    struct vlt_set fps; /* 32 */
    struct people to;
};
/* A bundle that opens with shares: for whom is nobody's card. */
struct dealt {
    uint8_t fp[32];
    char shares[VLT_SENT_SHARES];
};
struct work {
    struct vault *v;
    const uint8_t *id;
    size_t dealt_len;
    struct dealt *dealt;
    struct vlt_notices *w;
    struct vlt_tolds tolds;
    struct vlt_set stmts; /* of id, that were given */
    size_t asked_len;
    struct asked_view *asked;
    size_t given_len;
    struct given_view *given;
};

static void
work_clear(struct work *k)
{
    size_t i;

    for (i = 0; i < k->asked_len; i++) {
        free(k->asked[i].to.p);
        free(k->asked[i].reason);
    }
    for (i = 0; i < k->given_len; i++) {
        vlt_set_clear(&k->given[i].fps);
        free(k->given[i].to.p);
    }
    free(k->asked);
    free(k->given);
    free(k->dealt);
    vlt_set_clear(&k->stmts);
    vlt_tolds_clear(&k->tolds);
    vlt_notices_close(k->w);
}

static void
name_person(const struct work *k, const uint8_t fp[32], struct vault_told *p)
{
    const struct vlt_signer *s = NULL;
    size_t i;

    (void)vlt_notices_card(k->w, fp, &s);
    if (s != NULL)
        memcpy(p->name, s->name, sizeof p->name);
    for (i = 0; s == NULL && i < k->dealt_len; i++) {
        if (memcmp(k->dealt[i].fp, fp, 32) == 0)
            (void)snprintf(p->shares, sizeof p->shares, "%s",
                k->dealt[i].shares);
    }
}

static enum vault_status
keep_dealt(struct work *k, const struct vlt_sent *s, struct vault_error *err)
{
    struct dealt *more = k->dealt;

    if (s->shares[0] == 0 || s->to_len != 1)
        return VAULT_OK;
    if ((k->dealt_len & (k->dealt_len - 1)) == 0)
        more = realloc(more,
            (k->dealt_len == 0 ? 1 : 2 * k->dealt_len) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    k->dealt = more;
    more += k->dealt_len++;
    memcpy(more->fp, s->to[0], sizeof more->fp);
    memcpy(more->shares, s->shares, sizeof more->shares);
    return VAULT_OK;
}

static struct vault_told *
add_person(const struct work *k, struct people *l, const uint8_t fp[32],
    struct vault_error *err)
{
    struct vault_told *more = l->p;

    if ((l->n & (l->n - 1)) == 0)
        more = realloc(more, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more);
    if (more == NULL) {
        (void)vlt_fail_memory(err);
        return NULL;
    }
    l->p = more;
    more += l->n++;
    memset(more, 0, sizeof *more);
    vlt_fingerprint_text(more->fingerprint, fp);
    name_person(k, fp, more);
    return more;
}

/* ---- requests ---- */

static void
put_answer(struct vault_told *p, const struct vlt_kept *a)
{
    static const enum vault_answer answers[] = {[VLT_ACK_DESTROYED] =
                                                    VAULT_ANSWER_DESTROYED,
        [VLT_ACK_HIDDEN] = VAULT_ANSWER_HIDDEN,
        [VLT_ACK_REFUSED] = VAULT_ANSWER_REFUSED};

    if (a == NULL)
        return;
    p->answer = answers[a->answer];
    p->answered = a->date;
    p->statements = a->stmts;
}

/* Whether a card before the i-th is of the same identity: one person, told by
 * one line. */
static bool
told_before(const struct work *k, const struct vlt_set *had, size_t i)
{
    size_t j;

    for (j = 0; j < i; j++) {
        if (vlt_notices_linked(k->w, had->p + 32 * j, had->p + 32 * i))
            return true;
    }
    return false;
}

static enum vault_status
add_recipients(const struct work *k, struct asked_view *x,
    const struct vlt_set *had, struct vault_error *err)
{
    bool arrived = false;
    size_t i;

    for (i = 0; i < had->n; i++) {
        const uint8_t *fp = had->p + 32 * i;
        struct vault_told *p;

        if (told_before(k, had, i))
            continue;
        p = add_person(k, &x->to, fp, err);
        if (p == NULL)
            return VAULT_E_MEMORY;
        p->recipient = true;
        p->told = vlt_tolds_when(&k->tolds, k->w, x->a.hash, fp, &arrived);
        put_answer(p, vlt_notices_answer(k->w, x->a.hash, fp));
        x->a.unanswered += p->answer == VAULT_ANSWER_NONE;
    }
    return VAULT_OK;
}

static bool
among(const struct work *k, const struct vlt_set *had, const uint8_t fp[32])
{
    size_t i;

    for (i = 0; i < had->n; i++) {
        if (vlt_notices_linked(k->w, had->p + 32 * i, fp))
            return true;
    }
    return false;
}

/* Who had it of others, and answered. */
static enum vault_status
add_others(const struct work *k, struct asked_view *x, struct vlt_set *had,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < k->w->kept_len; i++) {
        const struct vlt_kept *a = &k->w->kept[i];
        struct vault_told *p;

        if (a->kind != VLT_NOTICE_ACK || memcmp(a->of, x->a.hash, 32) != 0 ||
            among(k, had, a->card))
            continue;
        p = add_person(k, &x->to, a->card, err);
        if (p == NULL)
            return VAULT_E_MEMORY;
        put_answer(p, vlt_notices_answer(k->w, x->a.hash, a->card));
        st = vlt_set_add(had, a->card, err);
    }
    return st;
}

static enum vault_status
add_people(const struct work *k, struct asked_view *x,
    const struct vlt_set *stmts, struct vault_error *err)
{
    struct vlt_set had = {32, 0, NULL};
    enum vault_status st = vlt_notices_reach(k->v, stmts, NULL, &had, err);

    if (st == VAULT_OK)
        st = add_recipients(k, x, &had, err);
    if (st == VAULT_OK)
        st = add_others(k, x, &had, err);
    vlt_set_clear(&had);
    x->a.to = x->to.p;
    x->a.to_len = x->to.n;
    return st;
}

static bool
about(const struct work *k, const struct vlt_set *stmts)
{
    size_t i;

    for (i = 0; k->id != NULL && i < stmts->n; i++) {
        if (vlt_set_has(&k->stmts, stmts->p + 32 * i))
            return true;
    }
    return k->id == NULL;
}

static enum vault_status
add_asked(struct work *k, const struct vlt_kept *x, const struct vlt_notice *n,
    const struct vlt_set *stmts, struct vlt_buf *reason,
    struct vault_error *err)
{
    struct asked_view *more = k->asked;

    if ((k->asked_len & (k->asked_len - 1)) == 0)
        more = realloc(more,
            (k->asked_len == 0 ? 1 : 2 * k->asked_len) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    k->asked = more;
    more += k->asked_len++;
    memset(more, 0, sizeof *more);
    memcpy(more->a.hash, x->hash, 32);
    more->a.date = x->date;
    more->a.lifted = vlt_notices_lifted(k->w, x);
    more->a.statements = n->stmts;
    more->reason = vlt_strdup(vlt_buf_cstr(reason));
    more->a.reason = more->reason;
    if (more->reason == NULL)
        return vlt_fail_memory(err);
    return add_people(k, more, stmts, err);
}

static enum vault_status
take_request(struct work *k, const struct vlt_kept *x, struct vault_error *err)
{
    struct vlt_set stmts = {32, 0, NULL};
    struct vlt_notice n;
    enum vault_status st = vlt_notices_read(k->w, x, &n, NULL, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    for (i = 0; st == VAULT_OK && i < n.stmts; i++)
        st = vlt_set_add(&stmts, n.stmt[i].b, err);
    if (st == VAULT_OK && about(k, &stmts))
        st = add_asked(k, x, &n, &stmts, &n.reason, err);
    vlt_set_clear(&stmts);
    vlt_notice_clear(&n);
    return st;
}

static enum vault_status
take_requests(struct work *k, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < k->w->kept_len; i++) {
        if (k->w->kept[i].kind == VLT_NOTICE_WITHDRAW &&
            memcmp(k->w->kept[i].vault, k->v->id, 16) == 0)
            st = take_request(k, &k->w->kept[i], err);
    }
    return st;
}

/* ---- bundles ---- */

static struct given_view *
bundle_view(struct work *k, const struct vlt_sent *s, struct vault_error *err)
{
    struct given_view *more = k->given;
    size_t i;

    for (i = 0; i < k->given_len; i++) {
        if (memcmp(more[i].g.bundle, s->bundle, 16) == 0)
            return &more[i];
    }
    if ((k->given_len & (k->given_len - 1)) == 0)
        more = realloc(more,
            (k->given_len == 0 ? 1 : 2 * k->given_len) * sizeof *more);
    if (more == NULL) {
        (void)vlt_fail_memory(err);
        return NULL;
    }
    k->given = more;
    more += k->given_len++;
    memset(more, 0, sizeof *more);
    memcpy(more->g.bundle, s->bundle, 16);
    memcpy(more->text, s->text, 32);
    more->g.time = s->time;
    more->fps.size = 32;
    return more;
}

static bool
holds_id(const struct work *k, const struct vlt_sent *s)
{
    size_t i;

    for (i = 0; k->id != NULL && i < s->n; i++) {
        if (memcmp(s->id[i], k->id, 16) == 0)
            return true;
    }
    return k->id == NULL;
}

static enum vault_status
take_sent(void *ctx, const struct vlt_sent *s, struct vault_error *err)
{
    struct work *k = ctx;
    struct given_view *x;
    enum vault_status st = keep_dealt(k, s, err);
    size_t i;

    for (i = 0; st == VAULT_OK && k->id != NULL && i < s->n; i++) {
        if (memcmp(s->id[i], k->id, 16) == 0)
            st = vlt_set_add(&k->stmts, s->stmt[i], err);
    }
    if (st != VAULT_OK || !holds_id(k, s))
        return st;
    x = bundle_view(k, s, err);
    if (x == NULL)
        return VAULT_E_MEMORY;
    x->g.records += s->n;
    for (i = 0; st == VAULT_OK && i < s->to_len; i++)
        st = vlt_set_add(&x->fps, s->to[i], err);
    return st;
}

/* Who sent a receipt and was not given it: whoever opened it with shares, or
 * had it of a recipient. */
static enum vault_status
add_openers(const struct work *k, struct given_view *x, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < k->w->kept_len; i++) {
        const struct vlt_kept *r = &k->w->kept[i];
        struct vault_told *p;

        if (r->kind != VLT_NOTICE_RECEIPT || memcmp(r->of, x->text, 32) != 0 ||
            among(k, &x->fps, r->card))
            continue;
        p = add_person(k, &x->to, r->card, err);
        if (p == NULL)
            return VAULT_E_MEMORY;
        p->answered = r->date;
        st = vlt_set_add(&x->fps, r->card, err);
    }
    return st;
}

static enum vault_status
add_given(const struct work *k, struct given_view *x, struct vault_error *err)
{
    size_t i;

    for (i = 0; i < x->fps.n; i++) {
        const uint8_t *fp = x->fps.p + 32 * i;
        const struct vlt_kept *r = vlt_notices_receipt(k->w, x->text, fp);
        struct vault_told *p = add_person(k, &x->to, fp, err);

        if (p == NULL)
            return VAULT_E_MEMORY;
        p->recipient = true;
        p->told = x->g.time;
        p->answered = r != NULL ? r->date : 0;
    }
    return add_openers(k, x, err);
}

/* The views are made once all people are in. */
static enum vault_status
complete(const struct work *k, struct given_view *x, struct vault_error *err)
{
    enum vault_status st = add_given(k, x, err);

    x->g.to = x->to.p;
    x->g.to_len = x->to.n;
    return st;
}

/* ---- all ---- */

static enum vault_status
load(struct work *k, struct vault_error *err)
{
    enum vault_status st = vlt_notices_look(k->v, err);
    size_t i;

    k->stmts.size = 32;
    if (st != VAULT_OK)
        return st;
    st = vlt_notices_open(k->v, &k->w, err);
    if (st == VAULT_OK)
        st = vlt_tolds_load(k->v, &k->tolds, err);
    if (st == VAULT_OK)
        st = vlt_sents(k->v, take_sent, k, err);
    if (st == VAULT_OK)
        st = take_requests(k, err);
    for (i = 0; st == VAULT_OK && i < k->given_len; i++)
        st = complete(k, &k->given[i], err);
    vlt_store_rollback(k->v->store);
    return st;
}

enum vault_status
vault_notice_status(struct vault *v, const uint8_t *id,
    int (*fn)(void *ctx, const struct vault_asked *a), void *ctx,
    struct vault_error *err)
{
    struct work k = {.v = v, .id = id};
    enum vault_status st = load(&k, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < k.asked_len; i++) {
        if (fn(ctx, &k.asked[i].a) != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped");
    }
    work_clear(&k);
    return st;
}

enum vault_status
vault_given_list(struct vault *v, const uint8_t *id,
    int (*fn)(void *ctx, const struct vault_given *g), void *ctx,
    struct vault_error *err)
{
    struct work k = {.v = v, .id = id};
    enum vault_status st = load(&k, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < k.given_len; i++) {
        if (fn(ctx, &k.given[i].g) != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped");
    }
    work_clear(&k);
    return st;
}
