/* SPDX-License-Identifier: Apache-2.0 */
/* report_take.c: keeping what verify tells, in memory that has a bound */
#include "report_inner.h"

#include "fail.h"
#include "fieldjson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FACT_TEXT = 1024, STEP = 64 };

struct report *
report_new(const struct report_words *words)
{
    struct report *r = calloc(1, sizeof *r);

    if (r != NULL)
        r->w = words;
    return r;
}

static void
free_text(char *s)
{
    if (s != NULL)
        vlt_wipe(s, strlen(s));
    free(s);
}

static void
free_logs(struct report *r)
{
    for (size_t i = 0; i < r->logs; i++) {
        free_text(r->log[i].origin);
        free(r->log[i].bin);
    }
    free(r->log);
}

static void
free_outsides(struct report *r)
{
    for (size_t i = 0; i < r->outsides; i++) {
        free_text(r->outside[i].origin);
        free_text(r->outside[i].word);
        free_text(r->outside[i].vkey);
    }
    free(r->outside);
}

void
report_free(struct report *r)
{
    if (r == NULL)
        return;
    for (size_t k = 0; k < VLT_COUNT(r->line); k++) {
        for (size_t i = 0; i < r->line[k].n; i++)
            free_text(r->line[k].v[i].message);
        free(r->line[k].v);
    }
    for (size_t i = 0; i < r->saids; i++) {
        free_text(r->said[i].name);
        free_text(r->said[i].text);
    }
    free(r->said);
    free_logs(r);
    free_outsides(r);
    free(r->card);
    free(r->bad.v);
    free(r->odd.v);
    free(r->doubt.v);
    free(r->plain.v);
    free(r);
}

/* Room for one more in a list of at most `most`, all zero; `list` is the
 * address of its pointer. NULL: it is full, or there is no memory. */
static void *
one_more(struct report *r, void *list, size_t *n, size_t most, size_t size)
{
    void *v, *more;
    char *at;

    memcpy(&v, list, sizeof v);
    if (*n >= most)
        return NULL;
    if (*n % STEP == 0) {
        more = realloc(v, (*n + STEP) * size);
        if (more == NULL) {
            r->failed = true;
            return NULL;
        }
        v = more;
        memcpy(list, &v, sizeof v);
    }
    at = (char *)v + *n * size;
    memset(at, 0, size);
    ++*n;
    return at;
}

static char *
keep_text(struct report *r, const char *s, size_t most)
{
    size_t n = s != NULL ? strlen(s) : 0;
    char *p = malloc((n < most ? n : most) + 1);

    if (p == NULL) {
        r->failed = true;
        return NULL;
    }
    n = n < most ? n : most;
    if (n > 0)
        memcpy(p, s, n);
    p[n] = 0;
    return p;
}

/* ---- lines ---- */

void
report_finding(struct report *r, const struct vault_finding *f,
    const char *message)
{
    struct report_lines *l;
    struct report_line *line;

    if ((size_t)f->level >= VLT_COUNT(r->line))
        return;
    l = &r->line[f->level];
    l->all++;
    line = one_more(r, &l->v, &l->n, REPORT_LINES, sizeof *line);
    if (line == NULL)
        return;
    (void)snprintf(line->kind, sizeof line->kind, "%s", f->kind);
    line->has_record = f->has_record;
    memcpy(line->record, f->record, sizeof line->record);
    line->version = f->version;
    line->message = keep_text(r, message, FACT_TEXT);
}

void
report_said(struct report *r, const struct vault_said *s)
{
    struct report_value *v;
    struct vlt_buf b;

    r->saids_all++;
    v = one_more(r, &r->said, &r->saids, REPORT_SAID, sizeof *v);
    if (v == NULL)
        return;
    v->name = keep_text(r, s->field.name, FACT_TEXT);
    v->proved = s->proved;
    v->disclosed = s->disclosed;
    v->body = s->field.type == VAULT_BODY && s->field.state == VAULT_VALUE;
    v->beside = s->beside;
    v->bytes = s->beside ? s->bytes : s->field.value_len;
    if (v->body && s->beside && s->field.value_len == sizeof v->sha256)
        memcpy(v->sha256, s->field.value, sizeof v->sha256);
    if (v->body)
        return;
    vlt_buf_init(&b, REPORT_VALUE);
    field_plain(&b, &s->field);
    if (!b.failed)
        v->text = keep_text(r, vlt_buf_cstr(&b), REPORT_VALUE);
    vlt_buf_clear(&b);
}

/* ---- facts ---- */

/* The last card of another vault: the vault's own need its place. */
static struct report_card *
card_to_give(struct report *r)
{
    for (size_t i = r->cards; i > 0; i--) {
        struct report_card *c = &r->card[i - 1];

        if (c->own)
            continue;
        memset(c, 0, sizeof *c);
        return c;
    }
    return NULL;
}

static void
take_card(struct report *r, const struct vault_evidence *e)
{
    struct report_card *c;

    r->cards_all++;
    c = one_more(r, &r->card, &r->cards, REPORT_CARDS, sizeof *c);
    if (c == NULL && e->own && r->cards == REPORT_CARDS)
        c = card_to_give(r);
    if (c == NULL)
        return;
    c->state = e->state;
    c->generation = e->generation;
    c->compared = e->compared;
    c->own = e->own;
    memcpy(c->fingerprint, e->fingerprint, sizeof c->fingerprint);
    if (e->letters != NULL)
        (void)snprintf(c->letters, sizeof c->letters, "%s", e->letters);
    if (e->digits != NULL)
        (void)snprintf(c->digits, sizeof c->digits, "%s", e->digits);
}

static void
take_log(struct report *r, const struct vault_evidence *e)
{
    struct report_log *l;

    r->logs_all++;
    l = one_more(r, &r->log, &r->logs, REPORT_LOGS, sizeof *l);
    if (l == NULL)
        return;
    r->last = r->logs - 1;
    l->origin = keep_text(r, e->origin, FACT_TEXT);
    l->state = e->state;
    l->session = e->session;
    l->own = e->own;
    memcpy(l->device, e->device, sizeof l->device);
    memcpy(l->card, e->fingerprint, sizeof l->card);
    l->number = e->number;
    l->size = e->size;
    memcpy(l->root, e->hash, sizeof l->root);
    l->first = l->last = -1;
    l->width = 1;
    if (r->drawn < REPORT_DRAWN) {
        l->bin = calloc(REPORT_BINS, sizeof *l->bin);
        r->failed = r->failed || l->bin == NULL;
        r->drawn++;
    }
    for (size_t i = 0; l->bin != NULL && i < REPORT_BINS; i++)
        l->bin[i].time = -1;
}

static struct report_log *
find_log(struct report *r, const char *origin)
{
    if (origin == NULL)
        return NULL;
    for (size_t i = 0; i < r->logs; i++) {
        size_t at = (r->last + i) % r->logs;

        if (r->log[at].origin != NULL &&
            strcmp(r->log[at].origin, origin) == 0) {
            r->last = at;
            return &r->log[at];
        }
    }
    return NULL;
}

/* Two bins become one, so that any log fits. */
static void
widen(struct report_log *l)
{
    for (size_t i = 0; i < REPORT_BINS; i++) {
        struct report_bin to = {.time = -1};

        for (size_t k = 2 * i; k < 2 * i + 2 && k < REPORT_BINS; k++) {
            const struct report_bin *b = &l->bin[k];

            for (size_t lane = 0; lane < LANES; lane++)
                to.count[lane] += b->count[lane];
            to.doubt = to.doubt || b->doubt;
            to.time = to.time < 0 ? b->time : to.time;
        }
        l->bin[i] = to;
    }
    l->width *= 2;
}

static void
take_leaf(struct report *r, const struct vault_evidence *e)
{
    struct report_log *l = find_log(r, e->origin);
    enum report_lane lane = report_lane_of(e->word != NULL ? e->word : "");
    struct report_bin *b;

    if (l == NULL)
        return;
    l->lanes[lane]++;
    l->unheld += e->state != VAULT_EV_HELD;
    if (e->size < UINT64_MAX && e->size + 1 > l->end)
        l->end = e->size + 1;
    if (e->time >= 0 && (l->first < 0 || e->time < l->first))
        l->first = e->time;
    if (e->time > l->last)
        l->last = e->time;
    if (l->bin == NULL || e->size > INT64_MAX)
        return;
    while (e->size / l->width >= REPORT_BINS)
        widen(l);
    b = &l->bin[e->size / l->width];
    b->count[lane]++;
    b->doubt = b->doubt || e->state != VAULT_EV_HELD;
    if (b->time < 0)
        b->time = e->time;
}

/* The first ones, and always the newest. */
static void
take_point(struct report *r, const struct vault_evidence *e)
{
    struct report_log *l = find_log(r, e->origin);
    uint64_t at;

    if (l == NULL)
        return;
    at = l->points < REPORT_POINTS ? l->points : REPORT_POINTS - 1;
    l->points++;
    l->point[at].size = e->size;
    l->point[at].state = e->state;
}

static void
take_outside(struct report *r, const struct vault_evidence *e)
{
    struct report_outside *o;

    r->outside_all[e->kind == VAULT_EV_STAMP]++;
    o = one_more(r, &r->outside, &r->outsides, REPORT_OUTSIDE, sizeof *o);
    if (o == NULL)
        return;
    o->kind = e->kind;
    o->state = e->state;
    o->origin = keep_text(r, e->origin, FACT_TEXT);
    o->word = keep_text(r, e->word, FACT_TEXT);
    o->vkey = keep_text(r, e->vkey, FACT_TEXT);
    o->size = e->size;
    o->in_policy = e->in_policy;
    o->time = e->time;
}

/* What does not match must not be lost behind the rest. */
static struct report_records *
list_of(struct report *r, const struct vault_evidence *e, size_t *most)
{
    if (e->state == VAULT_EV_FAILED) {
        *most = REPORT_BAD;
        return &r->bad;
    }
    if (e->record_state != VAULT_RECORD_PRESENT) {
        *most = REPORT_ODD;
        return &r->odd;
    }
    *most = e->state == VAULT_EV_HELD ? REPORT_PLAIN : REPORT_DOUBT;
    return e->state == VAULT_EV_HELD ? &r->plain : &r->doubt;
}

static void
take_record(struct report *r, const struct vault_evidence *e)
{
    size_t most;
    struct report_records *to = list_of(r, e, &most);
    struct report_record *x;

    to->all++;
    x = one_more(r, &to->v, &to->n, most, sizeof *x);
    if (x == NULL)
        return;
    memcpy(x->id, e->record, sizeof x->id);
    x->version = e->version;
    x->state = e->state;
    x->how = e->record_state;
    if (e->word != NULL)
        (void)snprintf(x->word, sizeof x->word, "%s", e->word);
}

void
report_fact(struct report *r, const struct vault_evidence *e)
{
    switch (e->kind) {
    case VAULT_EV_CARD:
        take_card(r, e);
        return;
    case VAULT_EV_LOG:
        take_log(r, e);
        return;
    case VAULT_EV_LEAF:
        take_leaf(r, e);
        return;
    case VAULT_EV_CHECKPOINT:
        take_point(r, e);
        return;
    case VAULT_EV_COSIGNATURE:
    case VAULT_EV_STAMP:
        take_outside(r, e);
        return;
    case VAULT_EV_RECORD:
        take_record(r, e);
        return;
    }
}
