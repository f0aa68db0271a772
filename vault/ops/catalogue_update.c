/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_update.c: the catalogue follows the logs, or is made anew */
#include "catalogue_update.h"
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "foreign.h"
#include "foreign_find.h"
#include "foreign_rows.h"
#include "fresh.h"

enum {
    /* lines that an action takes in besides its own; when it is more, the
     * next reader does it */
    BEHIND = 1024,
    FLUSH = 1000, /* records between two flushes of the inner database */
    PAGE = 256,
    LOGS_MAX = 1 << 16
};

/* ---- which lines are new ---- */

struct lag {
    struct vault *v;
    struct vlt_catalogue *c; /* NULL: nothing is covered */
    size_t n;
    struct {
        uint64_t log, from, to;
    } at[LOGS_MAX];
    uint64_t lines;
};

static enum vault_status
take_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct lag *l = ctx;
    uint64_t mark = 0;
    uint64_t size = 0;
    enum vault_status st = vlt_leaf_count(l->v->store, r->n, &size, err);

    if (st == VAULT_OK && l->c != NULL)
        st = vlt_catalogue_mark(l->c, r->n, &mark, err);
    if (st == VAULT_OK && mark > size)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the catalogue speaks of lines that are not there");
    if (st == VAULT_OK && l->n >= LOGS_MAX)
        st = vlt_fail(err, VAULT_E_TAMPERED, "too many logs");
    if (st != VAULT_OK || (mark == size && l->c != NULL))
        return st;
    l->at[l->n].log = r->n;
    l->at[l->n].from = mark;
    l->at[l->n].to = size;
    l->n++;
    l->lines += size - mark;
    return VAULT_OK;
}

static enum vault_status
measure(struct vault *v, struct vlt_catalogue *c, struct lag **out,
    struct vault_error *err)
{
    struct lag *l = calloc(1, sizeof *l);
    enum vault_status st;

    if (l == NULL)
        return vlt_fail_memory(err);
    l->v = v;
    l->c = c;
    st = vlt_logs(v->store, take_log, l, err);
    if (st == VAULT_OK)
        *out = l;
    else
        free(l);
    return st;
}

/* ---- taking lines in ---- */

struct following {
    struct vault *v;
    struct vlt_catalogue *c;
    const struct vlt_cell *ck;
    uint64_t records;
};

static enum vault_status
index_one(struct following *f, const uint8_t id[16], struct vault_error *err)
{
    enum vault_status st = vlt_catalogue_index(f->v, f->c, f->ck, id, err);

    if (st == VAULT_OK && ++f->records % FLUSH == 0)
        st = vlt_catalogue_flush(f->c, err);
    return st;
}

/* A piece of a log, read before anything is changed. */
struct piece {
    struct vault *v;
    uint64_t next;
    uint64_t to;
    size_t n;
    struct {
        uint8_t id[16];
        uint64_t rid; /* of another vault's record; 0: no such line */
    } at[PAGE];
};

/* Of lines about records of others only the sealed text names them. */
static enum vault_status
take_foreign_line(struct piece *p, const struct vlt_leaf_row *r,
    struct vault_error *err)
{
    uint8_t record[VLT_FOREIGN_NAMED];
    int64_t holds;
    enum vault_status st =
        vlt_foreign_line(p->v, r, record, &p->at[p->n].rid, &holds, err);

    if (st != VAULT_OK)
        return st;
    memcpy(p->at[p->n++].id, record + 16, 16);
    return VAULT_OK;
}

static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct piece *p = ctx;

    if (r->idx >= p->to || p->n >= PAGE)
        return VAULT_E_CANCELLED; /* enough */
    p->next = r->idx + 1;
    if (strcmp(r->leaf.kind, "import") == 0 ||
        strcmp(r->leaf.kind, "drop") == 0)
        return take_foreign_line(p, r, err);
    p->at[p->n].rid = 0;
    if (r->leaf.has_record)
        memcpy(p->at[p->n++].id, r->leaf.record, 16);
    return VAULT_OK;
}

/* All versions of a record are indexed at once: each of them only once for
 * many lines. */
static enum vault_status
take_piece(struct following *f, const struct piece *p, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i, k;

    for (i = 0; st == VAULT_OK && i < p->n; i++) {
        if (p->at[i].rid != 0)
            st = vlt_catalogue_other_put(f->c, p->at[i].id, p->at[i].rid, err);
    }
    for (i = 0; st == VAULT_OK && i < p->n; i++) {
        for (k = 0; k < i && memcmp(p->at[k].id, p->at[i].id, 16) != 0; k++)
            ;
        if (k == i)
            st = index_one(f, p->at[i].id, err);
    }
    return st;
}

static enum vault_status
follow_log(struct following *f, uint64_t log, uint64_t from, uint64_t to,
    struct vault_error *err)
{
    struct piece *p = calloc(1, sizeof *p);
    enum vault_status st = p == NULL ? vlt_fail_memory(err) : VAULT_OK;

    if (p != NULL) {
        p->v = f->v;
        p->next = from;
        p->to = to;
    }
    while (st == VAULT_OK && p->next < to) {
        uint64_t was = p->next;

        p->n = 0;
        st = vlt_leaves(f->v->store, log, p->next, take_line, p, err);
        if (st == VAULT_E_CANCELLED && p->next > was)
            st = VAULT_OK;
        if (st == VAULT_OK && p->next == was)
            p->next = to; /* lines are missing: verify tells it */
        if (st == VAULT_OK)
            st = take_piece(f, p, err);
    }
    free(p);
    if (st == VAULT_OK)
        st = vlt_catalogue_mark_put(f->c, log, to, err);
    return st;
}

static enum vault_status
follow_all(struct following *f, const struct lag *l, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < l->n; i++)
        st = follow_log(f, l->at[i].log, l->at[i].from, l->at[i].to, err);
    if (st == VAULT_OK)
        st = vlt_catalogue_flush(f->c, err);
    return st;
}

/* Take in the new lines, unless they are too many. */
enum vault_status
vlt_catalogue_catch_up(struct vault *v, uint64_t most, struct vault_error *err)
{
    struct following f = {v, NULL, NULL, 0};
    struct vlt_cell *ck = NULL;
    struct lag *l = NULL;
    enum vault_status st = vlt_catalogue_key(v, &ck, err);

    if (st == VAULT_OK)
        st = vlt_catalogue_open(v->store, ck, VLT_CATALOGUE_WRITE, &f.c, err);
    if (st == VAULT_OK)
        st = measure(v, f.c, &l, err);
    if (st == VAULT_OK && l->lines > most)
        st = vlt_fail(err, VAULT_E_LIMIT, "the catalogue is far behind");
    f.ck = ck;
    if (st == VAULT_OK)
        st = vlt_foreign_writer(v, f.c, err);
    if (st == VAULT_OK && l->n > 0)
        st = follow_all(&f, l, err);
    (void)!vlt_foreign_writer(v, NULL, NULL);
    free(l);
    vlt_catalogue_close(f.c);
    vlt_cell_free(ck);
    return st;
}

/* ---- making it anew ---- */

struct others {
    struct following *f;
    uint64_t last;
    size_t rows;
};

/* One whose head does not open is told by whoever walks the rows. */
static enum vault_status
take_other(void *ctx, uint64_t rid, const uint8_t sealed[VLT_SEALED_HEAD],
    struct vault_error *err)
{
    struct others *o = ctx;
    struct vlt_record_row row = {.rid = rid, .foreign = true};

    o->last = rid;
    o->rows++;
    memcpy(row.sealed, sealed, sizeof row.sealed);
    if (vlt_foreign_row(o->f->v, &row, NULL, NULL) != VAULT_OK)
        return VAULT_OK;
    return vlt_catalogue_other_put(o->f->c, row.head.h.id, rid, err);
}

/* Before the first is indexed: which rows belong together. */
static enum vault_status
note_others(struct following *f, struct vault_error *err)
{
    struct others o = {f, 0, 1};
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK && o.rows > 0) {
        o.rows = 0;
        st = vlt_foreign_rows(f->v->store, o.last, 16 * FLUSH, take_other, &o,
            err);
        if (st == VAULT_OK)
            st = vlt_catalogue_flush(f->c, err);
    }
    return st;
}

/* Rows, not lines: one that no line names is to be seen too. */
struct rows {
    struct vault *v;
    uint64_t last;
    size_t n, rows;
    uint8_t id[PAGE][16];
};

static enum vault_status
take_row(void *ctx, const struct vlt_record_row *r, struct vault_error *err)
{
    struct rows *p = ctx;

    struct vlt_record_row row;

    (void)err;
    p->last = r->rid;
    p->rows++;
    if (r->foreign) {
        row = *r;
        if (vlt_foreign_row(p->v, &row, NULL, NULL) == VAULT_OK)
            memcpy(p->id[p->n++], row.head.h.id, 16);
    } else {
        memcpy(p->id[p->n++], r->head.h.id, 16);
    }
    return VAULT_OK;
}

static enum vault_status
index_rows(struct following *f, struct vault_error *err)
{
    struct rows *p = calloc(1, sizeof *p);
    enum vault_status st = p == NULL ? vlt_fail_memory(err) : VAULT_OK;
    size_t i, k;

    if (p != NULL)
        p->v = f->v;
    while (st == VAULT_OK) {
        p->n = p->rows = 0;
        st = vlt_records(f->v->store, p->last, false, PAGE, take_row, p, err);
        for (i = 0; st == VAULT_OK && i < p->n; i++) {
            for (k = 0; k < i && memcmp(p->id[k], p->id[i], 16) != 0; k++)
                ;
            if (k == i)
                st = index_one(f, p->id[i], err);
        }
        if (st == VAULT_OK && !vlt_progress(&f->v->opt, f->records, 0, true))
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
        if (p->rows < PAGE)
            break;
    }
    free(p);
    return st;
}

enum vault_status
vlt_catalogue_make(struct vault *v, struct vault_error *err)
{
    struct following f = {v, NULL, NULL, 0};
    struct vlt_cell *ck = NULL;
    struct lag *l = NULL;
    enum vault_status st = vlt_catalogue_new_key(v, &ck, err);
    size_t i;

    if (st == VAULT_OK)
        st = vlt_catalogue_open(v->store, ck, VLT_CATALOGUE_NEW, &f.c, err);
    f.ck = ck;
    if (st == VAULT_OK)
        st = vlt_foreign_writer(v, f.c, err);
    if (st == VAULT_OK)
        st = note_others(&f, err);
    if (st == VAULT_OK)
        st = index_rows(&f, err);
    if (st == VAULT_OK)
        st = measure(v, NULL, &l, err);
    for (i = 0; st == VAULT_OK && i < l->n; i++)
        st = vlt_catalogue_mark_put(f.c, l->at[i].log, l->at[i].to, err);
    if (st == VAULT_OK)
        st = vlt_catalogue_flush(f.c, err);
    (void)!vlt_foreign_writer(v, NULL, NULL);
    free(l);
    vlt_catalogue_close(f.c);
    vlt_cell_free(ck);
    return st;
}

/* ---- within an action ---- */

/* The first record brings the catalogue; a vault that has many and none is
 * left to the next reader. */
static enum vault_status
begin_one(struct vault *v, uint64_t most, struct vault_error *err)
{
    struct lag *l = NULL;
    uint64_t records = 0;
    enum vault_status st = measure(v, NULL, &l, err);

    if (st == VAULT_OK)
        st = vlt_count(v->store, "SELECT EXISTS(SELECT 1 FROM record)",
            &records, err);
    if (st == VAULT_OK && records > 0 && l->lines <= most)
        st = vlt_catalogue_make(v, err);
    free(l);
    return st;
}

enum vault_status
vlt_catalogue_follow(struct vault *v, struct vault_error *err)
{
    uint64_t most = BEHIND;
    enum vault_status st;

    vlt_fresh_forget(v);
    if (v->vmk == NULL || v->capture)
        return VAULT_OK;
    st = v->acting ? vlt_foreign_finish_lines(v, err) : VAULT_OK;
    if (st != VAULT_OK)
        return st;
    if (v->state.size > v->kept.size)
        most += v->state.size - v->kept.size;
    st = vlt_catalogue_save(v->store, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_catalogue_catch_up(v, most, err);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        st = begin_one(v, most, err);
    }
    if (st == VAULT_OK) {
        vlt_foreign_taken_in(v);
        return vlt_catalogue_keep(v->store, err);
    }
    if (st == VAULT_E_CANCELLED)
        return st; /* the whole action is */
    vlt_error_clear(err);
    return vlt_catalogue_undo(v->store, err);
}

/* Of the own log alone, and nothing that was there before this action. */
static bool
only_new(const struct vault *v, const struct lag *l)
{
    return l->n == 0 ||
        (l->n == 1 && l->at[0].log == v->log_n &&
            l->at[0].from >= v->kept.size);
}

enum vault_status
vlt_catalogue_before(struct vault *v, struct vlt_catalogue **out,
    uint64_t *mark, struct vault_error *err)
{
    struct vlt_catalogue *c = NULL;
    struct vlt_cell *ck = NULL;
    struct lag *l = NULL;
    enum vault_status st = vlt_catalogue_key(v, &ck, err);

    if (st == VAULT_OK)
        st = vlt_catalogue_open(v->store, ck, VLT_CATALOGUE_READ, &c, err);
    if (st == VAULT_OK)
        st = measure(v, c, &l, err);
    if (st == VAULT_OK && !only_new(v, l))
        st = vlt_fail(err, VAULT_E_LIMIT, "the catalogue is behind");
    if (st == VAULT_OK)
        *mark = l->n == 0 ? v->state.size : l->at[0].from;
    free(l);
    if (st != VAULT_OK) {
        vlt_catalogue_close(c);
        vlt_cell_free(ck);
        return st;
    }
    vlt_catalogue_own_key(c, ck);
    *out = c;
    return VAULT_OK;
}
