/* SPDX-License-Identifier: Apache-2.0 */
/* quarantine.c: planted rows, moved out of the vault into a file */
#include <vault/doctor.h>
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "fail.h"
#include "hash.h"
#include "planted_rows.h"
#include "record_rows.h"
#include "sealer.h"
#include "stamp_rows.h"
#include "unlock.h"

struct work {
    struct vault *v;
    struct vlt_outfile *out;
    struct vlt_planted planted;
    struct vlt_buf bad; /* numbers, u64 each, of the walk that runs */
    const struct vlt_own_logs *logs;
    struct vlt_stamp_lines stamps;
};

static enum vault_status
write_line(void *ctx, const char *p, size_t n, struct vault_error *err)
{
    struct work *w = ctx;

    return vlt_outfile_write(w->out, p, n, err);
}

static void
note_bad(struct work *w, uint64_t n)
{
    vlt_buf_put(&w->bad, &n, sizeof n);
}

/* What a walk found goes when it is over. */
static enum vault_status
move_bad(struct work *w, enum vlt_planted_kind kind, struct vault_error *err)
{
    enum vault_status st = vlt_buf_end(&w->bad, "planted rows", err);
    uint64_t n;
    size_t at;

    for (at = 0; st == VAULT_OK && at < w->bad.len; at += sizeof n) {
        memcpy(&n, w->bad.p + at, sizeof n);
        st = vlt_planted_move_one(w->v->store, kind, n, &w->planted, err);
    }
    vlt_buf_reset(&w->bad);
    return st;
}

/* ---- logs that no card of this vault signed for ---- */

struct looking {
    const struct vlt_log_row *log;
    bool signed_for;
};

static enum vault_status
try_card(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    struct looking *l = ctx;
    struct vlt_card card;

    (void)err;
    if (vlt_card_parse(&card, r->card, r->card_len, NULL) == VAULT_OK &&
        vlt_replica_check(l->log->note, l->log->note_len, &card, NULL) ==
            VAULT_OK)
        l->signed_for = true;
    return VAULT_OK;
}

/* A session is signed for by the one before it; whether that holds is not
 * decided here. */
static enum vault_status
judge_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct work *w = ctx;
    struct vlt_session session;
    struct looking l = {r, false};
    enum vault_status st = VAULT_OK;

    if (vlt_session_is(r->note, r->note_len) &&
        vlt_session_parse(&session, r->note, r->note_len, NULL) == VAULT_OK)
        return VAULT_OK;
    st = vlt_identities(w->v->store, try_card, &l, err);
    if (st == VAULT_OK && !l.signed_for)
        note_bad(w, r->n);
    return st;
}

/* ---- records that no line names ---- */

struct naming {
    const struct vlt_record_head *head;
    const uint8_t *stmt;
    bool named;    /* the row as it is */
    bool expected; /* some statement for this version */
    uint8_t other[32];
};

static enum vault_status
look(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct naming *n = ctx;

    (void)err;
    if ((strcmp(r->leaf.kind, "seal") != 0 &&
            strcmp(r->leaf.kind, "take") != 0) ||
        r->leaf.version != n->head->h.version)
        return VAULT_OK;
    if (memcmp(r->leaf.subject, n->stmt, 32) == 0)
        n->named = true;
    n->expected = true;
    memcpy(n->other, r->leaf.subject, 32);
    return VAULT_OK;
}

/*
 * A row in place of one that the log names is evidence that was changed: it
 * stays, and verify says so. Only what stands beside it, or what no line ever
 * spoke of, was planted.
 */
static enum vault_status
judge_record(void *ctx, const struct vlt_record_row *r, struct vault_error *err)
{
    struct work *w = ctx;
    uint8_t stmt[32];
    struct naming n = {&r->head, stmt, false, false, {0}};
    bool found = false;
    enum vault_status st;

    if (r->foreign)
        return VAULT_OK;
    vlt_record_stmt(stmt, &r->head);
    st = vlt_leaves_of(w->v->store, r->head.h.id, look, &n, err);
    if (st != VAULT_OK || n.named)
        return st;
    if (n.expected)
        st = vlt_record_has_statement(w->v->store, r->head.h.id,
            r->head.h.version, n.other, &found, err);
    if (st == VAULT_OK && (!n.expected || found))
        note_bad(w, r->rid);
    return st;
}

/* ---- rows that say they are of one record and carry another's head ---- */

struct missing {
    struct vlt_store *s;
    uint64_t version; /* of the lines that are looked at */
    bool is;          /* a line names what no row is */
};

static enum vault_status
look_missing(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct missing *m = ctx;
    bool found = true;
    enum vault_status st = VAULT_OK;

    if ((strcmp(r->leaf.kind, "seal") == 0 ||
            strcmp(r->leaf.kind, "take") == 0) &&
        r->leaf.version == m->version)
        st = vlt_record_has_statement(m->s, r->leaf.record, r->leaf.version,
            r->leaf.subject, &found, err);
    m->is = m->is || !found;
    return st;
}

/* Evidence, when a line speaks of what its columns or its head say, and no
 * other row is that. */
static enum vault_status
judge_odd(void *ctx, const struct vlt_odd_record *r, struct vault_error *err)
{
    struct work *w = ctx;
    struct missing m = {w->v->store, r->version, false};
    enum vault_status st = VAULT_OK;

    if (r->id != NULL)
        st = vlt_leaves_of(w->v->store, r->id, look_missing, &m, err);
    if (st == VAULT_OK && r->head != NULL) {
        m.version = r->head->h.version;
        st = vlt_leaves_of(w->v->store, r->head->h.id, look_missing, &m, err);
    }
    if (st == VAULT_OK && !m.is)
        note_bad(w, r->rid);
    return st;
}

/* ---- epochs that no log wrote ---- */

static enum vault_status
judge_epoch(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err)
{
    struct work *w = ctx;
    uint8_t hash[32];
    size_t i;

    (void)err;
    for (i = 0; i < w->logs->n; i++) {
        const struct vlt_own_log *log = &w->logs->log[i];

        vlt_sha256(hash, log->replica.log_key, 32);
        if (memcmp(hash, r->epoch.writer, 32) == 0 &&
            memcmp(r->epoch.vault, w->v->id, 16) == 0 &&
            (r->epoch.kind == VLT_EPOCH_COMPARTMENT ||
                (r->epoch.kind == VLT_EPOCH_VAULT && !log->session)))
            return VAULT_OK;
    }
    note_bad(w, r->e);
    return VAULT_OK;
}

static enum vault_status
move_epochs(struct work *w, struct vault_error *err)
{
    struct vlt_own_logs logs = {0, NULL};
    enum vault_status st = vlt_own_logs_load(w->v->store, w->v->id, &logs, err);

    w->logs = &logs;
    if (st == VAULT_OK)
        st = vlt_epochs(w->v->store, judge_epoch, w, err);
    if (st == VAULT_OK)
        st = move_bad(w, VLT_PLANTED_EPOCH, err);
    w->logs = NULL;
    vlt_own_logs_clear(&logs);
    return st;
}

/* ---- time evidence that no line names ---- */

static enum vault_status
judge_attachment(void *ctx, const struct vlt_attachment_row *r,
    struct vault_error *err)
{
    struct work *w = ctx;
    struct vlt_stamp_line *line = vlt_stamp_line_of(&w->stamps, r->b, r->b_len);

    (void)err;
    if (line == NULL || line->here) /* a line names one row */
        note_bad(w, r->a);
    if (line != NULL)
        line->here = true;
    return VAULT_OK;
}

static enum vault_status
move_attachments(struct work *w, struct vault_error *err)
{
    enum vault_status st = vlt_stamp_lines_load(w->v->store, &w->stamps, err);

    if (st == VAULT_OK)
        st = vlt_attachments(w->v->store, judge_attachment, w, err);
    if (st == VAULT_OK)
        st = move_bad(w, VLT_PLANTED_ATTACHMENT, err);
    vlt_stamp_lines_clear(&w->stamps);
    return st;
}

static enum vault_status
move_all(struct work *w, struct vault_error *err)
{
    struct vlt_store *s = w->v->store;
    enum vault_status st = vlt_logs(s, judge_log, w, err);

    if (st == VAULT_OK)
        st = move_bad(w, VLT_PLANTED_LOG, err);
    if (st == VAULT_OK)
        st = vlt_planted_move(s, &w->planted, err);
    if (st == VAULT_OK)
        st = move_attachments(w, err);
    if (st == VAULT_OK)
        st = move_epochs(w, err);
    if (st == VAULT_OK)
        st = vlt_records_odd(s, judge_odd, w, err);
    if (st == VAULT_OK)
        st = move_bad(w, VLT_PLANTED_RECORD, err);
    if (st == VAULT_OK)
        st = vlt_records(s, 0, false, INT64_MAX, judge_record, w, err);
    if (st == VAULT_OK)
        st = move_bad(w, VLT_PLANTED_RECORD, err);
    /* what belonged to those records */
    return st == VAULT_OK ? vlt_planted_move(s, &w->planted, err) : st;
}

/* ---- the action ---- */

static enum vault_status
write_note(struct work *w, const char *reason, struct vault_error *err)
{
    static const uint8_t zeros[32];
    struct vlt_entry e = {"note", NULL, 0, zeros, reason, -1};
    struct vlt_fields more;
    enum vault_status st;

    vlt_fields_init(&more);
    st = vlt_fields_add_i64(&more, VLT_FIELD_NUMBER, "quarantined",
        (int64_t)w->planted.rows, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf_with(w->v, &e, &more, err);
    vlt_fields_clear(&more);
    return st;
}

/* The file is on the disk before the rows are out of the vault. */
static enum vault_status
finish(struct work *w, const char *to, const char *reason,
    struct vault_error *err)
{
    enum vault_status st = vlt_action_enter(w->v, err);

    if (st != VAULT_OK)
        return st;
    st = write_note(w, reason, err);
    if (st == VAULT_OK) {
        st = vlt_outfile_commit(w->out, err);
        w->out = NULL;
    }
    if (st != VAULT_OK) {
        vlt_action_abort(w->v);
        return st;
    }
    st = vlt_action_commit(w->v, err);
    if (st != VAULT_OK)
        (void)!vlt_os_unlink(to, NULL);
    return st;
}

/* Whoever put an older checkpoint in the place of the newest makes this
 * vault's own lines and records look planted. */
static enum vault_status
check_not_cut(const struct vault *v, struct vault_error *err)
{
    if (!v->older)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_TAMPERED,
        "compare it with a copy, and keep both",
        "this machine remembers the log longer than its newest checkpoint "
        "says: what lies beyond may be this vault's own, not planted");
}

static enum vault_status
act(struct work *w, const char *to, const char *reason, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(w->v->store, true, err);

    if (st != VAULT_OK)
        return st;
    st = move_all(w, err);
    if (st == VAULT_OK && w->planted.rows > 0)
        st = vlt_unlock_check(w->v, err);
    if (st == VAULT_OK && w->planted.rows > 0)
        st = check_not_cut(w->v, err);
    if (st == VAULT_OK && w->planted.rows > 0)
        return finish(w, to, reason, err);
    vlt_store_rollback(w->v->store);
    return st;
}

static unsigned
bits(uint32_t n)
{
    unsigned c = 0;

    for (; n != 0; n &= n - 1)
        c++;
    return c;
}

enum vault_status
vault_quarantine(const char *path, const char *to, const struct vault_key *key,
    const struct vault_options *opt, const char *reason,
    struct vault_quarantined *out, struct vault_error *err)
{
    struct work w = {.planted = {.line = write_line}};
    enum vault_status st =
        reason != NULL ? vlt_reason_check(reason, err) : VAULT_OK;

    w.planted.ctx = &w;
    vlt_buf_init(&w.bad, SIZE_MAX / 2);
    if (st == VAULT_OK)
        st = vault_open(path, opt, &w.v, err);
    if (st == VAULT_OK)
        st = vlt_kit_unlock(w.v, key, err); /* the log is judged afterwards */
    if (st == VAULT_OK)
        st = vlt_outfile_begin(to, false, &w.out, err);
    if (st == VAULT_OK)
        st = act(&w, to, reason, err);
    vlt_outfile_discard(w.out);
    vlt_buf_clear(&w.bad);
    vault_close(w.v);
    if (st != VAULT_OK)
        return st;
    out->rows = w.planted.rows;
    out->tables = bits(w.planted.tables);
    return VAULT_OK;
}
