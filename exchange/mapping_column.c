/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_column.c: what a mapping file says of one column, key or link */
#include "mapping_parts.h"

#include "dateform.h"
#include "fail.h"
#include "nmark.h"

#include <stdlib.h>
#include <string.h>

static bool
relation_ok(const char *s)
{
    size_t n = strlen(s);

    return n >= 1 && n < VAULT_RELATION &&
        strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

/* a-z 0-9 . - and at most one N, and none of those that import sets. */
static bool
field_ok(const char *s)
{
    static const char *const own[] = {"import.key", "import.id",
        "import.pending", "import.source", "import.sealed", "body", "type",
        "time.sealed"};
    const char *n = strchr(s, 'N');
    size_t len = strlen(s);

    if (len == 0 || len > 90 ||
        strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-N") != len ||
        (n != NULL && strchr(n + 1, 'N') != NULL) ||
        strncmp(s, "import.link.", 12) == 0)
        return false;
    for (size_t i = 0; i < VLT_COUNT(own); i++) {
        if (strcmp(own[i], s) == 0)
            return false;
    }
    return true;
}

VAULT_CHECKED static enum vault_status
add_key(const struct mapping_reading *r, const json_t *name,
    struct map_key *key)
{
    size_t column = 0;
    enum vault_status st;

    if (!json_is_string(name) || json_string_length(name) == 0 ||
        key->n == MAP_KEYS_MAX) {
        mapping_mistake(r, "key", "",
            N_("a column, or an array of at most 16"));
        return VAULT_OK;
    }
    st = mapping_column(r->m, json_string_value(name), &column, r->err);
    if (st == VAULT_OK)
        key->column[key->n++] = column;
    return st;
}

/* A column, or several. */
enum vault_status
mapping_read_key(const struct mapping_reading *r, const json_t *v,
    struct map_key *key)
{
    enum vault_status st = VAULT_OK;

    if (!json_is_array(v))
        return add_key(r, v, key);
    for (size_t i = 0; i < json_array_size(v) && st == VAULT_OK; i++)
        st = add_key(r, json_array_get(v, i), key);
    return st;
}

VAULT_CHECKED static enum vault_status
read_link(const struct mapping_reading *r, json_t *v, struct map_link *out)
{
    struct map_link link = {0};
    enum vault_status st = VAULT_OK;

    if (!json_is_object(v)) {
        mapping_mistake(r, "links", "",
            N_("objects of \"key\", \"table\" and \"relation\""));
        return VAULT_OK;
    }
    mapping_only(r, v, "links", "key|table|relation");
    link.table = mapping_text(r, v, "links", "table");
    link.relation = mapping_text(r, v, "links", "relation");
    if (json_object_get(v, "key") == NULL)
        mapping_mistake(r, "links", "key",
            N_("a column, or an array of at most 16"));
    else
        st = mapping_read_key(r, json_object_get(v, "key"), &link.key);
    if (link.relation == NULL || !relation_ok(link.relation))
        mapping_mistake(r, "links", "relation",
            N_("a relation of 1 to 32 of a-z, 0-9 and dash"));
    *out = link;
    return st;
}

enum vault_status
mapping_read_links(const struct mapping_reading *r, json_t *object,
    struct map_record *out)
{
    json_t *v = json_object_get(object, "links");
    size_t n = json_array_size(v);
    enum vault_status st = VAULT_OK;

    if (v == NULL)
        return VAULT_OK;
    if (!json_is_array(v) || n > 64) {
        mapping_mistake(r, "links", "", N_("an array of at most 64 links"));
        return VAULT_OK;
    }
    out->link = calloc(n + 1, sizeof *out->link);
    if (out->link == NULL)
        return vlt_fail_memory(r->err);
    for (size_t i = 0; i < n && st == VAULT_OK; i++)
        st = read_link(r, json_array_get(v, i), &out->link[out->links++]);
    return st;
}

/* ---- columns ---- */

static void
read_date(const struct mapping_reading *r, json_t *v, const char *column,
    struct map_target *t)
{
    t->date = mapping_text(r, v, column, "date");
    t->calendar = mapping_text(r, v, column, "calendar");
    if (t->date == NULL && t->calendar != NULL)
        t->date = "edtf";
    if (t->date != NULL && !dateform_ok(t->date))
        mapping_mistake(r, column, "date",
            N_("edtf, or dd, mm and yyyy in some order with . / or - between "
               "them, such as dd.mm.yyyy"));
    if (t->calendar != NULL &&
        (strlen(t->calendar) > 16 ||
            strspn(t->calendar, "abcdefghijklmnopqrstuvwxyz") !=
                strlen(t->calendar)))
        mapping_mistake(r, column, "calendar",
            N_("a calendar of a-z, such as \"gregorian\""));
}

/* {"link": {"table": ..., "relation": ...}} */
static void
read_column_link(const struct mapping_reading *r, json_t *v, const char *column,
    struct map_target *t)
{
    t->kind = MAP_LINK;
    if (!json_is_object(v)) {
        mapping_mistake(r, column, "link",
            N_("an object of \"table\" and \"relation\""));
        return;
    }
    mapping_only(r, v, column, "table|relation");
    t->table = mapping_text(r, v, column, "table");
    t->relation = mapping_text(r, v, column, "relation");
    if (t->relation == NULL || !relation_ok(t->relation))
        mapping_mistake(r, column, "relation",
            N_("a relation of 1 to 32 of a-z, 0-9 and dash"));
}

/* Which of field, tag, file, link and ignore it is. */
static void
read_kind(const struct mapping_reading *r, json_t *v, const char *column,
    struct map_target *t)
{
    const json_t *link = json_object_get(v, "link");
    bool tag = json_is_true(json_object_get(v, "tag"));
    bool file = json_is_true(json_object_get(v, "file"));
    bool ignore = json_is_true(json_object_get(v, "ignore"));

    t->field = mapping_text(r, v, column, "field");
    if ((t->field != NULL) + (link != NULL) + tag + file + ignore != 1)
        mapping_mistake(r, column, "",
            N_("exactly one of \"field\", \"tag\": true, \"file\": true, "
               "\"link\", \"ignore\": true"));
    t->kind = tag ? MAP_TAG : file ? MAP_FILE : ignore ? MAP_IGNORE : MAP_FIELD;
    if (link != NULL)
        read_column_link(r, json_object_get(v, "link"), column, t);
}

static void
read_target(const struct mapping_reading *r, json_t *v, const char *column,
    struct map_target *t)
{
    if (json_is_null(v)) {
        t->kind = MAP_IGNORE;
    } else if (json_is_string(v)) {
        t->kind = MAP_FIELD;
        t->field = json_string_value(v);
    } else if (json_is_object(v)) {
        mapping_only(r, v, column,
            "field|tag|file|link|ignore|split|date|calendar|language|values|"
            "states");
        read_kind(r, v, column, t);
        read_date(r, v, column, t);
        t->split = mapping_text(r, v, column, "split");
        t->language = mapping_text(r, v, column, "language");
        t->values.own = mapping_words(r, v, column, "values");
        t->states.own = mapping_words(r, v, column, "states");
    } else {
        mapping_mistake(r, column, "",
            N_("the name of a field, an object that says more, or null"));
        t->kind = MAP_IGNORE;
    }
    if (t->kind == MAP_FIELD && (t->field == NULL || !field_ok(t->field)))
        mapping_mistake(r, column, "field",
            N_("a field of a-z, 0-9, dot and dash, with an N where it may "
               "repeat"));
    if (t->kind == MAP_FIELD && t->split != NULL && t->field != NULL &&
        strchr(t->field, 'N') == NULL)
        mapping_mistake(r, column, "split",
            N_("an N in the name of the field"));
}

VAULT_CHECKED static enum vault_status
add_target(const struct mapping_reading *r, json_t *v, const char *column,
    struct map_record *out)
{
    struct map_target t = {0}, *all;
    enum vault_status st;

    if (out->targets == MAP_TARGETS_MAX)
        return vlt_fail(r->err, VAULT_E_LIMIT,
            "the mapping has more than %d columns", (int)MAP_TARGETS_MAX);
    read_target(r, v, column, &t);
    all = realloc(out->target, (out->targets + 1) * sizeof *all);
    if (all == NULL)
        return vlt_fail_memory(r->err);
    out->target = all;
    st = mapping_column(r->m, column, &t.column, r->err);
    if (st == VAULT_OK)
        all[out->targets++] = t;
    return st;
}

enum vault_status
mapping_read_columns(const struct mapping_reading *r, json_t *object,
    struct map_record *out)
{
    json_t *v = json_object_get(object, "columns");
    enum vault_status st = VAULT_OK;
    const char *column;
    json_t *to;

    if (v != NULL && !json_is_object(v))
        mapping_mistake(r, "columns", "", N_("an object of column: field"));
    json_object_foreach(v, column, to)
    {
        size_t n = json_is_array(to) ? json_array_size(to) : 1;

        for (size_t i = 0; i < n && st == VAULT_OK; i++)
            st = add_target(r, json_is_array(to) ? json_array_get(to, i) : to,
                column, out);
    }
    return st;
}
