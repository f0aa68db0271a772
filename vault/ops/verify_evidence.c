/* SPDX-License-Identifier: Apache-2.0 */
/* verify_evidence.c: the facts behind the lines: cards, logs, records */
#include "verify_evidence.h"

#include <stdlib.h>
#include <string.h>

#include "audit_rows.h"
#include "checkpoint.h"
#include "fail.h"
#include "fingerprint.h"
#include "record_rows.h"
#include "told.h"

struct vault_evidence
vlt_fact(enum vault_evidence_kind kind, enum vault_evidence_state state)
{
    struct vault_evidence e;

    memset(&e, 0, sizeof e);
    e.kind = kind;
    e.state = state;
    e.time = -1;
    return e;
}

void
vlt_tell_fact(struct vlt_verify *v, const struct vault_evidence *e)
{
    if (!v->stopped && v->opt->evidence != NULL &&
        v->opt->evidence(v->ctx, e) != 0)
        v->stopped = true;
}

void
vlt_tell_card(struct vlt_verify *v, const struct vlt_card *card,
    enum vault_evidence_state state, const void *note, size_t len)
{
    struct vault_evidence e = vlt_fact(VAULT_EV_CARD, state);
    char letters[VLT_FINGERPRINT_TEXT], digits[VLT_FINGERPRINT_DIGITS];
    size_t i;

    vlt_fingerprint_text(letters, card->fingerprint);
    vlt_fingerprint_digits(digits, card->fingerprint);
    e.letters = letters;
    e.digits = digits;
    e.generation = card->generation;
    memcpy(e.fingerprint, card->fingerprint, sizeof e.fingerprint);
    for (i = 0; i < v->opt->cards_len && !e.compared; i++)
        e.compared = vlt_card_is(card, 1, v->opt->cards[i]);
    e.own = memcmp(card->vault, v->id, sizeof v->id) == 0;
    e.note = note;
    e.note_len = len;
    vlt_tell_fact(v, &e);
}

/* Between two facts. */
static enum vault_status
going_on(const struct vlt_verify *v, struct vault_error *err)
{
    return v->stopped ? vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked")
                      : VAULT_OK;
}

/* ---- cards ---- */

/* Every card of the chain was parsed, and is in its place. Which of them the
 * log names was said in a line; a failed one takes all of them with it. */
static enum vault_status
take_card(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    struct vlt_verify *v = ctx;
    bool known = r->gen >= 1 && r->gen <= v->cards;

    if (known)
        vlt_tell_card(v, &v->card[r->gen - 1],
            v->told->cards ? VAULT_EV_UNKNOWN : VAULT_EV_HELD, r->card,
            r->card_len);
    return going_on(v, err);
}

/* ---- logs ---- */

static enum vault_evidence_state
log_state(const struct vlt_seen_log *log)
{
    if (!log->sound)
        return VAULT_EV_FAILED;
    return log->session && !log->confirmed ? VAULT_EV_UNKNOWN : VAULT_EV_HELD;
}

static void
tell_log(struct vlt_verify *v, const struct vlt_seen_log *log)
{
    struct vault_evidence e = vlt_fact(VAULT_EV_LOG, log_state(log));

    e.origin = log->origin;
    e.session = log->session;
    e.own = true;
    memcpy(e.device, log->device, sizeof e.device);
    e.number = log->replica.number;
    memcpy(e.fingerprint, log->replica.card, sizeof e.fingerprint);
    e.size = log->size;
    if (log->sound)
        memcpy(e.hash, log->root, sizeof e.hash);
    vlt_tell_fact(v, &e);
}

struct walking {
    struct vlt_verify *v;
    const struct vlt_seen_log *log;
};

/* What its event claims about the time, when it opens. */
static int64_t
claimed_time(struct vlt_verify *v, const struct vlt_leaf_row *r)
{
    struct vlt_fields f;
    int64_t t = -1;

    if (v->v == NULL || r->evct == NULL)
        return t;
    vlt_fields_init(&f);
    if (vlt_event_read(v->v, r, &f, NULL) == VAULT_OK)
        (void)vlt_fields_i64(&f, "time", &t);
    vlt_fields_clear(&f);
    return t;
}

static enum vault_status
take_leaf(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct walking *w = ctx;
    struct vault_evidence e = vlt_fact(VAULT_EV_LEAF,
        w->log->sound ? VAULT_EV_HELD : VAULT_EV_UNKNOWN);

    e.origin = w->log->origin;
    e.own = true;
    e.size = r->idx;
    vlt_leaf_text_hash(e.hash, &r->leaf);
    e.word = r->leaf.kind;
    e.has_record = r->leaf.has_record;
    memcpy(e.record, r->leaf.record, sizeof e.record);
    e.version = r->leaf.version;
    e.time = claimed_time(w->v, r);
    vlt_tell_fact(w->v, &e);
    return going_on(w->v, err);
}

static enum vault_status
take_point(void *ctx, const struct vlt_checkpoint_row *r,
    struct vault_error *err)
{
    struct walking *w = ctx;
    struct vault_evidence e = vlt_fact(VAULT_EV_CHECKPOINT,
        w->log->sound ? VAULT_EV_HELD : VAULT_EV_UNKNOWN);
    struct vlt_checkpoint cp;
    struct vlt_note note;

    e.origin = w->log->origin;
    e.own = true;
    e.size = r->size;
    e.note = r->note;
    e.note_len = r->note_len;
    if (vlt_note_parse(&note, r->note, r->note_len, NULL) == VAULT_OK &&
        vlt_checkpoint_decode(&cp, note.text, note.text_len, NULL) == VAULT_OK)
        memcpy(e.hash, cp.root, sizeof e.hash);
    vlt_tell_fact(w->v, &e);
    return going_on(w->v, err);
}

static enum vault_status
tell_one(struct vlt_verify *v, const struct vlt_seen_log *log,
    struct vault_error *err)
{
    struct walking w = {v, log};
    enum vault_status st;

    tell_log(v, log);
    st = going_on(v, err);
    if (st == VAULT_OK)
        st = vlt_leaves(v->s, log->n, 0, take_leaf, &w, err);
    if (st == VAULT_OK)
        st = vlt_checkpoints(v->s, log->n, take_point, &w, err);
    return st;
}

/* What cannot be read had its line before. */
static enum vault_status
pass_over(const struct vlt_verify *v, enum vault_status st,
    struct vault_error *err)
{
    if (v->stopped)
        return going_on(v, err);
    if (st != VAULT_E_TAMPERED && st != VAULT_E_FORMAT && st != VAULT_E_LIMIT)
        return st;
    vlt_error_clear(err);
    return VAULT_OK;
}

enum vault_status
vlt_verify_facts(struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st;
    size_t i;

    if (v->told == NULL)
        return VAULT_OK;
    v->told->walked = true;
    st = pass_over(v, vlt_identities(v->s, take_card, v, err), err);
    for (i = 0; st == VAULT_OK && i < v->logs; i++)
        st = pass_over(v, tell_one(v, &v->log[i], err), err);
    return st;
}

/* ---- records ---- */

/* Of one that does not hold: whether any line names it as it is stored. */
static enum vault_status
is_named(struct vlt_verify *v, const struct vlt_record_row *r, bool *out,
    struct vault_error *err)
{
    uint8_t stmt[32];
    enum vault_status st;

    vlt_record_stmt(stmt, &r->head);
    st = vlt_leaf_exists(v->s, "seal", r->head.h.id, stmt, out, err);
    if (st == VAULT_OK && !*out)
        st = vlt_leaf_exists(v->s, "take", r->head.h.id, stmt, out, err);
    return st;
}

static enum vault_status
tell_record(struct vlt_verify *v, const struct vlt_record_row *r,
    struct vault_error *err)
{
    const struct vlt_record_header *h = &r->head.h;
    struct vlt_told_record *t = vlt_told_find(v->told, h->id, h->version);
    struct vault_evidence e =
        vlt_fact(VAULT_EV_RECORD, vlt_told_state(v->told, t));
    uint8_t stmt[32];
    bool is = false;
    enum vault_status st = VAULT_OK;

    e.own = !vlt_audit_other(v, h->origin);
    e.has_record = true;
    memcpy(e.record, h->id, sizeof e.record);
    e.version = h->version;
    if (t != NULL)
        t->here = true;
    if (t != NULL && t->failed) {
        st = is_named(v, r, &is, err);
        e.record_state = is ? VAULT_RECORD_PRESENT : VAULT_RECORD_UNLOGGED;
    } else if (r->meta == NULL) {
        vlt_record_stmt(stmt, &r->head);
        st = vlt_record_withdrawn(v->s, h, stmt, &is, err);
        if (is || !v->audit) /* a pack has heads only */
            e.record_state = is ? VAULT_RECORD_WITHDRAWN : VAULT_RECORD_MISSING;
        else if (t != NULL && t->untrusted)
            e.record_state = VAULT_RECORD_UNTRUSTED;
        if (st == VAULT_OK && !is && !v->audit)
            e.state = VAULT_EV_FAILED; /* then it has a line of its own */
    } else if (t != NULL && t->untrusted) {
        e.record_state = VAULT_RECORD_UNTRUSTED;
    }
    if (st == VAULT_OK)
        vlt_tell_fact(v, &e);
    return st;
}

static enum vault_status
take_record(void *ctx, const struct vlt_record_row *r, struct vault_error *err)
{
    struct vlt_verify *v = ctx;
    enum vault_status st = VAULT_OK;

    if (!r->foreign)
        st = tell_record(v, r, err);
    return st == VAULT_OK ? going_on(v, err) : st;
}

/* Of an audit pack there are heads only, of others as well. */
static enum vault_status
take_head(void *ctx, uint64_t rid, const struct vlt_record_head *head,
    bool meta, struct vault_error *err)
{
    struct vlt_verify *v = ctx;
    struct vlt_told_record *t =
        vlt_told_find(v->told, head->h.id, head->h.version);
    struct vault_evidence e =
        vlt_fact(VAULT_EV_RECORD, vlt_told_state(v->told, t));
    uint8_t stmt[32];
    bool withdrawn = false;
    enum vault_status st = VAULT_OK;

    (void)rid;
    (void)meta;
    e.own = memcmp(head->h.origin, v->id, sizeof v->id) == 0;
    e.has_record = true;
    memcpy(e.record, head->h.id, sizeof e.record);
    e.version = head->h.version;
    e.word = "head";
    if (t != NULL)
        t->here = true;
    vlt_record_stmt(stmt, head);
    if (e.own)
        st = vlt_record_withdrawn(v->s, &head->h, stmt, &withdrawn, err);
    if (withdrawn)
        e.record_state = VAULT_RECORD_WITHDRAWN;
    else if (t != NULL && t->untrusted)
        e.record_state = VAULT_RECORD_UNTRUSTED;
    if (st == VAULT_OK)
        vlt_tell_fact(v, &e);
    return st == VAULT_OK ? going_on(v, err) : st;
}

static enum vault_status
each_record(struct vlt_verify *v, struct vault_error *err)
{
    return v->audit
        ? vlt_audit_heads(v->s, 0, take_head, v, err)
        : vlt_records(v->s, 0, false, INT64_MAX, take_record, v, err);
}

/* Named in a line that failed, and no row was met: it is not here. */
static void
tell_missing(struct vlt_verify *v)
{
    size_t i;

    for (i = 0; i < v->told->n && !v->stopped; i++) {
        const struct vlt_told_record *t = &v->told->record[i];
        struct vault_evidence e = vlt_fact(VAULT_EV_RECORD, VAULT_EV_FAILED);

        if (t->here || !t->failed)
            continue;
        e.own = true;
        e.has_record = true;
        memcpy(e.record, t->id, sizeof e.record);
        e.version = t->version;
        e.record_state = VAULT_RECORD_MISSING;
        vlt_tell_fact(v, &e);
    }
}

enum vault_status
vlt_verify_record_facts(struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st;

    if (v->told == NULL || !v->told->walked)
        return VAULT_OK;
    vlt_told_sort(v->told);
    st = vlt_store_begin(v->s, false, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_verify_unchanged(v, err);
    if (st == VAULT_OK)
        st = pass_over(v, each_record(v, err), err);
    if (st == VAULT_OK)
        tell_missing(v);
    vlt_store_rollback(v->s);
    return st == VAULT_OK ? going_on(v, err) : st;
}
