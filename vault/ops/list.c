/* SPDX-License-Identifier: Apache-2.0 */
/* list.c: walking the records, and finding one by the beginning of its id */
#include <stdlib.h>
#include <string.h>
#include "catalogue_ops.h"
#include "fail.h"
#include "foreign.h"
#include "foreign_find.h"
#include "foreign_rows.h"
#include "history.h"
#include "record_open.h"
#include "sealed_away.h"

enum {
    PAGE = 64,   /* records read in one transaction */
    AHEAD = 4096 /* proposals kept at most: a question can be dear to ask */
};

/* What one page of rows came to; opened inside the transaction, shown after
 * it has ended, so that nobody waits for whoever looks at the list. */
struct shown {
    struct vault_record *record; /* NULL: `why` says what is wrong */
    uint8_t id[16];
    uint32_t version;
    struct vault_error why;
    struct vlt_away *away; /* why not: others can; a list tells it so */
};
struct page {
    struct vault *v;
    struct vlt_proposal ask;
    bool walk;     /* over the rows, not through the catalogue */
    bool hidden;   /* with what a request hides */
    bool mended;   /* the catalogue was brought up to date, as far as it goes */
    bool renewed;  /* it was made anew */
    uint64_t last; /* rid */
    size_t rows;
    size_t n;
    struct shown at[PAGE];
    /* what the catalogue proposed and was not looked at yet, as long as no
     * other program wrote since */
    struct vlt_entry_row ahead[AHEAD];
    size_t next, proposed, room;
    int64_t version;
    bool end; /* there is nothing behind it */
};

/* What stops the walk; the rest speaks of this record alone. */
static bool
stops(enum vault_status st)
{
    return st == VAULT_E_MEMORY || st == VAULT_E_CANCELLED ||
        st == VAULT_E_BUSY;
}

enum vault_status
vlt_record_open_shown(struct vault *v, const struct vlt_record_row *r,
    bool also_hidden, struct vault_record **out, struct vault_error *err)
{
    const struct vlt_version *own = NULL;
    struct vlt_history h;
    bool logged, waits, hidden = false;
    enum vault_status st = r->foreign
        ? vlt_history_load_foreign(v, r->head.h.id, &h, err)
        : vlt_history_load(v, r->head.h.id, &h, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    *out = NULL;
    for (i = 0; i < h.n; i++) {
        if (h.v[i].row.rid == r->rid)
            own = &h.v[i];
    }
    logged = own != NULL && own->logged;
    if (own != NULL && r->foreign)
        st = vlt_hidden(v, own->row.stmt, &hidden, err);
    waits = own != NULL && own->waits;
    if (st == VAULT_OK && !waits && (!hidden || also_hidden) &&
        (!logged || vlt_history_shown(&h, own)))
        st = vlt_record_unseal(v, r, logged, out, err);
    if (st == VAULT_OK && *out != NULL) {
        (*out)->entry.conflict = h.conflict;
        (*out)->entry.hidden = hidden;
    }
    vlt_history_clear(&h);
    return st;
}

/* One that does not open has no id to be told by. */
static enum vault_status
open_foreign(struct page *p, const struct vlt_record_row *r, struct shown *s)
{
    struct vlt_record_row row = *r;
    struct vlt_buf ct;
    enum vault_status st;

    vlt_buf_init(&ct, VLT_META_MAX + 16);
    st = vlt_foreign_row(p->v, &row, &ct, &s->why);
    if (st == VAULT_OK) {
        memcpy(s->id, row.head.h.id, 16);
        s->version = row.head.h.version;
        st = vlt_record_open_shown(p->v, &row, p->hidden, &s->record, &s->why);
    }
    vlt_buf_clear(&ct);
    return st;
}

/* Sealed to a compartment without this vault: that is nothing wrong. */
static enum vault_status
look_away(struct vault *v, const struct vlt_record_row *r, struct shown *s)
{
    struct vault_error why;
    struct vlt_away a;
    bool away = false;
    enum vault_status st = vlt_away_look(v, r->rid, &r->head, &away, &a, &why);

    if (st != VAULT_OK)
        s->why = why;
    if (st != VAULT_OK || !away)
        return st != VAULT_OK ? st : VAULT_E_NO_KEY;
    s->away = malloc(sizeof *s->away);
    if (s->away == NULL)
        return vlt_fail_memory(&s->why);
    *s->away = a;
    return VAULT_E_NO_KEY;
}

static enum vault_status
take_row(void *ctx, const struct vlt_record_row *r, struct vault_error *err)
{
    struct page *p = ctx;
    struct shown *s = &p->at[p->n];
    enum vault_status st;

    p->rows++;
    p->last = r->rid;
    memset(s, 0, sizeof *s);
    memcpy(s->id, r->head.h.id, 16);
    s->version = r->head.h.version;
    st = r->foreign
        ? open_foreign(p, r, s)
        : vlt_record_open_shown(p->v, r, p->hidden, &s->record, &s->why);
    if (st == VAULT_E_NO_KEY && !r->foreign)
        st = look_away(p->v, r, s);
    if (stops(st)) {
        if (err != NULL)
            *err = s->why;
        return st;
    }
    p->n += st != VAULT_OK || s->record != NULL;
    return VAULT_OK;
}

/* ---- through the catalogue ---- */

/* A row that the catalogue knows and the table does not hold. */
static enum vault_status
take_missing(struct page *p, const struct vlt_entry_row *e,
    struct vault_error *err)
{
    struct shown *s = &p->at[p->n];

    vlt_error_clear(err);
    memset(s, 0, sizeof *s);
    memcpy(s->id, e->id, 16);
    s->version = e->version;
    (void)!vlt_fail(&s->why, VAULT_E_TAMPERED,
        "this record is missing: it was taken away from outside");
    p->n++;
    return VAULT_OK;
}

static enum vault_status
take_entry(struct page *p, const struct vlt_entry_row *e, struct vlt_buf *ct,
    struct vault_error *err)
{
    struct vlt_record_row row;
    enum vault_status st =
        vlt_record_by_rid(p->v->store, e->rid, &row, ct, err);

    if (st == VAULT_E_NOT_FOUND) {
        p->rows++;
        p->last = e->rid;
        return take_missing(p, e, err);
    }
    return st == VAULT_OK ? take_row(p, &row, err) : st;
}

/* The session ends before the records are opened. */
static enum vault_status
look_ahead(struct page *p, struct vlt_catalogue *c, bool *damaged,
    struct vault_error *err)
{
    enum vault_status st;

    p->room = p->room == 0 ? PAGE : 4 * p->room;
    if (p->room > AHEAD)
        p->room = AHEAD;
    p->next = p->proposed = 0;
    p->ask.from = p->last;
    st = vlt_catalogue_propose(c, &p->ask, p->ahead, p->room, &p->proposed,
        &p->end, err);
    vlt_catalogue_close(c);
    *damaged = st == VAULT_E_TAMPERED;
    p->version = p->v->data_version;
    return st;
}

static enum vault_status
take_proposed(struct page *p, size_t want, struct vault_error *err)
{
    struct vlt_buf ct;
    enum vault_status st = VAULT_OK;

    vlt_buf_init(&ct, VLT_META_MAX + 16 + VLT_CELL_EXTRA);
    for (; st == VAULT_OK && want > 0 && p->next < p->proposed; want--)
        st = take_entry(p, &p->ahead[p->next++], &ct, err);
    vlt_buf_clear(&ct);
    return st;
}

static void
drop_page(struct page *p)
{
    size_t i;

    for (i = 0; i < p->n; i++) {
        vault_record_close(p->at[i].record);
        free(p->at[i].away);
    }
    p->n = 0;
    p->rows = 0;
}

/* Within a read transaction. */
static enum vault_status
load_rows(struct page *p, struct vault_error *err)
{
    return vlt_records(p->v->store, p->last, p->ask.down, PAGE, take_row, p,
        err);
}

/* Begin a read transaction with proposals in it; p->walk when there is no
 * catalogue to ask. */
static enum vault_status
propose(struct page *p, bool *damaged, struct vault_error *err)
{
    struct vlt_catalogue *c = NULL;
    enum vault_status st = VAULT_OK;

    if (p->next < p->proposed) {
        st = vlt_read_begin(p->v, err);
        if (st != VAULT_OK || p->v->data_version == p->version)
            return st;
        vlt_store_rollback(p->v->store);
    }
    p->next = p->proposed = 0;
    st = vlt_catalogue_read(p->v, !p->mended, &c, err);
    p->mended = true;
    if (st == VAULT_OK && c != NULL)
        st = look_ahead(p, c, damaged, err);
    p->walk = st == VAULT_OK && c == NULL;
    return st;
}

/* Where the catalogue fails, the rows are walked from here on: their order
 * is the same. */
static enum vault_status
load_page(struct page *p, size_t want, struct vault_error *err)
{
    bool damaged = false;
    enum vault_status st;

    p->n = 0;
    p->rows = 0;
    st = p->walk ? vlt_read_begin(p->v, err) : propose(p, &damaged, err);
    if (st == VAULT_OK)
        st = p->walk ? load_rows(p, err) : take_proposed(p, want, err);
    vlt_store_rollback(p->v->store);
    if (!damaged)
        return st;
    vlt_error_clear(err);
    p->walk = p->renewed || vlt_catalogue_renew(p->v) != VAULT_OK;
    p->renewed = true;
    return load_page(p, want, err);
}

static bool
goes_on(const struct page *p)
{
    return p->walk ? p->rows == PAGE : p->next < p->proposed || !p->end;
}

/* ---- showing ---- */

struct viewer {
    const struct vault_list_options *opt;
    int (*fn)(void *ctx, const struct vault_entry *entry);
    int (*each)(void *ctx, const struct vault_record *r); /* instead of fn */
    int (*bad)(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
        const struct vault_error *why);
    void *ctx;
    uint64_t shown;
    struct vlt_query *query;
    const uint8_t *vault; /* its id */
};

/* What was asked for is asked of the record itself. */
static enum vault_status
answers(const struct viewer *w, const struct vault_record *r, bool *out,
    struct vault_error *err)
{
    const struct vault_list_options *o = w->opt;
    const struct vault_entry *e = &r->entry;

    *out = (o->type == NULL || strcmp(o->type, e->type) == 0) &&
        e->sealed >= o->since && e->sealed < o->until;
    if (!*out || vlt_query_empty(w->query))
        return VAULT_OK;
    return vlt_query_holds(w->query, &r->meta.fields, out, err);
}

/* It answers no question about what stands in it. */
static enum vault_status
show_away(struct viewer *w, const struct shown *s, struct vault_error *err)
{
    const struct vault_list_options *o = w->opt;
    struct vault_entry e = {.type = "", .name = "", .media = "", .sealed = -1};

    if (w->fn == NULL || o->type != NULL || !vlt_query_empty(w->query) ||
        o->since != INT64_MIN || o->until != INT64_MAX)
        return VAULT_OK;
    memcpy(e.id, s->id, sizeof e.id);
    e.version = s->version;
    e.sealed = s->away->time;
    e.compartment = s->away->name;
    memcpy(e.origin, w->vault, sizeof e.origin);
    w->shown++;
    return w->fn(w->ctx, &e)
        ? vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked")
        : VAULT_OK;
}

static enum vault_status
show(struct viewer *w, const struct shown *s, struct vault_error *err)
{
    enum vault_status st;
    bool wanted = false;
    int stop = 0;

    if (s->away != NULL)
        return show_away(w, s, err);
    if (s->record == NULL) {
        if (w->bad == NULL) {
            if (err != NULL)
                *err = s->why;
            return s->why.code;
        }
        stop = w->bad(w->ctx, s->id, s->version, &s->why);
        return stop ? vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked")
                    : VAULT_OK;
    }
    st = answers(w, s->record, &wanted, err);
    if (st != VAULT_OK)
        return st;
    if (wanted) {
        stop = w->each != NULL ? w->each(w->ctx, s->record)
                               : w->fn(w->ctx, &s->record->entry);
        w->shown++;
    }
    return stop ? vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked")
                : VAULT_OK;
}

static enum vault_status
show_page(struct viewer *w, struct page *p, bool *full, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; i < p->n; i++) {
        if (st == VAULT_OK && !*full)
            st = show(w, &p->at[i], err);
        vault_record_close(p->at[i].record);
        free(p->at[i].away);
        *full = w->opt->limit != 0 && w->shown >= w->opt->limit;
    }
    return st;
}

/* Records to open at once: not many more than will be shown. */
static size_t
wanted(const struct viewer *w)
{
    uint64_t left = w->opt->limit - w->shown;

    return w->opt->limit == 0 || left > PAGE ? PAGE : (size_t)left;
}

static enum vault_status
walk(struct vault *v, struct viewer *w, const char *match,
    struct vault_error *err)
{
    struct page *p = calloc(1, sizeof *p);
    bool full = false;
    enum vault_status st;

    if (p == NULL)
        return vlt_fail_memory(err);
    p->v = v;
    p->walk = w->opt->walk;
    p->hidden = w->opt->hidden;
    p->last = w->opt->newest_first ? INT64_MAX : 0;
    p->ask = (struct vlt_proposal){match, w->opt->since, w->opt->until, 0,
        w->opt->newest_first};
    do {
        st = load_page(p, wanted(w), err);
        if (st == VAULT_OK)
            st = show_page(w, p, &full, err);
        else
            drop_page(p);
    } while (st == VAULT_OK && !full && goes_on(p));
    free(p);
    return st;
}

static enum vault_status
read_question(struct vlt_query *q, const struct vault_list_options *o,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < o->words_len; i++)
        st = vlt_query_words(q, o->words[i], err);
    if (st == VAULT_OK && o->type != NULL)
        st = vlt_query_type(q, o->type, err);
    if (st == VAULT_OK && o->tag != NULL)
        st = vlt_query_tag(q, o->tag, err);
    return st;
}

static enum vault_status
view(struct vault *v, struct viewer *w, struct vault_error *err)
{
    struct vlt_buf match;
    enum vault_status st = vlt_query_new(&w->query, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&match, 1024 * 1024);
    st = read_question(w->query, w->opt, err);
    if (st == VAULT_OK)
        st = vlt_query_match(w->query, &match, err);
    if (st == VAULT_OK)
        st = walk(v, w, vlt_query_empty(w->query) ? NULL : vlt_buf_cstr(&match),
            err);
    vlt_buf_clear(&match);
    vlt_query_free(w->query);
    return st;
}

static const struct vault_list_options all = {.since = INT64_MIN,
    .until = INT64_MAX};
static const struct vault_list_options walk_all = {.since = INT64_MIN,
    .until = INT64_MAX,
    .walk = true};

enum vault_status
vault_list(struct vault *v, const struct vault_list_options *opt,
    int (*fn)(void *ctx, const struct vault_entry *entry),
    int (*bad)(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
        const struct vault_error *why),
    void *ctx, struct vault_error *err)
{
    struct viewer w = {opt != NULL ? opt : &all, fn, NULL, bad, ctx, 0, NULL,
        v->id};

    return view(v, &w, err);
}

enum vault_status
vlt_list_records(struct vault *v,
    int (*each)(void *ctx, const struct vault_record *r),
    int (*bad)(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
        const struct vault_error *why),
    void *ctx, struct vault_error *err)
{
    struct viewer w = {&walk_all, NULL, each, bad, ctx, 0, NULL, v->id};

    return view(v, &w, err);
}

enum vault_status
vault_list_records(struct vault *v, const struct vault_list_options *opt,
    int (*fn)(void *ctx, const struct vault_record *r),
    int (*bad)(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
        const struct vault_error *why),
    void *ctx, struct vault_error *err)
{
    struct viewer w = {opt != NULL ? opt : &all, NULL, fn, bad, ctx, 0, NULL,
        v->id};

    return view(v, &w, err);
}

/* The lowest and highest id that begin with these digits. */
static bool
bounds(const char *prefix, uint8_t low[16], uint8_t high[16])
{
    size_t n = strlen(prefix);
    size_t i;

    if (n < 6 || n > 32)
        return false;
    memset(low, 0, 16);
    memset(high, 0xff, 16);
    for (i = 0; i < n; i++) {
        char c = prefix[i];
        unsigned d = c >= '0' && c <= '9' ? (unsigned)(c - '0')
            : c >= 'a' && c <= 'f'        ? (unsigned)(c - 'a') + 10
                                          : 16;
        unsigned shift = i % 2 == 0 ? 4 : 0;

        if (d == 16)
            return false;
        low[i / 2] = (uint8_t)(low[i / 2] | d << shift);
        high[i / 2] = (uint8_t)((high[i / 2] & ~(15u << shift)) | d << shift);
    }
    return true;
}

/* Ids of two kinds in one list, in order; *n counts at most max. */
static void
merge_ids(uint8_t (*id)[16], size_t *n, size_t max, uint8_t (*more)[16],
    size_t len)
{
    size_t i, k;

    for (i = 0; i < len; i++) {
        for (k = 0; k < *n && memcmp(id[k], more[i], 16) < 0; k++)
            ;
        if (k == max || (k < *n && memcmp(id[k], more[i], 16) == 0))
            continue;
        *n += *n < max;
        memmove(id + k + 1, id + k, (*n - k - 1) * sizeof *id);
        memcpy(id[k], more[i], 16);
    }
}

/* While the vault is locked nobody knows the ids of others' records. */
static enum vault_status
resolve_foreign(struct vault *v, const char *prefix, const uint8_t low[16],
    const uint8_t high[16], uint8_t (*id)[16], size_t max, size_t *n,
    struct vault_error *err)
{
    uint8_t(*more)[16];
    uint64_t any = 0;
    size_t len = 0;
    enum vault_status st;

    if (*n == 1 && memcmp(low, high, 16) == 0)
        return VAULT_OK;
    if (v->vmk == NULL) {
        st = vlt_count(v->store,
            "SELECT EXISTS(SELECT 1 FROM record WHERE f = 1)", &any, err);
        if (st == VAULT_OK && any != 0)
            st = vlt_fail(err, VAULT_E_LOCKED,
                "which record begins with %s is known only when the vault is "
                "unlocked: it holds records of others",
                prefix);
        return st;
    }
    more = calloc(max, sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    st = vlt_foreign_ids(v, low, high, more, max, &len, err);
    if (st == VAULT_OK)
        merge_ids(id, n, max, more, len);
    free(more);
    return st;
}

static enum vault_status
resolve(struct vault *v, const char *prefix, const uint8_t low[16],
    const uint8_t high[16], uint8_t (*id)[16], size_t max, size_t *n,
    struct vault_error *err)
{
    enum vault_status st = v->vmk != NULL
        ? vlt_read_begin(v, err)
        : vlt_store_begin(v->store, false, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_record_ids(v->store, low, high, id, max, n, err);
    if (st == VAULT_OK)
        st = resolve_foreign(v, prefix, low, high, id, max, n, err);
    vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vault_resolve(struct vault *v, const char *prefix, uint8_t (*id)[VAULT_ID],
    size_t max, size_t *n, struct vault_error *err)
{
    uint8_t low[16], high[16];
    uint8_t one[2][16];
    size_t found = 0;
    enum vault_status st;

    if (!bounds(prefix, low, high))
        return vlt_fail(err, VAULT_E_USAGE,
            "%s is no record id: 6 to 32 digits of lower-case hex", prefix);
    st = max == 1 ? resolve(v, prefix, low, high, one, 2, &found, err)
                  : resolve(v, prefix, low, high, id, max, &found, err);
    if (st != VAULT_OK)
        return st;
    if (max == 1 && found > 0)
        memcpy(id[0], one[0], 16);
    *n = found < max ? found : max;
    if (found == 0)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no record begins with %s",
            prefix);
    if (found > 1)
        return vlt_fail(err, VAULT_E_AMBIGUOUS,
            "more than one record begins with %s", prefix);
    return VAULT_OK;
}
