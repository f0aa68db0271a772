/* SPDX-License-Identifier: Apache-2.0 */
/* take_session.c: a session's lines on their way into the vault, and what they
 * name */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "record_open.h"
#include "renew_rows.h"
#include "take_work.h"
#include "withdraw_absent.h"

/* ---- lines ---- */

static enum vault_status
check_kind(const struct vlt_take_work *x, const struct vlt_leaf_row *r,
    struct vault_error *err)
{
    bool genesis = strcmp(r->leaf.kind, "genesis") == 0;

    if (r->idx != x->leaves)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "line %" PRIu64 " of session %" PRIu32 " is missing", x->leaves,
            x->s->s.number);
    if (!vlt_leaf_kind_known(r->leaf.kind))
        return vlt_fail(err, VAULT_E_NEWER,
            "the capture file was written by a newer program");
    if (genesis != (r->idx == 0) ||
        (!genesis && strcmp(r->leaf.kind, "seal") != 0) ||
        !vlt_leaf_fits_kind(&r->leaf) ||
        (genesis && memcmp(r->leaf.subject, x->s->s.text_hash, 32) != 0))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "line %" PRIu64 " of session %" PRIu32
            " is none that a session writes",
            r->idx, x->s->s.number);
    return VAULT_OK;
}

static enum vault_status
reseal(struct vlt_take_work *x, const struct vlt_leaf_row *r,
    struct vlt_buf *out, struct vault_error *err)
{
    struct vault *v = x->t->v;
    const struct vlt_open_epoch *o;
    uint8_t epoch[16], hash[32];
    uint32_t i;
    enum vault_status st;

    if (r->evct == NULL)
        return vlt_fail(err, VAULT_E_TAMPERED, "it is missing");
    st = vlt_event_peek(epoch, &i, r->evct, r->evct_len, err);
    if (st == VAULT_OK)
        st = vlt_take_epoch(x, epoch, &o, err);
    if (st != VAULT_OK)
        return st;
    vlt_leaf_text_hash(hash, &r->leaf);
    return vlt_event_reseal(out, r->evct, r->evct_len, &o->epoch, o->e0, hash,
        r->leaf.event, &v->epoch, v->e0, v->next_i, err);
}

static void
tell_event(struct vlt_take_work *x, const struct vlt_leaf_row *r)
{
    struct vault_error why;

    (void)vlt_fail(&why, VAULT_E_TAMPERED,
        "the event of line %" PRIu64 " of session %" PRIu32
        " was changed; the line is in the vault without it",
        r->idx, x->s->s.number);
    vlt_take_tell_bad(x, r->leaf.has_record ? r->leaf.record : NULL, &why);
}

/* No signature covers a sealed event: one that was changed is left out, and
 * keeps out nothing else. */
static enum vault_status
copy_leaf(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct vlt_take_work *x = ctx;
    struct vault *v = x->t->v;
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    struct vlt_buf evct;
    enum vault_status st = check_kind(x, r, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&evct, VLT_EVENT_MAX);
    st = reseal(x, r, &evct, err);
    if (vlt_take_is_fault(st)) {
        vlt_error_clear(err);
        vlt_buf_reset(&evct);
        tell_event(x, r);
        st = VAULT_OK;
    }
    if (st == VAULT_OK)
        st = vlt_leaf_put(v->store, x->log, r->idx, &r->leaf,
            evct.len > 0 ? evct.p : NULL, evct.len, err);
    vlt_buf_clear(&evct);
    if (st != VAULT_OK)
        return st;
    x->leaves++;
    vlt_log_tree_io(&tree, v->store, x->log, true, &io);
    return vlt_tree_appended(&io, r->idx, err);
}

/* The lines as they are now in the vault give what the session signed. */
static enum vault_status
check_root(const struct vlt_take_work *x, struct vault_error *err)
{
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    uint8_t root[32];
    enum vault_status st;

    if (x->leaves != x->s->log.size)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "session %" PRIu32 " has %" PRIu64 " lines, and signed %" PRIu64,
            x->s->s.number, x->leaves, x->s->log.size);
    vlt_log_tree_io(&tree, x->t->v->store, x->log, false, &io);
    st = vlt_tree_root(&io, x->leaves, root, err);
    if (st == VAULT_OK && memcmp(root, x->s->log.root, 32) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the lines of session %" PRIu32 " do not give the signed root",
            x->s->s.number);
    return st;
}

static enum vault_status
copy_log(struct vlt_take_work *x, struct vault_error *err)
{
    const struct vlt_taken_session *s = x->s;
    struct vlt_checkpoint_row row;
    struct vlt_buf note;
    enum vault_status st;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_action_epoch(x->t->v, err);
    if (st == VAULT_OK)
        st = vlt_log_put(x->t->v->store, s->log.origin, (const char *)s->note.p,
            s->note.len, &x->log, err);
    if (st == VAULT_OK)
        st = vlt_leaves(x->t->c->store, s->log.n, 0, copy_leaf, x, err);
    if (st == VAULT_OK)
        st = check_root(x, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_newest(x->t->c->store, s->log.n, &row, &note, err);
    if (st == VAULT_OK && row.size != s->log.size)
        st = vlt_fail(err, VAULT_E_BUSY, "the capture file is being written");
    if (st == VAULT_OK)
        st = vlt_checkpoint_put(x->t->v->store, x->log, row.size, row.note,
            row.note_len, err);
    vlt_buf_clear(&note);
    return st;
}

/* Told only while this file still has a copy. */
static enum vault_status
check_held(struct vlt_take_work *x, const struct vlt_leaf *l,
    struct vault_error *err)
{
    struct vlt_version_rows rows;
    struct vault_error why;
    bool copy = false;
    bool held = true;
    enum vault_status st =
        vlt_record_versions(x->t->c->store, l->record, &rows, err);
    size_t i;

    if (st != VAULT_OK)
        return vlt_take_is_fault(st) ? VAULT_OK : st;
    for (i = 0; i < rows.n; i++)
        copy = copy ||
            (rows.v[i].meta && memcmp(rows.v[i].stmt, l->subject, 32) == 0);
    vlt_version_rows_clear(&rows);
    if (copy)
        st = vlt_take_held(x->t->v, l->record, l->version, l->subject, &held,
            err);
    if (st != VAULT_OK || held)
        return st;
    (void)vlt_fail(&why, VAULT_E_TAMPERED,
        "the vault's own copy of it was damaged; the one here is kept");
    vlt_take_tell_bad(x, l->record, &why);
    return VAULT_OK;
}

/* The rows of that id that say what was signed: somebody may have planted
 * others beside it. */
static enum vault_status
take_named(struct vlt_take_work *x, const struct vlt_leaf *leaf, bool *fault,
    struct vault_error *why)
{
    struct vlt_version_rows rows;
    enum vault_status st =
        vlt_record_versions(x->t->c->store, leaf->record, &rows, why);
    bool done = false;
    size_t i;

    *fault = vlt_take_is_fault(st);
    if (st != VAULT_OK)
        return st;
    st = vlt_fail(why, VAULT_E_TAMPERED,
        "its line is there, and the record is missing or changed");
    *fault = true;
    for (i = 0; i < rows.n && !done; i++) {
        if (memcmp(rows.v[i].stmt, leaf->subject, 32) != 0)
            continue;
        st = vlt_take_row(x, rows.v[i].rid, leaf->subject, fault, why);
        done = st == VAULT_OK || !*fault;
    }
    vlt_version_rows_clear(&rows);
    return st;
}

static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *l, struct vault_error *err)
{
    struct vlt_take_work *x = ctx;
    struct vault_error why;
    bool fault = false;
    bool found = false;
    enum vault_status st;

    if (!l->leaf.has_record || l->idx >= x->upto)
        return VAULT_OK; /* genesis, or not to be looked at */
    x->line = l->idx;
    st = vlt_record_has_statement(x->t->v->store, l->leaf.record,
        l->leaf.version, l->leaf.subject, &found, err);
    if (st == VAULT_OK && found && x->act)
        return check_held(x, &l->leaf, err);
    if (st == VAULT_OK && !found) /* declared withdrawn */
        st = vlt_absent_withdrawn(x->t->v, l->leaf.record, l->leaf.version,
            l->leaf.subject, &found, err);
    if (st != VAULT_OK || found)
        return st;
    vlt_error_clear(&why);
    st = take_named(x, &l->leaf, &fault, &why);
    if (st != VAULT_OK && fault) {
        /* looked at only: it is told when it is tried in earnest */
        if (x->act)
            vlt_take_tell_bad(x, l->leaf.record, &why);
        return VAULT_OK;
    }
    if (st == VAULT_OK && x->act)
        x->t->out.records++;
    if (st != VAULT_OK && err != NULL)
        *err = why;
    return st;
}

/* ---- whole sessions ---- */

enum vault_status
vlt_take_session(struct vlt_taking *t, struct vlt_taken_session *s,
    struct vault_error *err)
{
    struct vlt_take_work x;
    struct vlt_entry join = {"join", NULL, 0, s->log.checkpoint, NULL, -1};
    enum vault_status st = vlt_take_begin(&x, t, s, err);

    if (st == VAULT_OK)
        st = copy_log(&x, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf(t->v, &join, err);
    if (st == VAULT_OK)
        st = vlt_leaves(t->c->store, s->log.n, 0, take_line, &x, err);
    free(x.segment);
    return st;
}

enum vault_status
vlt_take_lines(struct vlt_taking *t, struct vlt_taken_session *s,
    uint64_t lines, struct vault_error *err)
{
    struct vlt_take_work x;
    enum vault_status st = vlt_take_begin(&x, t, s, err);

    x.upto = lines;
    x.part = true;
    /* the lines themselves give what was signed */
    if (st == VAULT_OK)
        st = vlt_own_log_scan(t->c->store, &s->log, err);
    if (st == VAULT_OK)
        st = vlt_leaves(t->c->store, s->log.n, 0, take_line, &x, err);
    free(x.segment);
    return st;
}

/* Whether the vault has this line without its event, and nothing was withdrawn
 * that would be why. */
static enum vault_status
is_missing(struct vlt_take_work *x, const struct vlt_leaf_row *l, bool *out,
    struct vault_error *err)
{
    struct vlt_record_header h;
    struct vlt_leaf_row have;
    uint8_t here[32], there[32];
    struct vlt_buf evct;
    bool gone = false;
    enum vault_status st;

    *out = false;
    vlt_buf_init(&evct, VLT_EVENT_MAX);
    st = vlt_leaf_get(x->t->v->store, x->log, l->idx, &have, &evct, err);
    if (st == VAULT_OK && have.evct == NULL) {
        vlt_leaf_text_hash(here, &have.leaf);
        vlt_leaf_text_hash(there, &l->leaf);
        *out = memcmp(here, there, sizeof here) == 0; /* else another line */
    }
    vlt_buf_clear(&evct);
    if (st != VAULT_OK || !*out)
        return st;
    if (l->leaf.has_record) {
        memset(&h, 0, sizeof h);
        memcpy(h.id, l->leaf.record, sizeof h.id);
        h.version = l->leaf.version;
        st = vlt_record_withdrawn(x->t->v->store, &h, l->leaf.subject, &gone,
            err);
        if (st == VAULT_OK && !gone)
            st = vlt_absent_withdrawn(x->t->v, h.id, h.version, l->leaf.subject,
                &gone, err);
    }
    *out = !gone;
    return st;
}

/* A sound copy came behind one in which somebody had changed it. */
static enum vault_status
look_event(void *ctx, const struct vlt_leaf_row *l, struct vault_error *err)
{
    struct vlt_take_work *x = ctx;
    struct vlt_fields f;
    bool missing = false;
    enum vault_status st = is_missing(x, l, &missing, err);

    if (st != VAULT_OK || !missing)
        return st;
    vlt_fields_init(&f);
    if (vlt_event_read(x->t->c, l, &f, NULL) == VAULT_OK)
        x->here++;
    vlt_fields_clear(&f);
    return VAULT_OK;
}

static enum vault_status
mend_event(struct vlt_take_work *x, const struct vlt_leaf_row *l,
    struct vault_error *err)
{
    struct vault *v = x->t->v;
    struct vlt_buf evct;
    enum vault_status st = vlt_action_epoch(v, err);

    vlt_buf_init(&evct, VLT_EVENT_MAX);
    if (st == VAULT_OK)
        st = reseal(x, l, &evct, err);
    if (st == VAULT_OK)
        st = vlt_event_replace(v->store, x->log, l->idx, evct.p, evct.len, err);
    vlt_buf_clear(&evct);
    x->mended += st == VAULT_OK;
    return st;
}

static enum vault_status
say_mended(struct vlt_take_work *x, struct vault_error *err)
{
    static const uint8_t zeros[32];
    struct vlt_entry e = {"note", NULL, 0, zeros, NULL, -1};
    struct vlt_fields more;
    enum vault_status st;

    vlt_fields_init(&more);
    st = vlt_fields_add_text(&more, "action", "events-mended", err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(&more, VLT_FIELD_NUMBER, "events",
            (int64_t)x->mended, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf_with(x->t->v, &e, &more, err);
    vlt_fields_clear(&more);
    return st;
}

/* What is still missing of a session that the vault has. */
static enum vault_status
tell_missing(void *ctx, const struct vlt_leaf_row *l, struct vault_error *err)
{
    struct vlt_take_work *x = ctx;
    bool missing = false;
    enum vault_status st = is_missing(x, l, &missing, err);

    if (st != VAULT_OK || !missing)
        return st;
    st = x->t->v->acting ? mend_event(x, l, err) : VAULT_E_TAMPERED;
    if (!vlt_take_is_fault(st))
        return st;
    vlt_error_clear(err);
    tell_event(x, l);
    return VAULT_OK;
}

enum vault_status
vlt_take_look(struct vlt_taking *t, struct vlt_taken_session *s, bool *more,
    struct vault_error *err)
{
    struct vlt_take_work x;
    enum vault_status st = vlt_take_begin(&x, t, s, err);

    x.act = false;
    if (st == VAULT_OK)
        st = vlt_leaves(t->c->store, s->log.n, 0, take_line, &x, err);
    if (st == VAULT_OK && s->known) {
        x.log = s->vault_log;
        st = vlt_leaves(t->c->store, s->log.n, 0, look_event, &x, err);
    }
    free(x.segment);
    if (st == VAULT_OK)
        *more = x.here > 0;
    return st;
}

enum vault_status
vlt_take_rest(struct vlt_taking *t, struct vlt_taken_session *s,
    struct vault_error *err)
{
    struct vlt_take_work x;
    enum vault_status st = vlt_take_begin(&x, t, s, err);

    x.log = s->vault_log;
    if (st == VAULT_OK)
        st = vlt_leaves(t->c->store, s->log.n, 0, take_line, &x, err);
    if (st == VAULT_OK)
        st = vlt_leaves(t->c->store, s->log.n, 0, tell_missing, &x, err);
    if (st == VAULT_OK && x.mended > 0)
        st = say_mended(&x, err);
    free(x.segment);
    return st;
}
