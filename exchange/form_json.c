/* SPDX-License-Identifier: Apache-2.0 */
/* form_json.c: a form given as a JSON object */
#include "form.h"
#include "form_json.h"

#include "fail.h"
#include "text.h"
#include "nmark.h"
#include "when.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { DATE_MAX = 64, LANG_MAX = 35, CALENDAR_MAX = 16 };

/* One member on its way into the form. */
struct member {
    struct form *f;
    const char *name;
    json_t *value; /* the object that says the rest */
    struct vault_error *err;
};

static enum vault_status
mistake(const struct member *m, const char *expected)
{
    form_note_mistake(m->f, m->name, expected);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
put_i64(const struct member *m, enum vault_field_type type, int64_t v)
{
    uint8_t raw[8];

    vlt_store_u64(raw, (uint64_t)v);
    return form_put(m->f, m->name, type, VAULT_VALUE, raw, sizeof raw, m->err);
}

VAULT_CHECKED static enum vault_status
put_text(const struct member *m, const json_t *text)
{
    return form_put(m->f, m->name, VAULT_TEXT, VAULT_VALUE,
        json_string_value(text), json_string_length(text), m->err);
}

VAULT_CHECKED static enum vault_status
put_time(const struct member *m, const json_t *v)
{
    int64_t t = 0;

    if (json_is_integer(v))
        return put_i64(m, VAULT_TIME, json_integer_value(v));
    if (!json_is_string(v) || !when_parse(json_string_value(v), &t))
        return mistake(m,
            N_("a time such as \"2031-11-04T09:00:00Z\", or seconds since "
               "1970"));
    return put_i64(m, VAULT_TIME, t);
}

/* prefix, a space, text: the form of dates and of texts with a language. */
VAULT_CHECKED static enum vault_status
put_pair(const struct member *m, enum vault_field_type type, const char *prefix,
    const json_t *text)
{
    struct vlt_buf b;
    enum vault_status st;

    vlt_buf_init(&b, FORM_MAX);
    vlt_buf_put_str(&b, prefix);
    vlt_buf_put_u8(&b, ' ');
    vlt_buf_put(&b, json_string_value(text), json_string_length(text));
    st = vlt_buf_end(&b, "field", m->err);
    if (st == VAULT_OK)
        st = form_put(m->f, m->name, type, VAULT_VALUE, b.p, b.len, m->err);
    vlt_buf_clear(&b);
    return st;
}

VAULT_CHECKED static enum vault_status
put_date(const struct member *m, const json_t *v)
{
    const json_t *calendar = json_object_get(m->value, "calendar");
    const char *name =
        calendar != NULL ? json_string_value(calendar) : "gregorian";
    const char *date = json_string_value(v);

    if (date == NULL || date[0] == 0 || strlen(date) > DATE_MAX ||
        strspn(date, "0123456789XSETYZ:/.-+?~%") != strlen(date))
        return mistake(m,
            N_("a date in EDTF, such as \"2029-10-31\", \"2029-10~\" or "
               "\"2029/2030\""));
    if (name == NULL || name[0] == 0 || strlen(name) > CALENDAR_MAX ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz") != strlen(name))
        return mistake(m, N_("a calendar of a-z, such as \"gregorian\""));
    return put_pair(m, VAULT_DATE, name, v);
}

VAULT_CHECKED static enum vault_status
put_lang(const struct member *m, const json_t *v)
{
    const char *lang = json_string_value(json_object_get(m->value, "lang"));

    if (!json_is_string(v))
        return mistake(m, N_("a text as value"));
    if (lang == NULL || lang[0] == 0 || strlen(lang) > LANG_MAX ||
        strspn(lang,
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
            "0123456789-") != strlen(lang))
        return mistake(m,
            N_("a language tag in \"lang\", such as \"kk\" or \"ug-Arab\""));
    return put_pair(m, VAULT_LANG_TEXT, lang, v);
}

VAULT_CHECKED static enum vault_status
put_bytes(const struct member *m, const json_t *v)
{
    size_t n = json_is_string(v) ? json_string_length(v) : 0;
    uint8_t *raw = malloc(n + 1);
    size_t len = 0;
    enum vault_status st;

    if (raw == NULL)
        return vlt_fail_memory(m->err);
    if (!json_is_string(v) ||
        !vlt_unb64(raw, n + 1, &len, json_string_value(v), n))
        st = mistake(m, N_("bytes in base64"));
    else
        st =
            form_put(m->f, m->name, VAULT_BYTES, VAULT_VALUE, raw, len, m->err);
    vlt_wipe(raw, n + 1);
    free(raw);
    return st;
}

static const struct {
    const char *word;
    enum vault_field_type type;
    enum vault_status (*put)(const struct member *m, const json_t *v);
} types[] = {
    {"text", VAULT_TEXT, NULL},
    {"lang", VAULT_LANG_TEXT, put_lang},
    {"number", VAULT_NUMBER, NULL},
    {"time", VAULT_TIME, put_time},
    {"date", VAULT_DATE, put_date},
    {"bytes", VAULT_BYTES, put_bytes},
};

/* {"state": ...}: asked, and no value came of it. */
VAULT_CHECKED static enum vault_status
put_state(const struct member *m, enum vault_field_type type,
    const json_t *state)
{
    static const struct {
        const char *word;
        enum vault_field_state state;
    } states[] = {{"refused", VAULT_REFUSED}, {"not-asked", VAULT_NOT_ASKED},
        {"unknown", VAULT_UNKNOWN}};
    const char *word = json_string_value(state);

    if (json_object_get(m->value, "value") != NULL)
        return mistake(m, N_("either \"value\" or \"state\""));
    for (size_t i = 0; word != NULL && i < VLT_COUNT(states); i++) {
        if (strcmp(states[i].word, word) == 0)
            return form_put(m->f, m->name, type, states[i].state, NULL, 0,
                m->err);
    }
    return mistake(m,
        N_("one of \"refused\", \"not-asked\", \"unknown\" as state"));
}

VAULT_CHECKED static enum vault_status
put_object(const struct member *m)
{
    const json_t *type = json_object_get(m->value, "type");
    const json_t *state = json_object_get(m->value, "state");
    const json_t *v = json_object_get(m->value, "value");
    const char *word = json_string_value(type);
    size_t t = 0;
    const char *key;
    json_t *any;

    /* jansson walks an object it does not change through a plain pointer */
    json_object_foreach(m->value, key, any)
    {
        if (strcmp(key, "type") != 0 && strcmp(key, "state") != 0 &&
            strcmp(key, "value") != 0 && strcmp(key, "lang") != 0 &&
            strcmp(key, "calendar") != 0)
            return mistake(m,
                N_("an object of \"type\", \"value\", \"state\", \"lang\", "
                   "\"calendar\" and nothing else"));
    }
    if (type == NULL)
        word = json_object_get(m->value, "lang") != NULL ? "lang" : "text";
    while (word != NULL && t < VLT_COUNT(types) &&
        strcmp(types[t].word, word) != 0)
        t++;
    if (word == NULL || t == VLT_COUNT(types))
        return mistake(m,
            N_("one of text, lang, number, time, date, bytes as type"));
    if (state != NULL)
        return put_state(m, types[t].type, state);
    if (types[t].put != NULL)
        return types[t].put(m, v);
    if (types[t].type == VAULT_NUMBER && json_is_integer(v))
        return put_i64(m, VAULT_NUMBER, json_integer_value(v));
    if (types[t].type == VAULT_TEXT && json_is_string(v))
        return put_text(m, v);
    return mistake(m,
        types[t].type == VAULT_NUMBER ? N_("a whole number as value")
                                      : N_("a text as value"));
}

VAULT_CHECKED static enum vault_status
put_member(const struct member *m)
{
    if (json_is_string(m->value))
        return put_text(m, m->value);
    if (json_is_integer(m->value))
        return put_i64(m, VAULT_NUMBER, json_integer_value(m->value));
    if (json_is_null(m->value))
        return form_put(m->f, m->name, VAULT_TEXT, VAULT_UNKNOWN, NULL, 0,
            m->err);
    if (json_is_object(m->value))
        return put_object(m);
    return mistake(m,
        N_("a text, a whole number, null, or an object that says its type"));
}

enum vault_status
form_add_value(struct form *f, const char *name, json_t *value,
    struct vault_error *err)
{
    struct member m = {f, name, value, err};

    return put_member(&m);
}

VAULT_CHECKED static enum vault_status
put_all(struct form *f, json_t *root, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    const char *name;
    json_t *value;

    json_object_foreach(root, name, value)
    {
        st = form_add_value(f, name, value, err);
        if (st != VAULT_OK)
            return st;
    }
    return st;
}

enum vault_status
form_add_json(struct form *f, const char *text, size_t n,
    struct vault_error *err)
{
    json_error_t why;
    json_t *root;
    enum vault_status st;

    if (n > FORM_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "the form is larger than %d bytes",
            FORM_MAX);
    root = json_read(text, n, 0, &why);
    if (root == NULL && json_error_code(&why) == json_error_duplicate_key)
        return vlt_fail(err, VAULT_E_USAGE,
            "a name stands twice in the form, at line %d", why.line);
    if (root == NULL)
        return vlt_fail(err, VAULT_E_USAGE,
            "the form is not JSON: line %d, column %d", why.line, why.column);
    if (json_is_object(root))
        st = put_all(f, root, err);
    else
        st = vlt_fail(err, VAULT_E_USAGE, "the form is no JSON object");
    json_decref(root);
    return st;
}
