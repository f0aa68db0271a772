/* SPDX-License-Identifier: Apache-2.0 */
/* import_lines.c: JSON Lines, record by record */
#include "importing.h"

#include "fail.h"
#include "import_rows.h"
#include "jsoncells.h"
#include "jsonrec.h"
#include "nmark.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCE_TEXT = 96, RELATION_AT = 36 };

struct lines {
    struct import *im;
    const char *folder; /* where the originals lie */
    struct vlt_file *file;
    struct feed feed;
    struct vlt_buf line;
    bool too_long;
    uint64_t number;
    bool mapped;
    struct rows rows;
    struct jsoncells cells;
    struct vault_error *err;
};

/* ---- a line ---- */

/* False at the end of the file. */
static bool
next_line(struct lines *l)
{
    int c = feed_take(&l->feed);

    vlt_buf_reset(&l->line);
    l->too_long = false;
    if (c < 0)
        return false;
    for (; c >= 0 && c != '\n'; c = feed_take(&l->feed)) {
        l->too_long = l->too_long || l->line.len >= JSONREC_MAX;
        if (!l->too_long)
            vlt_buf_put_u8(&l->line, (uint8_t)c);
    }
    l->number++;
    if (l->number == 1 && l->line.len >= 3 &&
        memcmp(l->line.p, "\xef\xbb\xbf", 3) == 0) {
        memmove(l->line.p, l->line.p + 3, l->line.len - 3);
        l->line.len -= 3;
    }
    return true;
}

static bool
is_blank(const struct vlt_buf *line)
{
    for (size_t i = 0; i < line->len; i++) {
        if (strchr(" \t\r", line->p[i]) == NULL || line->p[i] == 0)
            return false;
    }
    return true;
}

VAULT_CHECKED static enum vault_status
fail_line(struct lines *l, const struct form *mistakes,
    const struct vault_error *why)
{
    struct import_told told = {.what = IMPORT_FAILED,
        .row = l->number,
        .line = l->number,
        .form = mistakes,
        .why = why};

    return import_failed(l->im, &told, l->err);
}

/* ---- links of an exported record ---- */

VAULT_CHECKED static enum vault_status
link_of(struct lines *l, const struct form_field *f, struct import_link *out)
{
    struct vault_field field = {f->type, f->state, f->name, f->value,
        f->value_len};
    struct vault_link link;

    memset(out, 0, sizeof *out);
    if (!vault_link_read(&field, &link))
        return vlt_fail(l->err, VAULT_E_INTERNAL, "a link is no link");
    memcpy(out->relation, link.relation, sizeof out->relation);
    out->field = f->name;
    out->value = f->value;
    out->value_len = f->value_len;
    out->here = memcmp(link.vault, l->im->vault, VAULT_ID) == 0;
    import_key_id(l->im, "record", "", f->value, (size_t)2 * VAULT_ID,
        out->want);
    return VAULT_OK;
}

/* Move the links out of the form into *links; they are sealed apart. The
 * fields stay in `links_form`, from which they are borrowed. */
VAULT_CHECKED static enum vault_status
take_links(struct lines *l, struct form *form, struct form *apart,
    struct import_link **out, size_t *n)
{
    enum vault_status st = VAULT_OK;
    size_t i = 0;

    while (i < form->n && st == VAULT_OK) {
        const struct form_field *f = &form->field[i];

        if (f->type != VAULT_LINK || f->state != VAULT_VALUE) {
            i++;
            continue;
        }
        st = form_put(apart, f->name, f->type, f->state, f->value, f->value_len,
            l->err);
        form_drop(form, i);
    }
    *out = calloc(apart->n + 1, sizeof **out);
    if (*out == NULL)
        return vlt_fail_memory(l->err);
    for (i = 0; i < apart->n && st == VAULT_OK; i++)
        st = link_of(l, &apart->field[i], &(*out)[(*n)++]);
    return st;
}

/* ---- one record ---- */

/* Where it comes from, sealed with it. */
VAULT_CHECKED static enum vault_status
put_origin(struct lines *l, struct jsonrec *r, struct form *f)
{
    char text[SOURCE_TEXT], vault[2 * VAULT_ID + 1], id[2 * VAULT_ID + 1];
    uint8_t sealed[8];
    enum vault_status st;

    for (size_t i = 0; i < VAULT_ID; i++) {
        (void)snprintf(vault + 2 * i, 3, "%02x", r->vault[i]);
        (void)snprintf(id + 2 * i, 3, "%02x", r->id[i]);
    }
    (void)snprintf(text, sizeof text, "%s/%s/%u", vault, id,
        (unsigned)r->version);
    st = form_put_set(f, "import.source", VAULT_TEXT, VAULT_VALUE, text,
        strlen(text), l->err);
    vlt_store_u64(sealed, (uint64_t)r->sealed);
    if (st == VAULT_OK && r->has_sealed)
        st = form_put_set(f, "import.sealed", VAULT_TIME, VAULT_VALUE, sealed,
            sizeof sealed, l->err);
    return st;
}

/* A record that this very vault holds: nothing to do. */
VAULT_CHECKED static enum vault_status
is_own(struct lines *l, const struct jsonrec *r, bool *own)
{
    char prefix[2 * VAULT_ID + 1];
    uint8_t id[1][VAULT_ID];
    size_t n = 0;

    *own = false;
    if (l->im->r->vault == NULL ||
        memcmp(r->vault, l->im->vault, VAULT_ID) != 0)
        return VAULT_OK;
    for (size_t i = 0; i < VAULT_ID; i++)
        (void)snprintf(prefix + 2 * i, 3, "%02x", r->id[i]);
    *own = vault_resolve(l->im->r->vault, prefix, id, 1, &n, NULL) == VAULT_OK;
    return VAULT_OK;
}

/* What an import sets has other names in a line that was read. */
static bool
is_of_import(const char *name)
{
    return strncmp(name, "import.", 7) == 0 ||
        strncmp(name, "imported.", 9) == 0;
}

static bool
same_field(const struct form *f, const struct vault_field *x)
{
    size_t i;

    return form_find(f, x->name, &i) && f->field[i].type == x->type &&
        f->field[i].state == x->state &&
        f->field[i].value_len == x->value_len &&
        (x->value_len == 0 ||
            memcmp(f->field[i].value, x->value, x->value_len) == 0);
}

/* Whether the line says what the version says that it names. */
static bool
says_the_same(const struct vault_record *v, const struct jsonrec *r)
{
    size_t left = 0;

    for (size_t i = 0; i < r->form.n; i++)
        left += !is_of_import(r->form.field[i].name);
    for (size_t i = 0; i < vault_record_fields(v); i++) {
        struct vault_field x;

        vault_record_field(v, i, &x);
        if (x.type == VAULT_BODY || strcmp(x.name, "type") == 0 ||
            strcmp(x.name, "time.sealed") == 0 || is_of_import(x.name))
            continue;
        if (left-- == 0 || !same_field(&r->form, &x))
            return false;
    }
    return left == 0 && r->form.mistakes == 0 &&
        strcmp(r->type, vault_record_entry(v)->type) == 0;
}

/* A line that was written into after it was exported is told: nothing of it
 * goes in. */
VAULT_CHECKED static enum vault_status
tell_own(struct lines *l, const struct jsonrec *r)
{
    struct vault_record *v = NULL;
    bool changed = vault_record_open(l->im->r->vault, r->id, r->version, &v,
                       NULL) == VAULT_OK &&
        !says_the_same(v, r);
    struct import_told told = {.what = changed ? IMPORT_CHANGED : IMPORT_SAME,
        .row = l->number,
        .line = l->number,
        .type = r->type,
        .has_id = true};

    vault_record_close(v);
    memcpy(told.id, r->id, VAULT_ID);
    l->im->ordinal++;
    return import_tell(l->im, &told, l->err);
}

VAULT_CHECKED static enum vault_status
put_record(struct lines *l, struct jsonrec *r, struct import_item *item)
{
    uint8_t key[2 * VAULT_ID];
    enum vault_status st = VAULT_OK;

    if (r->exchanged) {
        memcpy(key, r->vault, VAULT_ID);
        memcpy(key + VAULT_ID, r->id, VAULT_ID);
        item->has_id = true;
        item->named = true;
        import_key_id(l->im, "record", "", key, sizeof key, item->id);
        st = put_origin(l, r, &r->form);
    }
    item->type = r->type;
    item->form = &r->form;
    item->row = item->line = l->number;
    if (r->file != NULL) {
        item->folder = l->folder;
        item->path = r->file;
        item->has_sha256 = r->has_sha256;
        memcpy(item->sha256, r->sha256, VAULT_HASH);
    }
    if (st == VAULT_OK && r->form.mistakes > 0)
        return fail_line(l, &r->form, NULL);
    return st == VAULT_OK ? import_put(l->im, item, l->err) : st;
}

/* Fields of an exported record are judged by their types alone: what is in a
 * vault is kept, whatever the forms of today ask for. */
VAULT_CHECKED static enum vault_status
put_checked(struct lines *l, struct jsonrec *r)
{
    struct import_item item = {0};
    struct form apart = {0};
    enum vault_status st =
        form_fit(&r->form, r->exchanged ? "" : r->type, NULL, l->err);

    if (st == VAULT_OK && r->form.mistakes > 0)
        return fail_line(l, &r->form, NULL);
    if (st == VAULT_OK)
        st = take_links(l, &r->form, &apart, &item.link, &item.links);
    if (st == VAULT_OK)
        st = put_record(l, r, &item);
    free(item.link);
    form_clear(&apart);
    return st;
}

VAULT_CHECKED static enum vault_status
put_plain_line(struct lines *l)
{
    struct jsonrec r = {0};
    struct vault_error why = {0};
    bool own = false;
    enum vault_status st;

    if (!import_wants(l->im, 1))
        return VAULT_OK;
    st = jsonrec_read((const char *)l->line.p, l->line.len, l->im->r->as, &r,
        &why);
    if (st == VAULT_E_FORMAT || st == VAULT_E_LIMIT)
        return fail_line(l, NULL, &why);
    if (st != VAULT_OK)
        return st;
    if (!r.passed)
        st = is_own(l, &r, &own);
    if (st == VAULT_OK && r.passed)
        l->im->ordinal++;
    else if (st == VAULT_OK && own && r.exchanged)
        st = tell_own(l, &r);
    else if (st == VAULT_OK)
        st = put_checked(l, &r);
    jsonrec_clear(&r);
    return st;
}

/* An object as a row of the columns that the mapping names. */
VAULT_CHECKED static enum vault_status
put_mapped_line(struct lines *l)
{
    struct vault_error why = {0};
    struct csv_row row = {0};
    enum vault_status st;

    st = jsoncells_read(&l->cells, (const char *)l->line.p, l->line.len, &row,
        &why);
    if (st == VAULT_E_MEMORY)
        return vlt_fail_memory(l->err);
    if (st != VAULT_OK) {
        l->im->ordinal += l->rows.map.records - 1;
        return fail_line(l, NULL, &why);
    }
    row.number = row.line = l->number;
    return rows_put(&l->rows, &row, l->err);
}

VAULT_CHECKED static enum vault_status
put_line(struct lines *l)
{
    struct vault_error why = {0};

    if (is_blank(&l->line) && !l->too_long)
        return VAULT_OK;
    if (l->too_long) {
        (void)!vlt_fail(&why, VAULT_E_LIMIT, "the line is longer than %d bytes",
            JSONREC_MAX);
        if (l->mapped)
            l->im->ordinal += l->rows.map.records - 1;
        return fail_line(l, NULL, &why);
    }
    return l->mapped ? put_mapped_line(l) : put_plain_line(l);
}

/* ---- the file ---- */

VAULT_CHECKED static enum vault_status
read_lines(struct lines *l)
{
    int64_t size = vlt_file_size(l->file);
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK && next_line(l)) {
        st = vlt_buf_end(&l->line, "line", l->err);
        if (st == VAULT_OK)
            st = put_line(l);
        if (st == VAULT_OK)
            st = import_step(l->im, l->feed.taken - l->feed.len + l->feed.pos,
                size > 0 ? (uint64_t)size : 0, NULL, l->err);
    }
    return st == VAULT_OK ? l->feed.st : st;
}

VAULT_CHECKED static enum vault_status
begin_mapping(struct lines *l, const char *path)
{
    struct csv_row headings = {0};
    enum vault_status st;

    if (l->im->r->map == NULL)
        return VAULT_OK;
    l->mapped = true;
    st = rows_begin(&l->rows, l->im, path, l->err);
    if (st == VAULT_OK)
        st = jsoncells_begin(&l->cells, &l->rows.map, &headings, l->err);
    if (st == VAULT_OK)
        st = rows_headings(&l->rows, &headings, l->err);
    return st;
}

enum vault_status
import_lines_of(struct import *im, const char *path, const char *folder,
    struct vault_error *err)
{
    struct lines l = {.im = im, .folder = folder, .err = err};
    enum vault_status st = vlt_file_open(path, &l.file, err);

    vlt_buf_init(&l.line, JSONREC_MAX + 1);
    if (st == VAULT_OK)
        st = feed_open(&l.feed, l.file, err);
    if (st == VAULT_OK)
        st = begin_mapping(&l, path);
    if (st == VAULT_OK)
        st = read_lines(&l);
    if (l.mapped)
        rows_end(&l.rows);
    jsoncells_clear(&l.cells);
    feed_clear(&l.feed);
    vlt_buf_clear(&l.line);
    vlt_file_close(l.file);
    return st;
}

enum vault_status
import_lines(struct import *im, struct vault_error *err)
{
    char *folder = names_folder(im->r->source);
    enum vault_status st;

    if (folder == NULL)
        return vlt_fail_memory(err);
    st = import_lines_of(im, im->r->source, folder, err);
    free(folder);
    return st;
}
