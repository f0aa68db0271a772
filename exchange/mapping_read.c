/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_read.c: a mapping file, read and judged */
#include "mapping_parts.h"

#include "fail.h"
#include "form_json.h"
#include "nmark.h"

#include <string.h>

VAULT_CHECKED static enum vault_status
read_constants(const struct mapping_reading *r, json_t *object,
    struct map_record *out)
{
    json_t *v = json_object_get(object, "constants");
    enum vault_status st = VAULT_OK;
    const char *name;
    json_t *value;

    if (v != NULL && !json_is_object(v))
        mapping_mistake(r, "constants", "", N_("an object of field: value"));
    json_object_foreach(v, name, value)
    {
        if (st == VAULT_OK)
            st = form_add_value(&out->constants, name, value, r->err);
    }
    for (size_t i = 0; i < out->constants.mistakes; i++) {
        const struct form_mistake *x = &out->constants.mistake[i];

        mapping_mistake(r, "constants", x->field, x->expected);
    }
    return st;
}

static void
read_tags(const struct mapping_reading *r, const json_t *object,
    struct map_record *out)
{
    const json_t *v = json_object_get(object, "tags");

    if (v == NULL)
        return;
    if (!json_is_array(v))
        mapping_mistake(r, "tags", "", N_("an array of texts"));
    for (size_t i = 0; i < json_array_size(v); i++) {
        if (!json_is_string(json_array_get(v, i)))
            mapping_mistake(r, "tags", "", N_("an array of texts"));
    }
    out->tags = v;
}

/* What a record does not say itself is said for all. */
static void
inherit(const struct mapping_reading *r, json_t *object, struct map_record *out)
{
    json_t *top = r->m->root;
    const json_t *values = mapping_words(r, object, "", "values");
    const json_t *states = mapping_words(r, object, "", "states");

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
read_type(const struct mapping_reading *r, const json_t *object,
    struct map_record *out)
{
    out->type = mapping_text(r, object, "", "type");
    if (out->type == NULL)
        out->type = r->as;
    if (out->type == NULL || vault_form_fields(out->type) == 0) {
        mapping_mistake(r, "type", "",
            N_("one of testimony, letter, contact, consent, file, note; here "
               "or with --as"));
        out->type = "note";
    }
}

VAULT_CHECKED static enum vault_status
read_record(const struct mapping_reading *r, json_t *object,
    struct map_record *out)
{
    const char *when;
    enum vault_status st = VAULT_OK;

    read_type(r, object, out);
    out->table = mapping_text(r, object, "", "table");
    out->language = mapping_text(r, object, "", "language");
    if (json_object_get(object, "key") != NULL)
        st = mapping_read_key(r, json_object_get(object, "key"), &out->key);
    when = mapping_text(r, object, "", "when");
    out->has_when = when != NULL;
    if (st == VAULT_OK && when != NULL)
        st = mapping_column(r->m, when, &out->when, r->err);
    if (st == VAULT_OK)
        st = mapping_read_columns(r, object, out);
    if (st == VAULT_OK)
        st = mapping_read_links(r, object, out);
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
read_records(struct mapping_reading *r, json_t *records)
{
    struct mapping *m = r->m;
    size_t n = json_array_size(records);
    enum vault_status st = VAULT_OK;

    if (!json_is_array(records) || n == 0 || n > MAP_RECORDS_MAX) {
        mapping_mistake(r, "records", "", N_("an array of 1 to 16 records"));
        return VAULT_OK;
    }
    r->many = true;
    for (size_t i = 0; i < n && st == VAULT_OK; i++) {
        json_t *object = json_array_get(records, i);

        r->record = i;
        if (!json_is_object(object)) {
            mapping_mistake(r, "", "", N_("an object"));
            continue;
        }
        mapping_only(r, object, "", record_words);
        st = read_record(r, object, &m->record[m->records++]);
    }
    r->many = false;
    return st;
}

static void
read_table(const struct mapping_reading *r)
{
    json_t *top = r->m->root;
    const char *separator = mapping_text(r, top, "", "separator");
    const char *rest = mapping_text(r, top, "", "other-columns");

    if (separator != NULL &&
        (strlen(separator) != 1 || strchr("\"\r\n", separator[0]) != NULL))
        mapping_mistake(r, "separator", "", N_("one character, such as \";\""));
    else if (separator != NULL)
        r->m->separator = separator[0];
    r->m->undo_formulas = json_is_true(json_object_get(top, "undo-formulas"));
    r->m->keep = rest == NULL || strcmp(rest, "ignore") != 0;
    if (rest != NULL && strcmp(rest, "ignore") != 0 &&
        strcmp(rest, "keep") != 0)
        mapping_mistake(r, "other-columns", "", N_("\"keep\" or \"ignore\""));
    (void)mapping_text(r, top, "", "language");
    (void)mapping_text(r, top, "", "table");
    (void)mapping_words(r, top, "", "values");
    (void)mapping_words(r, top, "", "states");
}

VAULT_CHECKED static enum vault_status
read_all(struct mapping_reading *r)
{
    json_t *top = r->m->root;
    json_t *records = json_object_get(top, "records");

    read_table(r);
    if (records != NULL) {
        mapping_only(r, top, "",
            "v|separator|other-columns|undo-formulas|records|table|language|"
            "values|states");
        return read_records(r, records);
    }
    mapping_only(r, top, "",
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
    struct mapping_reading r = {.m = &m, .as = as, .err = err};
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
