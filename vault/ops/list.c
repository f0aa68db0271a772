/* SPDX-License-Identifier: Apache-2.0 */
/* list.c: walking the records, and showing those that answer a question */
#include <string.h>
#include "catalogue_ops.h"
#include "fail.h"
#include "list_page.h"
#include "record_open.h"

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
show_away(struct viewer *w, const struct vlt_shown *s, struct vault_error *err)
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
show(struct viewer *w, const struct vlt_shown *s, struct vault_error *err)
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
show_page(struct viewer *w, const struct vlt_page *p, bool *full,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i, n;
    const struct vlt_shown *s = vlt_page_shown(p, &n);

    for (i = 0; st == VAULT_OK && !*full && i < n; i++) {
        st = show(w, &s[i], err);
        *full = w->opt->limit != 0 && w->shown >= w->opt->limit;
    }
    return st;
}

/* Records to open at once: not many more than will be shown. */
static size_t
wanted(const struct viewer *w)
{
    uint64_t left = w->opt->limit - w->shown;

    return w->opt->limit == 0 || left > VLT_LIST_PAGE ? VLT_LIST_PAGE
                                                      : (size_t)left;
}

static enum vault_status
walk(struct vault *v, struct viewer *w, const char *match,
    struct vault_error *err)
{
    struct vlt_page *p = NULL;
    bool full = false;
    enum vault_status st = vlt_page_new(v, w->opt, match, &p, err);

    if (st != VAULT_OK)
        return st;
    do {
        st = vlt_page_load(p, wanted(w), err);
        if (st == VAULT_OK)
            st = show_page(w, p, &full, err);
    } while (st == VAULT_OK && !full && vlt_page_goes_on(p));
    vlt_page_free(p);
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
