/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_own.c: a field that vCard has no property for */
#include "vcard_own.h"

#include "fail.h"
#include "nmark.h"
#include "text.h"
#include "vcard_card.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_words[] = {NULL, "text", "bytes", "time", "link",
    "body", "date", "lang", "number"};
static const char *const state_words[] = {NULL, "refused", "not-asked",
    "unknown"};

bool
vcard_is_plain(const void *p, size_t n)
{
    const uint8_t *s = p;

    for (size_t i = 0; i < n; i++)
        if ((s[i] < 32 && s[i] != '\n' && s[i] != '\t') || s[i] == 127)
            return false;
    return vlt_utf8_valid(s, n);
}

static bool
is_decimal(enum vault_field_type t)
{
    return t == VAULT_TIME || t == VAULT_NUMBER;
}

static bool
is_words(enum vault_field_type t)
{
    return t == VAULT_TEXT || t == VAULT_DATE || t == VAULT_LANG_TEXT;
}

void
vcard_put_base64(struct vlt_buf *line, const void *p, size_t n)
{
    uint8_t *room = vlt_buf_room(line, VLT_B64_SIZE(n) + 1);

    if (room == NULL)
        return;
    vlt_b64((char *)room, p, n);
    line->len--; /* the closing 0 */
}

void
vcard_put_own(struct vlt_buf *line, const struct vault_field *f)
{
    unsigned type = (unsigned)f->type, state = (unsigned)f->state;

    vlt_buf_put_str(line, "X-SANDUQ-FIELD");
    vcard_put_param(line, "X-NAME", f->name, strlen(f->name));
    if (type < VLT_COUNT(type_words) && type > 0)
        vlt_buf_printf(line, ";X-TYPE=%s", type_words[type]);
    else
        vlt_buf_printf(line, ";X-TYPE=%u", type);
    if (state > 0 && state < VLT_COUNT(state_words)) {
        vlt_buf_printf(line, ";X-STATE=%s:", state_words[state]);
    } else if (is_decimal(f->type) && f->value_len == 8) {
        vlt_buf_printf(line, ":%" PRId64, (int64_t)vlt_load_u64(f->value));
    } else if (is_words(f->type) && vcard_is_plain(f->value, f->value_len)) {
        vlt_buf_put_u8(line, ':');
        vcard_put_text(line, f->value, f->value_len);
    } else {
        vlt_buf_put_str(line, ";X-FORM=base64:");
        vcard_put_base64(line, f->value, f->value_len);
    }
}

/* ---- reading ---- */

/* The number of the parameter's word, 0 when it is none. */
static unsigned
word_of(const struct vcard_prop *p, const char *param, const char *const *words,
    size_t n)
{
    for (unsigned i = 1; i < n; i++)
        if (vcard_param_has(p, param, words[i]))
            return i;
    return 0;
}

static unsigned
type_of(const struct vcard_prop *p)
{
    unsigned type = word_of(p, "X-TYPE", type_words, VLT_COUNT(type_words));
    struct vlt_buf b;
    uint64_t v = 0;

    vlt_buf_init(&b, 8);
    if (type == 0 && vcard_param(p, "X-TYPE", 0, &b) &&
        vlt_parse_u64(&v, vlt_buf_cstr(&b), b.len) && v >= 64 && v <= 127)
        type = (unsigned)v;
    vlt_buf_clear(&b);
    return type;
}

/* The value's bytes; false when they are not of this type. */
static bool
value_of(const struct vcard_prop *p, enum vault_field_type type,
    struct vlt_buf *out)
{
    int64_t v;
    size_t n = 0;
    uint8_t *room;

    if (is_decimal(type)) {
        if (!vlt_parse_i64(&v, p->value.p, p->value.n))
            return false;
        vlt_buf_put_u64(out, (uint64_t)v);
        return true;
    }
    if (!vcard_param_has(p, "X-FORM", "base64")) {
        vcard_unescape(out, p->value);
        return is_words(type);
    }
    room = vlt_buf_room(out, p->value.n);
    if (room == NULL ||
        !vlt_unb64(room, p->value.n, &n, p->value.p, p->value.n))
        return false;
    out->len = n;
    return true;
}

/* Whether a date or a text with its language is one. */
static bool
shape_ok(enum vault_field_type type, const struct vlt_buf *b)
{
    struct vault_field f = {type, VAULT_VALUE, "x", b->p, b->len};
    struct vault_form_field date = {.kind = VAULT_FORM_DATE};
    const uint8_t *space = b->len > 0 ? memchr(b->p, ' ', b->len) : NULL;
    const char *expected = NULL;
    char tag[FORM_TAG + 1];
    uint8_t *value = NULL;
    size_t n = 0;
    bool ok = true;

    if (is_words(type))
        ok = vlt_utf8_valid(f.value, f.value_len);
    if (type == VAULT_LANG_TEXT)
        ok = ok && space != NULL &&
            vcard_tag_text((const char *)b->p, (size_t)(space - b->p), tag);
    if (type != VAULT_DATE)
        return ok;
    ok = vault_form_value(&date, b->p, b->len, NULL, &value, &n, &expected,
             NULL) == VAULT_OK &&
        expected == NULL && n == b->len && memcmp(value, b->p, n) == 0;
    if (value != NULL)
        vlt_wipe(value, n);
    free(value);
    return ok;
}

static void
put_own(struct vcard_card *c, const char *name, const struct vcard_prop *p)
{
    unsigned state = word_of(p, "X-STATE", state_words, VLT_COUNT(state_words));
    unsigned type = type_of(p);
    struct vlt_buf b;

    vlt_buf_init(&b, FORM_MAX);
    if (type == 0 || type == VAULT_BODY || type == VAULT_LINK)
        vcard_mistake(c, name, N_("a field of a type that a card can hold"));
    else if (state != 0)
        c->st = form_put(&c->f, name, (enum vault_field_type)type,
            (enum vault_field_state)state, NULL, 0, c->err);
    else if (!value_of(p, (enum vault_field_type)type, &b) || b.failed ||
        !shape_ok((enum vault_field_type)type, &b))
        vcard_mistake(c, name, N_("a value of its type"));
    else
        vcard_put(c, name, (enum vault_field_type)type, b.p, b.len);
    vlt_buf_clear(&b);
}

void
vcard_take_own(struct vcard_card *c, const struct vcard_prop *p)
{
    struct vlt_buf b;
    const char *name;

    vlt_buf_init(&b, VCARD_FIELD);
    if (!vcard_param(p, "X-NAME", 0, &b) || b.failed) {
        vcard_mistake(c, "X-SANDUQ-FIELD", N_("the name of a field"));
    } else {
        name = vlt_buf_cstr(&b);
        if (!vcard_may_carry(name))
            vcard_mistake(c, name,
                N_("another name; this one is set by the program"));
        else if (!c->full && c->st == VAULT_OK)
            put_own(c, name, p);
    }
    vlt_buf_clear(&b);
}
