/* SPDX-License-Identifier: Apache-2.0 */
/* notice_make.c: asking those who were given a record to withdraw it too */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "history.h"
#include "notice_ops.h"
#include "notice_sent.h"
#include "text.h"

struct work {
    struct vault *v;
    struct vlt_notices *w;
    const char *reason;
    struct vlt_set stmts, bundles, recipients;
    struct vlt_buf note;
    struct vault_notice_made done;
};

static struct work
work_of(struct vault *v, const char *reason)
{
    struct work k = {.v = v, .reason = reason != NULL ? reason : ""};

    k.stmts.size = 32;
    k.bundles.size = 16;
    k.recipients.size = 32;
    vlt_buf_init(&k.note, VLT_NOTE_MAX);
    return k;
}

static void
work_clear(struct work *k)
{
    vlt_notices_close(k->w);
    vlt_set_clear(&k->stmts);
    vlt_set_clear(&k->bundles);
    vlt_set_clear(&k->recipients);
    vlt_buf_clear(&k->note);
}

/* ---- what was given of a record ---- */

struct versions {
    struct vlt_set *out;
    const uint8_t *id;
    const struct vlt_history *h; /* of an own one: only what is withdrawn */
};

static enum vault_status
take_sent(void *ctx, const struct vlt_sent *s, struct vault_error *err)
{
    struct versions *x = ctx;
    const struct vlt_version *own;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < s->n; i++) {
        if (memcmp(s->id[i], x->id, 16) != 0)
            continue;
        own = x->h != NULL ? vlt_history_find(x->h, s->stmt[i]) : NULL;
        if (x->h == NULL || (own != NULL && own->withdrawn))
            st = vlt_set_add(x->out, s->stmt[i], err);
    }
    return st;
}

static enum vault_status
check_withdrawn(const struct vlt_history *h, struct vault_error *err)
{
    size_t i;

    for (i = 0; i < h->n; i++) {
        if (h->v[i].withdrawn)
            return VAULT_OK;
    }
    return vlt_fail(err, VAULT_E_USAGE,
        "what is to be withdrawn by others is declared withdrawn here first");
}

static bool
is_own(const struct vault *v, const struct vlt_history *h)
{
    return h->n > 0 && memcmp(h->v[0].row.head.h.origin, v->id, 16) == 0;
}

static enum vault_status
collect(struct work *k, const uint8_t id[16], struct vault_error *err)
{
    struct vlt_history h = {0};
    struct versions x = {&k->stmts, id, &h};
    enum vault_status st = vlt_history_load(k->v, id, &h, err);

    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        st = VAULT_OK;
    }
    if (st == VAULT_OK && !is_own(k->v, &h))
        st = vlt_fail_hint(err, VAULT_E_USAGE,
            "its owner can: a request that came here goes along with the next "
            "bundle to those it was passed on to",
            "only the vault that made a record can ask others to withdraw it");
    if (st == VAULT_OK)
        st = check_withdrawn(&h, err);
    if (st == VAULT_OK)
        st = vlt_sents(k->v, take_sent, &x, err);
    vlt_history_clear(&h);
    return st;
}

/* ---- the note ---- */

static enum vault_status
copy_set(const struct vlt_set *s, void **out, struct vault_error *err)
{
    *out = NULL;
    if (s->n == 0)
        return VAULT_OK;
    *out = vlt_memdup(s->p, s->n * s->size);
    return *out != NULL ? VAULT_OK : vlt_fail_memory(err);
}

static void
begin(const struct work *k, struct vlt_notice *n, enum vlt_notice_kind kind)
{
    int64_t now = vlt_now(k->v);

    vlt_notice_init(n);
    n->kind = kind;
    memcpy(n->vault, k->v->id, 16);
    memcpy(n->card, k->v->card.fingerprint, 32);
    n->date = now > 0 ? (uint64_t)now : 0;
}

static enum vault_status
finish(struct work *k, struct vlt_notice *n, struct vault_error *err)
{
    enum vault_status st = vlt_notice_make(n, k->v->seed, &k->note, err);

    if (st == VAULT_OK)
        st = vlt_notices_keep(k->w, n, (const char *)k->note.p, k->note.len,
            "ask", err);
    if (st == VAULT_OK)
        memcpy(k->done.hash, n->text_hash, 32);
    return st;
}

static enum vault_status
make_withdraw(struct work *k, struct vault_error *err)
{
    struct vlt_notice n;
    void *stmts = NULL, *bundles = NULL;
    enum vault_status st;

    if (k->stmts.n + k->bundles.n > VLT_NOTICE_LINES)
        return vlt_fail_hint(err, VAULT_E_LIMIT,
            "ask for fewer records at once",
            "one request names at most %d statements and bundles",
            VLT_NOTICE_LINES);
    begin(k, &n, VLT_NOTICE_WITHDRAW);
    vlt_random(n.id, sizeof n.id);
    vlt_buf_put_str(&n.reason, k->reason);
    st = vlt_buf_end(&n.reason, "reason", err);
    if (st == VAULT_OK)
        st = copy_set(&k->stmts, &stmts, err);
    if (st == VAULT_OK)
        st = copy_set(&k->bundles, &bundles, err);
    n.stmts = k->stmts.n;
    n.stmt = stmts;
    n.bundles = bundles != NULL ? k->bundles.n : 0;
    n.bundle = bundles;
    if (st == VAULT_OK)
        st = finish(k, &n, err);
    vlt_notice_clear(&n);
    return st;
}

/* ---- what was asked in the very same way ---- */

static bool
same(const struct work *k, const struct vlt_notice *n)
{
    size_t i;

    if (n->stmts != k->stmts.n || n->bundles != k->bundles.n ||
        n->reason.len != strlen(k->reason) ||
        (n->reason.len > 0 &&
            memcmp(n->reason.p, k->reason, n->reason.len) != 0))
        return false;
    for (i = 0; i < n->stmts; i++) {
        if (!vlt_set_has(&k->stmts, n->stmt[i].b))
            return false;
    }
    for (i = 0; i < n->bundles; i++) {
        if (!vlt_set_has(&k->bundles, n->bundle[i]))
            return false;
    }
    return true;
}

static enum vault_status
find_same(struct work *k, struct vault_error *err)
{
    struct vlt_notice n;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && !k->done.again && i < k->w->kept_len; i++) {
        const struct vlt_kept *x = &k->w->kept[i];

        if (x->kind != VLT_NOTICE_WITHDRAW ||
            memcmp(x->card, k->v->card.fingerprint, 32) != 0 ||
            vlt_notices_lifted(k->w, x))
            continue;
        vlt_buf_reset(&k->note);
        st = vlt_notices_read(k->w, x, &n, &k->note, err);
        if (st != VAULT_OK)
            break;
        k->done.again = same(k, &n);
        memcpy(k->done.hash, x->hash, 32);
        vlt_notice_clear(&n);
    }
    if (!k->done.again)
        vlt_buf_reset(&k->note);
    return st;
}

static enum vault_status
give(struct work *k, struct vault_error *err)
{
    k->done.statements = k->stmts.n;
    k->done.bundles = k->bundles.n;
    k->done.recipients = k->recipients.n;
    k->done.len = k->note.len;
    k->done.note = vlt_strdup(vlt_buf_cstr(&k->note));
    return k->done.note != NULL ? VAULT_OK : vlt_fail_memory(err);
}

/* ---- asking ---- */

static enum vault_status
ask(struct work *k, const uint8_t (*id)[16], size_t n, struct vault_error *err)
{
    enum vault_status st = vlt_notices_open(k->v, &k->w, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < n; i++)
        st = collect(k, id[i], err);
    if (st == VAULT_OK && k->stmts.n == 0)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "nothing of it was given to anyone by a bundle of this vault");
    if (st == VAULT_OK)
        st = vlt_notices_reach(k->v, &k->stmts, &k->bundles, &k->recipients,
            err);
    if (st == VAULT_OK)
        st = find_same(k, err);
    if (st == VAULT_OK && !k->done.again)
        st = make_withdraw(k, err);
    return st == VAULT_OK ? give(k, err) : st;
}

enum vault_status
vault_notice_withdraw(struct vault *v, const uint8_t (*id)[VAULT_ID], size_t n,
    const char *reason, struct vault_notice_made *out, struct vault_error *err)
{
    struct work k = work_of(v, reason);
    enum vault_status st = VAULT_OK;

    if (strlen(k.reason) > VLT_NOTICE_REASON)
        st = vlt_fail(err, VAULT_E_LIMIT, "a reason has at most %d bytes",
            VLT_NOTICE_REASON);
    else if (!vlt_utf8_valid((const uint8_t *)k.reason, strlen(k.reason)))
        st = vlt_fail(err, VAULT_E_USAGE, "the reason is no UTF-8 text");
    if (st == VAULT_OK)
        st = vlt_notices_begin(v, err);
    if (st == VAULT_OK)
        st = vlt_notices_end(v, ask(&k, id, n, err), err);
    work_clear(&k);
    if (st != VAULT_OK) {
        vault_text_free(k.done.note);
        return st;
    }
    *out = k.done;
    return VAULT_OK;
}

/* ---- taking it back ---- */

static enum vault_status
names_one(const struct work *k, const struct vlt_kept *x, bool *out,
    struct vault_error *err)
{
    struct vlt_notice n;
    enum vault_status st = vlt_notices_read(k->w, x, &n, NULL, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    *out = false;
    for (i = 0; !*out && i < n.stmts; i++)
        *out = vlt_set_has(&k->stmts, n.stmt[i].b);
    vlt_notice_clear(&n);
    return VAULT_OK;
}

static enum vault_status
find_newest(struct work *k, const struct vlt_kept **out,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    bool found = false;
    size_t i;

    for (i = k->w->kept_len; st == VAULT_OK && !found && i > 0; i--) {
        const struct vlt_kept *x = &k->w->kept[i - 1];

        if (x->kind != VLT_NOTICE_WITHDRAW ||
            memcmp(x->vault, k->v->id, 16) != 0 || vlt_notices_lifted(k->w, x))
            continue;
        st = names_one(k, x, &found, err);
        if (st == VAULT_OK && found)
            *out = x;
    }
    if (st == VAULT_OK && !found)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "no request about it was made that was not taken back");
    return st;
}

static enum vault_status
lift(struct work *k, const uint8_t id[16], struct vault_error *err)
{
    struct versions x = {&k->stmts, id, NULL};
    const struct vlt_kept *request = NULL;
    struct vlt_notice n;
    enum vault_status st = vlt_notices_open(k->v, &k->w, err);

    if (st == VAULT_OK)
        st = vlt_sents(k->v, take_sent, &x, err);
    if (st == VAULT_OK)
        st = find_newest(k, &request, err);
    if (st != VAULT_OK)
        return st;
    begin(k, &n, VLT_NOTICE_WITHDRAW_REVOKED);
    memcpy(n.of, request->hash, 32);
    st = finish(k, &n, err);
    vlt_notice_clear(&n);
    if (st == VAULT_OK)
        st = vlt_notices_reach(k->v, &k->stmts, &k->bundles, &k->recipients,
            err);
    return st == VAULT_OK ? give(k, err) : st;
}

enum vault_status
vault_notice_lift(struct vault *v, const uint8_t id[VAULT_ID],
    struct vault_notice_made *out, struct vault_error *err)
{
    struct work k = work_of(v, NULL);
    enum vault_status st = vlt_notices_begin(v, err);

    if (st == VAULT_OK)
        st = vlt_notices_end(v, lift(&k, id, err), err);
    work_clear(&k);
    if (st != VAULT_OK) {
        vault_text_free(k.done.note);
        return st;
    }
    *out = k.done;
    return VAULT_OK;
}
