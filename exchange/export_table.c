/* SPDX-License-Identifier: Apache-2.0 */
/* export_table.c: records as the rows of a table */
#include "export_plan.h"

#include "csvout.h"
#include "fail.h"
#include "fieldjson.h"
#include "os.h"
#include "text.h"
#include "when.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_MAX = 64 * 1024 * 1024, COLUMNS_MAX = 16384 };

/* ---- which columns ---- */

static size_t
place_of(const struct export *e, const char *name)
{
    size_t low = 0, high = e->columns;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (strcmp(e->column[mid].name, name) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

VAULT_CHECKED static enum vault_status
add_column(struct export *e, size_t at, const char *name,
    struct vault_error *err)
{
    struct export_column *c;

    if (e->columns == COLUMNS_MAX)
        return vlt_fail_hint(err, VAULT_E_LIMIT,
            "export fewer records, or as jsonl",
            "these records have more than %d different fields",
            (int)COLUMNS_MAX);
    if (e->columns == e->column_room) {
        size_t room = e->column_room == 0 ? 64 : 2 * e->column_room;

        c = realloc(e->column, room * sizeof *c);
        if (c == NULL)
            return vlt_fail_memory(err);
        e->column = c;
        e->column_room = room;
    }
    c = e->column + at;
    memmove(c + 1, c, (e->columns - at) * sizeof *c);
    e->columns++;
    memset(c, 0, sizeof *c);
    (void)snprintf(c->name, sizeof c->name, "%s", name);
    return VAULT_OK;
}

enum vault_status
export_add_columns(struct export *e, const struct vault_record *r,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < vault_record_fields(r); i++) {
        struct vault_field f;
        size_t at;

        vault_record_field(r, i, &f);
        if (f.type == VAULT_BODY || strcmp(f.name, "type") == 0)
            continue;
        at = place_of(e, f.name);
        if (at == e->columns || strcmp(e->column[at].name, f.name) != 0)
            st = add_column(e, at, f.name, err);
        if (st == VAULT_OK && f.type == VAULT_LANG_TEXT)
            e->column[at].lang = true;
    }
    return st;
}

/* ---- rows ---- */

static void
put_text(struct vlt_buf *row, const char *s, bool first)
{
    csv_put(row, s, strlen(s), first);
}

static void
put_head(const struct export *e, struct vlt_buf *row)
{
    static const char *const fixed[] = {"id", "version", "type", "sealed",
        "sha256", "bytes"};

    for (size_t i = 0; i < VLT_COUNT(fixed); i++)
        put_text(row, fixed[i], i == 0);
    for (size_t i = 0; i < e->columns; i++) {
        char lang[104];

        put_text(row, e->column[i].name, false);
        (void)snprintf(lang, sizeof lang, "%s:lang", e->column[i].name);
        if (e->column[i].lang)
            put_text(row, lang, false);
    }
    csv_end(row);
}

static void
put_fixed(struct vlt_buf *row, const struct vault_record *r)
{
    const struct vault_entry *n = vault_record_entry(r);
    char text[2 * VAULT_HASH + 1], when[WHEN_SIZE] = "";
    uint8_t sha[VAULT_HASH];

    vlt_hex(text, n->id, VAULT_ID);
    put_text(row, text, true);
    (void)snprintf(text, sizeof text, "%" PRIu32, n->version);
    put_text(row, text, false);
    put_text(row, n->type, false);
    if (n->sealed >= 0)
        when_utc(when, n->sealed);
    put_text(row, when, false);
    text[0] = 0;
    if (vault_record_sha256(r, sha))
        vlt_hex(text, sha, VAULT_HASH);
    put_text(row, text, false);
    text[0] = 0;
    if (n->has_body)
        (void)snprintf(text, sizeof text, "%" PRIu64, n->bytes);
    put_text(row, text, false);
}

static void
put_cell(struct vlt_buf *row, const struct export_column *c,
    const struct vault_field *f)
{
    struct vlt_buf text;
    const char *lang;
    size_t n = 0;

    vlt_buf_init(&text, ROW_MAX);
    if (f != NULL)
        field_plain(&text, f);
    csv_put(row, text.p != NULL ? text.p : (const uint8_t *)"", text.len,
        false);
    row->failed = row->failed || text.failed;
    vlt_buf_clear(&text);
    if (!c->lang)
        return;
    lang = f != NULL ? field_lang(f, &n) : "";
    csv_put(row, lang, n, false);
}

/* Columns and fields both ascend by name. */
static void
put_fields(const struct export *e, struct vlt_buf *row,
    const struct vault_record *r)
{
    size_t n = vault_record_fields(r);
    size_t at = 0;

    for (size_t i = 0; i < e->columns; i++) {
        struct vault_field f;
        bool found = false;

        while (at < n && !found) {
            int order;

            vault_record_field(r, at, &f);
            order = strcmp(f.name, e->column[i].name);
            if (order > 0)
                break;
            found = order == 0;
            at++;
        }
        put_cell(row, &e->column[i], found ? &f : NULL);
    }
    csv_end(row);
}

VAULT_CHECKED static enum vault_status
put_row(struct export *e, const struct export_item *i, struct vlt_buf *row,
    struct vlt_outfile *f, struct vault_error *err)
{
    struct vault_record *r = NULL;
    enum vault_status st =
        vault_record_open_statement(e->v, i->id, i->statement, &r, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_reset(row);
    put_fixed(row, r);
    put_fields(e, row, r);
    vault_record_close(r);
    st = vlt_buf_end(row, "row", err);
    return st == VAULT_OK ? vlt_outfile_write(f, row->p, row->len, err) : st;
}

enum vault_status
export_to_table(struct export *e, struct vlt_outfile *f,
    struct vault_error *err)
{
    struct vlt_buf row;
    enum vault_status st;

    vlt_buf_init(&row, ROW_MAX);
    put_head(e, &row);
    st = vlt_buf_end(&row, "row", err);
    if (st == VAULT_OK)
        st = vlt_outfile_write(f, row.p, row.len, err);
    for (size_t i = 0; st == VAULT_OK && i < e->items; i++) {
        st = put_row(e, &e->item[i], &row, f, err);
        if (st == VAULT_OK && vlt_os_interrupted())
            st = vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
    }
    vlt_buf_clear(&row);
    return st;
}
