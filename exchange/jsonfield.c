/* SPDX-License-Identifier: Apache-2.0 */
/* jsonfield.c: one field in the shape in which `show --json` prints it */
#include "jsonfield.h"

#include "fail.h"
#include "nmark.h"
#include "text.h"
#include "when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 97, LINK_HEAD = 36 };

/* A field on its way; the value is built in `value`. */
struct incoming {
    const json_t *from;
    char name[NAME_SIZE];
    enum vault_field_type type;
    struct vlt_buf value;
};

static const char *
text_of(const json_t *from, const char *member, size_t *n)
{
    const json_t *s = json_object_get(from, member);

    *n = json_string_length(s);
    return json_string_value(s);
}

/* ---- values, by type; NULL, or what was expected ---- */

static const char *
take_text(struct incoming *x)
{
    size_t n;
    const char *s = text_of(x->from, "value", &n);

    if (s == NULL)
        return N_("a text as \"value\"");
    vlt_buf_put(&x->value, s, n);
    return NULL;
}

/* `lang` or `calendar`, a space, the value */
static const char *
take_pair(struct incoming *x)
{
    size_t n, first_len;
    const char *s = text_of(x->from, "value", &n);
    const char *first = text_of(x->from,
        x->type == VAULT_DATE ? "calendar" : "lang", &first_len);

    if (s == NULL || first == NULL || first_len == 0)
        return x->type == VAULT_DATE ? N_("texts as \"calendar\" and \"value\"")
                                     : N_("texts as \"lang\" and \"value\"");
    vlt_buf_put(&x->value, first, first_len);
    vlt_buf_put_u8(&x->value, ' ');
    vlt_buf_put(&x->value, s, n);
    return NULL;
}

static const char *
take_i64(struct incoming *x)
{
    const json_t *v = json_object_get(x->from, "value");
    const char *time = json_string_value(json_object_get(x->from, "time"));
    int64_t t = 0;

    if (json_is_integer(v))
        t = json_integer_value(v);
    else if (v != NULL || x->type != VAULT_TIME || time == NULL ||
        !when_parse(time, &t))
        return N_("a whole number as \"value\"");
    vlt_buf_put_i64(&x->value, t);
    return NULL;
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0'
        : c >= 'a' && c <= 'f'  ? c - 'a' + 10
                                : -1;
}

static bool
put_hex(struct vlt_buf *b, const char *s, size_t n)
{
    if (n % 2 != 0)
        return false;
    for (size_t i = 0; i < n; i += 2) {
        int high = hex_digit(s[i]), low = hex_digit(s[i + 1]);

        if (high < 0 || low < 0)
            return false;
        vlt_buf_put_u8(b, (uint8_t)(high << 4 | low));
    }
    return true;
}

static const char *
take_bytes(struct incoming *x)
{
    size_t n, len = 0;
    const char *s = text_of(x->from, "hex", &n);
    uint8_t *room;

    if (s != NULL)
        return put_hex(&x->value, s, n) ? NULL : N_("hex digits as \"hex\"");
    s = text_of(x->from, "value", &n);
    room = vlt_buf_room(&x->value, n + 1);
    if (s == NULL || room == NULL || !vlt_unb64(room, n + 1, &len, s, n))
        return N_("hex digits as \"hex\", or base64 as \"value\"");
    x->value.len -= n + 1 - len;
    return NULL;
}

static bool
put_id(struct incoming *x, const char *member)
{
    size_t n;
    const char *s = text_of(x->from, member, &n);

    return s != NULL && n == 2 * (size_t)VAULT_ID && put_hex(&x->value, s, n);
}

static const char *
take_link(struct incoming *x)
{
    static const char expected[] =
        N_("a link: \"relation\", \"vault\", \"record\" and \"version\", or "
           "\"hex\"");
    const json_t *version = json_object_get(x->from, "version");
    size_t n;
    const char *relation = text_of(x->from, "relation", &n);

    if (relation == NULL && text_of(x->from, "hex", &n) != NULL)
        return take_bytes(x);
    if (relation == NULL || !put_id(x, "vault") || !put_id(x, "record"))
        return expected;
    if (version != NULL &&
        (!json_is_integer(version) || json_integer_value(version) < 0 ||
            json_integer_value(version) > UINT32_MAX))
        return expected;
    vlt_buf_put_u32(&x->value, (uint32_t)json_integer_value(version));
    vlt_buf_put(&x->value, relation, n);
    return NULL;
}

static const struct {
    const char *word;
    enum vault_field_type type;
    const char *(*take)(struct incoming *x);
} types[] = {
    {"text", VAULT_TEXT, take_text},
    {"lang", VAULT_LANG_TEXT, take_pair},
    {"date", VAULT_DATE, take_pair},
    {"time", VAULT_TIME, take_i64},
    {"number", VAULT_NUMBER, take_i64},
    {"bytes", VAULT_BYTES, take_bytes},
    {"link", VAULT_LINK, take_link},
};

/* False: no such state. */
static bool
state_of(const char *word, enum vault_field_state *out)
{
    static const char *const words[] = {"value", "refused", "not-asked",
        "unknown"};

    for (size_t i = 0; i < VLT_COUNT(words); i++) {
        if (word != NULL && strcmp(words[i], word) == 0) {
            *out = (enum vault_field_state)i;
            return true;
        }
    }
    return false;
}

/* ---- names ---- */

static bool
is_made_anew(const char *name)
{
    return strcmp(name, "type") == 0 || strcmp(name, "time.sealed") == 0 ||
        strcmp(name, "body") == 0 || strcmp(name, "import.pending") == 0;
}

/*
 * What an import of before set gets another name: a file of others must not
 * say what this vault takes for here already. The new one, without a number
 * behind it; NULL for other names.
 */
static const char *
of_import(const char *name)
{
    static const char *const set[][2] = {{"import.key", "imported.key"},
        {"import.id", "imported.id"}, {"import.source", "imported.source"},
        {"import.sealed", "imported.sealed"}};

    for (size_t i = 0; i < VLT_COUNT(set); i++) {
        size_t n = strlen(set[i][0]);

        if (strncmp(name, set[i][0], n) == 0 &&
            (name[n] == 0 ||
                (name[n] == '.' && name[n + 1] != 0 &&
                    name[n + 1 + strspn(name + n + 1, "0123456789")] == 0)))
            return set[i][1];
    }
    return NULL;
}

/* The name with the first number behind it that is free. */
static void
number_name(const struct form *f, const char *first, char name[NAME_SIZE])
{
    for (unsigned i = 1; i < 1000; i++) {
        (void)snprintf(name, NAME_SIZE, "%s.%u", first, i);
        if (!form_has(f, name))
            break;
    }
}

/* ---- a field ---- */

VAULT_CHECKED static enum vault_status
put_value(struct form *f, struct incoming *x, struct vault_error *err)
{
    const char *word = json_string_value(json_object_get(x->from, "type"));
    const json_t *state_word = json_object_get(x->from, "state");
    enum vault_field_state state = VAULT_VALUE;
    const char *expected = NULL;
    size_t t = 0;
    enum vault_status st;

    while (t < VLT_COUNT(types) &&
        (word == NULL || strcmp(types[t].word, word) != 0))
        t++;
    if (t == VLT_COUNT(types))
        expected =
            N_("one of text, lang, date, time, number, bytes, link as type");
    else if (state_word != NULL &&
        !state_of(json_string_value(state_word), &state))
        expected = N_("one of value, refused, not-asked, unknown as state");
    if (expected == NULL) {
        x->type = types[t].type;
        expected = state == VAULT_VALUE ? types[t].take(x) : NULL;
    }
    st = vlt_buf_end(&x->value, "field", err);
    if (st != VAULT_OK)
        return st;
    if (expected != NULL) {
        form_note_mistake(f, x->name, expected);
        return VAULT_OK;
    }
    return form_put_set(f, x->name, x->type, state, x->value.p, x->value.len,
        err);
}

enum vault_status
jsonfield_put(struct form *f, const json_t *field, struct vault_error *err)
{
    const char *name = json_string_value(json_object_get(field, "name"));
    struct incoming x = {.from = field};
    enum vault_status st;

    if (name == NULL || name[0] == 0 || strlen(name) >= NAME_SIZE) {
        form_note_mistake(f, "fields",
            N_("objects with a \"name\", \"type\" and \"value\" or "
               "\"state\""));
        return VAULT_OK;
    }
    if (is_made_anew(name))
        return VAULT_OK;
    memcpy(x.name, name, strlen(name) + 1);
    if (of_import(name) != NULL)
        number_name(f, of_import(name), x.name);
    vlt_buf_init(&x.value, FORM_MAX);
    st = put_value(f, &x, err);
    vlt_buf_clear(&x.value);
    return st;
}
