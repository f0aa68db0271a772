/* SPDX-License-Identifier: Apache-2.0 */
/* take_record.c: a sealed record on its way into the vault, judged alone */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "hash.h"
#include "record_open.h"
#include "sealed_away.h"
#include "take_work.h"
#include "withdraw_absent.h"

/* What is wrong with one record or line, and not with this program. */
bool
vlt_take_is_fault(enum vault_status st)
{
    return st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT ||
        st == VAULT_E_NOT_FOUND || st == VAULT_E_NO_KEY ||
        st == VAULT_E_LIMIT || st == VAULT_E_NEWER;
}

/* Told, and it stays in the file; the others go on. */
void
vlt_take_tell_bad(struct vlt_take_work *x, const uint8_t *id,
    const struct vault_error *why)
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

enum vault_status
vlt_take_begin(struct vlt_take_work *x, struct vlt_taking *t,
    struct vlt_taken_session *s, struct vault_error *err)
{
    memset(x, 0, sizeof *x);
    x->t = t;
    x->s = s;
    x->act = true;
    x->upto = UINT64_MAX;
    if (s != NULL)
        vlt_sha256(x->writer, s->s.log_key, 32);
    x->segment = malloc(VLT_SEGMENT_SEALED);
    return x->segment != NULL ? VAULT_OK : vlt_fail_memory(err);
}

/* The epoch of a wrap or event must be this session's own. */
enum vault_status
vlt_take_epoch(struct vlt_take_work *x, const uint8_t id[16],
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
    if (st == VAULT_E_NO_KEY) /* others can open it: that is as it should be */
        st = vlt_take_held_away(v, row, &why);
    if (st != VAULT_OK && !vlt_take_is_fault(st)) {
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
    bool here = false;
    size_t i;

    *out = false;
    if (st != VAULT_OK)
        return vlt_take_is_fault(st) ? VAULT_OK : st;
    for (i = 0; st == VAULT_OK && i < rows.n && !*out; i++) {
        if (rows.v[i].head.h.version != version ||
            memcmp(rows.v[i].stmt, stmt, 32) != 0)
            continue;
        here = true;
        st = is_whole(v, &rows.v[i], out, err);
    }
    vlt_version_rows_clear(&rows);
    if (st == VAULT_OK && !here)
        st = vlt_absent_withdrawn(v, id, version, stmt, out, err);
    return st;
}

/* ---- records ---- */

/* All of it is there, and is what was signed. */
static enum vault_status
check_body(struct vlt_take_work *x, const struct vlt_record_row *r,
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
copy_body(struct vlt_take_work *x, const struct vlt_record_row *r, uint64_t rid,
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

/* The record's key out of the session's wrap, into one of the vault's, or of
 * the compartment `to`. */
static enum vault_status
rewrap(struct vlt_take_work *x, const struct vlt_record_row *r,
    const struct vlt_compartment_now *to, uint8_t out[VLT_RECORD_WRAP],
    struct vault_error *err)
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
        st = vlt_take_epoch(x, wrap.epoch, &o, err);
    if (st == VAULT_OK)
        st = vlt_wrap_open(row, sizeof row, &o->epoch, o->e0, &r->head, rk,
            kmeta, err);
    if (st == VAULT_OK && x->act && to != NULL)
        st = vlt_compartment_wrap(x->t->v, to, out, &r->head, rk, err);
    else if (st == VAULT_OK && x->act)
        vlt_action_wrap(x->t->v, out, &r->head, rk);
    vlt_rk_free(rk);
    vlt_kmeta_free(kmeta);
    return st;
}

/* It opens, and is what its statement says. */
static enum vault_status
check_opens(struct vlt_take_work *x, const struct vlt_record_row *r,
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
check_new(struct vlt_take_work *x, const struct vlt_record_row *r,
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
check_record(struct vlt_take_work *x, const struct vlt_record_row *r, bool away,
    struct vault_error *err)
{
    uint8_t wrap[VLT_RECORD_WRAP];
    bool act = x->act;
    enum vault_status st = check_new(x, r, err);

    if (st == VAULT_OK)
        st = away ? vlt_take_check_away(x, r, err) : check_opens(x, r, err);
    x->act = false; /* the epoch to seal under may not be there yet */
    if (st == VAULT_OK && !away)
        st = rewrap(x, r, NULL, wrap, err);
    x->act = act;
    if (st == VAULT_OK)
        st = check_body(x, r, err);
    return st;
}

static enum vault_status
take_readable(struct vlt_take_work *x, const struct vlt_record_row *r,
    uint8_t wrap[VLT_RECORD_WRAP], struct vlt_fields *more,
    struct vault_error *err)
{
    const struct vlt_compartment_now *to;
    struct vlt_compartment_now alone;
    enum vault_status st = vlt_take_place(x, r, &alone, &to, err);

    if (st == VAULT_OK)
        st = rewrap(x, r, to, wrap, err);
    return st == VAULT_OK && to != NULL ? vlt_compartment_said(to, more, err)
                                        : st;
}

/* Its session may never come in, and its device may be revoked: then this line
 * is all that says whose it is. */
static enum vault_status
say_session(const struct vlt_take_work *x, struct vlt_fields *more,
    struct vault_error *err)
{
    const struct vlt_session *s = &x->s->s;
    enum vault_status st = vlt_fields_add(more, VLT_FIELD_BYTES,
        VLT_STATE_VALUE, "device", s->device, sizeof s->device, err);

    if (st == VAULT_OK)
        st = vlt_fields_add(more, VLT_FIELD_BYTES, VLT_STATE_VALUE, "session",
            s->session, sizeof s->session, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(more, VLT_FIELD_NUMBER, "number", s->number,
            err);
    return st == VAULT_OK ? vlt_fields_add_i64(more, VLT_FIELD_NUMBER, "line",
                                (int64_t)x->line, err)
                          : st;
}

static enum vault_status
store_record(struct vlt_take_work *x, const struct vlt_record_row *r,
    const uint8_t stmt[32], bool away, struct vault_error *err)
{
    struct vault *v = x->t->v;
    struct vlt_entry e = {"take", r->head.h.id, r->head.h.version, stmt, NULL,
        -1};
    uint8_t wrap[VLT_RECORD_WRAP];
    struct vlt_fields more;
    uint64_t rid = 0;
    enum vault_status st = vlt_action_epoch(v, err);

    vlt_fields_init(&more);
    if (st == VAULT_OK)
        st = away ? vlt_take_away(x, r, wrap, &more, err)
                  : take_readable(x, r, wrap, &more, err);
    if (st == VAULT_OK && x->part)
        st = say_session(x, &more, err);
    if (st == VAULT_OK)
        st = vlt_record_next_rid(v->store, &rid, err);
    if (st == VAULT_OK)
        st = vlt_record_put(v->store, rid, &r->head, r->meta, r->meta_len, err);
    if (st == VAULT_OK)
        st = vlt_wrap_put(v->store, rid, wrap, err);
    if (st == VAULT_OK)
        st = copy_body(x, r, rid, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf_with(v, &e, &more, err);
    vlt_fields_clear(&more);
    return st;
}

enum vault_status
vlt_take_row(struct vlt_take_work *x, uint64_t rid, const uint8_t stmt[32],
    bool *fault, struct vault_error *why)
{
    struct vlt_record_row row;
    struct vlt_buf meta;
    bool away = false;
    enum vault_status st;

    vlt_buf_init(&meta, VLT_META_MAX + 16);
    st = vlt_record_by_rid(x->t->c->store, rid, &row, &meta, why);
    if (st == VAULT_OK)
        st = vlt_away_wrap(x->t->c->store, rid, &away, NULL, why);
    if (st == VAULT_OK)
        st = check_record(x, &row, away, why);
    *fault = vlt_take_is_fault(st);
    if (st == VAULT_OK && x->act)
        st = store_record(x, &row, stmt, away, why);
    if (st == VAULT_OK)
        x->here++;
    vlt_buf_clear(&meta);
    return st;
}

/* ---- records that no session of the vault names ---- */

enum vault_status
vlt_take_loose(struct vlt_taking *t, uint64_t rid,
    const struct vlt_record_head *head, struct vault_error *err)
{
    struct vlt_take_work x;
    struct vault_error why;
    uint8_t stmt[32];
    bool found = false;
    bool held = false;
    bool fault = false;
    enum vault_status st;

    vlt_record_stmt(stmt, head);
    st = vlt_record_has_statement(t->v->store, head->h.id, head->h.version,
        stmt, &found, err);
    if (st == VAULT_OK && !found) /* declared withdrawn: not here, and done */
        st = vlt_absent_withdrawn(t->v, head->h.id, head->h.version, stmt,
            &found, err);
    if (st == VAULT_OK && found)
        st = vlt_take_held(t->v, head->h.id, head->h.version, stmt, &held, err);
    if (st == VAULT_OK && found && !held) {
        memset(&x, 0, sizeof x);
        x.t = t;
        (void)vlt_fail(&why, VAULT_E_TAMPERED,
            "the vault's own copy of it was damaged; the one here is kept");
        vlt_take_tell_bad(&x, head->h.id, &why);
        return VAULT_OK;
    }
    if (st != VAULT_OK || found) {
        t->out.already += st == VAULT_OK;
        return st;
    }
    st = vlt_take_begin(&x, t, NULL, err);
    if (st != VAULT_OK)
        return st;
    vlt_error_clear(&why);
    st = vlt_take_row(&x, rid, stmt, &fault, &why);
    free(x.segment);
    if (st != VAULT_OK && fault) {
        vlt_take_tell_bad(&x, head->h.id, &why);
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        t->out.records++;
    else if (err != NULL)
        *err = why;
    return st;
}
