/* SPDX-License-Identifier: Apache-2.0 */
/* import_rows.c: rows, wherever they come from, through a mapping */
#include "import_rows.h"

#include "fail.h"
#include "nmark.h"
#include "rowitem.h"

#include <stdlib.h>
#include <string.h>

/* The kind by which keys of tables are told from those of other sources. */
static const char kind[] = "table";

/* ---- the mapping ---- */

/* Mistakes of the mapping or the headings, as one thing that failed. */
VAULT_CHECKED static enum vault_status
tell_mistakes(struct rows *r, const struct form *mistakes,
    struct vault_error *err)
{
    struct import_told told = {.what = IMPORT_FAILED, .form = mistakes};

    if (mistakes->mistakes == 0)
        return VAULT_OK;
    if (r->im->r->tell(r->im->r->ctx, &told) != 0)
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    return vlt_fail_hint(err, VAULT_E_USAGE,
        N_("nothing was imported; mend the mapping or the headings"),
        "the mapping does not fit: %zu mistakes", mistakes->mistakes);
}

VAULT_CHECKED static enum vault_status
read_mapping(struct rows *r, struct vault_error *err)
{
    const struct import_request *q = r->im->r;
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st;

    if (q->map == NULL && q->as == NULL)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("say it with --as TYPE, or give a mapping file with --map; "
               "docs/import.md has examples"),
            "which type of record the rows are was not said");
    if (q->map == NULL)
        return mapping_plain(q->as, &r->map, err);
    st = vlt_os_read_small(q->map, MAP_SIZE_MAX, &p, &n, err);
    if (st == VAULT_OK)
        st = mapping_read((const char *)p, n, q->as, &r->map, err);
    if (p != NULL)
        vlt_wipe(p, n);
    free(p);
    if (st == VAULT_OK)
        st = tell_mistakes(r, &r->map.mistakes, err);
    return st;
}

enum vault_status
rows_begin(struct rows *r, struct import *im, const char *source,
    struct vault_error *err)
{
    memset(r, 0, sizeof *r);
    r->im = im;
    r->folder = names_folder(source);
    if (r->folder == NULL)
        return vlt_fail_memory(err);
    return read_mapping(r, err);
}

void
rows_end(struct rows *r)
{
    for (size_t i = 0; i < r->headings; i++)
        free(r->heading[i]);
    free(r->heading);
    mapping_clear(&r->map);
    free(r->at);
    free(r->folder);
    memset(r, 0, sizeof *r);
}

VAULT_CHECKED static enum vault_status
keep_headings(struct rows *r, const struct csv_row *headings,
    struct vault_error *err)
{
    r->heading = calloc(headings->n + 1, sizeof *r->heading);
    if (r->heading == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < headings->n; i++) {
        r->heading[i] = vlt_strdup(headings->cell[i].p);
        if (r->heading[i] == NULL)
            return vlt_fail_memory(err);
        r->headings++;
    }
    return VAULT_OK;
}

enum vault_status
rows_headings(struct rows *r, const struct csv_row *headings,
    struct vault_error *err)
{
    struct form mistakes = {0};
    enum vault_status st = keep_headings(r, headings, err);

    if (st == VAULT_OK)
        st = mapping_headings(&r->map, headings, &r->at, &mistakes, err);
    if (st == VAULT_OK)
        st = tell_mistakes(r, &mistakes, err);
    form_clear(&mistakes);
    return st;
}

const char *
rows_heading(const struct rows *r, size_t column)
{
    return column < r->headings ? r->heading[column] : "";
}

/* ---- a row ---- */

struct links {
    struct import_link *v;
    struct vlt_buf *text;
    size_t n;
};

static void
clear_links(struct links *l)
{
    for (size_t i = 0; i < l->n; i++)
        vlt_buf_clear(&l->text[i]);
    free(l->text);
    free(l->v);
    memset(l, 0, sizeof *l);
}

/* relation, table and key as people read it. */
static void
put_text(const struct rowlink *from, struct vlt_buf *out)
{
    const uint8_t *p = from->key.p;
    size_t left = from->key.len;

    vlt_buf_init(out, 2 * from->key.len + 4096);
    vlt_buf_printf(out, "%s %s", from->relation, from->table);
    while (left >= 4) {
        size_t n = vlt_load_u32(p);

        vlt_buf_put_u8(out, ' ');
        vlt_buf_put(out, p + 4, n);
        p += 4 + n;
        left -= 4 + n;
    }
}

VAULT_CHECKED static enum vault_status
make_links(struct rows *r, const struct rowitem *x, struct links *out,
    struct vault_error *err)
{
    struct links l = {calloc(x->links + 1, sizeof *l.v),
        calloc(x->links + 1, sizeof *l.text), 0};
    enum vault_status st = VAULT_OK;

    if (l.v == NULL || l.text == NULL)
        st = vlt_fail_memory(err);
    for (size_t i = 0; i < x->links && st == VAULT_OK; i++) {
        const struct rowlink *from = &x->link[i];
        struct import_link *to = &l.v[l.n];

        import_key_id(r->im, kind, from->table, from->key.p, from->key.len,
            to->want);
        memcpy(to->relation, from->relation, strlen(from->relation) + 1);
        put_text(from, &l.text[l.n++]);
        st = vlt_buf_end(&l.text[i], "key", err);
        to->text = (const char *)l.text[i].p;
        to->text_len = l.text[i].len;
    }
    if (st != VAULT_OK) {
        clear_links(&l);
        return st;
    }
    *out = l;
    return VAULT_OK;
}

/* What this record is known by; false: its content alone. */
static bool
id_of(const struct rows *r, const struct rowitem *x, uint8_t id[VAULT_HASH])
{
    if (x->key.len > 0)
        import_key_id(r->im, kind, x->record->table, x->key.p, x->key.len, id);
    else if (r->more != NULL && x->record == &r->map.record[0])
        memcpy(id, r->more->id, VAULT_HASH);
    else
        return false;
    return true;
}

VAULT_CHECKED static enum vault_status
put_item(struct rows *r, const struct csv_row *row, const struct rowitem *x,
    struct vault_error *err)
{
    struct import_item item = {.type = x->record->type,
        .form = &x->form,
        .row = row->number,
        .line = row->line,
        .place = r->more != NULL ? r->more->place : NULL,
        .links = x->links};
    struct links links = {0};
    enum vault_status st = make_links(r, x, &links, err);

    if (st != VAULT_OK)
        return st;
    item.link = links.v;
    item.has_id = id_of(r, x, item.id);
    if (x->file != NULL) {
        item.folder = r->more != NULL ? r->more->folder : r->folder;
        item.path = x->file;
        item.kept_path = x->file;
    }
    st = import_put(r->im, &item, err);
    clear_links(&links);
    return st;
}

VAULT_CHECKED static enum vault_status
put_items(struct rows *r, const struct csv_row *row, const struct rowitem *x,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < r->map.records && st == VAULT_OK; i++) {
        if (x[i].left_out)
            r->im->ordinal++;
        else
            st = put_item(r, row, &x[i], err);
    }
    return st;
}

/* The mistakes of all records of the row, in one. */
VAULT_CHECKED static enum vault_status
fail_row(struct rows *r, const struct csv_row *row, const struct rowitem *x,
    struct vault_error *err)
{
    struct form all = {0};
    struct import_told told = {.what = IMPORT_FAILED,
        .row = row->number,
        .line = row->line,
        .path = r->more != NULL ? r->more->place : NULL,
        .form = &all};
    enum vault_status st;

    for (size_t i = 0; i < r->map.records; i++) {
        const struct form *f = &x[i].form;

        for (size_t k = 0; k < f->mistakes; k++)
            form_note_words(&all, f->mistake[k].field, f->mistake[k].expected,
                f->mistake[k].words);
    }
    r->im->ordinal += r->map.records - 1;
    st = import_failed(r->im, &told, err);
    form_clear(&all);
    return st;
}

/* The first record gets what is there besides the cells. */
VAULT_CHECKED static enum vault_status
put_more(struct rows *r, struct rowitem *first, struct vault_error *err)
{
    const struct form *rest = r->more->rest;
    enum vault_status st = VAULT_OK;

    r->more->made = !first->left_out;
    if (first->left_out)
        return VAULT_OK;
    for (size_t i = 0; i < rest->n && st == VAULT_OK; i++)
        st = form_put(&first->form, rest->field[i].name, rest->field[i].type,
            rest->field[i].state, rest->field[i].value,
            rest->field[i].value_len, err);
    if (first->key.len > 0)
        (void)id_of(r, first, r->more->id);
    return st;
}

enum vault_status
rows_put(struct rows *r, const struct csv_row *row, struct vault_error *err)
{
    struct rowitem x[MAP_RECORDS_MAX] = {0};
    size_t n = r->map.records, made = 0;
    bool bad = false, wanted = import_wants(r->im, n);
    enum vault_status st = VAULT_OK;

    if (!wanted && r->more == NULL)
        return VAULT_OK;
    while (made < n && st == VAULT_OK) {
        st = rowitem_make(&r->map, r->at, row, made, &x[made], err);
        if (st != VAULT_OK)
            break;
        if (made == 0 && r->more != NULL)
            st = put_more(r, &x[0], err);
        bad = bad || x[made].form.mistakes > 0;
        made++;
    }
    if (st == VAULT_OK && wanted)
        st = bad ? fail_row(r, row, x, err) : put_items(r, row, x, err);
    for (size_t i = 0; i < made; i++)
        rowitem_clear(&x[i]);
    return st;
}
