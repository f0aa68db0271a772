/* SPDX-License-Identifier: Apache-2.0 */
/* import_table.c: a table of text, row by row */
#include "importing.h"

#include "csv.h"
#include "fail.h"
#include "import_rows.h"
#include "nmark.h"

#include <stdlib.h>
#include <string.h>

struct table {
    struct import *im;
    struct vlt_file *file;
    struct feed feed;
    struct csv csv;
    struct rows rows;
    struct vault_error *err;
};

/* A row that the reader could not make sense of. */
VAULT_CHECKED static enum vault_status
bad_row(struct table *t, const struct csv_row *row)
{
    struct form form = {0};
    struct import_told told = {.what = IMPORT_FAILED,
        .row = row->number,
        .line = row->line,
        .form = &form};
    size_t n = t->rows.map.records;
    enum vault_status st;

    form_note_mistake(&form,
        row->column > 0 ? rows_heading(&t->rows, row->column - 1) : "",
        row->mistake);
    t->im->ordinal += n - 1;
    st = import_failed(t->im, &told, t->err);
    form_clear(&form);
    return st;
}

VAULT_CHECKED static enum vault_status
read_headings(struct table *t)
{
    const struct csv_row *row = NULL;
    enum vault_status st = csv_next(&t->csv, &row, t->err);

    if (st != VAULT_OK)
        return st;
    if (row == NULL)
        return vlt_fail(t->err, VAULT_E_FORMAT, "the table is empty");
    if (row->mistake != NULL)
        return vlt_fail_hint(t->err, VAULT_E_FORMAT,
            N_("the table must be in UTF-8, with one row of headings"),
            "the headings cannot be read: expected %s", row->mistake);
    return rows_headings(&t->rows, row, t->err);
}

VAULT_CHECKED static enum vault_status
read_rows(struct table *t)
{
    int64_t size = vlt_file_size(t->file);
    const struct csv_row *row = NULL;
    enum vault_status st;

    do {
        st = csv_next(&t->csv, &row, t->err);
        if (st != VAULT_OK || row == NULL)
            break;
        if (row->mistake != NULL)
            st = bad_row(t, row);
        else
            st = rows_put(&t->rows, row, t->err);
        if (st == VAULT_OK)
            st = import_step(t->im, t->feed.taken - t->feed.len + t->feed.pos,
                size > 0 ? (uint64_t)size : 0, NULL, t->err);
    } while (st == VAULT_OK);
    return st;
}

enum vault_status
import_table(struct import *im, struct vault_error *err)
{
    struct table t = {.im = im, .err = err};
    enum vault_status st = rows_begin(&t.rows, im, im->r->source, err);

    if (st == VAULT_OK)
        st = vlt_file_open(im->r->source, &t.file, err);
    if (st == VAULT_OK)
        st = feed_open(&t.feed, t.file, err);
    if (st == VAULT_OK)
        st = csv_begin(&t.csv, &t.feed, t.rows.map.separator, err);
    if (st == VAULT_OK)
        st = read_headings(&t);
    if (st == VAULT_OK)
        st = read_rows(&t);
    csv_clear(&t.csv);
    feed_clear(&t.feed);
    vlt_file_close(t.file);
    rows_end(&t.rows);
    return st;
}
