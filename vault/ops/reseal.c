/* SPDX-License-Identifier: Apache-2.0 */
/* reseal.c: what one vault handle can open, sealed again for another */
#include "reseal.h"
#include <stdlib.h>
#include <string.h>
#include "cell.h"
#include "compartment_set.h"
#include "epochset.h"
#include "event.h"
#include "extract.h"
#include "fail.h"

enum { TELL = 256 }; /* rows between two reports */

enum vault_status
vlt_wrapped_head(const struct vault *v, const struct vlt_wrapped_row *w,
    struct vlt_record_head *out, struct vault_error *err)
{
    uint8_t plain[VLT_RECORD_HEAD];
    const uint8_t *head = w->head;
    enum vault_status st;

    if (w->foreign) {
        if (!vlt_foreign_cell_open(plain, v->vmk, v->id, "head", w->rid,
                w->head, w->head_len))
            return vlt_fail(err, VAULT_E_TAMPERED,
                "a record of others was changed in this vault");
        head = plain;
    }
    st = vlt_record_head_decode(out, head, VLT_RECORD_HEAD, err);
    return st == VAULT_E_FORMAT
        ? vlt_fail(err, VAULT_E_TAMPERED, "record: malformed head")
        : st;
}

enum vault_status
vlt_reseal_tick(struct vlt_reseal *r, struct vault_error *err)
{
    uint64_t done = r->wraps + r->events + r->left;

    if (done % TELL == 0 && !vlt_progress(&r->from->opt, done, 0, true))
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    return VAULT_OK;
}

/* The epoch that a wrap or event lies in; NULL when it stays shut. */
static enum vault_status
open_epoch(struct vlt_reseal *r, const uint8_t id[16],
    const struct vlt_open_epoch **out, struct vault_error *err)
{
    enum vault_status st = vlt_epoch_secret(r->from, id, out, err);

    if (st != VAULT_E_NO_KEY)
        return st;
    vlt_error_clear(err);
    *out = NULL;
    r->left++;
    return VAULT_OK;
}

/* ---- whom it is sealed to ---- */

/*
 * The vault's own epochs have a cache, those of compartments (with the vault
 * among the members) never: then the line that sealed the record says which.
 */
static enum vault_status
of_compartment(struct vlt_reseal *r, const uint8_t id[16], bool *out,
    struct vault_error *err)
{
    struct vlt_epoch_row row;
    enum vault_status st = VAULT_OK;

    if (!r->last.asked || memcmp(r->last.id, id, sizeof r->last.id) != 0) {
        st = vlt_epoch_by_id(r->from->store, id, &row, err);
        if (st != VAULT_OK)
            return st;
        r->last.asked = true;
        memcpy(r->last.id, id, sizeof r->last.id);
        r->last.compartment = !row.has_cache;
        vlt_epoch_row_clear(&row);
    }
    *out = r->last.compartment;
    return st;
}

struct naming {
    struct vault *v;
    const uint8_t *stmt;
    char name[VLT_COMPARTMENT_NAME + 1]; /* "": none is named */
};

static enum vault_status
take_name(void *ctx, const struct vlt_leaf_row *leaf, struct vault_error *err)
{
    struct naming *n = ctx;
    const struct vlt_field *f;
    struct vlt_fields l;
    enum vault_status st;

    if (strcmp(leaf->leaf.kind, "seal") != 0 || leaf->evct == NULL ||
        memcmp(leaf->leaf.subject, n->stmt, 32) != 0)
        return VAULT_OK;
    st = vlt_event_read(n->v, leaf, &l, err);
    if (st != VAULT_OK)
        return st;
    f = vlt_fields_find(&l, "compartment");
    if (f != NULL && f->type == VLT_FIELD_TEXT &&
        f->value_len < sizeof n->name) {
        memcpy(n->name, f->value, f->value_len);
        n->name[f->value_len] = 0;
    }
    vlt_fields_clear(&l);
    return VAULT_OK;
}

/* The compartment as it is today; *out NULL: sealed like the vault's own. */
static enum vault_status
compartment_of(struct vlt_reseal *r, const uint8_t epoch[16],
    const struct vlt_record_head *head, struct vlt_compartment_now *alone,
    const struct vlt_compartment_now **out, struct vault_error *err)
{
    const struct vlt_compartment_set *set;
    struct naming n = {.v = r->from};
    uint8_t stmt[32];
    bool any = false;
    enum vault_status st = of_compartment(r, epoch, &any, err);

    *out = NULL;
    if (st != VAULT_OK || !any)
        return st;
    vlt_record_stmt(stmt, head);
    n.stmt = stmt;
    st = vlt_leaves_of(r->from->store, head->h.id, take_name, &n, err);
    if (st == VAULT_OK && n.name[0] != 0)
        st = vlt_compartments_now(r->to, &set, err);
    if (st != VAULT_OK || n.name[0] == 0)
        return st;
    *out = vlt_compartment_named(set, n.name);
    if (*out != NULL && (*out)->row.own)
        return VAULT_OK;
    /* it is no more, or nobody here would read it in it: whoever is in the
     * default one never could */
    vlt_compartment_alone(alone, n.name);
    *out = alone;
    return VAULT_OK;
}

static enum vault_status
seal_rk(struct vlt_reseal *r, const uint8_t epoch[16],
    const struct vlt_record_head *head, const struct vlt_rk *rk,
    uint8_t b[VLT_RECORD_WRAP], struct vault_error *err)
{
    const struct vlt_compartment_now *c;
    struct vlt_compartment_now alone;
    enum vault_status st = compartment_of(r, epoch, head, &alone, &c, err);

    if (st != VAULT_OK)
        return st;
    if (c != NULL)
        return vlt_compartment_wrap(r->to, c, b, head, rk, err);
    vlt_action_wrap(r->to, b, head, rk);
    return VAULT_OK;
}

/* ---- one wrap ---- */

static enum vault_status
reseal_rk(struct vlt_reseal *r, const struct vlt_open_epoch *o,
    const struct vlt_record_head *head, uint8_t b[VLT_RECORD_WRAP],
    struct vault_error *err)
{
    struct vlt_rk *rk = vlt_rk_new();
    struct vlt_kmeta *km = vlt_kmeta_new();
    enum vault_status st = VAULT_OK;

    if (rk == NULL || km == NULL)
        st = vlt_fail_memory(err);
    if (st == VAULT_OK)
        st = vlt_wrap_open(b, VLT_RECORD_WRAP, &o->epoch, o->e0, head, rk, km,
            err);
    if (st == VAULT_OK)
        st = seal_rk(r, o->epoch.id, head, rk, b, err);
    vlt_rk_free(rk);
    vlt_kmeta_free(km);
    return st;
}

static enum vault_status
reseal_xk(struct vlt_reseal *r, const struct vlt_open_epoch *o,
    const struct vlt_record_head *head, uint8_t b[VLT_RECORD_WRAP],
    struct vault_error *err)
{
    struct vlt_xk *xk = vlt_xk_new();
    enum vault_status st;

    if (xk == NULL)
        return vlt_fail_memory(err);
    st = vlt_wrap_open_xk(b, VLT_RECORD_WRAP, &o->epoch, o->e0, head, xk, err);
    if (st == VAULT_OK)
        vlt_wrap_seal_xk(b, &r->to->epoch, r->to->e0, r->to->next_i, head, xk);
    vlt_xk_free(xk);
    return st;
}

/* Not "go on with the newest": by a clock that was set back, that may be one
 * that is about to go. */
static enum vault_status
room(struct vault *to, struct vault_error *err)
{
    if (to->e0 != NULL && to->next_i < vlt_epoch_steps(VLT_EPOCH_VAULT))
        return VAULT_OK;
    return vlt_action_epoch_anew(to, err);
}

enum vault_status
vlt_reseal_wrap(struct vlt_reseal *r, const struct vlt_record_head *head,
    uint8_t b[VLT_RECORD_WRAP], bool *left, struct vault_error *err)
{
    const struct vlt_open_epoch *o = NULL;
    struct vlt_wrap w;
    enum vault_status st = vlt_wrap_decode(&w, b, VLT_RECORD_WRAP, err);

    if (st == VAULT_OK)
        st = open_epoch(r, w.epoch, &o, err);
    if (st == VAULT_OK)
        st = room(r->to, err);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "a wrap is malformed");
    if (st != VAULT_OK)
        return st;
    *left = o == NULL;
    if (*left)
        return VAULT_OK;
    st = w.use == VLT_WRAP_RK ? reseal_rk(r, o, head, b, err)
                              : reseal_xk(r, o, head, b, err);
    if (st == VAULT_OK) {
        r->to->next_i++;
        r->wraps++;
    }
    return st;
}

enum vault_status
vlt_reseal_event(struct vlt_reseal *r, const struct vlt_leaf_row *leaf,
    struct vlt_buf *out, bool *left, struct vault_error *err)
{
    const struct vlt_open_epoch *o = NULL;
    uint8_t epoch[16], hash[32];
    uint32_t i;
    enum vault_status st =
        vlt_event_peek(epoch, &i, leaf->evct, leaf->evct_len, err);

    if (st == VAULT_OK)
        st = open_epoch(r, epoch, &o, err);
    if (st == VAULT_OK)
        st = room(r->to, err);
    if (st == VAULT_OK)
        *left = o == NULL;
    if (st == VAULT_OK && o != NULL) {
        vlt_leaf_text_hash(hash, &leaf->leaf);
        st = vlt_event_reseal(out, leaf->evct, leaf->evct_len, &o->epoch, o->e0,
            hash, leaf->leaf.event, &r->to->epoch, r->to->e0, r->to->next_i,
            err);
    } else if (st == VAULT_OK) {
        vlt_buf_put(out, leaf->evct, leaf->evct_len);
        st = vlt_buf_end(out, "log entry", err);
    }
    if (st == VAULT_OK && o != NULL) {
        r->to->next_i++;
        r->events++;
    }
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "a leaf's event is malformed");
    return st;
}

/* ---- all events ---- */

struct log_list {
    size_t n;
    uint64_t *log;
};

static enum vault_status
take_log(void *ctx, const struct vlt_log_row *row, struct vault_error *err)
{
    struct log_list *l = ctx;
    uint64_t *more = realloc(l->log, (l->n + 1) * sizeof *more);

    if (more == NULL)
        return vlt_fail_memory(err);
    l->log = more;
    more[l->n++] = row->n;
    return VAULT_OK;
}

struct event_walk {
    struct vlt_reseal *r;
    struct vlt_buf old;
    struct vlt_buf fresh;
    enum vault_status (*fn)(void *ctx, uint64_t log, uint64_t idx,
        const struct vlt_buf *evct, struct vault_error *err);
    void *ctx;
};

static enum vault_status
one_event(struct event_walk *w, uint64_t log, uint64_t idx,
    struct vault_error *err)
{
    struct vlt_leaf_row leaf;
    bool left = false;
    enum vault_status st;

    vlt_buf_reset(&w->old);
    vlt_buf_reset(&w->fresh);
    st = vlt_leaf_get(w->r->from->store, log, idx, &leaf, &w->old, err);
    if (st != VAULT_OK || leaf.evct == NULL)
        return st;
    st = vlt_reseal_event(w->r, &leaf, &w->fresh, &left, err);
    if (st == VAULT_OK)
        st = w->fn(w->ctx, log, idx, &w->fresh, err);
    return st == VAULT_OK ? vlt_reseal_tick(w->r, err) : st;
}

static enum vault_status
log_events(struct event_walk *w, uint64_t log, struct vault_error *err)
{
    uint64_t n = 0;
    uint64_t i;
    enum vault_status st = vlt_leaf_count(w->r->from->store, log, &n, err);

    for (i = 0; st == VAULT_OK && i < n; i++)
        st = one_event(w, log, i, err);
    return st;
}

enum vault_status
vlt_reseal_events(struct vlt_reseal *r,
    enum vault_status (*fn)(void *ctx, uint64_t log, uint64_t idx,
        const struct vlt_buf *evct, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct log_list l = {0, NULL};
    struct event_walk w = {.r = r, .fn = fn, .ctx = ctx};
    enum vault_status st = vlt_logs(r->from->store, take_log, &l, err);
    size_t i;

    vlt_buf_init(&w.old, VLT_EVENT_MAX);
    vlt_buf_init(&w.fresh, VLT_EVENT_MAX);
    for (i = 0; st == VAULT_OK && i < l.n; i++)
        st = log_events(&w, l.log[i], err);
    vlt_buf_clear(&w.old);
    vlt_buf_clear(&w.fresh);
    free(l.log);
    return st;
}

/* ---- the line ---- */

enum vault_status
vlt_rekey_leaf(struct vault *to, const char *level, const char *reason,
    struct vault_error *err)
{
    uint8_t hash[32];
    struct vlt_entry e = {"rekey", NULL, 0, hash, reason, -1};
    struct vlt_epoch_mark *m = NULL;
    struct vlt_fields more;
    size_t n = 0;
    enum vault_status st = room(to, err); /* none comes after it */

    vlt_fields_init(&more);
    if (st == VAULT_OK)
        st = vlt_epoch_marks(to->store, VLT_EPOCHS_MAX, &m, &n, err);
    if (st == VAULT_OK) {
        vlt_epoch_set_hash(hash, m, n);
        st = vlt_fields_add_text(&more, "level", level, err);
    }
    if (st == VAULT_OK)
        st = vlt_action_leaf_with(to, &e, &more, err);
    vlt_fields_clear(&more);
    free(m);
    return st;
}
