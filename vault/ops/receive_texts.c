/* SPDX-License-Identifier: Apache-2.0 */
/* receive_texts.c: notices, answers and receipts that came with the rest */
#include <inttypes.h>
#include <string.h>
#include "fail.h"
#include "notice_ops.h"
#include "pin_add.h"
#include "receiving.h"
#include "revoke.h"

/* ---- what a notice says ---- */

static enum vault_status
tell_withdraw(struct vlt_rfile *f, const struct vault_notice *n,
    struct vault_error *err)
{
    enum vault_status st = vlt_rline(f, VAULT_HELD, "withdraw", n->statements,
        err,
        "asks to withdraw record versions: %" PRIu64 "; here: %" PRIu64
        ", not here yet: %" PRIu64 ", not the signer's to ask for: %" PRIu64,
        n->statements, n->held, n->later, n->others);

    if (st == VAULT_OK && n->held > 0)
        st = vlt_rline(f, VAULT_HELD, "withdraw", n->held, err,
            "they are hidden at once; nothing is destroyed before a person "
            "decides");
    if (st == VAULT_OK && n->unusual)
        st = vlt_rline(f, VAULT_NOT_AS_ASKED, "unusual", n->statements, err,
            "unusually many: the signer may have been forced; ask in another "
            "way");
    return st;
}

static enum vault_status
tell_kind(struct vlt_rfile *f, const struct vault_notice *n,
    struct vault_error *err)
{
    static const char *const answers[] = {"-", "destroyed", "hidden",
        "refused"};

    switch (n->kind) {
    case VAULT_NOTICE_WITHDRAW:
        return tell_withdraw(f, n, err);
    case VAULT_NOTICE_LIFT:
        return vlt_rline(f, VAULT_HELD, "lift", 1, err,
            "takes back a request to withdraw");
    case VAULT_NOTICE_ANSWER:
        return vlt_rline(f, VAULT_HELD, "ack", n->statements, err,
            "answers a request of this vault: %s, record versions: %" PRIu64,
            answers[n->answer], n->statements);
    case VAULT_NOTICE_RECEIPT:
        break;
    }
    return vlt_rline(f, VAULT_HELD, "receipt", 1, err,
        "a bundle of this vault arrived, entries: %" PRIu64, n->records);
}

static enum vault_status
tell(struct vlt_rfile *f, const struct vault_notice *n, struct vault_error *err)
{
    enum vault_status st;

    st = vlt_rline(f, VAULT_HELD, "card", 1, err, "signed by %s (%s)",
        n->name[0] != 0 ? n->name : "-", n->fingerprint);
    if (st == VAULT_OK)
        st = tell_kind(f, n, err);
    if (st == VAULT_OK && n->outcome == VAULT_NOTICE_KNOWN)
        st = vlt_rline(f, VAULT_HELD, "known", 1, err, "it is here already");
    return st;
}

static void
fill_row(struct vlt_rfile *f, const struct vault_notice *n)
{
    memcpy(f->row.fingerprint, n->fingerprint, sizeof f->row.fingerprint);
    memcpy(f->name, n->name, sizeof n->name);
    f->row.count.fresh = n->outcome == VAULT_NOTICE_TAKEN;
    f->row.count.already = n->outcome == VAULT_NOTICE_KNOWN;
}

static enum vault_status
judge_notice(struct vault_receive *r, struct vlt_rfile *f,
    struct vault_notice *n, struct vault_error *err)
{
    struct vlt_notices *w = NULL;
    enum vault_status st = vlt_read_begin(r->v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_notices_open(r->v, &w, err);
    if (st == VAULT_OK)
        st = vlt_notice_judge(w, (const char *)f->note.p, f->note.len, n, err);
    vlt_notices_close(w);
    vlt_store_rollback(r->v->store);
    return st;
}

/* One whose signer or request comes with another file of this run is judged
 * once more when that is in. */
static enum vault_status
judge_file(struct vault_receive *r, struct vlt_rfile *f,
    struct vault_error *err)
{
    struct vault_notice n;
    enum vault_status st = judge_notice(r, f, &n, err);

    if (st != VAULT_OK)
        return st;
    fill_row(f, &n);
    if (n.outcome != VAULT_NOTICE_REFUSED)
        return tell(f, &n, err);
    if (n.why.code != VAULT_E_NOT_FOUND)
        vlt_rfile_refuse(f, &n.why);
    return vlt_rline(f,
        n.why.code == VAULT_E_NOT_FOUND ? VAULT_NOT_SEEN : VAULT_FAILED,
        "notice", 1, err, "%s", n.why.message);
}

/* ---- revocations ---- */

static enum vault_status
judge_revoke(struct vlt_rfile *f, struct vault_error *err)
{
    struct vlt_revoke r;
    enum vault_status st =
        vlt_revoke_parse(&r, (const char *)f->note.p, f->note.len, err);

    if (st == VAULT_OK && r.is_device)
        st = vlt_fail(err, VAULT_E_POLICY,
            "it revokes a device of another vault, which nothing here asks "
            "about");
    if (st != VAULT_OK)
        return st;
    return vlt_rline(f, VAULT_HELD, "revoke", 1, err,
        "says that a card of generation %" PRIu32 " is not to be trusted",
        r.generation);
}

enum vault_status
vlt_receive_revoke(struct vault *v, const char *note, size_t len, bool *changed,
    struct vault_error *err)
{
    struct vlt_pin pin;
    bool now = false;
    enum vault_status st = vlt_pin_revoke(v, note, len, &now, &pin, err);

    if (st != VAULT_OK)
        return st;
    *changed = *changed || now;
    vlt_pin_clear(&pin);
    return VAULT_OK;
}

/* ---- judging ---- */

enum vault_status
vlt_rfile_text(struct vault_receive *r, struct vlt_rfile *f,
    struct vault_error *err)
{
    struct vault_error why;

    if (f->row.kind == VAULT_RECEIVED_NOTICE)
        return judge_file(r, f, err);
    if (f->row.kind == VAULT_RECEIVED_REVOKE)
        return judge_revoke(f, err);
    (void)vlt_fail_hint(&why, VAULT_E_USAGE,
        "sanduq card add FILE --name NAME, and compare it with the person",
        "a card: it is pinned under a name, not received");
    vlt_rfile_leave(f, &why);
    return VAULT_OK;
}

/* ---- within the action ---- */

static enum vault_status
take_file(struct vlt_notices *w, struct vlt_rfile *f, struct vault_error *err)
{
    struct vault_notice n;
    enum vault_status st =
        vlt_notice_take(w, (const char *)f->note.p, f->note.len, &n, err);

    if (st != VAULT_OK)
        return st;
    fill_row(f, &n);
    if (n.outcome == VAULT_NOTICE_REFUSED)
        vlt_rfile_refuse(f, &n.why);
    return VAULT_OK;
}

static enum vault_status
revoke_file(struct vault *v, struct vlt_rfile *f, bool *changed,
    struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st;

    vlt_error_clear(&why);
    st = vlt_receive_revoke(v, (const char *)f->note.p, f->note.len, changed,
        &why);
    if (st == VAULT_OK)
        return st;
    if (vlt_rfile_fault(st)) {
        vlt_rfile_refuse(f, &why);
        return vlt_rline_why(f, "revoke", NULL, 0, &why, err);
    }
    if (err != NULL)
        *err = why;
    return st;
}

enum vault_status
vlt_receive_revokes(struct vault_receive *r, bool *changed,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < r->n; i++) {
        if (r->file[i]->row.state == VAULT_RECEIVE_READY &&
            r->file[i]->row.kind == VAULT_RECEIVED_REVOKE)
            st = revoke_file(r->v, r->file[i], changed, err);
    }
    if (st == VAULT_OK && *changed)
        st = vlt_settings_changed(r->v, err);
    return st;
}

enum { REFUSED_TOLD = 20 }; /* of one bundle: they crowd nothing else out */
struct bundled {
    struct vlt_notices *w;
    struct vlt_rfile *f;
    unsigned refused;
};

/* One that is refused keeps nothing else of its bundle out: whoever passed it
 * on may not have known. */
static enum vault_status
take_bundled(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct bundled *b = ctx;
    struct vault_notice n;
    enum vault_status st = vlt_notice_take(b->w, note, len, &n, err);

    if (st != VAULT_OK)
        return st;
    if (n.outcome == VAULT_NOTICE_REFUSED)
        return b->refused++ < REFUSED_TOLD
            ? vlt_rline_why(b->f, "notice", NULL, 0, &n.why, err)
            : VAULT_OK;
    return n.outcome == VAULT_NOTICE_TAKEN ? tell(b->f, &n, err) : VAULT_OK;
}

static enum vault_status
take_of_bundle(struct vault_receive *r, struct vlt_notices *w,
    struct vlt_rfile *f, struct vault_error *err)
{
    struct bundled b = {w, f, 0};
    struct vlt_bundle *open = NULL;
    enum vault_status st = vlt_bundle_open(f->inner, &r->v->opt, &open, err);

    if (st == VAULT_OK)
        st = vlt_receive_same(f, open, err);
    if (st == VAULT_OK)
        st = vlt_bundle_notices(open, take_bundled, &b, err);
    vlt_bundle_close(open);
    return st;
}

/* In any order: an answer may come before the request that it is to. */
static enum vault_status
take_ready(struct vault_receive *r, struct vlt_notices *w,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < r->n; i++) {
        struct vlt_rfile *f = r->file[i];

        if (f->row.state != VAULT_RECEIVE_READY)
            continue;
        if (f->row.kind == VAULT_RECEIVED_BUNDLE)
            st = take_of_bundle(r, w, f, err);
        else if (f->row.kind == VAULT_RECEIVED_NOTICE)
            st = take_file(w, f, err);
    }
    return st;
}

enum vault_status
vlt_receive_notices(struct vault_receive *r, struct vault_error *err)
{
    struct vlt_notices *w = NULL;
    enum vault_status st = vlt_notices_open(r->v, &w, err);

    if (st == VAULT_OK)
        st = take_ready(r, w, err);
    if (st == VAULT_OK)
        st = vlt_notices_settle(w, err);
    vlt_notices_close(w);
    return st;
}
