/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_read.c: a mapping file, read and judged */
#include "mapping.h"

#include "dateform.h"
#include "fail.h"
#include "form_json.h"
#include "nmark.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where one is in the file, for mistakes: records[1].columns.NAME */
struct reading {
    struct mapping *m;
    const char *as;
    size_t record; /* its number */
    bool many;     /* there is an array of them */
    struct vault_error *err;
};

static void
mistake(const struct reading *r, const char *part, const char *name,
    const char *expected)
{
    char where[512];
    char prefix[32] = "";

    if (r->many)
        (void)snprintf(prefix, sizeof prefix, "records[%zu].", r->record);
    (void)snprintf(where, sizeof where, "%s%s%s%.400s", prefix, part,
        part[0] != 0 && name[0] != 0 ? "." : "", name);
    form_note_mistake(&r->m->mistakes, where, expected);
}

/* Only these members may be there. `words` is split by |. */
static void
only(const struct reading *r, json_t *object, const char *part,
    const char *words)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        size_t n = strlen(name);
        const char *at = words;
        bool found = false;

        while (!found && at != NULL) {
            found = strncmp(at, name, n) == 0 && (at[n] == '|' || at[n] == 0);
            at = strchr(at, '|');
            at = at != NULL ? at + 1 : NULL;
        }
        if (!found)
            mistake(r, part, name, N_("another member; this one is not known"));
    }
}

/* A member that is a text; NULL when it is not there. */
static const char *
text(const struct reading *r, const json_t *object, const char *part,
    const char *name)
{
    const json_t *v = json_object_get(object, name);

    if (v == NULL)
        return NULL;
    if (!json_is_string(v) || json_string_length(v) == 0) {
        mistake(r, part, name, N_("a text"));
        return NULL;
    }
    return json_string_value(v);
}

/* An object of text: text. */
static const json_t *
words(const struct reading *r, json_t *object, const char *part,
    const char *member)
{
    json_t *v = json_object_get(object, member);
    const char *name;
    json_t *to;

    if (v == NULL)
        return NULL;
    if (!json_is_object(v)) {
        mistake(r, part, member, N_("an object of text: text"));
        return NULL;
    }
    json_object_foreach(v, name, to)
    {
        const char *s = json_string_value(to);
        bool state = strcmp(member, "states") == 0;

        if (s == NULL)
            mistake(r, member, name, N_("a text"));
        else if (state && strcmp(s, "refused") != 0 &&
            strcmp(s, "not-asked") != 0 && strcmp(s, "unknown") != 0)
            mistake(r, member, name,
                N_("one of \"refused\", \"not-asked\", \"unknown\""));
    }
    return v;
}

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

/* ---- keys and links ---- */

VAULT_CHECKED static enum vault_status
add_key(const struct reading *r, const json_t *name, struct map_key *key)
{
    size_t column = 0;
    enum vault_status st;

    if (!json_is_string(name) || json_string_length(name) == 0 ||
        key->n == MAP_KEYS_MAX) {
        mistake(r, "key", "", N_("a column, or an array of at most 16"));
        return VAULT_OK;
    }
    st = mapping_column(r->m, json_string_value(name), &column, r->err);
    if (st == VAULT_OK)
        key->column[key->n++] = column;
    return st;
}

/* A column, or several. */
VAULT_CHECKED static enum vault_status
read_key(const struct reading *r, const json_t *v, struct map_key *key)
{
    enum vault_status st = VAULT_OK;

    if (!json_is_array(v))
        return add_key(r, v, key);
    for (size_t i = 0; i < json_array_size(v) && st == VAULT_OK; i++)
        st = add_key(r, json_array_get(v, i), key);
    return st;
}

VAULT_CHECKED static enum vault_status
read_link(const struct reading *r, json_t *v, struct map_link *out)
{
    struct map_link link = {0};
    enum vault_status st = VAULT_OK;

    if (!json_is_object(v)) {
        mistake(r, "links", "",
            N_("objects of \"key\", \"table\" and \"relation\""));
        return VAULT_OK;
    }
    only(r, v, "links", "key|table|relation");
    link.table = text(r, v, "links", "table");
    link.relation = text(r, v, "links", "relation");
    if (json_object_get(v, "key") == NULL)
        mistake(r, "links", "key", N_("a column, or an array of at most 16"));
    else
        st = read_key(r, json_object_get(v, "key"), &link.key);
    if (link.relation == NULL || !relation_ok(link.relation))
        mistake(r, "links", "relation",
            N_("a relation of 1 to 32 of a-z, 0-9 and dash"));
    *out = link;
    return st;
}

VAULT_CHECKED static enum vault_status
read_links(const struct reading *r, json_t *object, struct map_record *out)
{
    json_t *v = json_object_get(object, "links");
    size_t n = json_array_size(v);
    enum vault_status st = VAULT_OK;

    if (v == NULL)
        return VAULT_OK;
    if (!json_is_array(v) || n > 64) {
        mistake(r, "links", "", N_("an array of at most 64 links"));
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
read_date(const struct reading *r, json_t *v, const char *column,
    struct map_target *t)
{
    t->date = text(r, v, column, "date");
    t->calendar = text(r, v, column, "calendar");
    if (t->date == NULL && t->calendar != NULL)
        t->date = "edtf";
    if (t->date != NULL && !dateform_ok(t->date))
        mistake(r, column, "date",
            N_("edtf, or dd, mm and yyyy in some order with . / or - between "
               "them, such as dd.mm.yyyy"));
    if (t->calendar != NULL &&
        (strlen(t->calendar) > 16 ||
            strspn(t->calendar, "abcdefghijklmnopqrstuvwxyz") !=
                strlen(t->calendar)))
        mistake(r, column, "calendar",
            N_("a calendar of a-z, such as \"gregorian\""));
}

/* {"link": {"table": ..., "relation": ...}} */
static void
read_column_link(const struct reading *r, json_t *v, const char *column,
    struct map_target *t)
{
    t->kind = MAP_LINK;
    if (!json_is_object(v)) {
        mistake(r, column, "link",
            N_("an object of \"table\" and \"relation\""));
        return;
    }
    only(r, v, column, "table|relation");
    t->table = text(r, v, column, "table");
    t->relation = text(r, v, column, "relation");
    if (t->relation == NULL || !relation_ok(t->relation))
        mistake(r, column, "relation",
            N_("a relation of 1 to 32 of a-z, 0-9 and dash"));
}

/* Which of field, tag, file, link and ignore it is. */
static void
read_kind(const struct reading *r, json_t *v, const char *column,
    struct map_target *t)
{
    const json_t *link = json_object_get(v, "link");
    bool tag = json_is_true(json_object_get(v, "tag"));
    bool file = json_is_true(json_object_get(v, "file"));
    bool ignore = json_is_true(json_object_get(v, "ignore"));

    t->field = text(r, v, column, "field");
    if ((t->field != NULL) + (link != NULL) + tag + file + ignore != 1)
        mistake(r, column, "",
            N_("exactly one of \"field\", \"tag\": true, \"file\": true, "
               "\"link\", \"ignore\": true"));
    t->kind = tag ? MAP_TAG : file ? MAP_FILE : ignore ? MAP_IGNORE : MAP_FIELD;
    if (link != NULL)
        read_column_link(r, json_object_get(v, "link"), column, t);
}

static void
read_target(const struct reading *r, json_t *v, const char *column,
    struct map_target *t)
{
    if (json_is_null(v)) {
        t->kind = MAP_IGNORE;
    } else if (json_is_string(v)) {
        t->kind = MAP_FIELD;
        t->field = json_string_value(v);
    } else if (json_is_object(v)) {
        only(r, v, column,
            "field|tag|file|link|ignore|split|date|calendar|language|values|"
            "states");
        read_kind(r, v, column, t);
        read_date(r, v, column, t);
        t->split = text(r, v, column, "split");
        t->language = text(r, v, column, "language");
        t->values.own = words(r, v, column, "values");
        t->states.own = words(r, v, column, "states");
    } else {
        mistake(r, column, "",
            N_("the name of a field, an object that says more, or null"));
        t->kind = MAP_IGNORE;
    }
    if (t->kind == MAP_FIELD && (t->field == NULL || !field_ok(t->field)))
        mistake(r, column, "field",
            N_("a field of a-z, 0-9, dot and dash, with an N where it may "
               "repeat"));
    if (t->kind == MAP_FIELD && t->split != NULL && t->field != NULL &&
        strchr(t->field, 'N') == NULL)
        mistake(r, column, "split", N_("an N in the name of the field"));
}

VAULT_CHECKED static enum vault_status
add_target(const struct reading *r, json_t *v, const char *column,
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

VAULT_CHECKED static enum vault_status
read_columns(const struct reading *r, json_t *object, struct map_record *out)
{
    json_t *v = json_object_get(object, "columns");
    enum vault_status st = VAULT_OK;
    const char *column;
    json_t *to;

    if (v != NULL && !json_is_object(v))
        mistake(r, "columns", "", N_("an object of column: field"));
    json_object_foreach(v, column, to)
    {
        size_t n = json_is_array(to) ? json_array_size(to) : 1;

        for (size_t i = 0; i < n && st == VAULT_OK; i++)
            st = add_target(r, json_is_array(to) ? json_array_get(to, i) : to,
                column, out);
    }
    return st;
}

/* ---- records ---- */

VAULT_CHECKED static enum vault_status
read_constants(const struct reading *r, json_t *object, struct map_record *out)
{
    json_t *v = json_object_get(object, "constants");
    enum vault_status st = VAULT_OK;
    const char *name;
    json_t *value;

    if (v != NULL && !json_is_object(v))
        mistake(r, "constants", "", N_("an object of field: value"));
    json_object_foreach(v, name, value)
    {
        if (st == VAULT_OK)
            st = form_add_value(&out->constants, name, value, r->err);
    }
    for (size_t i = 0; i < out->constants.mistakes; i++) {
        const struct form_mistake *x = &out->constants.mistake[i];

        mistake(r, "constants", x->field, x->expected);
    }
    return st;
}

static void
read_tags(const struct reading *r, const json_t *object, struct map_record *out)
{
    const json_t *v = json_object_get(object, "tags");

    if (v == NULL)
        return;
    if (!json_is_array(v))
        mistake(r, "tags", "", N_("an array of texts"));
    for (size_t i = 0; i < json_array_size(v); i++) {
        if (!json_is_string(json_array_get(v, i)))
            mistake(r, "tags", "", N_("an array of texts"));
    }
    out->tags = v;
}

/* What a record does not say itself is said for all. */
static void
inherit(const struct reading *r, json_t *object, struct map_record *out)
{
    json_t *top = r->m->root;
    const json_t *values = words(r, object, "", "values");
    const json_t *states = words(r, object, "", "states");

    if (values == NULL)
        values = json_object_get(top, "values");
    if (states == NULL)
        states = json_object_get(top, "states");
    if (out->language == NULL)
        out->language = json_string_value(json_object_get(top, "language"));
    if (out->table == NULL)
        out->table = json_string_value(json_object_get(top, "table"));
    if (out->table == NULL)
        out->table = "";
    for (size_t i = 0; i < out->targets; i++) {
        out->target[i].values.common = values;
        out->target[i].states.common = states;
        if (out->target[i].table == NULL)
            out->target[i].table = out->table;
    }
    for (size_t i = 0; i < out->links; i++) {
        if (out->link[i].table == NULL)
            out->link[i].table = out->table;
    }
}

static void
read_type(const struct reading *r, const json_t *object, struct map_record *out)
{
    out->type = text(r, object, "", "type");
    if (out->type == NULL)
        out->type = r->as;
    if (out->type == NULL || vault_form_fields(out->type) == 0) {
        mistake(r, "type", "",
            N_("one of testimony, letter, contact, consent, file, note; here "
               "or with --as"));
        out->type = "note";
    }
}

VAULT_CHECKED static enum vault_status
read_record(const struct reading *r, json_t *object, struct map_record *out)
{
    const char *when;
    enum vault_status st = VAULT_OK;

    read_type(r, object, out);
    out->table = text(r, object, "", "table");
    out->language = text(r, object, "", "language");
    if (json_object_get(object, "key") != NULL)
        st = read_key(r, json_object_get(object, "key"), &out->key);
    when = text(r, object, "", "when");
    out->has_when = when != NULL;
    if (st == VAULT_OK && when != NULL)
        st = mapping_column(r->m, when, &out->when, r->err);
    if (st == VAULT_OK)
        st = read_columns(r, object, out);
    if (st == VAULT_OK)
        st = read_links(r, object, out);
    if (st == VAULT_OK)
        st = read_constants(r, object, out);
    if (st == VAULT_OK) {
        read_tags(r, object, out);
        inherit(r, object, out);
    }
    return st;
}

static const char record_words[] =
    "type|table|language|key|when|columns|links|constants|tags|values|states";

VAULT_CHECKED static enum vault_status
read_records(struct reading *r, json_t *records)
{
    struct mapping *m = r->m;
    size_t n = json_array_size(records);
    enum vault_status st = VAULT_OK;

    if (!json_is_array(records) || n == 0 || n > MAP_RECORDS_MAX) {
        mistake(r, "records", "", N_("an array of 1 to 16 records"));
        return VAULT_OK;
    }
    r->many = true;
    for (size_t i = 0; i < n && st == VAULT_OK; i++) {
        json_t *object = json_array_get(records, i);

        r->record = i;
        if (!json_is_object(object)) {
            mistake(r, "", "", N_("an object"));
            continue;
        }
        only(r, object, "", record_words);
        st = read_record(r, object, &m->record[m->records++]);
    }
    r->many = false;
    return st;
}

static void
read_table(const struct reading *r)
{
    json_t *top = r->m->root;
    const char *separator = text(r, top, "", "separator");
    const char *rest = text(r, top, "", "other-columns");

    if (separator != NULL &&
        (strlen(separator) != 1 || strchr("\"\r\n", separator[0]) != NULL))
        mistake(r, "separator", "", N_("one character, such as \";\""));
    else if (separator != NULL)
        r->m->separator = separator[0];
    r->m->undo_formulas = json_is_true(json_object_get(top, "undo-formulas"));
    r->m->keep = rest == NULL || strcmp(rest, "ignore") != 0;
    if (rest != NULL && strcmp(rest, "ignore") != 0 &&
        strcmp(rest, "keep") != 0)
        mistake(r, "other-columns", "", N_("\"keep\" or \"ignore\""));
    (void)text(r, top, "", "language");
    (void)text(r, top, "", "table");
    (void)words(r, top, "", "values");
    (void)words(r, top, "", "states");
}

VAULT_CHECKED static enum vault_status
read_all(struct reading *r)
{
    json_t *top = r->m->root;
    json_t *records = json_object_get(top, "records");

    read_table(r);
    if (records != NULL) {
        only(r, top, "",
            "v|separator|other-columns|undo-formulas|records|table|language|"
            "values|states");
        return read_records(r, records);
    }
    only(r, top, "",
        "v|separator|other-columns|undo-formulas|type|table|language|key|when|"
        "columns|links|constants|tags|values|states");
    r->m->records = 1;
    return read_record(r, top, &r->m->record[0]);
}

enum vault_status
mapping_read(const char *file, size_t n, const char *as, struct mapping *out,
    struct vault_error *err)
{
    struct mapping m = {0};
    struct reading r = {.m = &m, .as = as, .err = err};
    json_error_t why;
    enum vault_status st;

    if (n >= 3 && memcmp(file, "\xef\xbb\xbf", 3) == 0) {
        file += 3;
        n -= 3;
    }
    m.root = json_read(file, n, 0, &why);
    if (m.root == NULL && json_error_code(&why) == json_error_duplicate_key)
        return vlt_fail(err, VAULT_E_USAGE,
            "a name stands twice in the mapping, at line %d", why.line);
    if (m.root == NULL)
        return vlt_fail(err, VAULT_E_USAGE,
            "the mapping is not JSON: line %d, column %d", why.line,
            why.column);
    st = json_is_object(m.root)
        ? read_all(&r)
        : vlt_fail(err, VAULT_E_USAGE, "the mapping is no JSON object");
    if (st != VAULT_OK) {
        mapping_clear(&m);
        return st;
    }
    *out = m;
    return VAULT_OK;
}
