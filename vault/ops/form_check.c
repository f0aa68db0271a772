/* SPDX-License-Identifier: Apache-2.0 */
/* form_check.c: whether fields are what their type's form asks for */
#include <stdlib.h>
#include <string.h>
#include <vault/forms.h>
#include "bytes.h"
#include "fail.h"
#include "field.h"
#include "registry.h"
#include "text.h"

static bool
word_ok(const char *words, const char *s, size_t n)
{
    while (n > 0) {
        size_t len = strcspn(words, "|");

        if (len == n && memcmp(words, s, n) == 0)
            return true;
        if (words[len] == 0)
            return false;
        words += len + 1;
    }
    return false;
}

static bool
script_ok(const char *s, size_t n)
{
    if (n != 4 || s[0] < 'A' || s[0] > 'Z')
        return false;
    for (size_t i = 1; i < n; i++)
        if (s[i] < 'a' || s[i] > 'z')
            return false;
    return true;
}

/* `calendar EDTF` and `tag text`, whose shape was looked at before. */
static bool
pair_ok(enum vault_form_kind kind, const char *s, size_t n)
{
    const char *space = memchr(s, ' ', n);
    size_t first;

    if (space == NULL)
        return false;
    first = (size_t)(space - s);
    if (kind == VAULT_FORM_DATE)
        return vlt_registry_days_ok(s, first, space + 1, n - first - 1);
    return vlt_registry_tag_ok(s, first);
}

/* A value of the right stored type. */
static bool
value_ok(const struct vault_form_field *f, const uint8_t *value, size_t n)
{
    const char *s = (const char *)value;
    uint8_t hash[VAULT_HASH];

    if (!vlt_field_value_ok((uint8_t)vault_form_type(f->kind), value, n))
        return false;
    switch (f->kind) {
    case VAULT_FORM_CHOICE:
        return word_ok(f->words, s, n);
    case VAULT_FORM_LANGUAGE:
        return vlt_registry_tag_ok(s, n);
    case VAULT_FORM_SCRIPT:
        return script_ok(s, n);
    case VAULT_FORM_SHA256:
        return vlt_unhex(hash, sizeof hash, s, n);
    case VAULT_FORM_DATE:
    case VAULT_FORM_LANG_TEXT:
    case VAULT_FORM_LONG_TEXT:
        return pair_ok(f->kind, s, n);
    case VAULT_FORM_TEXT:
    case VAULT_FORM_TIME:
    case VAULT_FORM_NUMBER:
    case VAULT_FORM_LINK:
    case VAULT_FORM_BYTES:
    case VAULT_FORM_BODY:
        break;
    }
    return true;
}

static const char *
expected_of(enum vault_form_kind kind)
{
    switch (kind) {
    case VAULT_FORM_TEXT:
        return N_("a text in UTF-8");
    case VAULT_FORM_LANG_TEXT:
    case VAULT_FORM_LONG_TEXT:
        return N_("a text in UTF-8 and the tag of its language, such as kk");
    case VAULT_FORM_DATE:
        return N_("a date that exists, such as 1937-05-02, 1937-05, 1937, "
                  "1937~ (about) or 1937/1938");
    case VAULT_FORM_TIME:
        return N_("a time such as 2031-11-04T09:00:00Z or "
                  "2031-11-04T14:00:00+05:00");
    case VAULT_FORM_NUMBER:
        return N_("a whole number");
    case VAULT_FORM_LINK:
        return N_("a link: a relation of a-z, 0-9 and dash, the vault's id and "
                  "the record's id, both 32 hex digits");
    case VAULT_FORM_CHOICE:
        return N_("one of these words");
    case VAULT_FORM_LANGUAGE:
        return N_("a language tag such as kk, ug-Arab or zh");
    case VAULT_FORM_SCRIPT:
        return N_("a script such as Cyrl, Latn, Arab or Hani");
    case VAULT_FORM_SHA256:
        return N_("64 hex digits");
    case VAULT_FORM_BYTES:
        return N_("bytes in base64");
    case VAULT_FORM_BODY:
        break;
    }
    return N_("nothing; the program sets it");
}

/* ---- from what people write ---- */

static void
trim(const char **s, size_t *n)
{
    while (*n > 0 && strchr(" \t\r\n", (*s)[0]) != NULL && (*s)[0] != 0) {
        (*s)++;
        (*n)--;
    }
    while (
        *n > 0 && strchr(" \t\r\n", (*s)[*n - 1]) != NULL && (*s)[*n - 1] != 0)
        (*n)--;
}

static void
put_lower(struct vlt_buf *b, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        vlt_buf_put_u8(b,
            (uint8_t)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] - 'A' + 'a' : s[i]));
}

/* RELATION VAULT RECORD [VERSION] as origin, record, version, relation. */
static bool
put_link(struct vlt_buf *b, const char *s, size_t n)
{
    const char *space = memchr(s, ' ', n);
    size_t relation = space != NULL ? (size_t)(space - s) : n;
    const char *ids = s + relation + 1;
    size_t left = n - relation - (space != NULL);
    uint8_t vault[VAULT_ID], record[VAULT_ID];
    uint64_t version = 0;

    if (left < 4 * VAULT_ID + 1 || ids[2 * VAULT_ID] != ' ' ||
        !vlt_unhex(vault, VAULT_ID, ids, 2 * VAULT_ID) ||
        !vlt_unhex(record, VAULT_ID, ids + 2 * VAULT_ID + 1, 2 * VAULT_ID))
        return false;
    ids += 4 * VAULT_ID + 1;
    left -= 4 * VAULT_ID + 1;
    if (left > 0 &&
        (ids[0] != ' ' || !vlt_parse_u64(&version, ids + 1, left - 1) ||
            version > UINT32_MAX))
        return false;
    vlt_buf_put(b, vault, sizeof vault);
    vlt_buf_put(b, record, sizeof record);
    vlt_buf_put_u32(b, (uint32_t)version);
    vlt_buf_put(b, s, relation);
    return true;
}

static bool
put_base64(struct vlt_buf *b, const char *s, size_t n)
{
    uint8_t *room = vlt_buf_room(b, n + 1);
    size_t len = 0;

    if (room == NULL)
        return true; /* vlt_buf_end will tell */
    b->len -= n + 1;
    if (!vlt_unb64(room, n + 1, &len, s, n))
        return false;
    b->len += len;
    return true;
}

/* False when it cannot even be brought into the form. */
static bool
put_value(struct vlt_buf *b, const struct vault_form_field *f, const char *s,
    size_t n, const char *lang)
{
    int64_t v = 0;

    switch (f->kind) {
    case VAULT_FORM_LANG_TEXT:
    case VAULT_FORM_LONG_TEXT:
        vlt_buf_put_str(b, lang != NULL ? lang : "und");
        vlt_buf_put_u8(b, ' ');
        vlt_buf_put(b, s, n);
        return true;
    case VAULT_FORM_DATE:
        if (n > 0 && !(s[0] >= 'a' && s[0] <= 'z'))
            vlt_buf_put_str(b, "gregorian ");
        vlt_buf_put(b, s, n);
        return true;
    case VAULT_FORM_TIME:
    case VAULT_FORM_NUMBER:
        if (f->kind == VAULT_FORM_TIME ? !vlt_registry_time(s, n, &v)
                                       : !vlt_parse_i64(&v, s, n))
            return false;
        vlt_buf_put_i64(b, v);
        return true;
    case VAULT_FORM_CHOICE:
    case VAULT_FORM_SHA256:
        put_lower(b, s, n);
        return true;
    case VAULT_FORM_LINK:
        return put_link(b, s, n);
    case VAULT_FORM_BYTES:
        return put_base64(b, s, n);
    case VAULT_FORM_BODY:
        return false;
    case VAULT_FORM_TEXT:
    case VAULT_FORM_LANGUAGE:
    case VAULT_FORM_SCRIPT:
        break;
    }
    vlt_buf_put(b, s, n);
    return true;
}

static bool
is_free_text(enum vault_form_kind kind)
{
    return kind == VAULT_FORM_TEXT || kind == VAULT_FORM_LANG_TEXT ||
        kind == VAULT_FORM_LONG_TEXT;
}

enum vault_status
vault_form_value(const struct vault_form_field *field, const void *text,
    size_t n, const char *lang, uint8_t **out, size_t *out_len,
    const char **expected, struct vault_error *err)
{
    const char *s = text != NULL ? text : "";
    struct vlt_buf b;
    uint8_t *copy = NULL;
    bool good;
    enum vault_status st;

    if (!is_free_text(field->kind))
        trim(&s, &n);
    /* Room for the longest language tag, or numbers. */
    vlt_buf_init(&b, n + 64);
    good = put_value(&b, field, s, n, lang);
    st = vlt_buf_end(&b, "field", err);
    if (st == VAULT_OK)
        good = good &&
            value_ok(field, b.len > 0 ? b.p : (const uint8_t *)"", b.len);
    if (st == VAULT_OK && good && b.len > 0) {
        copy = vlt_memdup(b.p, b.len);
        if (copy == NULL)
            st = vlt_fail_memory(err);
    }
    if (st == VAULT_OK)
        *expected = good ? NULL : expected_of(field->kind);
    if (st == VAULT_OK && good) {
        *out = copy;
        *out_len = b.len;
    }
    vlt_buf_clear(&b);
    return st;
}

/* ---- a whole form ---- */

/* What is wrong with it, NULL when nothing is. */
static const char *
judge(const char *type, const struct vault_field *f, const char **words)
{
    const uint8_t *value = f->value != NULL ? f->value : (const uint8_t *)"";
    struct vault_form_field known;

    *words = NULL;
    if (!vlt_field_name_ok(f->name, strlen(f->name)))
        return N_("a name of a-z, 0-9, dot and dash, at most 96 of them");
    if (f->state != VAULT_VALUE)
        return f->value_len == 0 && f->state <= VAULT_UNKNOWN
            ? NULL
            : N_("no value beside refused, not asked or unknown");
    if (!vault_form_find(type, f->name, &known))
        return vlt_field_value_ok((uint8_t)f->type, value, f->value_len)
            ? NULL
            : N_("a value of its type");
    if (f->type == vault_form_type(known.kind) &&
        value_ok(&known, value, f->value_len))
        return NULL;
    *words = known.words;
    return expected_of(known.kind);
}

static bool
is_twice(const struct vault_field *fields, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(fields[j].name, fields[i].name) == 0)
            return true;
    return false;
}

enum vault_status
vault_form_check(const char *type, const struct vault_field *fields, size_t n,
    int (*fn)(void *ctx, const struct vault_form_mistake *m), void *ctx,
    struct vault_error *err)
{
    size_t mistakes = 0;

    for (size_t i = 0; i < n; i++) {
        struct vault_form_mistake m = {.field = fields[i].name};

        m.expected = judge(type, &fields[i], &m.words);
        if (m.expected == NULL && is_twice(fields, i))
            m.expected = N_("each name only once");
        if (m.expected == NULL)
            continue;
        mistakes++;
        if (fn(ctx, &m) != 0)
            return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    if (mistakes > 0)
        return vlt_fail(err, VAULT_E_USAGE, "mistakes in the fields: %zu",
            mistakes);
    return VAULT_OK;
}
