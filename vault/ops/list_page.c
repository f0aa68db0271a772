/* SPDX-License-Identifier: Apache-2.0 */
/* list_page.c: a page of records, opened and not shown yet */
#include "list_page.h"
#include <stdlib.h>
#include <string.h>
#include "catalogue_ops.h"
#include "fail.h"
#include "foreign.h"
#include "foreign_rows.h"
#include "record_open.h"
#include "sealed_away.h"

enum {
    PAGE = VLT_LIST_PAGE,
    AHEAD = 4096 /* proposals kept at most: a question can be dear to ask */
};

struct vlt_page {
    struct vault *v;
    struct vlt_proposal ask;
    bool walk;     /* over the rows, not through the catalogue */
    bool hidden;   /* with what a request hides */
    bool mended;   /* the catalogue was brought up to date, as far as it goes */
    bool renewed;  /* it was made anew */
    uint64_t last; /* rid */
    size_t rows;
    size_t n;
    struct vlt_shown at[PAGE];
    /* what the catalogue proposed and was not looked at yet, as long as no
     * other program wrote since */
    struct vlt_entry_row ahead[AHEAD];
    size_t next, proposed, room;
    int64_t version;
    bool end; /* there is nothing behind it */
};

enum vault_status
vlt_page_new(struct vault *v, const struct vault_list_options *o,
    const char *match, struct vlt_page **out, struct vault_error *err)
{
    struct vlt_page *p = calloc(1, sizeof *p);

    if (p == NULL)
        return vlt_fail_memory(err);
    p->v = v;
    p->walk = o->walk;
    p->hidden = o->hidden;
    p->last = o->newest_first ? INT64_MAX : 0;
    p->ask =
        (struct vlt_proposal){match, o->since, o->until, 0, o->newest_first};
    *out = p;
    return VAULT_OK;
}

/* What stops the walk; the rest speaks of this record alone. */
static bool
stops(enum vault_status st)
{
    return st == VAULT_E_MEMORY || st == VAULT_E_CANCELLED ||
        st == VAULT_E_BUSY;
}

/* One that does not open has no id to be told by. */
static enum vault_status
open_foreign(struct vlt_page *p, const struct vlt_record_row *r,
    struct vlt_shown *s)
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
look_away(struct vault *v, const struct vlt_record_row *r, struct vlt_shown *s)
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
    struct vlt_page *p = ctx;
    struct vlt_shown *s = &p->at[p->n];
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
take_missing(struct vlt_page *p, const struct vlt_entry_row *e,
    struct vault_error *err)
{
    struct vlt_shown *s = &p->at[p->n];

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
take_entry(struct vlt_page *p, const struct vlt_entry_row *e,
    struct vlt_buf *ct, struct vault_error *err)
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
look_ahead(struct vlt_page *p, struct vlt_catalogue *c, bool *damaged,
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
take_proposed(struct vlt_page *p, size_t want, struct vault_error *err)
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
drop_page(struct vlt_page *p)
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
load_rows(struct vlt_page *p, struct vault_error *err)
{
    return vlt_records(p->v->store, p->last, p->ask.down, PAGE, take_row, p,
        err);
}

/* Begin a read transaction with proposals in it; p->walk when there is no
 * catalogue to ask. */
static enum vault_status
propose(struct vlt_page *p, bool *damaged, struct vault_error *err)
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
enum vault_status
vlt_page_load(struct vlt_page *p, size_t want, struct vault_error *err)
{
    bool damaged = false;
    enum vault_status st;

    drop_page(p);
    st = p->walk ? vlt_read_begin(p->v, err) : propose(p, &damaged, err);
    if (st == VAULT_OK)
        st = p->walk ? load_rows(p, err) : take_proposed(p, want, err);
    vlt_store_rollback(p->v->store);
    if (!damaged)
        return st;
    vlt_error_clear(err);
    p->walk = p->renewed || vlt_catalogue_renew(p->v) != VAULT_OK;
    p->renewed = true;
    return vlt_page_load(p, want, err);
}

bool
vlt_page_goes_on(const struct vlt_page *p)
{
    return p->walk ? p->rows == PAGE : p->next < p->proposed || !p->end;
}

const struct vlt_shown *
vlt_page_shown(const struct vlt_page *p, size_t *n)
{
    *n = p->n;
    return p->at;
}

void
vlt_page_free(struct vlt_page *p)
{
    if (p != NULL)
        drop_page(p);
    free(p);
}
