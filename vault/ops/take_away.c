/* SPDX-License-Identifier: Apache-2.0 */
/* take_away.c: records of a compartment on their way from a capture file into
 * the vault, which opens none of them, or is in it with others */
#include <stdio.h>
#include <string.h>
#include "compartment_set.h"
#include "event.h"
#include "fail.h"
#include "hash.h"
#include "record_open.h"
#include "sealed_away.h"
#include "settings.h"
#include "take_work.h"

/* What is said when the line does not say it. */
static const char unknown[] = "unknown";

static enum vault_status
check_meta(const struct vlt_record_head *head, const uint8_t *meta, size_t n,
    struct vault_error *err)
{
    uint8_t m[32];

    if (meta == NULL)
        return vlt_fail(err, VAULT_E_TAMPERED, "its metadata are gone");
    vlt_blake2b(m, meta, n);
    return memcmp(m, head->m, 32) == 0
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_TAMPERED, "the sealed metadata were changed");
}

/* ---- its line ---- */

struct search {
    struct vault *c;
    const uint8_t *stmt;
    bool read; /* a line of it was */
    bool found;
    struct vlt_away away;
};

/* Nothing covers an event but its root in the line: one that does not open is
 * told with the lines, and is no reason to leave the record behind. */
static enum vault_status
match_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct search *q = ctx;
    struct vlt_fields f;

    (void)err;
    if (q->found || strcmp(r->leaf.kind, "seal") != 0 || r->evct == NULL ||
        memcmp(r->leaf.subject, q->stmt, 32) != 0)
        return VAULT_OK;
    vlt_fields_init(&f);
    if (vlt_event_read(q->c, r, &f, NULL) == VAULT_OK) {
        q->read = true;
        q->found = vlt_away_said(&f, &q->away);
    }
    vlt_fields_clear(&f);
    return VAULT_OK;
}

static enum vault_status
look_for(struct vlt_take_work *x, const struct vlt_record_row *r,
    struct search *q, struct vault_error *err)
{
    uint8_t stmt[32];
    enum vault_status st;

    memset(q, 0, sizeof *q);
    q->c = x->t->c;
    q->stmt = stmt;
    vlt_record_stmt(stmt, &r->head);
    st = vlt_leaves_of(x->t->c->store, r->head.h.id, match_line, q, err);
    q->stmt = NULL;
    return st;
}

static enum vault_status
find_line(struct vlt_take_work *x, const struct vlt_record_row *r,
    struct vlt_away *out, struct vault_error *err)
{
    struct search q;
    enum vault_status st = look_for(x, r, &q, err);

    if (st != VAULT_OK)
        return st;
    /* a wrap that was changed to look like one for others */
    if (q.read && (!q.found || q.away.own))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "its wrap is for others, and its line does not say so");
    *out = q.away;
    if (!q.found) {
        memset(out, 0, sizeof *out);
        memcpy(out->name, unknown, sizeof unknown);
    }
    return VAULT_OK;
}

/* ---- its epoch ---- */

/* Written by the session, for others: one that this vault opens is none that
 * a capture file writes. */
static enum vault_status
check_epoch(struct vlt_take_work *x, const struct vlt_epoch *e,
    struct vault_error *err)
{
    const struct vlt_open_epoch *o;
    enum vault_status st;

    if ((x->s != NULL && memcmp(e->writer, x->writer, 32) != 0) ||
        memcmp(e->vault, x->t->v->id, 16) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an epoch of the capture file is not its session's");
    st = vlt_epoch_secret(x->t->c, e->id, &o, err);
    if (st == VAULT_OK)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an epoch that is for others is for this vault");
    if (st != VAULT_E_NO_KEY)
        return st;
    vlt_error_clear(err);
    return VAULT_OK;
}

static enum vault_status
load_wrap(struct vlt_take_work *x, const struct vlt_record_row *r,
    uint8_t row[VLT_RECORD_WRAP], struct vlt_epoch_row *epoch,
    struct vault_error *err)
{
    struct vlt_wrap wrap;
    enum vault_status st = vlt_wrap_get(x->t->c->store, r->rid, row, err);

    if (st == VAULT_OK)
        st = vlt_wrap_decode(&wrap, row, VLT_RECORD_WRAP, err);
    if (st == VAULT_OK &&
        (wrap.use != VLT_WRAP_RK ||
            wrap.i >= vlt_epoch_steps(VLT_EPOCH_COMPARTMENT)))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "its wrap is for another use or beyond its epoch");
    return st == VAULT_OK
        ? vlt_epoch_by_id(x->t->c->store, wrap.epoch, epoch, err)
        : st;
}

enum vault_status
vlt_take_check_away(struct vlt_take_work *x, const struct vlt_record_row *r,
    struct vault_error *err)
{
    uint8_t wrap[VLT_RECORD_WRAP];
    struct vlt_epoch_row epoch;
    struct vlt_away a;
    enum vault_status st = check_meta(&r->head, r->meta, r->meta_len, err);

    if (st == VAULT_OK)
        st = find_line(x, r, &a, err);
    if (st == VAULT_OK)
        st = load_wrap(x, r, wrap, &epoch, err);
    if (st != VAULT_OK)
        return st;
    st = check_epoch(x, &epoch.epoch, err);
    vlt_epoch_row_clear(&epoch);
    return st;
}

/* The same row, or none before. */
static enum vault_status
put_epoch(struct vault *v, const struct vlt_epoch *e, struct vault_error *err)
{
    struct vlt_epoch_row have;
    uint8_t one[32], two[32];
    enum vault_status st = vlt_epoch_by_id(v->store, e->id, &have, err);

    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        return vlt_epoch_put(v->store, e, NULL, 0, err);
    }
    if (st != VAULT_OK)
        return st;
    vlt_epoch_row_hash(one, e);
    vlt_epoch_row_hash(two, &have.epoch);
    vlt_epoch_row_clear(&have);
    return memcmp(one, two, 32) == 0
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_TAMPERED,
              "the vault has another epoch of the same number");
}

static enum vault_status
say(const struct vlt_away *a, struct vlt_fields *f, struct vault_error *err)
{
    char name[32];
    size_t i;
    enum vault_status st = vlt_fields_add_text(f, "compartment", a->name, err);

    for (i = 0; st == VAULT_OK && i < a->to_len; i++) {
        (void)snprintf(name, sizeof name, "to.%zu", i + 1);
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, name, a->to[i],
            32, err);
    }
    return st;
}

static bool
is_member(const struct vlt_compartment_now *c, const uint8_t fingerprint[32])
{
    size_t i;

    for (i = 0; i < c->to_len; i++) {
        if (memcmp(c->to[i].fingerprint, fingerprint, 32) == 0)
            return true;
    }
    return false;
}

/* The list in the file is signed, but nothing there says that it is the newest
 * one: whom it sealed to is seen here first. */
static enum vault_status
count_strangers(struct vlt_take_work *x, const struct vlt_away *a,
    struct vault_error *err)
{
    const struct vlt_compartment_set *set;
    const struct vlt_compartment_now *c;
    bool all;
    size_t i;
    enum vault_status st = vlt_compartments_now(x->t->v, &set, err);

    if (st != VAULT_OK)
        return st;
    c = vlt_compartment_named(set, a->name);
    all = c != NULL && a->to_len > 0;
    for (i = 0; all && i < a->to_len; i++)
        all = is_member(c, a->to[i]);
    x->t->out.strangers += !all;
    return VAULT_OK;
}

enum vault_status
vlt_take_away(struct vlt_take_work *x, const struct vlt_record_row *r,
    uint8_t wrap[VLT_RECORD_WRAP], struct vlt_fields *more,
    struct vault_error *err)
{
    struct vlt_epoch_row epoch;
    struct vlt_away a;
    enum vault_status st = load_wrap(x, r, wrap, &epoch, err);

    if (st != VAULT_OK)
        return st;
    st = put_epoch(x->t->v, &epoch.epoch, err);
    vlt_epoch_row_clear(&epoch);
    if (st == VAULT_OK)
        st = find_line(x, r, &a, err);
    if (st == VAULT_OK)
        st = count_strangers(x, &a, err);
    return st == VAULT_OK ? say(&a, more, err) : st;
}

/* ---- where one goes that this vault opens ---- */

/* What its type is bound to; *out NULL: nothing. */
static enum vault_status
find_by_type(struct vlt_take_work *x, const struct vlt_record_row *r,
    const struct vlt_compartment_set *set,
    const struct vlt_compartment_now **out, struct vault_error *err)
{
    char type[VLT_COMPARTMENT_TYPE + 1];
    const struct vlt_field *f;
    struct vlt_meta m;
    enum vault_status st;

    vlt_meta_init(&m);
    st = vlt_record_meta(x->t->c, r->rid, &r->head, r->meta, r->meta_len, &m,
        err);
    if (st != VAULT_OK)
        return st;
    f = vlt_fields_find(&m.fields, "type");
    if (f != NULL && f->type == VLT_FIELD_TEXT &&
        vlt_compartment_type_ok((const char *)f->value, f->value_len)) {
        memcpy(type, f->value, f->value_len);
        type[f->value_len] = 0;
        *out = vlt_compartment_of_type(set, type);
    }
    vlt_meta_clear(&m);
    return VAULT_OK;
}

enum vault_status
vlt_take_place(struct vlt_take_work *x, const struct vlt_record_row *r,
    struct vlt_compartment_now *alone, const struct vlt_compartment_now **out,
    struct vault_error *err)
{
    const struct vlt_compartment_now *bound = NULL;
    const struct vlt_compartment_set *set;
    char name[VLT_COMPARTMENT_NAME + 1] = "";
    struct search q;
    enum vault_status st = vlt_compartments_now(x->t->v, &set, err);

    *out = NULL;
    if (st == VAULT_OK)
        st = look_for(x, r, &q, err);
    if (st == VAULT_OK && set->n > 0)
        st = find_by_type(x, r, set, &bound, err);
    if (st != VAULT_OK)
        return st;
    x->t->out.readable += bound != NULL && !bound->row.own;
    if (q.found)
        memcpy(name, q.away.name, sizeof name);
    else if (!q.read && bound != NULL) /* nobody knows what it said */
        memcpy(name, bound->row.name, sizeof name);
    if (st != VAULT_OK || name[0] == 0 ||
        vlt_pin_name_same(name, VLT_COMPARTMENT_DEFAULT))
        return st;
    *out = vlt_compartment_named(set, name);
    if (*out != NULL && (*out)->row.own)
        return VAULT_OK;
    vlt_compartment_alone(alone, name);
    *out = alone;
    return VAULT_OK;
}

/* ---- what the vault has ---- */

enum vault_status
vlt_take_held_away(struct vault *v, const struct vlt_version_row *row,
    struct vault_error *err)
{
    struct vlt_record_row r;
    struct vlt_buf meta;
    bool away = false;
    enum vault_status st =
        vlt_away_look(v, row->rid, &row->head, &away, NULL, err);

    if (st == VAULT_OK && !away)
        return vlt_fail(err, VAULT_E_NO_KEY, "no key of this vault opens it");
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&meta, VLT_META_MAX + 16);
    st = vlt_record_by_rid(v->store, row->rid, &r, &meta, err);
    if (st == VAULT_OK)
        st = check_meta(&r.head, r.meta, r.meta_len, err);
    vlt_buf_clear(&meta);
    return st;
}
