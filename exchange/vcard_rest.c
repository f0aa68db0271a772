/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_rest.c: what a card tells of a contact only with everything */
#include "vcard_card.h"
#include "vcard_fields.h"
#include "vcard_own.h"

#include "fail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
put_notes(struct vcard_fields *w)
{
    char base[VCARD_FIELD];
    unsigned number, last = 0;

    for (size_t i = 0; i < w->n; i++) {
        struct vcard_field *x = &w->all[i];
        const uint8_t *v = x->f->value, *space;
        size_t n = x->f->value_len, tag;

        if (!vcard_numbered(w, i, "note", NULL, base, &number) ||
            vcard_find_type(w, base, NULL, VAULT_LANG_TEXT) == NULL ||
            !vcard_is_plain(v, n))
            continue;
        space = memchr(v, ' ', n);
        if (space == NULL)
            continue;
        tag = (size_t)(space - v);
        vcard_line_begin(w, base, "NOTE");
        vcard_line_number(w, number, &last);
        if (tag != 3 || memcmp(v, "und", 3) != 0)
            vcard_put_param(&w->line, "LANGUAGE", v, tag);
        vcard_line_value(w, base);
        vcard_put_text(&w->line, space + 1, n - tag - 1);
        x->told = true;
        vcard_line_end(w);
    }
}

/* 1937-05-02 is written 19370502; a date that is less plain, not at all. */
static void
put_birth(struct vcard_fields *w)
{
    struct vcard_field *x = vcard_find_type(w, "birth.date", NULL, VAULT_DATE);
    static const char head[] = "gregorian ";
    size_t n, skip = sizeof head - 1;
    const char *s;

    if (x == NULL || x->f->value_len < skip + 4 ||
        memcmp(x->f->value, head, skip) != 0)
        return;
    s = (const char *)x->f->value + skip;
    n = x->f->value_len - skip;
    for (size_t i = 0; i < n; i++)
        if (i == 4 || i == 7 ? s[i] != '-' : s[i] < '0' || s[i] > '9')
            return;
    if (n != 4 && n != 7 && n != 10)
        return;
    vcard_line_begin(w, "birth.date", "BDAY");
    vcard_line_value(w, "birth.date");
    if (n == 10)
        vlt_buf_printf(&w->line, "%.4s%.2s%.2s", s, s + 5, s + 8);
    else
        vlt_buf_put(&w->line, s, n);
    x->told = true;
    vcard_line_end(w);
}

static void
put_organisations(struct vcard_fields *w)
{
    char base[VCARD_FIELD], name[VCARD_FIELD + 16];
    unsigned number, last = 0;

    for (size_t i = 0; i < w->n; i++) {
        struct vcard_field *x = &w->all[i];

        if (!vcard_numbered(w, i, "organisation", NULL, base, &number) ||
            vcard_find(w, base, NULL) == NULL)
            continue;
        vcard_line_begin(w, base, "ORG");
        vcard_line_number(w, number, &last);
        vcard_line_value(w, base);
        vcard_line_text(w, x);
        for (unsigned k = 1;; k++) {
            (void)snprintf(name, sizeof name, "unit.%u", k);
            x = vcard_find(w, base, name);
            if (x == NULL)
                break;
            vlt_buf_put_u8(&w->line, ';');
            vcard_line_text(w, x);
        }
        vcard_line_end(w);
    }
}

/* A text that is no URI says so. */
static void
put_related(struct vcard_fields *w)
{
    char base[VCARD_FIELD];
    unsigned number, last = 0;

    for (size_t i = 0; i < w->n; i++) {
        struct vcard_field *x = &w->all[i];
        bool uri;

        if (!vcard_numbered(w, i, "related", NULL, base, &number) ||
            vcard_find(w, base, NULL) == NULL)
            continue;
        uri = x->f->value_len > 4 && memcmp(x->f->value, "urn:", 4) == 0 &&
            memchr(x->f->value, '\n', x->f->value_len) == NULL;
        vcard_line_begin(w, base, uri ? "RELATED" : "RELATED;VALUE=text");
        vcard_line_number(w, number, &last);
        vcard_line_param(w, base, "type", "TYPE");
        vcard_line_value(w, base);
        if (uri)
            vcard_line_raw(w, x);
        else
            vcard_line_text(w, x);
        vcard_line_end(w);
    }
}

static bool
is_media(const struct vcard_field *x)
{
    for (size_t i = 0; x != NULL && i < x->f->value_len; i++) {
        char c = (char)x->f->value[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                (c >= '0' && c <= '9') || (c != 0 && strchr("/+.-", c))))
            return false;
    }
    return x != NULL;
}

static void
put_photos(struct vcard_fields *w)
{
    char base[VCARD_FIELD];
    unsigned number, last = 0;

    for (size_t i = 0; i < w->n; i++) {
        struct vcard_field *x = &w->all[i], *media;

        if (!vcard_numbered(w, i, "photo", NULL, base, &number) ||
            vcard_find_type(w, base, NULL, VAULT_BYTES) == NULL)
            continue;
        vcard_line_begin(w, base, "PHOTO");
        vcard_line_number(w, number, &last);
        vcard_line_value(w, base);
        media = vcard_find(w, base, "media");
        vlt_buf_put_str(&w->line, "data:");
        if (is_media(media))
            vcard_line_raw(w, media);
        vlt_buf_put_str(&w->line, ";base64,");
        vcard_put_base64(&w->line, x->f->value, x->f->value_len);
        x->told = true;
        vcard_line_end(w);
    }
}

/* vcard.NAME.K: a property that came from another card. */
static bool
other_name(const char *field, char property[VCARD_NAME + 1], unsigned *number,
    char *prefix)
{
    const char *name, *dot;
    size_t n;

    if (strncmp(field, "vcard.", 6) != 0)
        return false;
    name = field + 6;
    dot = strchr(name, '.');
    if (dot == NULL || dot == name)
        return false;
    n = (size_t)(dot - name);
    if (n > VCARD_NAME || dot[1] == '0' || strlen(dot + 1) > 3 ||
        strspn(dot + 1, "0123456789") != strlen(dot + 1) || dot[1] == 0)
        return false;
    for (size_t i = 0; i < n; i++)
        property[i] = name[i] >= 'a' && name[i] <= 'z'
            ? (char)(name[i] - 'a' + 'A')
            : name[i];
    property[n] = 0;
    *number = (unsigned)strtoul(dot + 1, NULL, 10);
    (void)snprintf(prefix, VCARD_FIELD, "%.*s", (int)(n + 6), field);
    return true;
}

/* These come from our own fields; as another's they would be doubled. */
static bool
is_ours(const char *property)
{
    static const char *const names[] = {"BEGIN", "END", "VERSION", "PRODID",
        "FN", "NICKNAME", "NOTE", "RELATED", "TEL", "EMAIL", "IMPP", "URL",
        "ADR"};

    for (size_t i = 0; i < VLT_COUNT(names); i++)
        if (strcmp(property, names[i]) == 0)
            return true;
    return strncmp(property, "X-SANDUQ", 8) == 0;
}

static void
put_others(struct vcard_fields *w)
{
    char property[VCARD_NAME + 1], prefix[VCARD_FIELD],
        before[VCARD_FIELD] = "";
    unsigned number, last = 0;

    for (size_t i = 0; i < w->n; i++) {
        struct vcard_field *x = &w->all[i];
        const char *base = x->f->name;

        if (strlen(base) > 96 || !other_name(base, property, &number, prefix) ||
            is_ours(property) || vcard_find(w, base, NULL) == NULL)
            continue;
        if (!vcard_is_text(property) &&
            memchr(x->f->value, '\n', x->f->value_len) != NULL)
            continue;
        if (strcmp(prefix, before) != 0)
            last = 0;
        (void)snprintf(before, sizeof before, "%s", prefix);
        vcard_line_begin(w, base, property);
        vcard_line_number(w, number, &last);
        vcard_line_value(w, base);
        if (vcard_is_text(property))
            vcard_line_text(w, x);
        else
            vcard_line_raw(w, x);
        vcard_line_end(w);
    }
}

static void
put_own(struct vcard_fields *w)
{
    for (size_t i = 0; i < w->n; i++) {
        struct vcard_field *x = &w->all[i];

        if (x->told || !vcard_may_carry(x->f->name) ||
            x->f->type == VAULT_LINK || x->f->type == VAULT_BODY)
            continue;
        vlt_buf_reset(&w->line);
        vcard_put_own(&w->line, x->f);
        x->told = true;
        vcard_line_end(w);
    }
}

void
vcard_put_rest_of(struct vcard_fields *w)
{
    put_birth(w);
    put_organisations(w);
    put_related(w);
    put_notes(w);
    put_photos(w);
    put_others(w);
    put_own(w);
}
