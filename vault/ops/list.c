/* SPDX-License-Identifier: Apache-2.0 */
/* list.c: walking the records, and finding one by the beginning of its id */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "history.h"
#include "record_open.h"

enum { PAGE = 32 }; /* records read in one transaction */

/* What one page of rows came to; opened inside the transaction, shown after
 * it has ended, so that nobody waits for whoever looks at the list. */
struct shown {
    struct vault_record *record; /* NULL: `why` says what is wrong */
    uint8_t id[16];
    uint32_t version;
    struct vault_error why;
};
struct page {
    struct vault *v;
    uint64_t last; /* rid */
    size_t rows;
    size_t n;
    struct shown at[PAGE];
};

/* What stops the walk; the rest speaks of this record alone. */
static bool
stops(enum vault_status st)
{
    return st == VAULT_E_MEMORY || st == VAULT_E_CANCELLED ||
        st == VAULT_E_BUSY;
}

/* Shown is the current version, or both of a conflict; and a row that no
 * line of the log names, as what it is. */
static enum vault_status
open_shown(struct page *p, const struct vlt_record_row *r, struct shown *s,
    bool *wanted, struct vault_error *err)
{
    const struct vlt_version *v = NULL;
    struct vlt_history h;
    enum vault_status st = vlt_history_load(p->v, r->head.h.id, &h, err);
    size_t i;

    *wanted = true;
    if (st != VAULT_OK)
        return st;
    for (i = 0; i < h.n; i++) {
        if (h.v[i].row.rid == r->rid)
            v = &h.v[i];
    }
    *wanted = v == NULL || !v->logged || vlt_history_shown(&h, v);
    if (*wanted)
        st = vlt_record_unseal(p->v, r, &s->record, err);
    if (*wanted && st == VAULT_OK)
        s->record->entry.conflict = h.conflict;
    vlt_history_clear(&h);
    return st;
}

static enum vault_status
take_row(void *ctx, const struct vlt_record_row *r, struct vault_error *err)
{
    struct page *p = ctx;
    struct shown *s = &p->at[p->n];
    bool wanted = true;
    enum vault_status st;

    p->rows++;
    p->last = r->rid;
    if (r->foreign)
        return VAULT_OK;
    memset(s, 0, sizeof *s);
    memcpy(s->id, r->head.h.id, 16);
    s->version = r->head.h.version;
    st = open_shown(p, r, s, &wanted, &s->why);
    if (stops(st)) {
        if (err != NULL)
            *err = s->why;
        return st;
    }
    p->n += wanted;
    return VAULT_OK;
}

static enum vault_status
load_page(struct page *p, bool down, struct vault_error *err)
{
    enum vault_status st = vlt_read_begin(p->v, err);

    p->n = 0;
    p->rows = 0;
    if (st != VAULT_OK)
        return st;
    st = vlt_records(p->v->store, p->last, down, PAGE, take_row, p, err);
    vlt_store_rollback(p->v->store);
    return st;
}

static bool
wanted(const struct vault_list_options *o, const struct vault_entry *e)
{
    if (o->type != NULL && strcmp(o->type, e->type) != 0)
        return false;
    return e->sealed >= o->since && e->sealed < o->until;
}

struct viewer {
    const struct vault_list_options *opt;
    int (*fn)(void *ctx, const struct vault_entry *entry);
    int (*each)(void *ctx, const struct vault_record *r); /* instead of fn */
    int (*bad)(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
        const struct vault_error *why);
    void *ctx;
    uint64_t shown;
};

static enum vault_status
show(struct viewer *w, const struct shown *s, struct vault_error *err)
{
    int stop = 0;

    if (s->record == NULL) {
        if (w->bad == NULL) {
            if (err != NULL)
                *err = s->why;
            return s->why.code;
        }
        stop = w->bad(w->ctx, s->id, s->version, &s->why);
    } else if (wanted(w->opt, &s->record->entry)) {
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
        *full = *full || (w->opt->limit != 0 && w->shown >= w->opt->limit);
        if (st == VAULT_OK && !*full)
            st = show(w, &p->at[i], err);
        vault_record_close(p->at[i].record);
    }
    return st;
}

static void
drop_page(struct page *p)
{
    size_t i;

    for (i = 0; i < p->n; i++)
        vault_record_close(p->at[i].record);
}

static enum vault_status
walk(struct vault *v, struct viewer *w, struct vault_error *err)
{
    struct page *p = calloc(1, sizeof *p);
    bool full = false;
    enum vault_status st;

    if (p == NULL)
        return vlt_fail_memory(err);
    p->v = v;
    p->last = w->opt->newest_first ? INT64_MAX : 0;
    do {
        st = load_page(p, w->opt->newest_first, err);
        if (st == VAULT_OK)
            st = show_page(w, p, &full, err);
        else
            drop_page(p);
    } while (st == VAULT_OK && !full && p->rows == PAGE);
    free(p);
    return st;
}

static const struct vault_list_options all = {NULL, INT64_MIN, INT64_MAX, 0,
    false};

enum vault_status
vault_list(struct vault *v, const struct vault_list_options *opt,
    int (*fn)(void *ctx, const struct vault_entry *entry),
    int (*bad)(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
        const struct vault_error *why),
    void *ctx, struct vault_error *err)
{
    struct viewer w = {opt != NULL ? opt : &all, fn, NULL, bad, ctx, 0};

    return walk(v, &w, err);
}

enum vault_status
vlt_list_records(struct vault *v,
    int (*each)(void *ctx, const struct vault_record *r),
    int (*bad)(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
        const struct vault_error *why),
    void *ctx, struct vault_error *err)
{
    struct viewer w = {&all, NULL, each, bad, ctx, 0};

    return walk(v, &w, err);
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
    st = vlt_store_begin(v->store, false, err);
    if (st != VAULT_OK)
        return st;
    st = max == 1 ? vlt_record_ids(v->store, low, high, one, 2, &found, err)
                  : vlt_record_ids(v->store, low, high, id, max, &found, err);
    vlt_store_rollback(v->store);
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
