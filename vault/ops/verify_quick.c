/* SPDX-License-Identifier: Apache-2.0 */
/* verify_quick.c: one pass that shows that every record and line fit */
#include "verify_quick.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "pool.h"
#include "rid_cursor.h"
#include "tally.h"
#include "verify_filter.h"
#include "verify_ids.h"

enum { RANGES = 64, LANES = 8, ROWS_OF_A_RANGE = 256, LOOK_MS = 50 };

/* Rows that one thread looks at in one go: above `from`, at most `to`. */
struct range {
    uint64_t from;
    uint64_t to;
    bool bodies; /* a row may have one */
};

/* What one thread reads with and found. */
struct lane {
    struct vlt_quick *q;
    struct vlt_verify probe; /* tells nobody; failed counts what it would */
    struct vlt_record_walk w;
    struct vlt_tally rows;
    struct vlt_rid_cursor wrap;
    struct vlt_rid_cursor segment;
    struct range *range;
    bool plain;
    enum vault_status st;
    struct vlt_job job;
};

struct vlt_quick {
    struct vlt_verify *v;
    struct vlt_tally_key key;
    struct vlt_filter *closer; /* ids that get the questions one by one */
    bool session;              /* of the log that is walked */
    bool plain;
    bool done;    /* plain is the last word */
    bool doubled; /* an id and version has two rows */
    uint64_t leaves;
    struct vlt_tally lines; /* that make a row a record of this file */
    struct vlt_tally sessions;
    struct vlt_tally takes;
    size_t ranges;
    struct range range[RANGES];
    atomic_size_t next;
    atomic_bool stop;
    size_t lanes;
    struct lane lane[LANES];
};

enum vault_status
vlt_quick_new(struct vlt_verify *v, struct vlt_quick **out,
    struct vault_error *err)
{
    struct vlt_quick *q = calloc(1, sizeof *q);
    enum vault_status st;

    if (q == NULL)
        return vlt_fail_memory(err);
    st = vlt_filter_new(&q->closer, err);
    if (st != VAULT_OK) {
        free(q);
        return st;
    }
    vlt_tally_key_init(&q->key);
    q->v = v;
    q->plain = true;
    *out = q;
    return VAULT_OK;
}

void
vlt_quick_free(struct vlt_quick *q)
{
    size_t i;

    if (q == NULL)
        return;
    for (i = 0; i < q->lanes; i++)
        vlt_ids_free(q->lane[i].probe.ids);
    vlt_filter_free(q->closer);
    free(q);
}

/* ---- lines ---- */

void
vlt_quick_log(struct vlt_quick *q, bool session)
{
    q->session = session;
}

void
vlt_quick_no_log(struct vlt_quick *q)
{
    q->plain = false;
}

enum vault_status
vlt_quick_leaf(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct vlt_quick *q = ctx;
    const struct vlt_leaf *l = &r->leaf;
    bool take = strcmp(l->kind, "take") == 0;
    bool own = q->v->capture || !q->session;

    (void)err;
    q->leaves++;
    if (!l->has_record) {
        if (r->evct == NULL)
            q->plain = false;
        return VAULT_OK;
    }
    if (r->evct == NULL || strcmp(l->kind, "withdraw") == 0)
        vlt_filter_add(q->closer, l->record);
    if (!take && strcmp(l->kind, "seal") != 0)
        return VAULT_OK;
    vlt_tally_add(own ? &q->lines : &q->sessions, &q->key, l->record,
        l->version, l->subject);
    if (take && own)
        vlt_tally_add(&q->takes, &q->key, l->record, l->version, l->subject);
    return VAULT_OK;
}

/* Those with a withdrawal, or without their event, once more and closely. */
static enum vault_status
closer_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct lane *l = ctx;

    if (!r->leaf.has_record || !vlt_filter_has(l->q->closer, r->leaf.record))
        return VAULT_OK;
    return vlt_walk_line(&l->probe, r, err);
}

static enum vault_status
closer_lines(struct vlt_quick *q, struct vault_error *err)
{
    struct lane *l = &q->lane[0];
    enum vault_status st = VAULT_OK;
    size_t i;

    if (vlt_filter_empty(q->closer))
        return VAULT_OK;
    for (i = 0; st == VAULT_OK && i < q->v->logs; i++)
        st = vlt_leaves(q->v->s, q->v->log[i].n, 0, closer_line, l, err);
    if (l->probe.verdict.failed > 0 || l->probe.absent > 0)
        q->plain = false;
    return st;
}

/* ---- rows ---- */

/* Whether the wrap of this row is there; one before it is of no record. */
static enum vault_status
pass_wrap(struct lane *l, uint64_t rid, bool *has, struct vault_error *err)
{
    *has = false;
    if (l->wrap.more && l->wrap.rid < rid)
        l->plain = false;
    if (!l->wrap.more || l->wrap.rid != rid)
        return VAULT_OK;
    *has = true;
    return vlt_rid_cursor_next(&l->wrap, l->probe.s, err);
}

static enum vault_status
pass_segments(struct lane *l, uint64_t rid, bool *has, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    *has = false;
    while (st == VAULT_OK && l->segment.more && l->segment.rid <= rid) {
        *has = *has || l->segment.rid == rid;
        st = vlt_rid_cursor_next(&l->segment, l->probe.s, err);
    }
    return st;
}

/* What vlt_walk_record asks, of a row that nothing withdraws. */
static enum vault_status
look_at(struct lane *l, const struct vlt_record_row *r, bool wrap,
    struct vault_error *err)
{
    const struct vlt_record_head *h = &r->head;
    enum vault_status st = VAULT_OK;
    bool found = true;
    uint8_t m[32];

    l->w.own++;
    if (!wrap)
        l->w.no_wrap++;
    if (r->meta == NULL) {
        l->plain = false;
        return VAULT_OK;
    }
    vlt_blake2b(m, r->meta, r->meta_len);
    if (memcmp(m, h->m, sizeof m) != 0 ||
        memcmp(h->h.origin, l->q->v->id, 16) != 0)
        l->plain = false;
    if (h->h.version > 1)
        st = vlt_record_has_statement(l->probe.s, h->h.id, h->h.version - 1,
            h->h.prev, &found, err);
    if (!found)
        l->plain = false;
    return st;
}

static enum vault_status
take_row(void *ctx, const struct vlt_record_row *r, struct vault_error *err)
{
    struct lane *l = ctx;
    bool wrap, segments, closer;
    uint8_t stmt[32];
    enum vault_status st = pass_wrap(l, r->rid, &wrap, err);

    if (st == VAULT_OK)
        st = pass_segments(l, r->rid, &segments, err);
    if (st != VAULT_OK)
        return st;
    if (r->foreign) {
        l->w.foreign++;
        l->plain = l->plain && !r->named;
        return VAULT_OK;
    }
    closer = vlt_filter_has(l->q->closer, r->head.h.id);
    if (closer || segments || r->head.h.body_version != 0)
        l->range->bodies = true;
    vlt_record_stmt(stmt, &r->head);
    vlt_tally_add(&l->rows, &l->q->key, r->head.h.id, r->head.h.version, stmt);
    return closer ? vlt_walk_record(&l->w, r, err) : look_at(l, r, wrap, err);
}

static enum vault_status
look_at_range(struct lane *l, struct range *r, struct vault_error *err)
{
    enum vault_status st;

    l->range = r;
    st = vlt_rid_cursor_begin(&l->wrap, l->probe.s, VLT_RID_WRAP, r->from,
        r->to, err);
    if (st == VAULT_OK)
        st = vlt_rid_cursor_begin(&l->segment, l->probe.s, VLT_RID_SEGMENT,
            r->from, r->to, err);
    if (st == VAULT_OK)
        st = vlt_records_between(l->probe.s, r->from, r->to, take_row, l, err);
    if (st == VAULT_OK && l->wrap.more)
        l->plain = false;
    return st;
}

/* Ranges, as long as there are any and nothing was found. */
static void
run_lane(void *ctx)
{
    struct lane *l = ctx;
    struct vlt_quick *q = l->q;
    struct vault_error why;
    size_t i;

    while (l->st == VAULT_OK && l->plain && !atomic_load(&q->stop)) {
        i = atomic_fetch_add(&q->next, 1);
        if (i >= q->ranges)
            return;
        l->st = look_at_range(l, &q->range[i], &why);
        l->plain = l->plain && l->probe.verdict.failed == 0;
    }
    atomic_store(&q->stop, true);
}

/* ---- all of it ---- */

static enum vault_status
take_doubled(void *ctx, const uint8_t id[16], struct vault_error *err)
{
    struct vlt_quick *q = ctx;

    (void)err;
    q->doubled = true;
    vlt_filter_add(q->closer, id);
    return VAULT_OK;
}

/* Rows that no walk by number would reach, and lines of no log. */
static enum vault_status
nothing_beside(struct vlt_quick *q, uint64_t *last, struct vault_error *err)
{
    struct vlt_store *s = q->v->s;
    uint64_t odd = 0, leaves = 0;
    enum vault_status st;

    st = vlt_count(s,
        "SELECT (SELECT count(*) FROM record WHERE rid < 1) + "
        "(SELECT count(*) FROM wrap WHERE rid < 1)",
        &odd, err);
    if (st == VAULT_OK)
        st = vlt_count(s, "SELECT count(*) FROM leaf", &leaves, err);
    if (st == VAULT_OK && odd == 0)
        st = vlt_count(s,
            "SELECT max(ifnull((SELECT max(rid) FROM record), 0), "
            "ifnull((SELECT max(rid) FROM wrap), 0))",
            last, err);
    q->plain = q->plain && odd == 0 && leaves == q->leaves && *last < INT64_MAX;
    return st;
}

static void
cut(struct vlt_quick *q, uint64_t last)
{
    uint64_t n = last / ROWS_OF_A_RANGE + 1;
    uint64_t step;
    size_t i;

    q->ranges = n < RANGES ? (size_t)n : RANGES;
    step = last / q->ranges + 1;
    for (i = 0; i < q->ranges; i++) {
        q->range[i].from = i * step < last ? i * step : last;
        q->range[i].to = (i + 1) * step < last ? (i + 1) * step : last;
    }
}

static int
stopped(void *ctx)
{
    struct vlt_quick *q = ctx;

    return atomic_load(&q->stop);
}

static void
init_lane(struct vlt_quick *q, struct vlt_store *s)
{
    static const struct vault_verify_options none;
    struct lane *l = &q->lane[q->lanes++];

    l->q = q;
    l->plain = true;
    l->probe = *q->v;
    l->probe.s = s;
    l->probe.opt = &none;
    l->probe.fn = NULL;
    l->probe.told = NULL;
    l->probe.structure = NULL;
    l->probe.ids = NULL;
    l->probe.absent = 0;
    memset(&l->probe.verdict, 0, sizeof l->probe.verdict);
    l->w.v = &l->probe;
}

/* One for this thread, on the handle that is open; twins for the others. */
static void
open_lanes(struct vlt_quick *q)
{
    unsigned threads = vlt_verify_threads(q->v, q->ranges);
    struct vlt_store *s;

    init_lane(q, q->v->s);
    while (q->lanes < threads && q->lanes < LANES &&
        vlt_store_twin(q->v->s, stopped, q, &s, NULL) == VAULT_OK)
        init_lane(q, s);
}

/* Ask the caller now and then whether to go on. */
static void
wait_for(struct vlt_quick *q, struct lane *l)
{
    while (!vlt_pool_look(q->v->pool, &l->job, LOOK_MS)) {
        if (vlt_verify_interrupt(q->v) == 0)
            continue;
        atomic_store(&q->stop, true);
        q->lane[0].st = VAULT_E_CANCELLED;
    }
}

/* Other threads may be busy until everything is done here. */
static void
run_lanes(struct vlt_quick *q)
{
    size_t i;

    for (i = 1; i < q->lanes; i++)
        vlt_pool_add(q->v->pool, &q->lane[i].job, run_lane, &q->lane[i]);
    run_lane(&q->lane[0]);
    for (i = 1; i < q->lanes; i++) {
        if (!vlt_pool_drop(q->v->pool, &q->lane[i].job))
            wait_for(q, &q->lane[i]);
        vlt_store_close(q->lane[i].probe.s);
    }
}

static void
sum_up(struct vlt_quick *q, struct vlt_record_walk *sum)
{
    struct vlt_tally rows = {0};
    size_t i;

    for (i = 0; i < q->lanes; i++) {
        struct lane *l = &q->lane[i];

        q->plain = q->plain && l->plain && l->st == VAULT_OK;
        vlt_tally_join(&rows, &l->rows);
        sum->foreign += l->w.foreign;
        sum->withdrawn += l->w.withdrawn;
        sum->no_wrap += l->w.no_wrap;
        sum->own += l->w.own;
    }
    q->plain = q->plain && vlt_tally_same(&rows, &q->lines) &&
        (q->v->capture || vlt_tally_same(&q->sessions, &q->takes));
}

/* What speaks of the file is for the other walk to tell. */
static enum vault_status
gave_up(struct vlt_quick *q, enum vault_status st)
{
    if (st == VAULT_OK)
        return VAULT_OK;
    q->plain = false;
    return st == VAULT_E_CANCELLED ? st : VAULT_OK;
}

enum vault_status
vlt_quick_records(struct vlt_quick *q, struct vlt_record_walk *sum, bool *plain,
    struct vault_error *err)
{
    uint64_t last = 0;
    enum vault_status st = VAULT_OK;

    *plain = false;
    if (q->plain)
        st = nothing_beside(q, &last, err);
    if (st == VAULT_OK && q->plain)
        st = vlt_records_doubled(q->v->s, take_doubled, q, err);
    if (st != VAULT_OK || !q->plain)
        return gave_up(q, st);
    cut(q, last);
    open_lanes(q);
    run_lanes(q);
    if (q->lane[0].st == VAULT_E_CANCELLED)
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    sum_up(q, sum);
    if (q->plain)
        st = closer_lines(q, err);
    st = gave_up(q, st);
    q->done = true;
    *plain = q->plain;
    return st;
}

bool
vlt_quick_plain(const struct vlt_quick *q)
{
    return q->done && q->plain;
}

bool
vlt_quick_all_single(const struct vlt_quick *q)
{
    return vlt_quick_plain(q) && !q->doubled;
}

uint64_t
vlt_quick_no_bodies(const struct vlt_quick *q, uint64_t after)
{
    size_t i;

    for (i = 0; vlt_quick_plain(q) && i < q->ranges; i++) {
        if (q->range[i].bodies && q->range[i].to > after)
            return q->range[i].from > after ? q->range[i].from : after;
        if (q->range[i].to > after)
            after = q->range[i].to;
    }
    return after;
}
