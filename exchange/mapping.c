/* SPDX-License-Identifier: Apache-2.0 */
/* mapping.c: the columns of a table and where they stand */
#include "mapping.h"

#include "csvout.h"
#include "fail.h"
#include "form_json.h"
#include "nmark.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_NAME = 96, WORD_MAX = 4096 };

void
mapping_clear(struct mapping *m)
{
    for (size_t i = 0; i < m->records; i++) {
        free(m->record[i].target);
        free(m->record[i].link);
        form_clear(&m->record[i].constants);
    }
    for (size_t i = 0; i < m->made_len; i++)
        free(m->made[i]);
    free(m->made);
    free((void *)m->column);
    form_clear(&m->mistakes);
    if (m->root != NULL)
        json_decref(m->root);
    memset(m, 0, sizeof *m);
}

enum vault_status
mapping_column(struct mapping *m, const char *name, size_t *out,
    struct vault_error *err)
{
    const char **all;

    for (size_t i = 0; i < m->columns; i++) {
        if (strcmp(m->column[i], name) == 0) {
            *out = i;
            return VAULT_OK;
        }
    }
    if (m->columns == CSV_COLUMNS_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "more than %d columns",
            (int)CSV_COLUMNS_MAX);
    all = realloc((void *)m->column, (m->columns + 1) * sizeof *all);
    if (all == NULL)
        return vlt_fail_memory(err);
    m->column = all;
    *out = m->columns;
    all[m->columns++] = name;
    return VAULT_OK;
}

enum vault_status
mapping_plain(const char *type, struct mapping *out, struct vault_error *err)
{
    struct mapping m = {.keep = true, .records = 1};

    (void)err;
    m.record[0].type = type;
    m.record[0].table = "";
    *out = m;
    return VAULT_OK;
}

struct csv_cell
mapping_cell(const struct mapping *m, const size_t *at,
    const struct csv_row *row, size_t column)
{
    struct csv_cell cell = {"", 0};
    const char *s;

    if (at[column] >= row->n)
        return cell;
    cell = row->cell[at[column]];
    s = cell.p;
    if (m->undo_formulas && cell.n > 1 && s[0] == '\'' &&
        csv_is_formula(s, cell.n)) {
        cell.p++;
        cell.n--;
    }
    return cell;
}

const char *
mapping_word(const struct map_words *w, const char *s, size_t n)
{
    const json_t *found = NULL;
    char word[WORD_MAX];

    if (n >= sizeof word)
        return NULL;
    memcpy(word, s, n);
    word[n] = 0;
    if (w->own != NULL)
        found = json_object_get(w->own, word);
    if (found == NULL && w->common != NULL)
        found = json_object_get(w->common, word);
    vlt_wipe(word, n);
    return json_string_value(found);
}

/* ---- columns that the mapping does not name ---- */

/* A name that the mapping owns from here on. */
VAULT_CHECKED static enum vault_status
keep_name(struct mapping *m, char *name, struct vault_error *err)
{
    char **all = realloc(m->made, (m->made_len + 1) * sizeof *all);

    if (name == NULL || all == NULL) {
        free(name);
        if (all != NULL)
            m->made = all;
        return vlt_fail_memory(err);
    }
    m->made = all;
    all[m->made_len++] = name;
    return VAULT_OK;
}

/* Into a-z, 0-9, dot and dash; false when that would lose a letter. */
static bool
fold(const char *s, size_t n, char out[FIELD_NAME + 1])
{
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        char c = s[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        else if (c == ' ' || c == '_' || c == '/')
            c = '-';
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
                c == '-') ||
            len == FIELD_NAME)
            return false;
        out[len++] = c;
    }
    out[len] = 0;
    return len > 0;
}

static bool
is_target(const struct map_record *r, const char *field)
{
    for (size_t i = 0; i < r->targets; i++) {
        if (r->target[i].field != NULL &&
            strcmp(r->target[i].field, field) == 0)
            return true;
    }
    return form_has(&r->constants, field);
}

/* A field that a column may have for its own. */
static bool
is_free(const struct map_record *r, const char *name)
{
    struct vault_form_field known;

    if (strncmp(name, "import.", 7) == 0 || strncmp(name, "column.", 7) == 0 ||
        strncmp(name, "file.", 5) == 0 || is_target(r, name))
        return false;
    return !(vault_form_find(r->type, name, &known) && known.set) &&
        strcmp(name, "type") != 0 && strcmp(name, "body") != 0 &&
        strcmp(name, "time.sealed") != 0;
}

VAULT_CHECKED static enum vault_status
add_target(struct mapping *m, const char *heading, const char *field,
    struct vault_error *err)
{
    struct map_record *r = &m->record[0];
    struct map_target *all = realloc(r->target, (r->targets + 1) * sizeof *all);
    struct map_target t = {.kind = MAP_FIELD, .field = field};
    enum vault_status st;

    if (all == NULL)
        return vlt_fail_memory(err);
    r->target = all;
    st = mapping_column(m, heading, &t.column, err);
    if (st == VAULT_OK)
        all[r->targets++] = t;
    return st;
}

/* The heading, where no field name can stand for it. */
VAULT_CHECKED static enum vault_status
keep_heading(struct mapping *m, const char *field, const struct csv_cell *cell,
    struct vault_error *err)
{
    char name[FIELD_NAME + 8];

    (void)snprintf(name, sizeof name, "%s.name", field);
    if (cell->n == 0)
        return VAULT_OK;
    return form_put(&m->record[0].constants, name, VAULT_TEXT, VAULT_VALUE,
        cell->p, cell->n, err);
}

VAULT_CHECKED static enum vault_status
add_column(struct mapping *m, const struct csv_cell *cell, size_t i,
    struct vault_error *err)
{
    char field[FIELD_NAME + 1];
    char *heading = NULL;
    bool folded =
        fold(cell->p, cell->n, field) && is_free(&m->record[0], field);
    enum vault_status st = VAULT_OK;

    if (!folded) {
        (void)snprintf(field, sizeof field, "column.%zu", i + 1);
        st = keep_heading(m, field, cell, err);
    }
    if (st == VAULT_OK)
        st = keep_name(m, vlt_strdup(field), err);
    /* a column without a heading is found by a name that no heading has */
    if (st == VAULT_OK) {
        heading = cell->n > 0 ? vlt_strdup(cell->p) : vlt_strdup(field);
        st = keep_name(m, heading, err);
    }
    if (st == VAULT_OK)
        st = add_target(m, heading, m->made[m->made_len - 2], err);
    return st;
}

/* ---- finding them in the headings ---- */

static size_t
find_heading(const struct csv_row *headings, const char *name, size_t from)
{
    size_t n = strlen(name);

    for (size_t i = from; i < headings->n; i++) {
        if (headings->cell[i].n == n &&
            memcmp(headings->cell[i].p, name, n) == 0)
            return i;
    }
    return SIZE_MAX;
}

/* Whether a record has something made of this column. A key alone makes
 * nothing: its column is kept like the others. */
static bool
is_used(const struct mapping *m, size_t column)
{
    for (size_t i = 0; i < m->records; i++) {
        const struct map_record *r = &m->record[i];

        for (size_t k = 0; k < r->targets; k++) {
            if (r->target[k].column == column)
                return true;
        }
        for (size_t k = 0; k < r->links; k++) {
            for (size_t l = 0; l < r->link[k].key.n; l++) {
                if (r->link[k].key.column[l] == column)
                    return true;
            }
        }
    }
    return false;
}

static bool
is_named(const struct mapping *m, const struct csv_cell *heading)
{
    for (size_t i = 0; i < m->columns; i++) {
        if (strlen(m->column[i]) == heading->n &&
            memcmp(m->column[i], heading->p, heading->n) == 0)
            return is_used(m, i);
    }
    return false;
}

/* Two columns of one name cannot be told apart. */
static void
note_twice(const struct csv_row *headings, struct form *mistakes)
{
    for (size_t i = 0; i < headings->n; i++) {
        const struct csv_cell *h = &headings->cell[i];

        if (h->n > 0 && find_heading(headings, h->p, 0) < i)
            form_note_mistake(mistakes, h->p,
                N_("each heading only once; this one stands over two "
                   "columns"));
    }
}

VAULT_CHECKED static enum vault_status
place_columns(struct mapping *m, const struct csv_row *headings, size_t *place,
    struct form *mistakes, struct vault_error *err)
{
    size_t named = m->columns;
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < named; i++) {
        place[i] = find_heading(headings, m->column[i], 0);
        if (place[i] == SIZE_MAX)
            form_note_mistake(mistakes, m->column[i],
                N_("a column with this heading; the mapping names it and the "
                   "table has none"));
    }
    for (size_t i = 0; m->keep && i < headings->n && st == VAULT_OK; i++) {
        if (headings->cell[i].n > 0 && is_named(m, &headings->cell[i]))
            continue;
        st = add_column(m, &headings->cell[i], i, err);
        if (st == VAULT_OK)
            place[m->record[0].target[m->record[0].targets - 1].column] = i;
    }
    return st;
}

enum vault_status
mapping_headings(struct mapping *m, const struct csv_row *headings, size_t **at,
    struct form *mistakes, struct vault_error *err)
{
    size_t *place = calloc(m->columns + headings->n + 1, sizeof *place);
    enum vault_status st = VAULT_OK;

    if (place == NULL)
        return vlt_fail_memory(err);
    note_twice(headings, mistakes);
    if (mistakes->mistakes == 0)
        st = place_columns(m, headings, place, mistakes, err);
    if (st != VAULT_OK) {
        free(place);
        return st;
    }
    m->headings = headings->n;
    *at = place;
    return VAULT_OK;
}
