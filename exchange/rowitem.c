/* SPDX-License-Identifier: Apache-2.0 */
/* rowitem.c: one record that a mapping makes of one row */
#include "rowitem.h"

#include "dateform.h"
#include "fail.h"
#include "form_json.h"
#include "nmark.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIELD_NAME = 96,
    REPEAT_MAX = 999,
    TAG_BYTES = 64,
    LINKS_MAX = 999,
    DAY_LEN = 10
};

struct making {
    const struct mapping *m;
    const size_t *at;
    const struct csv_row *row;
    struct rowitem *x;
    struct vault_error *err;
    /* The last name with an N, and the first number that may be free. */
    const char *repeated;
    int next;
};

void
rowitem_clear(struct rowitem *x)
{
    form_clear(&x->form);
    vlt_buf_clear(&x->key);
    for (size_t i = 0; i < x->links; i++)
        vlt_buf_clear(&x->link[i].key);
    free(x->link);
    if (x->file != NULL)
        vlt_wipe(x->file, strlen(x->file));
    free(x->file);
    memset(x, 0, sizeof *x);
}

static struct csv_cell
trimmed(struct csv_cell c)
{
    while (c.n > 0 && strchr(" \t\r\n", c.p[0]) != NULL && c.p[0] != 0) {
        c.p++;
        c.n--;
    }
    while (
        c.n > 0 && strchr(" \t\r\n", c.p[c.n - 1]) != NULL && c.p[c.n - 1] != 0)
        c.n--;
    return c;
}

static struct csv_cell
cell_of(const struct making *k, size_t column)
{
    return mapping_cell(k->m, k->at, k->row, column);
}

/* The name with the first number that is free for its N; false when there is
 * none left. */
static bool
name_of(struct making *k, const char *field, char out[FIELD_NAME + 8])
{
    const struct form *f = &k->x->form;
    const char *n = strchr(field, 'N');

    if (n == NULL) {
        (void)snprintf(out, FIELD_NAME + 8, "%s", field);
        return true;
    }
    if (k->repeated != field)
        k->next = 1;
    k->repeated = field;
    for (; k->next <= REPEAT_MAX; k->next++) {
        (void)snprintf(out, FIELD_NAME + 8, "%.*s%d%s", (int)(n - field), field,
            k->next, n + 1);
        if (!form_has(f, out))
            return true;
    }
    return false;
}

static void
mistake(const struct making *k, const char *where, const char *expected)
{
    form_note_mistake(&k->x->form, where, expected);
}

/* ---- one value ---- */

/* prefix, a space, the value */
VAULT_CHECKED static enum vault_status
put_pair(const struct making *k, const char *name, enum vault_field_type type,
    const char *prefix, struct csv_cell v)
{
    struct vlt_buf b;
    enum vault_status st;

    vlt_buf_init(&b, FORM_MAX);
    vlt_buf_put_str(&b, prefix);
    vlt_buf_put_u8(&b, ' ');
    vlt_buf_put(&b, v.p, v.n);
    st = vlt_buf_end(&b, "cell", k->err);
    if (st == VAULT_OK)
        st = form_put(&k->x->form, name, type, VAULT_VALUE, b.p, b.len, k->err);
    vlt_buf_clear(&b);
    return st;
}

VAULT_CHECKED static enum vault_status
put_date(const struct making *k, const struct map_target *t, const char *name,
    struct csv_cell v)
{
    char date[DATEFORM_SIZE];
    enum vault_status st;

    v = trimmed(v);
    /* the day of a time such as 2031-11-04T09:00:00+05:00 */
    if (v.n > DAY_LEN && v.p[DAY_LEN] == 'T' && t->date[0] == 'y')
        v.n = DAY_LEN;
    if (!dateform_edtf(t->date, v.p, v.n, date)) {
        mistake(k, name,
            N_("a date in the form that the mapping says, such as dd.mm.yyyy, "
               "or only its month or year"));
        return VAULT_OK;
    }
    st = put_pair(k, name, VAULT_DATE,
        t->calendar != NULL ? t->calendar : "gregorian",
        (struct csv_cell){date, strlen(date)});
    vlt_wipe(date, sizeof date);
    return st;
}

VAULT_CHECKED static enum vault_status
put_state(const struct making *k, const char *name, const char *word)
{
    enum vault_field_state state = strcmp(word, "refused") == 0 ? VAULT_REFUSED
        : strcmp(word, "not-asked") == 0 ? VAULT_NOT_ASKED
                                         : VAULT_UNKNOWN;

    return form_put(&k->x->form, name, VAULT_TEXT, state, NULL, 0, k->err);
}

/* !refused and the like, as in a form on the terminal; only without a mapping
 * file, which has words of its own. */
static const char *
plain_state(const struct mapping *m, struct csv_cell v)
{
    static const char *const words[] = {"refused", "not-asked", "unknown"};

    for (size_t i = 0; m->root == NULL && i < VLT_COUNT(words); i++) {
        if (v.n == strlen(words[i]) + 1 && v.p[0] == '!' &&
            memcmp(v.p + 1, words[i], v.n - 1) == 0)
            return words[i];
    }
    return NULL;
}

VAULT_CHECKED static enum vault_status
put_field(struct making *k, const struct map_target *t, struct csv_cell v)
{
    struct csv_cell bare = trimmed(v);
    const char *state = mapping_word(&t->states, bare.p, bare.n);
    const char *other = mapping_word(&t->values, bare.p, bare.n);
    char name[FIELD_NAME + 8];

    if (bare.n == 0)
        return VAULT_OK;
    if (state == NULL)
        state = plain_state(k->m, bare);
    if (!name_of(k, t->field, name)) {
        mistake(k, t->field, N_("at most 999 values"));
        return VAULT_OK;
    }
    if (state != NULL)
        return put_state(k, name, state);
    if (other != NULL)
        v = (struct csv_cell){other, strlen(other)};
    if (t->date != NULL)
        return put_date(k, t, name, v);
    if (t->language != NULL)
        return put_pair(k, name, VAULT_LANG_TEXT, t->language, v);
    return form_put(&k->x->form, name, VAULT_TEXT, VAULT_VALUE, v.p, v.n,
        k->err);
}

static const char tag_field[] = "tag.N";

VAULT_CHECKED static enum vault_status
put_tag(struct making *k, struct csv_cell v)
{
    char name[FIELD_NAME + 8];
    bool good;

    v = trimmed(v);
    good = v.n <= TAG_BYTES;
    for (size_t i = 0; good && i < v.n; i++)
        good = (unsigned char)v.p[i] >= 0x20 && v.p[i] != 0x7f;
    if (v.n == 0)
        return VAULT_OK;
    if (!good || !name_of(k, tag_field, name)) {
        mistake(k, "tag",
            good ? N_("at most 999 values")
                 : N_("a word or a few, at most 64 bytes"));
        return VAULT_OK;
    }
    return form_put(&k->x->form, name, VAULT_TEXT, VAULT_VALUE, v.p, v.n,
        k->err);
}

VAULT_CHECKED static enum vault_status
put_file(const struct making *k, struct csv_cell v)
{
    v = trimmed(v);
    if (v.n == 0)
        return VAULT_OK;
    if (k->x->file != NULL) {
        mistake(k, "file", N_("one original only"));
        return VAULT_OK;
    }
    k->x->file = malloc(v.n + 1);
    if (k->x->file == NULL)
        return vlt_fail_memory(k->err);
    memcpy(k->x->file, v.p, v.n);
    k->x->file[v.n] = 0;
    return VAULT_OK;
}

/* ---- keys and links ---- */

/* Each cell with its length in front; nothing when all are empty. */
static void
put_key(const struct making *k, const struct map_key *key, struct vlt_buf *out)
{
    bool any = false;

    vlt_buf_init(out, CSV_ROW_MAX);
    for (size_t i = 0; i < key->n; i++) {
        struct csv_cell v = trimmed(cell_of(k, key->column[i]));

        any = any || v.n > 0;
        vlt_buf_put_u32(out, (uint32_t)v.n);
        vlt_buf_put(out, v.p, v.n);
    }
    if (!any)
        vlt_buf_reset(out);
}

VAULT_CHECKED static enum vault_status
new_link(const struct making *k, const char *table, const char *relation,
    struct rowlink **out)
{
    struct rowitem *x = k->x;
    struct rowlink *all = realloc(x->link, (x->links + 1) * sizeof *all);

    if (all == NULL)
        return vlt_fail_memory(k->err);
    x->link = all;
    *out = &all[x->links++];
    memset(*out, 0, sizeof **out);
    (*out)->table = table;
    (*out)->relation = relation;
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
put_link(const struct making *k, const struct map_target *t, struct csv_cell v)
{
    struct rowlink *link = NULL;
    enum vault_status st;

    v = trimmed(v);
    if (v.n == 0)
        return VAULT_OK;
    if (k->x->links == LINKS_MAX) {
        mistake(k, "link", N_("at most 999 values"));
        return VAULT_OK;
    }
    st = new_link(k, t->table, t->relation, &link);
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&link->key, v.n + 4);
    vlt_buf_put_u32(&link->key, (uint32_t)v.n);
    vlt_buf_put(&link->key, v.p, v.n);
    return vlt_buf_end(&link->key, "key", k->err);
}

VAULT_CHECKED static enum vault_status
put_links(const struct making *k)
{
    const struct map_record *r = k->x->record;
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < r->links && st == VAULT_OK; i++) {
        struct rowlink *link = NULL;

        st = new_link(k, r->link[i].table, r->link[i].relation, &link);
        if (st != VAULT_OK)
            break;
        put_key(k, &r->link[i].key, &link->key);
        st = vlt_buf_end(&link->key, "key", k->err);
        if (link->key.len == 0) {
            vlt_buf_clear(&link->key);
            k->x->links--;
        }
    }
    return st;
}

/* ---- one cell, one record ---- */

VAULT_CHECKED static enum vault_status
put_piece(struct making *k, const struct map_target *t, struct csv_cell v)
{
    switch (t->kind) {
    case MAP_FIELD:
        return put_field(k, t, v);
    case MAP_TAG:
        return put_tag(k, v);
    case MAP_FILE:
        return put_file(k, v);
    case MAP_LINK:
        return put_link(k, t, v);
    case MAP_IGNORE:
        break;
    }
    return VAULT_OK;
}

/* Where the next `split` stands in v, or its end. */
static size_t
piece_len(struct csv_cell v, const char *split, size_t split_len)
{
    for (size_t i = 0; i + split_len <= v.n; i++) {
        if (memcmp(v.p + i, split, split_len) == 0)
            return i;
    }
    return v.n;
}

VAULT_CHECKED static enum vault_status
put_cell(struct making *k, const struct map_target *t)
{
    struct csv_cell v = cell_of(k, t->column);
    size_t split = t->split != NULL ? strlen(t->split) : 0;
    size_t before = k->x->form.mistakes;
    enum vault_status st = VAULT_OK;

    if (split == 0)
        return put_piece(k, t, v);
    for (;;) {
        size_t n = piece_len(v, t->split, split);

        st = put_piece(k, t, trimmed((struct csv_cell){v.p, n}));
        /* with a mistake there is no record: the rest changes nothing */
        if (st != VAULT_OK || n == v.n || k->x->form.mistakes > before)
            return st;
        v.p += n + split;
        v.n -= n + split;
    }
}

VAULT_CHECKED static enum vault_status
put_constants(struct making *k)
{
    const struct form *f = &k->x->record->constants;
    const json_t *tags = k->x->record->tags;
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < f->n && st == VAULT_OK; i++)
        st = form_put(&k->x->form, f->field[i].name, f->field[i].type,
            f->field[i].state, f->field[i].value, f->field[i].value_len,
            k->err);
    for (size_t i = 0; i < json_array_size(tags) && st == VAULT_OK; i++) {
        const json_t *tag = json_array_get(tags, i);

        st = put_tag(k,
            (struct csv_cell){json_string_value(tag), json_string_length(tag)});
    }
    return st;
}

/* Cells beyond the headings have no column to belong to. */
static void
check_width(const struct making *k, size_t headings)
{
    for (size_t i = headings; i < k->row->n; i++) {
        if (k->row->cell[i].n > 0) {
            mistake(k, "", N_("no more cells than there are headings"));
            return;
        }
    }
}

VAULT_CHECKED static enum vault_status
make(struct making *k)
{
    const struct map_record *r = k->x->record;
    enum vault_status st = VAULT_OK;

    if (r->has_when && trimmed(cell_of(k, r->when)).n == 0) {
        k->x->left_out = true;
        return VAULT_OK;
    }
    st = put_constants(k);
    for (size_t i = 0; i < r->targets && st == VAULT_OK; i++)
        st = put_cell(k, &r->target[i]);
    if (st == VAULT_OK)
        st = put_links(k);
    if (st == VAULT_OK) {
        put_key(k, &r->key, &k->x->key);
        st = vlt_buf_end(&k->x->key, "key", k->err);
    }
    if (st == VAULT_OK)
        st = form_fit(&k->x->form, r->type, r->language, k->err);
    return st;
}

enum vault_status
rowitem_make(const struct mapping *m, const size_t *at,
    const struct csv_row *row, size_t record, struct rowitem *out,
    struct vault_error *err)
{
    struct rowitem x = {.record = &m->record[record]};
    struct making k = {m, at, row, &x, err, NULL, 1};
    enum vault_status st = make(&k);

    if (st != VAULT_OK) {
        rowitem_clear(&x);
        return st;
    }
    if (record == 0 && m->headings > 0)
        check_width(&k, m->headings);
    *out = x;
    return VAULT_OK;
}
