/* SPDX-License-Identifier: Apache-2.0 */
/* witness_sign.c: countersigning the states of other people's logs */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "fail.h"
#include "witness_judge.h"

struct signing {
    struct vlt_judging j;
    struct vlt_buf text; /* mended; all else borrows from it */
    size_t n;
    struct vlt_judged *at;
    bool stored;
};

static void
signing_clear(struct signing *g)
{
    size_t i;

    for (i = 0; i < g->n; i++)
        vlt_buf_clear(&g->at[i].before);
    free(g->at);
    vlt_judging_clear(&g->j);
    vlt_buf_clear(&g->text);
}

/* ---- the texts ---- */

static enum vault_status
add_request(struct signing *g, const struct vlt_text *t,
    struct vault_error *err)
{
    struct vlt_judged *more = g->at, *d;

    if (g->n == VAULT_WITNESS_REQUESTS)
        return vlt_fail(err, VAULT_E_LIMIT, "more than %d requests",
            VAULT_WITNESS_REQUESTS);
    if ((g->n & (g->n - 1)) == 0)
        more = realloc(more, (g->n == 0 ? 1 : 2 * g->n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    g->at = more;
    d = &more[g->n++];
    memset(d, 0, sizeof *d);
    vlt_buf_init(&d->before, VLT_NOTE_MAX);
    return vlt_ask_decode(&d->ask, t->p, t->len, err);
}

static enum vault_status
read_texts(struct signing *g, struct vault_error *err)
{
    struct vlt_text t;
    size_t at = 0;
    bool any = true;
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK && any) {
        st = vlt_texts_next((const char *)g->text.p, g->text.len, &at, &t, &any,
            err);
        if (st != VAULT_OK || !any)
            break;
        if (t.kind == VLT_TEXT_REQUEST)
            st = add_request(g, &t, err);
        else if (t.kind == VLT_TEXT_NOTE)
            st = vlt_intros_add(&g->j.intros, t.p, t.len, err);
        else
            st = vlt_fail_hint(err, VAULT_E_FORMAT,
                "sanduq witness take is for answers",
                "this is an answer of a witness, not a request");
    }
    if (st == VAULT_OK && g->n == 0)
        st = vlt_fail_hint(err, VAULT_E_FORMAT,
            "sanduq witness ask makes one, at the vault whose log it is",
            "no request to a witness is in it");
    return st;
}

/* ---- judging and storing, in one action ---- */

static enum vault_status
judge_all(struct vault *v, struct signing *g, struct vault_error *err)
{
    struct vlt_witness_set *s = malloc(sizeof *s);
    enum vault_status st =
        s == NULL ? vlt_fail_memory(err) : vlt_witness_set_load(v, s, err);
    size_t i;

    if (st == VAULT_OK)
        st = vlt_witness_here(v, s, err);
    free(s);
    if (st == VAULT_OK)
        st = vlt_judging_load(&g->j, v, err);
    for (i = 0; st == VAULT_OK && i < g->n; i++)
        st = vlt_judge_request(&g->j, &g->at[i], err);
    if (st == VAULT_OK)
        st = vlt_seens_put(v, &g->j.seens, &g->stored, err);
    if (st == VAULT_OK && g->stored)
        st = vlt_settings_changed(v, err);
    return st;
}

/* The time that is signed is all the evidence there is of it. */
static enum vault_status
clock_holds(const struct vault *v, struct vault_error *err)
{
    int64_t known = -1;

    if (vlt_clock_doubt(v, vlt_now(v), &known) == NULL)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_POLICY,
        "set the clock right; --clock right says that it was compared",
        "the clock of this machine is in doubt, and a witness signs for the "
        "time");
}

static enum vault_status
store(struct vault *v, struct signing *g, struct vault_error *err)
{
    enum vault_status st = vlt_action_begin(v, err);

    if (st != VAULT_OK)
        return st;
    st = judge_all(v, g, err);
    if (st != VAULT_OK || !g->stored) {
        vlt_action_abort(v);
        return st;
    }
    st = vlt_action_commit(v, err);
    /* an older copy of this file must be known as such from now on */
    return st == VAULT_OK ? vlt_action_mend_state(v, err) : st;
}

/* ---- signing, and telling ---- */

static enum vault_status
answer(const struct vlt_judged *d, const struct vlt_signkey *key,
    const char *name, int64_t now, struct vlt_buf *out, struct vault_error *err)
{
    vlt_buf_reset(out);
    if (d->what == VAULT_JUDGED_SIGNED)
        return vlt_cosignature_sign(out, d->text, d->text_len, name, key->b,
            (uint64_t)now, err);
    if (d->what == VAULT_JUDGED_OLD || d->what == VAULT_JUDGED_SHRUNK)
        vlt_buf_printf(out, "old %" PRIu64 " %s\n", d->kept, d->c.origin);
    return vlt_buf_end(out, "answer", err);
}

static enum vault_status
tell(const struct vlt_judged *d, const struct vlt_buf *a,
    int (*fn)(void *ctx, const struct vault_judged_result *r), void *ctx,
    struct vault_error *err)
{
    struct vault_judged_result r = {
        .what = d->what,
        .origin = d->c.origin,
        .size = d->c.size,
        .old = d->ask.old,
        .kept = d->kept,
        .name = d->name,
        .first = d->first && d->what == VAULT_JUDGED_SIGNED,
        .answer = a->len > 0 ? (const char *)a->p : NULL,
        .answer_len = a->len,
        .why = d->what == VAULT_JUDGED_SIGNED ? NULL : &d->why,
        .before = d->before.len > 0 ? (const char *)d->before.p : NULL,
        .before_len = d->before.len,
    };

    if (fn(ctx, &r) != 0)
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    return VAULT_OK;
}

static enum vault_status
sign_all(struct vault *v, const struct signing *g,
    int (*fn)(void *ctx, const struct vault_judged_result *r), void *ctx,
    struct vault_error *err)
{
    struct vlt_signkey *key = vlt_signkey_new();
    int64_t now = vlt_now(v);
    struct vlt_buf line;
    struct vlt_vkey k;
    size_t i;
    enum vault_status st = key == NULL ? vlt_fail_memory(err)
                                       : vlt_witness_own_key(v, &k, key, err);

    vlt_buf_init(&line, VLT_NOTE_MAX);
    for (i = 0; st == VAULT_OK && i < g->n; i++) {
        st = answer(&g->at[i], key, k.name, now, &line, err);
        if (st == VAULT_OK)
            st = tell(&g->at[i], &line, fn, ctx, err);
    }
    vlt_buf_clear(&line);
    vlt_signkey_free(key);
    return st;
}

enum vault_status
vault_witness_sign(struct vault *v, const char *p, size_t n,
    int (*fn)(void *ctx, const struct vault_judged_result *r), void *ctx,
    struct vault_error *err)
{
    struct signing g;
    enum vault_status st = vlt_need_unlocked(v, err);

    memset(&g, 0, sizeof g);
    vlt_buf_init(&g.text, VLT_TEXTS_MAX + 1);
    if (st == VAULT_OK)
        st = clock_holds(v, err);
    if (st == VAULT_OK)
        st = vlt_texts_mend(&g.text, p, n, err);
    if (st == VAULT_OK)
        st = read_texts(&g, err);
    if (st == VAULT_OK)
        st = store(v, &g, err);
    if (st == VAULT_OK)
        st = sign_all(v, &g, fn, ctx, err);
    signing_clear(&g);
    return st;
}
