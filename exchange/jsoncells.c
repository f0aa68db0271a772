/* SPDX-License-Identifier: Apache-2.0 */
/* jsoncells.c: a JSON object as a row of a table */
#include "jsoncells.h"

#include "fail.h"
#include "form_json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 32 * 1024 * 1024 };

void
jsoncells_clear(struct jsoncells *c)
{
    free(c->cell);
    vlt_buf_clear(&c->text);
    memset(c, 0, sizeof *c);
}

enum vault_status
jsoncells_begin(struct jsoncells *c, const struct mapping *map,
    struct csv_row *headings, struct vault_error *err)
{
    memset(c, 0, sizeof *c);
    vlt_buf_init(&c->text, CELLS_MAX);
    c->map = map;
    c->n = map->columns;
    c->cell = calloc(c->n + 1, sizeof *c->cell);
    if (c->cell == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < c->n; i++)
        c->cell[i] = (struct csv_cell){map->column[i], strlen(map->column[i])};
    headings->cell = c->cell;
    headings->n = c->n;
    return VAULT_OK;
}

/* The cell's text behind what is in c->text; false: it is no cell. */
static bool
put_cell(struct jsoncells *c, const json_t *v)
{
    if (v == NULL || json_is_null(v))
        return true;
    if (json_is_string(v))
        vlt_buf_put(&c->text, json_string_value(v), json_string_length(v));
    else if (json_is_integer(v))
        vlt_buf_printf(&c->text, "%" PRId64, (int64_t)json_integer_value(v));
    else if (json_is_real(v))
        vlt_buf_printf(&c->text, "%.17g", json_real_value(v));
    else if (json_is_boolean(v))
        vlt_buf_put_str(&c->text, json_is_true(v) ? "true" : "false");
    else
        return false;
    return true;
}

VAULT_CHECKED static enum vault_status
put_cells(struct jsoncells *c, const json_t *root, struct vault_error *err)
{
    vlt_buf_reset(&c->text);
    for (size_t i = 0; i < c->n; i++) {
        size_t from = c->text.len;

        if (!put_cell(c, json_object_get(root, c->map->column[i])))
            return vlt_fail(err, VAULT_E_FORMAT,
                "the member \"%s\" is an array or an object, and a mapping "
                "takes texts and numbers",
                c->map->column[i]);
        c->cell[i].n = c->text.len - from;
        vlt_buf_put_u8(&c->text, 0);
    }
    return vlt_buf_end(&c->text, "line", err);
}

enum vault_status
jsoncells_read(struct jsoncells *c, const char *line, size_t n,
    struct csv_row *row, struct vault_error *err)
{
    json_error_t why;
    json_t *root = json_read(line, n, 0, &why);
    const char *p;
    enum vault_status st;

    if (root == NULL)
        return vlt_fail(err, VAULT_E_FORMAT, "the line is not JSON: column %d",
            why.column);
    st = json_is_object(root)
        ? put_cells(c, root, err)
        : vlt_fail(err, VAULT_E_FORMAT, "the line is no JSON object");
    json_decref(root);
    if (st != VAULT_OK)
        return st;
    p = (const char *)c->text.p;
    for (size_t i = 0; i < c->n; i++) {
        c->cell[i].p = p;
        p += c->cell[i].n + 1;
    }
    row->cell = c->cell;
    row->n = c->n;
    return VAULT_OK;
}
