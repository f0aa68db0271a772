/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_channels.c: the channels of a contact that a card may tell */
#include "vcard_card.h"
#include "vcard_fields.h"

#include "fail.h"

#include <stdio.h>
#include <string.h>

/* A number that a tel: URI can hold: +1-202-555-0143. */
static bool
is_global_number(const struct vcard_field *x)
{
    size_t n = x->f->value_len, digits = 0;

    if (n < 2 || x->f->value[0] != '+')
        return false;
    for (size_t i = 1; i < n; i++) {
        if (x->f->value[i] == 0 ||
            strchr("0123456789-.()", x->f->value[i]) == NULL)
            return false;
        digits += x->f->value[i] >= '0' && x->f->value[i] <= '9';
    }
    return digits > 0;
}

/* scheme:something, of characters that can stand in a URI. */
static bool
is_uri(const struct vcard_field *x)
{
    const uint8_t *s = x->f->value;
    size_t n = x->f->value_len, scheme = 0;

    while (scheme < n &&
        ((s[scheme] >= 'a' && s[scheme] <= 'z') ||
            (s[scheme] >= 'A' && s[scheme] <= 'Z') ||
            (scheme > 0 &&
                ((s[scheme] >= '0' && s[scheme] <= '9') || s[scheme] == '+' ||
                    s[scheme] == '-' || s[scheme] == '.'))))
        scheme++;
    if (scheme == 0 || scheme + 1 >= n || s[scheme] != ':')
        return false;
    for (size_t i = 0; i < n; i++)
        if (s[i] <= ' ' || s[i] == '\\')
            return false;
    return true;
}

static bool
begins_tel(const struct vcard_field *x)
{
    return x->f->value_len > 4 &&
        vcard_is((struct vcard_text){(const char *)x->f->value, 4}, "tel:");
}

/* The property for this address, NULL when vCard has none. */
static const char *
property_of(const struct vcard_field *type, const struct vcard_field *address)
{
    if (vcard_field_is(type, "telephone") || vcard_field_is(type, "mobile"))
        return begins_tel(address) ? NULL : "TEL";
    if (vcard_field_is(type, "email"))
        return "EMAIL";
    if (vcard_field_is(type, "post"))
        return "ADR";
    if (vcard_field_is(type, "messenger"))
        return is_uri(address) ? "IMPP" : NULL;
    if (vcard_field_is(type, "other"))
        return is_uri(address) ? "URL" : NULL;
    return NULL;
}

/* TYPE=cell,home: words as they are, others in quotes. */
static void
put_types(struct vcard_fields *w, const char *base, bool mobile)
{
    struct vcard_field *use = vcard_find(w, base, "use");
    const char *s, *end;
    bool more = mobile;

    if (mobile)
        vlt_buf_put_str(&w->line, ";TYPE=cell");
    if (use == NULL || memchr(use->f->value, '\n', use->f->value_len) != NULL ||
        memchr(use->f->value, '"', use->f->value_len) != NULL)
        return;
    s = (const char *)use->f->value;
    end = s + use->f->value_len;
    while (s < end) {
        const char *comma = memchr(s, ',', (size_t)(end - s));
        size_t n = comma != NULL ? (size_t)(comma - s) : (size_t)(end - s);
        struct vlt_buf one;

        vlt_buf_init(&one, FORM_MAX);
        vcard_put_param(&one, "TYPE", s, n);
        if (n > 0 && !one.failed) {
            vlt_buf_put_str(&w->line, more ? "," : ";TYPE=");
            vlt_buf_put(&w->line, one.p + 6, one.len - 6);
            more = true;
        }
        vlt_buf_clear(&one);
        s += n + 1;
    }
    use->told = true;
}

/* Whether the seven parts together are this address. */
static bool
parts_are(const struct vcard_fields *w, const char *base,
    const struct vcard_field *address)
{
    struct vlt_buf b;
    size_t parts = 0;
    bool same;

    vlt_buf_init(&b, FORM_MAX);
    for (size_t i = 0; i < 7; i++) {
        struct vcard_field *x = vcard_find(w, base, vcard_adr[i]);

        if (x == NULL)
            continue;
        vlt_buf_put_str(&b, parts++ > 0 ? ", " : "");
        vlt_buf_put(&b, x->f->value, x->f->value_len);
    }
    same = parts > 0 && !b.failed && b.len == address->f->value_len &&
        memcmp(b.p, address->f->value, b.len) == 0;
    vlt_buf_clear(&b);
    return same;
}

static void
put_adr(struct vcard_fields *w, const char *base, struct vcard_field *address)
{
    if (!parts_are(w, base, address)) {
        vlt_buf_put_str(&w->line, ";;");
        vcard_line_text(w, address);
        vlt_buf_put_str(&w->line, ";;;;");
        return;
    }
    for (size_t i = 0; i < 7; i++) {
        struct vcard_field *x = vcard_find(w, base, vcard_adr[i]);

        if (i > 0)
            vlt_buf_put_u8(&w->line, ';');
        if (x != NULL)
            vcard_line_text(w, x);
    }
    address->told = true;
}

static void
put_value(struct vcard_fields *w, const char *base, const char *property,
    struct vcard_field *address)
{
    bool uri = property != NULL &&
        (strcmp(property, "IMPP") == 0 || strcmp(property, "URL") == 0);
    bool tel = property != NULL && strcmp(property, "TEL") == 0 &&
        is_global_number(address);

    if (tel)
        vlt_buf_put_str(&w->line, ";VALUE=uri");
    vcard_line_value(w, base);
    if (tel)
        vlt_buf_put_str(&w->line, "tel:");
    if (property != NULL && strcmp(property, "ADR") == 0)
        put_adr(w, base, address);
    else if (tel || uri)
        vcard_line_raw(w, address);
    else
        vcard_line_text(w, address);
}

static void
put_safety(struct vcard_fields *w, const char *base)
{
    struct vcard_field *x = vcard_find(w, base, "safety");

    if (vcard_field_is(x, "safe") || vcard_field_is(x, "unsafe") ||
        vcard_field_is(x, "unknown"))
        vcard_line_param(w, base, "safety", "X-SANDUQ-SAFE");
    vcard_line_param(w, base, "hours", "X-SANDUQ-HOURS");
}

static void
put_pref(struct vcard_fields *w, const char *base)
{
    struct vcard_field *x = vcard_find(w, base, "pref");
    struct vcard_prop p;
    struct vlt_buf b;

    if (x == NULL)
        return;
    vlt_buf_init(&b, 64);
    vlt_buf_put_str(&b, "X;PREF=");
    vlt_buf_put(&b, x->f->value, x->f->value_len);
    vlt_buf_put_str(&b, ":");
    if (!b.failed && x->f->value[0] != '0' &&
        vcard_prop_parse(&p, (const char *)b.p, b.len) == NULL &&
        vcard_pref(&p) > 0)
        vcard_line_param(w, base, "pref", "PREF");
    vlt_buf_clear(&b);
}

static void
put_channel(struct vcard_fields *w, const char *base,
    struct vcard_field *address, unsigned number, unsigned *last)
{
    struct vcard_field *type = vcard_find(w, base, "type");
    const char *property = property_of(type, address);

    vcard_line_begin(w, base, property != NULL ? property : "X-SANDUQ-CHANNEL");
    vcard_line_number(w, number, last);
    if (property == NULL && type != NULL)
        vcard_line_param(w, base, "type", "X-SANDUQ-TYPE");
    else if (type != NULL)
        type->told = true;
    put_types(w, base, property != NULL && vcard_field_is(type, "mobile"));
    put_pref(w, base);
    put_safety(w, base);
    put_value(w, base, property, address);
    vcard_line_end(w);
}

size_t
vcard_put_channels(struct vcard_fields *w)
{
    bool none = vcard_field_is(vcard_find(w, "do-not-contact", NULL), "yes");
    char base[VCARD_FIELD];
    unsigned number, last = 0;
    size_t withheld = 0;

    for (size_t i = 0; i < w->n; i++) {
        struct vcard_field *address;
        bool safe;

        if (!vcard_numbered(w, i, "channel", "address", base, &number) ||
            w->all[i].f->state != VAULT_VALUE)
            continue;
        address = vcard_find(w, base, "address");
        safe = !none && vcard_field_is(vcard_find(w, base, "safety"), "safe");
        if (address != NULL && (safe || w->everything))
            put_channel(w, base, address, number, &last);
        else
            withheld++;
    }
    return withheld;
}
