/* SPDX-License-Identifier: Apache-2.0 */
/* witness_take.c: what witnesses answered, put under the states they signed */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "addcheckpoint.h"
#include "clock.h"
#include "cosigned.h"
#include "fail.h"
#include "witness_write.h"

/* ---- the stored states, once ---- */

struct point {
    const struct vlt_own_log *log;
    uint64_t size;
    size_t age; /* of so many newer states of its log */
    struct vlt_buf note;
    bool changed;
    const struct vlt_witness_pin *by; /* whose line was found for it last */
};
struct result {
    struct vault_line_result r;
    char witness[VLT_NAME_MAX + 1]; /* a local name is no longer */
    char origin[VLT_NAME_MAX + 1];
};
struct taking {
    struct vault *v;
    struct vlt_witness_set set;
    size_t n;
    struct point *at;
    size_t results;
    struct result *result;
    uint64_t tries;
    uint64_t vain; /* those of lines that fitted nowhere */
    size_t from;   /* where the last line was found: answers keep the order */
};

/*
 * A signature costs some 50 microseconds. Lines that sign nothing here cost a
 * second or so, whatever comes. Those that fit are by a witness that is pinned
 * here, and whoever sorts them may make it search for each: of 1,024 logs in
 * any order that is a half of TRIES_MAX at most.
 */
enum { VAIN_MAX = 20 * 1000, TRIES_MAX = 1000 * 1000 };

static void
taking_clear(struct taking *t)
{
    size_t i;

    for (i = 0; i < t->n; i++)
        vlt_buf_clear(&t->at[i].note);
    free(t->at);
    free(t->result);
}

struct loading {
    struct taking *t;
    const struct vlt_own_log *log;
};

static enum vault_status
load_point(void *ctx, const struct vlt_checkpoint_row *r,
    struct vault_error *err)
{
    const struct loading *l = ctx;
    struct taking *t = l->t;
    struct point *more = t->at, *p;

    if ((t->n & (t->n - 1)) == 0)
        more = realloc(more, (t->n == 0 ? 1 : 2 * t->n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    t->at = more;
    p = &more[t->n++];
    *p = (struct point){.log = l->log, .size = r->size};
    vlt_buf_init(&p->note, VLT_NOTE_MAX);
    vlt_buf_put(&p->note, r->note, r->note_len);
    return vlt_buf_end(&p->note, "checkpoint", err);
}

/* The newest of each log, then the one before it of each, and so on: as they
 * are asked for, and seldom one of long ago. */
static int
by_age(const void *a, const void *b)
{
    const struct point *x = a, *y = b;

    if (x->age != y->age)
        return x->age < y->age ? -1 : 1;
    return x->log < y->log ? -1 : x->log > y->log;
}

static enum vault_status
load_points(struct taking *t, struct vault_error *err)
{
    enum vault_status st = vlt_witness_set_load(t->v, &t->set, err);
    size_t i, k = 0;

    for (i = 0; st == VAULT_OK && i < t->v->logs.n; i++) {
        struct loading l = {t, &t->v->logs.log[i]};

        st = vlt_checkpoints(t->v->store, l.log->n, load_point, &l, err);
        for (; k < t->n; k++)
            t->at[k].age = t->n - 1 - k;
    }
    if (t->n > 0)
        qsort(t->at, t->n, sizeof *t->at, by_age);
    return st;
}

static enum vault_status
store_points(struct taking *t, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < t->n; i++) {
        if (t->at[i].changed)
            st = vlt_checkpoint_replace(t->v->store, t->at[i].log->n,
                t->at[i].size, (const char *)t->at[i].note.p, t->at[i].note.len,
                err);
    }
    return st;
}

/* ---- one line ---- */

static enum vault_status
add_result(struct taking *t, enum vault_line what, struct result **out,
    struct vault_error *err)
{
    struct result *more = t->result;

    if (t->results == (size_t)4 * VAULT_WITNESS_REQUESTS)
        return vlt_fail(err, VAULT_E_LIMIT, "more than %d lines",
            4 * VAULT_WITNESS_REQUESTS);
    if ((t->results & (t->results - 1)) == 0)
        more = realloc(more,
            (t->results == 0 ? 1 : 2 * t->results) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    t->result = more;
    *out = &more[t->results++];
    memset(*out, 0, sizeof **out);
    (*out)->r.what = what;
    (*out)->r.time = -1;
    return VAULT_OK;
}

static const struct vlt_witness_pin *
whose(const struct taking *t, const struct vlt_note_line *l)
{
    size_t i;

    for (i = 0; i < t->set.n; i++) {
        const struct vlt_vkey *k = &t->set.at[i].key;

        if (memcmp(l->key_id, k->key_id, 4) == 0 &&
            l->name_len == strlen(k->name) &&
            memcmp(l->name, k->name, l->name_len) == 0)
            return &t->set.at[i];
    }
    return NULL;
}

/* Whether the line signs this state. */
static enum vault_status
try_point(struct taking *t, const struct point *p, const char *line, size_t len,
    const struct vlt_witness_pin *pin, bool *good, uint64_t *time,
    struct vault_error *err)
{
    struct vlt_buf trial;
    struct vlt_note n;
    enum vault_status st =
        vlt_note_parse(&n, (const char *)p->note.p, p->note.len, err);

    if (st != VAULT_OK)
        return st;
    if (++t->tries > TRIES_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "too many lines for as many states as are kept here");
    vlt_buf_init(&trial, (size_t)2 * VLT_NOTE_MAX);
    vlt_buf_put(&trial, n.text, n.text_len);
    vlt_buf_put_str(&trial, "\n");
    vlt_buf_put(&trial, line, len);
    st = vlt_buf_end(&trial, "checkpoint", err);
    if (st == VAULT_OK)
        st = vlt_note_parse(&n, (const char *)trial.p, trial.len, err);
    *good = st == VAULT_OK &&
        vlt_cosignature_check(&n, 0, &pin->key, time, NULL) == VAULT_OK;
    vlt_buf_clear(&trial);
    return st;
}

/* From where the last one was found, one to this side and one to the other;
 * those that have a line of this witness from this text come last. */
static struct point *
nth_point(const struct taking *t, size_t i)
{
    size_t off = (i + 1) / 2 % t->n;

    return &t->at[(t->from + (i % 2 == 1 ? off : t->n - off)) % t->n];
}

/* The state that this line signs; the texts differ in every state, so it is
 * one at most. */
static enum vault_status
find_point(struct taking *t, const char *line, size_t len,
    const struct vlt_witness_pin *pin, struct point **out, uint64_t *time,
    struct vault_error *err)
{
    uint64_t before = t->tries;
    size_t i;
    enum vault_status st = VAULT_OK;
    bool good = false;

    *out = NULL;
    if (t->vain > VAIN_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "too many lines that sign no state that is kept here");
    for (i = 0; st == VAULT_OK && i < 2 * t->n && !good; i++) {
        struct point *p = nth_point(t, i % t->n);

        if ((p->by == pin) != (i >= t->n))
            continue;
        st = try_point(t, p, line, len, pin, &good, time, err);
        if (good)
            *out = p;
    }
    if (*out != NULL) {
        (*out)->by = pin;
        t->from = (size_t)(*out - t->at);
    } else {
        t->vain += t->tries - before;
    }
    return st;
}

/* No verifier counts it: a later one, of a right clock, is still wanted. */
static bool
is_early(uint64_t time)
{
    return time < (uint64_t)VLT_CLOCK_FLOOR;
}

/* Whether the state has a line of this witness: a later one of the same state
 * says less than the first. */
static enum vault_status
has_line(const struct point *p, const struct vlt_witness_pin *pin, bool *had,
    uint64_t *time, struct vault_error *err)
{
    struct vlt_note n;
    uint64_t t = 0;
    size_t i;
    enum vault_status st =
        vlt_note_parse(&n, (const char *)p->note.p, p->note.len, err);

    for (i = 0; st == VAULT_OK && i < n.lines && !*had; i++)
        *had = vlt_cosignature_check(&n, i, &pin->key, &t, NULL) == VAULT_OK &&
            !is_early(t);
    if (*had)
        *time = t;
    return st;
}

static enum vault_status
put_line(struct taking *t, struct point *p, const char *line, size_t len,
    const struct vlt_witness_pin *pin, uint64_t time, struct vault_error *err)
{
    struct result *r = NULL;
    bool added = false, had = false;
    enum vault_status st = has_line(p, pin, &had, &time, err);

    if (st == VAULT_OK && !had)
        st = vlt_note_add_line(&p->note, line, len, &added, err);
    if (st == VAULT_OK)
        st = add_result(t, added ? VAULT_LINE_TAKEN : VAULT_LINE_HAD, &r, err);
    if (st != VAULT_OK)
        return st;
    p->changed = p->changed || added;
    memcpy(r->witness, pin->name, sizeof pin->name);
    memcpy(r->origin, p->log->origin, strlen(p->log->origin));
    r->r.compared = pin->confirmed;
    r->r.size = p->size;
    r->r.time = (int64_t)time;
    return VAULT_OK;
}

/* `own`: lines of these logs, which stand in a whole checkpoint, are no
 * strangers'. */
static bool
of_own_log(const struct taking *t, const struct vlt_note_line *l)
{
    size_t i;

    for (i = 0; i < t->v->logs.n; i++) {
        const char *o = t->v->logs.log[i].origin;

        if (l->name_len == strlen(o) && memcmp(l->name, o, l->name_len) == 0)
            return true;
    }
    return false;
}

static enum vault_status
take_line(struct taking *t, const char *line, size_t len,
    struct vault_error *err)
{
    static const char any[] = "-\n\n";
    const struct vlt_witness_pin *pin;
    struct point *p = NULL;
    struct result *r = NULL;
    struct vlt_buf b;
    struct vlt_note n;
    uint64_t time = 0;
    enum vault_status st;

    vlt_buf_init(&b, VLT_NOTE_MAX);
    vlt_buf_put_str(&b, any);
    vlt_buf_put(&b, line, len);
    st = vlt_buf_end(&b, "answer", err);
    if (st == VAULT_OK)
        st = vlt_note_parse(&n, (const char *)b.p, b.len, err);
    if (st != VAULT_OK || of_own_log(t, &n.line[0]))
        goto out;
    pin = whose(t, &n.line[0]);
    if (pin != NULL)
        st = find_point(t, line, len, pin, &p, &time, err);
    if (st == VAULT_OK && p != NULL && is_early(time)) {
        st = add_result(t, VAULT_LINE_CLOCK, &r, err);
        if (st == VAULT_OK)
            memcpy(r->witness, pin->name, sizeof pin->name);
    } else if (st == VAULT_OK && p != NULL) {
        st = put_line(t, p, line, len, pin, time, err);
    } else if (st == VAULT_OK) {
        st = add_result(t, pin == NULL ? VAULT_LINE_STRANGER : VAULT_LINE_STRAY,
            &r, err);
        if (st == VAULT_OK && pin != NULL)
            memcpy(r->witness, pin->name, sizeof pin->name);
        else if (st == VAULT_OK && n.line[0].name_len <= VLT_NAME_MAX)
            memcpy(r->witness, n.line[0].name, n.line[0].name_len);
    }
out:
    vlt_buf_clear(&b);
    return st;
}

/* ---- the texts ---- */

/* Its lines sign most likely the state that it is of. */
static void
begin_at(struct taking *t, const struct vlt_note *n)
{
    size_t i;

    for (i = 0; i < t->n; i++) {
        const struct vlt_buf *b = &t->at[i].note;

        /* the text ends before an empty line */
        if (b->len > n->text_len && b->p[n->text_len] == '\n' &&
            memcmp(b->p, n->text, n->text_len) == 0)
            t->from = i;
    }
}

static enum vault_status
take_note(struct taking *t, const struct vlt_text *x, struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, x->p, x->len, err);
    size_t at = st == VAULT_OK ? n.text_len + 1 : 0;

    if (st == VAULT_OK)
        begin_at(t, &n);
    while (st == VAULT_OK && at < x->len) {
        const char *lf = memchr(x->p + at, '\n', x->len - at);
        size_t len = (size_t)(lf - (x->p + at)) + 1;

        st = take_line(t, x->p + at, len, err);
        at += len;
    }
    return st;
}

static enum vault_status
take_known(struct taking *t, const struct vlt_text *x, struct vault_error *err)
{
    struct vlt_known_size k;
    struct result *r = NULL;
    enum vault_status st = vlt_known_size_decode(&k, x->p, x->len, err);

    if (st == VAULT_OK)
        st = add_result(t, VAULT_LINE_OLD, &r, err);
    if (st != VAULT_OK)
        return st;
    memcpy(r->origin, k.origin, sizeof k.origin);
    r->r.size = k.size;
    return VAULT_OK;
}

static enum vault_status
take_text(struct taking *t, const struct vlt_text *x, struct vault_error *err)
{
    switch (x->kind) {
    case VLT_TEXT_LINE:
        return take_line(t, x->p, x->len, err);
    case VLT_TEXT_KNOWN:
        return take_known(t, x, err);
    case VLT_TEXT_NOTE:
        return take_note(t, x, err);
    case VLT_TEXT_REQUEST:
        break;
    }
    return vlt_fail_hint(err, VAULT_E_FORMAT,
        "give it to the witness; sanduq witness sign is for their side",
        "this is a request, not an answer of a witness");
}

static enum vault_status
take_all(struct taking *t, const struct vlt_buf *text, struct vault_error *err)
{
    struct vlt_text x;
    size_t at = 0;
    bool any = true, some = false;
    enum vault_status st = load_points(t, err);

    while (st == VAULT_OK && any) {
        st = vlt_texts_next((const char *)text->p, text->len, &at, &x, &any,
            err);
        if (st == VAULT_OK && any)
            st = take_text(t, &x, err);
        some = some || any;
    }
    if (st == VAULT_OK && !some)
        st = vlt_fail(err, VAULT_E_FORMAT, "no answer of a witness is in it");
    return st == VAULT_OK ? store_points(t, err) : st;
}

static enum vault_status
tell_all(const struct taking *t,
    int (*fn)(void *ctx, const struct vault_line_result *r), void *ctx,
    struct vault_error *err)
{
    size_t i;

    for (i = 0; i < t->results; i++) {
        struct vault_line_result r = t->result[i].r;

        r.witness = t->result[i].witness;
        r.origin = t->result[i].origin;
        if (fn(ctx, &r) != 0)
            return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    return VAULT_OK;
}

enum vault_status
vault_witness_take(struct vault *v, const char *p, size_t n,
    int (*fn)(void *ctx, const struct vault_line_result *r), void *ctx,
    struct vault_error *err)
{
    struct taking *t = calloc(1, sizeof *t);
    struct vlt_buf text;
    enum vault_status st = t == NULL ? vlt_fail_memory(err) : VAULT_OK;

    vlt_buf_init(&text, VLT_TEXTS_MAX + 1);
    if (st == VAULT_OK)
        st = vlt_texts_mend(&text, p, n, err);
    if (st == VAULT_OK)
        st = vlt_witness_write_begin(v, err);
    if (st == VAULT_OK) {
        t->v = v;
        st = vlt_witness_write_end(v, take_all(t, &text, err), err);
    }
    if (st == VAULT_OK)
        st = tell_all(t, fn, ctx, err);
    if (t != NULL)
        taking_clear(t);
    free(t);
    vlt_buf_clear(&text);
    return st;
}
