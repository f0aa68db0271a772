/* SPDX-License-Identifier: Apache-2.0 */
/* stamp.c: asking for time evidence about a state of the log, and keeping it */
#include <vault/stamp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "action.h"
#include "bundle_put.h"
#include "fail.h"
#include "hash.h"
#include "log_names.h"
#include "ots.h"
#include "stamp_claim.h"
#include "stamp_rows.h"

/* ---- which log ---- */

/* Whether a person means this one: its origin, or the last 16 digits of it. */
static bool
is_meant(const struct vlt_own_log *log, const char *asked)
{
    const char *last = strrchr(log->origin, '/');

    return strcmp(log->origin, asked) == 0 ||
        (last != NULL && strcmp(last + 1, asked) == 0);
}

static enum vault_status
find_asked(const struct vlt_own_logs *logs, const char *asked,
    const struct vlt_own_log **out, struct vault_error *err)
{
    size_t i;

    for (i = 0; i < logs->n; i++) {
        if (is_meant(&logs->log[i], asked)) {
            *out = &logs->log[i];
            return VAULT_OK;
        }
    }
    return vlt_fail_hint(err, VAULT_E_NOT_FOUND,
        "sanduq log checkpoint shows them", "no log %s in this vault", asked);
}

/* The one replica's log whose newest state no other names. */
static enum vault_status
find_head(struct vault *v, const struct vlt_own_log **out,
    struct vault_error *err)
{
    struct vlt_log_names names = {0, 0, NULL};
    const struct vlt_own_log *head = NULL;
    size_t i, heads = 0;
    enum vault_status st = vlt_log_names_load(v, &names, err);

    for (i = 0; st == VAULT_OK && i < v->logs.n; i++) {
        const struct vlt_own_log *log = &v->logs.log[i];
        bool named = false;

        if (log->session || log->size == 0)
            continue;
        st = vlt_log_named(v, &names, log, &named, err);
        if (named)
            continue;
        head = log;
        heads++;
    }
    vlt_log_names_clear(&names);
    if (st == VAULT_OK && heads != 1)
        st = vlt_fail_hint(err, VAULT_E_USAGE,
            "--log names one; the next entry that is written here joins them",
            "%zu logs of this vault have states that no other names: one "
            "request does not cover them",
            heads);
    if (st == VAULT_OK)
        *out = head;
    return st;
}

/* ---- asking ---- */

static enum vault_status
fill_request(struct vault_stamp_request *out, const struct vlt_stamp_state *at,
    struct vault_error *err)
{
    struct vault_stamp_request r;

    memset(&r, 0, sizeof r);
    if (at->parsed.text_len >= sizeof r.text)
        return vlt_fail(err, VAULT_E_INTERNAL, "a checkpoint that is too long");
    (void)snprintf(r.origin, sizeof r.origin, "%s", at->point.origin);
    r.size = at->point.size;
    memcpy(r.imprint, at->hash, sizeof r.imprint);
    memcpy(r.text, at->parsed.text, at->parsed.text_len);
    r.text_len = at->parsed.text_len;
    vlt_rfc3161_request(r.request, r.imprint);
    *out = r;
    return VAULT_OK;
}

/* The log's newest checkpoint holds: the logs were just read. */
static enum vault_status
ask_about(struct vault *v, const struct vlt_own_log *log,
    struct vault_stamp_request *out, struct vault_error *err)
{
    struct vlt_stamp_state at;
    enum vault_status st;

    vlt_buf_init(&at.note, VLT_NOTE_MAX);
    st = vlt_stamp_state_load(&at, v->store, log->n, log->size, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_keep(v->store, log->n, log->size, err);
    if (st == VAULT_OK)
        st = fill_request(out, &at, err);
    vlt_buf_clear(&at.note);
    return st;
}

static enum vault_status
ask(struct vault *v, const char *origin, struct vault_stamp_request *out,
    struct vault_error *err)
{
    struct vlt_own_logs had = v->logs;
    const struct vlt_own_log *log = NULL;
    enum vault_status st;

    memset(&v->logs, 0, sizeof v->logs);
    st = vlt_own_logs_load(v->store, v->id, &v->logs, err);
    if (st == VAULT_OK)
        st = origin != NULL ? find_asked(&v->logs, origin, &log, err)
                            : find_head(v, &log, err);
    if (st == VAULT_OK)
        st = ask_about(v, log, out, err);
    vlt_own_logs_clear(&v->logs);
    v->logs = had;
    return st;
}

enum vault_status
vault_stamp_request(struct vault *v, const char *origin,
    struct vault_stamp_request *out, struct vault_error *err)
{
    struct vault_stamp_request r;
    enum vault_status st = vlt_need_vault(v, err);

    if (st == VAULT_OK)
        st = vlt_need_plain(v, err);
    if (st == VAULT_OK && v->acting)
        st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, true, err);
    if (st != VAULT_OK)
        return st;
    st = ask(v, origin, &r, err);
    if (st != VAULT_OK) {
        vlt_store_rollback(v->store);
        return st;
    }
    st = vlt_store_commit(v->store, err);
    if (st == VAULT_OK)
        *out = r;
    return st;
}

/* ---- what came back ---- */

/* The evidence as it will be stored: a token alone gets the answer around it
 * that it was taken out of. */
struct evidence {
    const char *kind;
    struct vlt_buf b;
    struct vlt_stamp_claim claim;
};

static enum vault_status
refused(const struct vlt_rfc3161 *a, struct vault_error *err)
{
    char said[VAULT_ERROR_ARG_SIZE];

    if (a->said == NULL)
        return vlt_fail_hint(err, VAULT_E_POLICY,
            "ask another authority, or ask again",
            "the authority refused: status %" PRIu32, a->status);
    (void)snprintf(said, sizeof said, "%.*s",
        (int)(a->said_len < 128 ? a->said_len : 128), a->said);
    return vlt_fail_hint(err, VAULT_E_POLICY,
        "ask another authority, or ask again",
        "the authority refused: status %" PRIu32 ", \"%s\"", a->status, said);
}

static enum vault_status
take_answer(struct evidence *e, const void *p, size_t n,
    struct vault_error *err)
{
    struct vlt_rfc3161 a;
    enum vault_status st = vlt_rfc3161_read(&a, p, n, err);

    if (st != VAULT_OK)
        return st;
    if (a.token == NULL)
        return refused(&a, err);
    if (a.token == p)
        vlt_rfc3161_wrap(&e->b, a.token, a.token_len);
    else
        vlt_buf_put(&e->b, p, n);
    e->kind = "tsr";
    return vlt_buf_end(&e->b, "time token", err);
}

static enum vault_status
take_evidence(struct evidence *e, const void *p, size_t n,
    struct vault_error *err)
{
    enum vault_status st;

    if (n > VAULT_STAMP_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "time evidence of more than %d bytes is not kept",
            (int)VAULT_STAMP_MAX);
    if (vlt_ots_is(p, n)) {
        e->kind = "ots";
        vlt_buf_put(&e->b, p, n);
        st = vlt_buf_end(&e->b, "OpenTimestamps proof", err);
    } else if (vlt_rfc3161_is(p, n)) {
        st = take_answer(e, p, n, err);
    } else {
        st = vlt_fail_hint(err, VAULT_E_FORMAT,
            "it takes what an authority answers (RFC 3161, as it came, not "
            "base64), or an .ots file",
            "this is no time evidence");
    }
    if (st != VAULT_OK)
        return st;
    return vlt_stamp_claim_read(&e->claim, e->kind, e->b.p, e->b.len, err);
}

/* ---- the state it is about ---- */

struct search {
    struct vault *v;
    const struct evidence *e;
    const struct vlt_own_log *log; /* whose checkpoints are looked at */
    struct vlt_stamp_state at;
    bool found;
    uint64_t n; /* the log */
};

/* It is signed, and its root is that of the lines here. */
static enum vault_status
check_state(const struct search *q, struct vault_error *err)
{
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    uint8_t root[32];
    enum vault_status st = vlt_note_check(&q->at.parsed, q->log->origin,
        q->log->replica.log_key, err);

    if (st != VAULT_OK)
        return st;
    vlt_log_tree_io(&tree, q->v->store, q->log->n, false, &io);
    st = vlt_tree_root(&io, q->at.point.size, root, err);
    if (st == VAULT_OK &&
        (memcmp(root, q->at.point.root, 32) != 0 ||
            strcmp(q->at.point.origin, q->log->origin) != 0))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the state that it is about is not that of the log");
    return st;
}

static enum vault_status
look_at(void *ctx, const struct vlt_checkpoint_row *r, struct vault_error *err)
{
    struct search *q = ctx;
    enum vault_status st;

    if (q->found || r->size > q->log->size)
        return VAULT_OK;
    st = vlt_stamp_state_set(&q->at, r->note, r->note_len, r->size, err);
    if (st != VAULT_OK ||
        memcmp(q->at.hash, q->e->claim.imprint, sizeof q->at.hash) != 0)
        return st;
    q->found = true;
    q->n = q->log->n;
    return check_state(q, err);
}

/* Among all stored checkpoints of the vault's logs. */
static enum vault_status
find_state(struct search *q, struct vault_error *err)
{
    const struct vlt_own_logs *logs = &q->v->logs;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && !q->found && i < logs->n; i++) {
        q->log = &logs->log[i];
        st = vlt_checkpoints(q->v->store, q->log->n, look_at, q, err);
    }
    if (st == VAULT_OK && !q->found)
        st = vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            "sanduq log stamp request marks a state, so that it is still here "
            "when the answer comes",
            "it is about no state of the log that is stored in this vault: of "
            "another vault, or of a state that was not kept");
    return st;
}

/* ---- keeping it ---- */

struct twin {
    const struct search *q;
    bool found;
};

static enum vault_status
compare_row(void *ctx, const struct vlt_attachment_row *r,
    struct vault_error *err)
{
    struct twin *t = ctx;
    const struct vlt_buf *b = &t->q->e->b;

    (void)err;
    if (r->log == t->q->n && r->size == t->q->at.point.size &&
        r->b_len == b->len && memcmp(r->b, b->p, b->len) == 0 &&
        strcmp(r->kind, t->q->e->kind) == 0)
        t->found = true;
    return VAULT_OK;
}

static enum vault_status
put_leaf(struct search *q, struct vault_error *err)
{
    struct vlt_entry entry = {.kind = "stamp", .gen = -1};
    struct vlt_fields more;
    uint8_t subject[32];
    enum vault_status st;

    vlt_sha256(subject, q->e->b.p, q->e->b.len);
    entry.subject = subject;
    vlt_fields_init(&more);
    st = vlt_fields_add_text(&more, "evidence", q->e->kind, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(&more, "origin", q->at.point.origin, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(&more, VLT_FIELD_NUMBER, "size",
            (int64_t)q->at.point.size, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf_with(q->v, &entry, &more, err);
    vlt_fields_clear(&more);
    return st;
}

/* Within an action; *known: it is here already, by a line of the log. */
static enum vault_status
keep(struct search *q, bool *known, struct vault_error *err)
{
    struct twin t = {q, false};
    enum vault_status st = find_state(q, err);

    if (st == VAULT_OK)
        st = vlt_attachments(q->v->store, compare_row, &t, err);
    *known = t.found;
    if (st != VAULT_OK || t.found)
        return st;
    st = vlt_attachment_put(q->v->store, q->n, q->at.point.size, q->e->kind,
        q->e->b.p, q->e->b.len, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_keep(q->v->store, q->n, q->at.point.size, err);
    return st == VAULT_OK ? put_leaf(q, err) : st;
}

static void
fill_attached(struct vault_stamp_attached *out, const struct search *q,
    bool known)
{
    memset(out, 0, sizeof *out);
    (void)snprintf(out->origin, sizeof out->origin, "%s", q->at.point.origin);
    (void)snprintf(out->kind, sizeof out->kind, "%s", q->e->kind);
    memcpy(out->policy, q->e->claim.policy, sizeof out->policy);
    memcpy(out->serial, q->e->claim.serial, sizeof out->serial);
    out->size = q->at.point.size;
    out->time = q->e->claim.time;
    out->known = known;
}

static enum vault_status
attach(struct vault *v, const struct evidence *e,
    struct vault_stamp_attached *out, struct vault_error *err)
{
    struct search q;
    bool known = false;
    enum vault_status st = VAULT_OK;

    if (v->acting)
        st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        st = vlt_action_begin(v, err);
    if (st != VAULT_OK)
        return st;
    memset(&q, 0, sizeof q);
    q.v = v;
    q.e = e;
    vlt_buf_init(&q.at.note, VLT_NOTE_MAX);
    st = keep(&q, &known, err);
    if (st != VAULT_OK || known)
        vlt_action_abort(v);
    else
        st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        fill_attached(out, &q, known);
    vlt_buf_clear(&q.at.note);
    return st;
}

enum vault_status
vault_stamp_attach(struct vault *v, const void *p, size_t n,
    struct vault_stamp_attached *out, struct vault_error *err)
{
    struct evidence e;
    enum vault_status st = vlt_need_vault(v, err);

    if (st == VAULT_OK)
        st = vlt_need_unlocked(v, err);
    if (st != VAULT_OK)
        return st;
    memset(&e, 0, sizeof e);
    vlt_buf_init(&e.b, VAULT_STAMP_MAX);
    st = take_evidence(&e, p, n, err);
    if (st == VAULT_OK)
        st = attach(v, &e, out, err);
    vlt_buf_clear(&e.b);
    return st;
}
