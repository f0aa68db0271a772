/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_find.c: which rows hold versions of a foreign record */
#include "foreign_find.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "catalogue_ops.h"
#include "cell.h"
#include "fail.h"
#include "foreign_rows.h"
#include "rid_table.h"

/* A row that the running action changes, as the catalogue has it. */
struct changed {
    uint64_t rid;
    struct vlt_tokenset words;
};

struct vlt_finder {
    struct vlt_rid_table added; /* by the running action */
    struct vlt_rid_table all;   /* when `walked` */
    bool walked;
    int64_t version;               /* of the data that was walked */
    struct vlt_catalogue *session; /* for this transaction */
    struct vlt_catalogue *writer;  /* borrowed */
    bool refused;                  /* no session is to be had in it */
    bool rows_only;
    size_t n;
    struct changed *changed;
};

/* ---- the finder of a handle ---- */

static enum vault_status
finder(struct vault *v, struct vault_error *err)
{
    assert(v->vmk != NULL);
    if (v->finder == NULL)
        v->finder = calloc(1, sizeof *v->finder);
    return v->finder != NULL ? VAULT_OK : vlt_fail_memory(err);
}

static void
rest(struct vlt_finder *f)
{
    vlt_catalogue_close(f->session);
    f->session = NULL;
    f->refused = false;
}

static void
forget_changed(struct vlt_finder *f)
{
    while (f->n > 0)
        vlt_tokenset_clear(&f->changed[--f->n].words);
    free(f->changed);
    f->changed = NULL;
}

void
vlt_foreign_forget(struct vault *v)
{
    struct vlt_finder *f = v->finder;

    vlt_foreign_heads_forget(v);
    if (f == NULL)
        return;
    if (v->store != NULL && v->store->ending_ctx == v)
        v->store->ending = NULL;
    rest(f);
    forget_changed(f);
    vlt_rid_table_clear(&f->added);
    vlt_rid_table_clear(&f->all);
    free(f);
    v->finder = NULL;
}

static void
on_ending(void *ctx)
{
    struct vault *v = ctx;

    if (v->finder != NULL)
        rest(v->finder);
}

/* The catalogue as it is in this transaction; NULL when there is none that
 * can be asked. */
static enum vault_status
session(struct vault *v, struct vlt_catalogue **out, struct vault_error *err)
{
    struct vlt_finder *f = v->finder;
    struct vault_error why;
    uint64_t mark = 0;
    enum vault_status st = VAULT_OK;

    *out = f->writer != NULL ? f->writer : f->session;
    if (*out != NULL || f->refused || f->rows_only)
        return VAULT_OK;
    if (f->walked && f->version == v->data_version)
        return VAULT_OK;
    st = v->acting ? vlt_catalogue_before(v, &f->session, &mark, &why)
                   : vlt_catalogue_now(v, &f->session, &why);
    if (st == VAULT_E_MEMORY || st == VAULT_E_CANCELLED) {
        if (err != NULL)
            *err = why;
        return st;
    }
    f->refused = st != VAULT_OK;
    v->store->ending = on_ending;
    v->store->ending_ctx = v;
    *out = f->session;
    return VAULT_OK;
}

enum vault_status
vlt_foreign_walk_only(struct vault *v, struct vault_error *err)
{
    enum vault_status st = finder(v, err);

    if (st == VAULT_OK)
        v->finder->rows_only = true;
    return st;
}

enum vault_status
vlt_foreign_writer(struct vault *v, struct vlt_catalogue *c,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (c == NULL && v->finder == NULL)
        return VAULT_OK;
    st = finder(v, err);
    if (st != VAULT_OK)
        return st;
    rest(v->finder);
    v->finder->writer = c;
    return VAULT_OK;
}

void
vlt_foreign_taken_in(struct vault *v)
{
    struct vlt_finder *f = v->finder;

    if (f == NULL)
        return;
    rest(f);
    forget_changed(f);
    vlt_rid_table_clear(&f->added);
    f->walked = false;
}

/* ---- walking the rows ---- */

/* A row whose head does not open is told by whoever lists or verifies. */
static enum vault_status
take_head(void *ctx, uint64_t rid, const uint8_t sealed[VLT_SEALED_HEAD],
    struct vault_error *err)
{
    struct vault *v = ctx;
    uint8_t head[VLT_RECORD_HEAD];
    struct vlt_record_head h;

    if (!vlt_foreign_cell_open(head, v->vmk, v->id, "head", rid, sealed,
            VLT_SEALED_HEAD) ||
        vlt_record_head_decode(&h, head, sizeof head, NULL) != VAULT_OK)
        return VAULT_OK;
    return vlt_rid_table_add(&v->finder->all, h.h.id, rid, err);
}

static enum vault_status
walk(struct vault *v, struct vault_error *err)
{
    struct vlt_finder *f = v->finder;
    enum vault_status st;

    if (f->walked && f->version == v->data_version)
        return VAULT_OK;
    vlt_rid_table_clear(&f->all);
    f->walked = false;
    st = vlt_foreign_rows(v->store, 0, INT64_MAX, take_head, v, err);
    f->walked = st == VAULT_OK;
    f->version = v->data_version;
    return st;
}

/* ---- asking ---- */

enum { PAGE = 64 };

static enum vault_status
ask(struct vlt_catalogue *c, const uint8_t id[16], struct vlt_rids *out,
    struct vault_error *err)
{
    uint64_t rid[PAGE];
    uint64_t from = 0;
    size_t n = PAGE;
    size_t i;
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK && n == PAGE) {
        st = vlt_catalogue_others(c, id, from, rid, PAGE, &n, err);
        for (i = 0; st == VAULT_OK && i < n; i++)
            st = vlt_rids_push(out, rid[i], err);
        from = n > 0 ? rid[n - 1] : 0;
    }
    return st;
}

static enum vault_status
gather(struct vault *v, const uint8_t id[16], struct vlt_rids *l,
    struct vault_error *err)
{
    struct vlt_finder *f = v->finder;
    struct vlt_catalogue *c = NULL;
    enum vault_status st = session(v, &c, err);

    if (st == VAULT_OK && c != NULL)
        st = ask(c, id, l, err);
    if (st == VAULT_E_TAMPERED && c != NULL && c == f->session) {
        /* it is damaged: whoever lists makes it anew */
        vlt_error_clear(err);
        rest(f);
        f->refused = true;
        l->n = 0;
        c = NULL;
        st = VAULT_OK;
    }
    if (st == VAULT_OK && c == NULL)
        st = walk(v, err);
    if (st == VAULT_OK && c == NULL)
        st = vlt_rid_table_collect(&f->all, id, l, err);
    if (st == VAULT_OK)
        st = vlt_rid_table_collect(&f->added, id, l, err);
    return st;
}

enum vault_status
vlt_foreign_rids(struct vault *v, const uint8_t id[16], struct vlt_rids *out,
    struct vault_error *err)
{
    struct vlt_rids l = {0, NULL};
    enum vault_status st = finder(v, err);

    if (st == VAULT_OK)
        st = gather(v, id, &l, err);
    if (st != VAULT_OK) {
        vlt_rids_clear(&l);
        return st;
    }
    vlt_rids_settle(&l);
    *out = l;
    return VAULT_OK;
}

/* ---- ids in a range ---- */

struct range {
    const uint8_t *low, *high;
    uint8_t (*id)[16];
    size_t max, n;
};

/* Kept in order; the highest goes when there is no room. */
static void
take_id(struct range *r, const uint8_t id[16])
{
    size_t i = r->n;

    if (memcmp(id, r->low, 16) < 0 || memcmp(id, r->high, 16) > 0)
        return;
    while (i > 0 && memcmp(r->id[i - 1], id, 16) > 0)
        i--;
    if ((i > 0 && memcmp(r->id[i - 1], id, 16) == 0) || i == r->max)
        return;
    r->n += r->n < r->max;
    memmove(r->id + i + 1, r->id + i, (r->n - i - 1) * sizeof *r->id);
    memcpy(r->id[i], id, 16);
}

static void
take_ids(struct range *r, const struct vlt_rid_table *t)
{
    size_t i;

    for (i = 0; i < t->slots; i++) {
        if (t->at[i].rid != 0)
            take_id(r, t->at[i].id);
    }
}

enum vault_status
vlt_foreign_ids(struct vault *v, const uint8_t low[16], const uint8_t high[16],
    uint8_t (*id)[16], size_t max, size_t *n, struct vault_error *err)
{
    struct range r = {low, high, id, max, 0};
    struct vlt_catalogue *c = NULL;
    enum vault_status st = finder(v, err);

    if (st == VAULT_OK)
        st = session(v, &c, err);
    if (st == VAULT_OK && c != NULL)
        st = vlt_catalogue_other_ids(c, low, high, id, max, &r.n, err);
    if (st == VAULT_E_TAMPERED && c != NULL) {
        vlt_error_clear(err);
        rest(v->finder);
        v->finder->refused = true;
        r.n = 0;
        c = NULL;
        st = VAULT_OK;
    }
    if (st == VAULT_OK && c == NULL)
        st = walk(v, err);
    if (st != VAULT_OK)
        return st;
    if (c == NULL)
        take_ids(&r, &v->finder->all);
    take_ids(&r, &v->finder->added);
    *n = r.n;
    return VAULT_OK;
}

/* ---- what an action puts and changes ---- */

enum vault_status
vlt_foreign_note(struct vault *v, const uint8_t id[16], uint64_t rid,
    struct vault_error *err)
{
    enum vault_status st = finder(v, err);

    assert(v->acting);
    return st == VAULT_OK ? vlt_rid_table_add(&v->finder->added, id, rid, err)
                          : st;
}

static struct vlt_rid_pair *
find_added(const struct vault *v, const uint8_t id[16], uint64_t rid)
{
    return v->finder == NULL ? NULL
                             : vlt_rid_table_find(&v->finder->added, id, rid);
}

bool
vlt_foreign_is_new(const struct vault *v, const uint8_t id[16], uint64_t rid)
{
    return find_added(v, id, rid) != NULL;
}

void
vlt_foreign_lined(struct vault *v, const uint8_t id[16], uint64_t rid)
{
    struct vlt_rid_pair *p = find_added(v, id, rid);

    if (p != NULL)
        p->lined = true;
}

uint64_t
vlt_foreign_without_line(const struct vault *v, size_t *at)
{
    const struct vlt_finder *f = v->finder;

    for (; f != NULL && *at < f->added.slots; ++*at) {
        if (f->added.at[*at].rid != 0 && !f->added.at[*at].lined)
            return f->added.at[*at].rid;
    }
    return 0;
}

static struct changed *
find_changed(const struct vault *v, uint64_t rid)
{
    size_t i;

    for (i = 0; v->finder != NULL && i < v->finder->n; i++) {
        if (v->finder->changed[i].rid == rid)
            return &v->finder->changed[i];
    }
    return NULL;
}

const struct vlt_tokenset *
vlt_foreign_words_before(const struct vault *v, uint64_t rid)
{
    const struct changed *c = find_changed(v, rid);

    return c != NULL ? &c->words : NULL;
}

enum vault_status
vlt_foreign_changing(struct vault *v, const struct vlt_record_head *head,
    uint64_t rid, struct vault_error *err)
{
    struct vlt_finder *f;
    struct changed *more;
    struct vlt_indexed x;
    enum vault_status st = finder(v, err);

    if (st != VAULT_OK || vlt_foreign_is_new(v, head->h.id, rid) ||
        find_changed(v, rid) != NULL)
        return st;
    f = v->finder;
    more = realloc(f->changed, (f->n + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    f->changed = more;
    more[f->n].rid = rid;
    vlt_tokenset_init(&more[f->n].words);
    f->n++;
    st = vlt_catalogue_words(v, rid, &f->changed[f->n - 1].words, &x, err);
    if (st == VAULT_OK && x.readable)
        vlt_meta_clear(&x.meta);
    return st;
}
