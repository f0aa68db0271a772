/* SPDX-License-Identifier: Apache-2.0 */
/* take_record.c: sealed records on their way into the vault, each judged alone */
#include <inttypes.h>
#include <string.h>
#include <stdlib.h>
#include "bytes.h"
#include "fail.h"
#include "hash.h"
#include "record_open.h"
#include "take_in.h"
#include "text.h"

/* What is going on. */
struct session {
    struct vlt_taking *t;
    struct vlt_taken_session *s; /* NULL: records that no session vouches for */
    uint8_t writer[32];
    uint64_t log; /* its number in the vault */
    uint64_t leaves;
    uint8_t *segment;
    bool act;      /* an action runs: what is sound is stored */
    uint64_t here; /* found sound, or stored */
};

/* What is wrong with one record or line, and not with this program. */
static bool
is_fault(enum vault_status st)
{
    return st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT ||
        st == VAULT_E_NOT_FOUND || st == VAULT_E_NO_KEY ||
        st == VAULT_E_LIMIT || st == VAULT_E_NEWER;
}

/* Told, and it stays in the file; the others go on. */
static void
tell_bad(struct session *x, const uint8_t *id, const struct vault_error *why)
{
    struct vlt_taking *t = x->t;
    struct vault_error as = *why;

    as.code = VAULT_E_TAMPERED; /* whatever it is for who reads a vault */
    if (x->s != NULL)
        x->s->bad++;
    t->out.bad++;
    if (t->opt.bad != NULL)
        t->opt.bad(t->opt.ctx, id, &as);
}

/* The epoch of a wrap or event must be this session's own. */
static enum vault_status
session_epoch(struct session *x, const uint8_t id[16],
    const struct vlt_open_epoch **out, struct vault_error *err)
{
    enum vault_status st = vlt_epoch_secret(x->t->c, id, out, err);

    if (st == VAULT_E_NO_KEY)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an epoch of the capture file is sealed to somebody else");
    if (st == VAULT_OK &&
        ((*out)->epoch.kind != VLT_EPOCH_CAPTURE ||
            (x->s != NULL &&
                memcmp((*out)->epoch.writer, x->writer, 32) != 0) ||
            memcmp((*out)->epoch.vault, x->t->v->id, 16) != 0))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "an epoch of the capture file is not its session's");
    return st;
}

/* ---- lines ---- */

static enum vault_status
check_kind(const struct session *x, const struct vlt_leaf_row *r,
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
reseal(struct session *x, const struct vlt_leaf_row *r, struct vlt_buf *out,
    struct vault_error *err)
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
        st = session_epoch(x, epoch, &o, err);
    if (st != VAULT_OK)
        return st;
    vlt_leaf_text_hash(hash, &r->leaf);
    return vlt_event_reseal(out, r->evct, r->evct_len, &o->epoch, o->e0, hash,
        r->leaf.event, &v->epoch, v->e0, v->next_i, err);
}

static void
tell_event(struct session *x, const struct vlt_leaf_row *r)
{
    struct vault_error why;

    (void)vlt_fail(&why, VAULT_E_TAMPERED,
        "the event of line %" PRIu64 " of session %" PRIu32
        " was changed; the line is in the vault without it",
        r->idx, x->s->s.number);
    tell_bad(x, r->leaf.has_record ? r->leaf.record : NULL, &why);
}

/* No signature covers a sealed event: one that was changed is left out, and
 * keeps out nothing else. */
static enum vault_status
copy_leaf(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct session *x = ctx;
    struct vault *v = x->t->v;
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    struct vlt_buf evct;
    enum vault_status st = check_kind(x, r, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&evct, VLT_EVENT_MAX);
    st = reseal(x, r, &evct, err);
    if (is_fault(st)) {
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
check_root(const struct session *x, struct vault_error *err)
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
copy_log(struct session *x, struct vault_error *err)
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

/* ---- what the vault has ---- */

/* It opens; its segments are counted, verify reads them. */
static enum vault_status
is_whole(struct vault *v, const struct vlt_version_row *row, bool *out,
    struct vault_error *err)
{
    const struct vlt_record_header *h = &row->head.h;
    struct vault_record *r = NULL;
    struct vault_error why;
    uint64_t n = 0;
    enum vault_status st =
        vlt_record_withdrawn(v->store, h, row->stmt, out, err);

    if (st != VAULT_OK || *out || !row->meta || !row->wrap)
        return st;
    st = vlt_record_open_row(v, row->rid, &r, &why);
    vault_record_close(r);
    if (st != VAULT_OK && !is_fault(st)) {
        if (err != NULL)
            *err = why;
        return st;
    }
    if (st != VAULT_OK)
        return VAULT_OK;
    st = vlt_segment_count(v->store, row->rid, &n, err);
    *out = st == VAULT_OK &&
        n == (h->body_version == 0 ? 0 : vlt_segments(h->body_padded));
    return st;
}

enum vault_status
vlt_take_held(struct vault *v, const uint8_t id[16], uint32_t version,
    const uint8_t stmt[32], bool *out, struct vault_error *err)
{
    struct vlt_version_rows rows;
    enum vault_status st = vlt_record_versions(v->store, id, &rows, err);
    size_t i;

    *out = false;
    if (st != VAULT_OK)
        return is_fault(st) ? VAULT_OK : st;
    for (i = 0; st == VAULT_OK && i < rows.n && !*out; i++) {
        if (rows.v[i].head.h.version == version &&
            memcmp(rows.v[i].stmt, stmt, 32) == 0)
            st = is_whole(v, &rows.v[i], out, err);
    }
    vlt_version_rows_clear(&rows);
    return st;
}

/* Told only while this file still has a copy. */
static enum vault_status
check_held(struct session *x, const struct vlt_leaf *l, struct vault_error *err)
{
    struct vlt_version_rows rows;
    struct vault_error why;
    bool copy = false;
    bool held = true;
    enum vault_status st =
        vlt_record_versions(x->t->c->store, l->record, &rows, err);
    size_t i;

    if (st != VAULT_OK)
        return is_fault(st) ? VAULT_OK : st;
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
    tell_bad(x, l->record, &why);
    return VAULT_OK;
}

/* ---- records ---- */

/* All of it is there, and is what was signed. */
static enum vault_status
check_body(struct session *x, const struct vlt_record_row *r,
    struct vault_error *err)
{
    const struct vlt_record_header *h = &r->head.h;
    struct vlt_segments_hash hash;
    uint64_t want = h->body_version == 0 ? 0 : vlt_segments(h->body_padded);
    uint64_t n = 0, i;
    uint8_t b[32];
    enum vault_status st;

    st = vlt_segment_count(x->t->c->store, r->rid, &n, err);
    if (st == VAULT_OK && n != want)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "%" PRIu64 " segments of a body instead of %" PRIu64, n, want);
    vlt_segments_hash_init(&hash);
    for (i = 0; st == VAULT_OK && i < want; i++) {
        size_t len = vlt_segment_size(h->body_padded, i);

        st = vlt_segment_get(x->t->c->store, r->rid, i, x->segment, len, err);
        if (st == VAULT_OK)
            vlt_segments_hash_add(&hash, x->segment, len);
        if (st == VAULT_OK && !vlt_progress(&x->t->v->opt, 0, 0, false))
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    vlt_segments_hash_final(&hash, b);
    if (st == VAULT_E_NOT_FOUND ||
        (st == VAULT_OK && want > 0 && memcmp(b, r->head.b, 32) != 0))
        st = vlt_fail(err, VAULT_E_TAMPERED, "a sealed body was changed");
    return st;
}

static enum vault_status
copy_body(struct session *x, const struct vlt_record_row *r, uint64_t rid,
    struct vault_error *err)
{
    const struct vlt_record_header *h = &r->head.h;
    uint64_t n = h->body_version == 0 ? 0 : vlt_segments(h->body_padded);
    enum vault_status st = VAULT_OK;
    uint64_t i;

    for (i = 0; st == VAULT_OK && i < n; i++) {
        size_t len = vlt_segment_size(h->body_padded, i);

        st = vlt_segment_get(x->t->c->store, r->rid, i, x->segment, len, err);
        if (st == VAULT_OK)
            st = vlt_segment_put(x->t->v->store, rid, i, x->segment, len, err);
        if (st == VAULT_OK && !vlt_progress(&x->t->v->opt, 0, 0, false))
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    return st;
}

/* The record's key out of the session's wrap, into one of the vault's. */
static enum vault_status
rewrap(struct session *x, const struct vlt_record_row *r,
    uint8_t out[VLT_RECORD_WRAP], struct vault_error *err)
{
    uint8_t row[VLT_RECORD_WRAP];
    const struct vlt_open_epoch *o;
    struct vlt_wrap wrap;
    struct vlt_rk *rk = vlt_rk_new();
    struct vlt_kmeta *kmeta = vlt_kmeta_new();
    enum vault_status st = VAULT_OK;

    if (rk == NULL || kmeta == NULL)
        st = vlt_fail_memory(err);
    if (st == VAULT_OK)
        st = vlt_wrap_get(x->t->c->store, r->rid, row, err);
    if (st == VAULT_OK)
        st = vlt_wrap_decode(&wrap, row, sizeof row, err);
    if (st == VAULT_OK)
        st = session_epoch(x, wrap.epoch, &o, err);
    if (st == VAULT_OK)
        st = vlt_wrap_open(row, sizeof row, &o->epoch, o->e0, &r->head, rk,
            kmeta, err);
    if (st == VAULT_OK && x->act)
        vlt_action_wrap(x->t->v, out, &r->head, rk);
    vlt_rk_free(rk);
    vlt_kmeta_free(kmeta);
    return st;
}

/* It opens, and is what its statement says. */
static enum vault_status
check_opens(struct session *x, const struct vlt_record_row *r,
    struct vault_error *err)
{
    struct vlt_meta m;
    enum vault_status st;

    if (r->meta == NULL)
        return vlt_fail(err, VAULT_E_TAMPERED, "its metadata are gone");
    vlt_meta_init(&m);
    st = vlt_record_meta(x->t->c, r->rid, &r->head, r->meta, r->meta_len, &m,
        err);
    if (st == VAULT_OK)
        vlt_meta_clear(&m);
    return st;
}

static enum vault_status
check_new(struct session *x, const struct vlt_record_row *r,
    struct vault_error *err)
{
    uint32_t version, n = 0;
    enum vault_status st;

    if (memcmp(r->head.h.origin, x->t->v->id, 16) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED, "it is another vault's");
    if (r->head.h.version != 1)
        return vlt_fail(err, VAULT_E_NEWER,
            "the capture file holds a later version of a record");
    st = vlt_record_newest(x->t->v->store, r->head.h.id, &version, &n, err);
    if (st == VAULT_OK && n > 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the vault holds another record of that id");
    return st;
}

/* Everything that can be wrong with it, before anything is written. */
static enum vault_status
check_record(struct session *x, const struct vlt_record_row *r,
    struct vault_error *err)
{
    uint8_t wrap[VLT_RECORD_WRAP];
    bool act = x->act;
    enum vault_status st = check_new(x, r, err);

    if (st == VAULT_OK)
        st = check_opens(x, r, err);
    x->act = false; /* the epoch to seal under may not be there yet */
    if (st == VAULT_OK)
        st = rewrap(x, r, wrap, err);
    x->act = act;
    if (st == VAULT_OK)
        st = check_body(x, r, err);
    return st;
}

static enum vault_status
store_record(struct session *x, const struct vlt_record_row *r,
    const uint8_t stmt[32], struct vault_error *err)
{
    struct vault *v = x->t->v;
    struct vlt_entry e = {"take", r->head.h.id, r->head.h.version, stmt, NULL,
        -1};
    uint8_t wrap[VLT_RECORD_WRAP];
    uint64_t rid = 0;
    enum vault_status st = vlt_action_epoch(v, err);

    if (st == VAULT_OK)
        st = rewrap(x, r, wrap, err);
    if (st == VAULT_OK)
        st = vlt_record_next_rid(v->store, &rid, err);
    if (st == VAULT_OK)
        st = vlt_record_put(v->store, rid, &r->head, r->meta, r->meta_len, err);
    if (st == VAULT_OK)
        st = vlt_wrap_put(v->store, rid, wrap, err);
    if (st == VAULT_OK)
        st = copy_body(x, r, rid, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf(v, &e, err);
    return st;
}

/* One row: *fault says that `why` is about this row and nothing was written;
 * otherwise a failure ends the whole. */
static enum vault_status
take_row(struct session *x, uint64_t rid, const uint8_t stmt[32], bool *fault,
    struct vault_error *why)
{
    struct vlt_record_row row;
    struct vlt_buf meta;
    enum vault_status st;

    vlt_buf_init(&meta, VLT_META_MAX + 16);
    st = vlt_record_by_rid(x->t->c->store, rid, &row, &meta, why);
    if (st == VAULT_OK)
        st = check_record(x, &row, why);
    *fault = is_fault(st);
    if (st == VAULT_OK && x->act)
        st = store_record(x, &row, stmt, why);
    if (st == VAULT_OK)
        x->here++;
    vlt_buf_clear(&meta);
    return st;
}

/* The rows of that id that say what was signed: somebody may have planted
 * others beside it. */
static enum vault_status
take_named(struct session *x, const struct vlt_leaf *leaf, bool *fault,
    struct vault_error *why)
{
    struct vlt_version_rows rows;
    enum vault_status st =
        vlt_record_versions(x->t->c->store, leaf->record, &rows, why);
    bool done = false;
    size_t i;

    *fault = is_fault(st);
    if (st != VAULT_OK)
        return st;
    st = vlt_fail(why, VAULT_E_TAMPERED,
        "its line is there, and the record is missing or changed");
    *fault = true;
    for (i = 0; i < rows.n && !done; i++) {
        if (memcmp(rows.v[i].stmt, leaf->subject, 32) != 0)
            continue;
        st = take_row(x, rows.v[i].rid, leaf->subject, fault, why);
        done = st == VAULT_OK || !*fault;
    }
    vlt_version_rows_clear(&rows);
    return st;
}

static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *l, struct vault_error *err)
{
    struct session *x = ctx;
    struct vault_error why;
    bool fault = false;
    bool found = false;
    enum vault_status st;

    if (!l->leaf.has_record)
        return VAULT_OK; /* genesis */
    st = vlt_record_has_statement(x->t->v->store, l->leaf.record,
        l->leaf.version, l->leaf.subject, &found, err);
    if (st == VAULT_OK && found && x->act)
        return check_held(x, &l->leaf, err);
    if (st != VAULT_OK || found)
        return st;
    vlt_error_clear(&why);
    st = take_named(x, &l->leaf, &fault, &why);
    if (st != VAULT_OK && fault) {
        /* looked at only: it is told when it is tried in earnest */
        if (x->act)
            tell_bad(x, l->leaf.record, &why);
        return VAULT_OK;
    }
    if (st == VAULT_OK && x->act)
        x->t->out.records++;
    if (st != VAULT_OK && err != NULL)
        *err = why;
    return st;
}

/* ---- whole sessions ---- */

static enum vault_status
begin(struct session *x, struct vlt_taking *t, struct vlt_taken_session *s,
    struct vault_error *err)
{
    memset(x, 0, sizeof *x);
    x->t = t;
    x->s = s;
    x->act = true;
    if (s != NULL)
        vlt_sha256(x->writer, s->s.log_key, 32);
    x->segment = malloc(VLT_SEGMENT_SEALED);
    return x->segment != NULL ? VAULT_OK : vlt_fail_memory(err);
}

enum vault_status
vlt_take_session(struct vlt_taking *t, struct vlt_taken_session *s,
    struct vault_error *err)
{
    struct session x;
    struct vlt_entry join = {"join", NULL, 0, s->log.checkpoint, NULL, -1};
    enum vault_status st = begin(&x, t, s, err);

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
vlt_take_look(struct vlt_taking *t, struct vlt_taken_session *s, bool *more,
    struct vault_error *err)
{
    struct session x;
    enum vault_status st = begin(&x, t, s, err);

    x.act = false;
    if (st == VAULT_OK)
        st = vlt_leaves(t->c->store, s->log.n, 0, take_line, &x, err);
    free(x.segment);
    if (st == VAULT_OK)
        *more = x.here > 0;
    return st;
}

/* What is still missing of a session that the vault has. */
static enum vault_status
tell_missing(void *ctx, const struct vlt_leaf_row *l, struct vault_error *err)
{
    struct session *x = ctx;
    struct vlt_record_header h;
    struct vlt_leaf_row have;
    struct vlt_buf evct;
    bool gone = false;
    enum vault_status st;

    vlt_buf_init(&evct, VLT_EVENT_MAX);
    st = vlt_leaf_get(x->t->v->store, x->log, l->idx, &have, &evct, err);
    gone = st == VAULT_OK && have.evct == NULL;
    vlt_buf_clear(&evct);
    if (st != VAULT_OK || !gone)
        return st;
    gone = false;
    if (l->leaf.has_record) {
        memset(&h, 0, sizeof h);
        memcpy(h.id, l->leaf.record, sizeof h.id);
        h.version = l->leaf.version;
        st = vlt_record_withdrawn(x->t->v->store, &h, l->leaf.subject, &gone,
            err);
    }
    if (st == VAULT_OK && !gone)
        tell_event(x, l);
    return st;
}

enum vault_status
vlt_take_rest(struct vlt_taking *t, struct vlt_taken_session *s,
    struct vault_error *err)
{
    struct session x;
    enum vault_status st = begin(&x, t, s, err);

    x.log = s->vault_log;
    if (st == VAULT_OK)
        st = vlt_leaves(t->c->store, s->log.n, 0, take_line, &x, err);
    if (st == VAULT_OK)
        st = vlt_leaves(t->c->store, s->log.n, 0, tell_missing, &x, err);
    free(x.segment);
    return st;
}

/* ---- records that no session of the vault names ---- */

enum vault_status
vlt_take_loose(struct vlt_taking *t, uint64_t rid,
    const struct vlt_record_head *head, struct vault_error *err)
{
    struct session x;
    struct vault_error why;
    uint8_t stmt[32];
    bool found = false;
    bool held = false;
    bool fault = false;
    enum vault_status st;

    vlt_record_stmt(stmt, head);
    st = vlt_record_has_statement(t->v->store, head->h.id, head->h.version,
        stmt, &found, err);
    if (st == VAULT_OK && found)
        st = vlt_take_held(t->v, head->h.id, head->h.version, stmt, &held, err);
    if (st == VAULT_OK && found && !held) {
        memset(&x, 0, sizeof x);
        x.t = t;
        (void)vlt_fail(&why, VAULT_E_TAMPERED,
            "the vault's own copy of it was damaged; the one here is kept");
        tell_bad(&x, head->h.id, &why);
        return VAULT_OK;
    }
    if (st != VAULT_OK || found) {
        t->out.already += st == VAULT_OK;
        return st;
    }
    st = begin(&x, t, NULL, err);
    if (st != VAULT_OK)
        return st;
    vlt_error_clear(&why);
    st = take_row(&x, rid, stmt, &fault, &why);
    free(x.segment);
    if (st != VAULT_OK && fault) {
        tell_bad(&x, head->h.id, &why);
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        t->out.records++;
    else if (err != NULL)
        *err = why;
    return st;
}
