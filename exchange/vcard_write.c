/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_write.c: a contact as a card (RFC 6350) */
#include "vcard.h"

#include "fail.h"
#include "vcard_card.h"
#include "vcard_fields.h"

#include <stdio.h>
#include <string.h>

/* ---- names ---- */

/* Names that say their language are one name in several. */
static bool
has_alternatives(const struct vcard_fields *w)
{
    char base[VCARD_FIELD];
    unsigned number;
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++)
        if (vcard_numbered(w, i, "name", NULL, base, &number) &&
            vcard_find(w, base, NULL) != NULL &&
            vcard_find(w, base, "language") != NULL &&
            !vcard_field_is(vcard_find(w, base, "kind"), "nickname"))
            n++;
    return n > 1;
}

/* A reader finds the script of a name again. */
static void
tell_script(struct vcard_fields *w, const char *base,
    const struct vcard_field *name)
{
    struct vcard_field *x = vcard_find(w, base, "script");
    const char *script = vault_form_script(name->f->value, name->f->value_len);

    if (x != NULL && script != NULL && vcard_field_is(x, script))
        x->told = true;
}

static void
put_name(struct vcard_fields *w, const char *base, struct vcard_field *name,
    struct vcard_field *preferred, bool alternatives)
{
    bool nickname = vcard_field_is(vcard_find(w, base, "kind"), "nickname");

    if (preferred != NULL && !nickname) {
        vlt_buf_put_str(&w->line, ";PREF=1");
        preferred->told = true;
    }
    if (alternatives && !nickname && vcard_find(w, base, "language") != NULL)
        vlt_buf_put_str(&w->line, ";ALTID=1");
    vcard_line_param(w, base, "language", "LANGUAGE");
    if (nickname)
        vcard_find(w, base, "kind")->told = true;
    else
        vcard_line_param(w, base, "kind", "X-SANDUQ-KIND");
    tell_script(w, base, name);
    vcard_line_value(w, base);
    vcard_line_text(w, name);
    vcard_line_end(w);
}

/* This field, when its value is the preferred name. */
static struct vcard_field *
is_preferred(const struct vcard_fields *w, const char *base,
    const struct vcard_field *name)
{
    struct vcard_field *x = vcard_find(w, "name.preferred", NULL);

    if (x == NULL || x->f->value_len != name->f->value_len ||
        memcmp(x->f->value, name->f->value, x->f->value_len) != 0 ||
        vcard_field_is(vcard_find(w, base, "kind"), "nickname"))
        return NULL;
    return x;
}

/* All names by number; *fn: one of them is an FN. */
static void
put_numbered_names(struct vcard_fields *w, bool *fn)
{
    bool alternatives = has_alternatives(w);
    char base[VCARD_FIELD];
    unsigned number, last = 0;

    for (size_t i = 0; i < w->n; i++) {
        struct vcard_field *name;
        bool nickname;

        if (!vcard_numbered(w, i, "name", NULL, base, &number))
            continue;
        name = vcard_find(w, base, NULL);
        if (name == NULL)
            continue;
        nickname = vcard_field_is(vcard_find(w, base, "kind"), "nickname");
        *fn = *fn || !nickname;
        vcard_line_begin(w, base, nickname ? "NICKNAME" : "FN");
        vcard_line_number(w, number, &last);
        put_name(w, base, name, is_preferred(w, base, name), alternatives);
    }
}

static void
put_n(struct vcard_fields *w)
{
    bool any = false;

    for (size_t i = 0; i < VLT_COUNT(vcard_n); i++)
        any = any || vcard_find(w, "name", vcard_n[i]) != NULL;
    if (!any)
        return;
    vcard_line_begin(w, "name.parts", "N");
    vcard_line_value(w, "name.parts");
    for (size_t i = 0; i < VLT_COUNT(vcard_n); i++) {
        struct vcard_field *x = vcard_find(w, "name", vcard_n[i]);

        if (i > 0)
            vlt_buf_put_u8(&w->line, ';');
        if (x != NULL)
            vcard_line_text(w, x);
    }
    vcard_line_end(w);
}

/* The name that a card must have. */
static void
put_names(struct vcard_fields *w)
{
    struct vcard_field *x, *code = vcard_find(w, "contact.code", NULL);
    bool fn = false;

    put_numbered_names(w, &fn);
    x = vcard_find(w, "name.preferred", NULL);
    if (x != NULL) {
        vcard_line_begin(w, "name.preferred", "FN;PREF=1");
        vlt_buf_put_str(&w->line, ";X-SANDUQ-NAME=preferred:");
        vcard_line_text(w, x);
        vcard_line_end(w);
    } else if (!fn) {
        vcard_line_begin(w, "fn", "FN;X-SANDUQ-NAME=none:");
        if (code != NULL)
            vcard_put_text(&w->line, code->f->value, code->f->value_len);
        else
            vlt_buf_put_u8(&w->line, '?');
        vcard_line_end(w);
    }
    put_n(w);
}

/* ---- the person ---- */

static void
put_once(struct vcard_fields *w, const char *name, const char *property)
{
    struct vcard_field *x = vcard_find(w, name, NULL);

    if (x == NULL)
        return;
    vcard_line_begin(w, name, property);
    vcard_line_value(w, name);
    vcard_line_text(w, x);
    vcard_line_end(w);
}

/* One language; false when it is none that a reader would take. */
static bool
put_language(struct vcard_fields *w, const char *base, unsigned pref,
    unsigned number, unsigned *last)
{
    struct vcard_field *x = vcard_find(w, base, NULL);
    char tag[FORM_TAG + 1];

    if (x == NULL ||
        !vcard_tag_text((const char *)x->f->value, x->f->value_len, tag) ||
        !vcard_field_is(x, tag))
        return false;
    vcard_line_begin(w, base, "LANG");
    vlt_buf_printf(&w->line, ";PREF=%u", pref);
    if (number > 0)
        vcard_line_number(w, number, last);
    vcard_line_value(w, base);
    vcard_line_text(w, x);
    vcard_line_end(w);
    return true;
}

static void
put_languages(struct vcard_fields *w)
{
    char base[VCARD_FIELD];
    unsigned number, last = 0, pref = 2;

    if (!put_language(w, "language", 1, 0, &last))
        return;
    for (size_t i = 0; i < w->n && pref <= 100; i++)
        if (vcard_numbered(w, i, "language.other", NULL, base, &number) &&
            put_language(w, base, pref, number, &last))
            pref++;
}

/* ---- the card ---- */

static void
put_card(struct vcard_fields *w, size_t *withheld)
{
    vlt_buf_put_str(w->out, "BEGIN:VCARD\r\nVERSION:4.0\r\n");
    put_once(w, "vcard.kind", "KIND");
    put_once(w, "vcard.uid", "UID");
    put_names(w);
    put_languages(w);
    *withheld = vcard_put_channels(w);
    if (w->everything) {
        vcard_put_rest_of(w);
    }
    vlt_buf_put_str(w->out, "END:VCARD\r\n");
}

enum vault_status
vcard_write(struct vlt_buf *out, const struct vault_field *fields, size_t n,
    bool all_channels, struct vault_error *err)
{
    struct vcard_fields w;
    size_t withheld = 0;
    enum vault_status st;

    st = vcard_fields_init(&w, fields, n, out, all_channels, err);
    if (st == VAULT_OK) {
        put_card(&w, &withheld);
        st = vlt_buf_end(out, "card", err);
    }
    vcard_fields_clear(&w);
    return st;
}

/* Whether the field, not told, is one that somebody wrote. */
static bool
is_withheld(const struct vcard_field *x)
{
    bool link = strncmp(x->f->name, "link.", 5) == 0;

    return !x->told && (link || vcard_may_carry(x->f->name)) &&
        strncmp(x->f->name, "channel.", 8) != 0;
}

enum vault_status
vcard_withheld(const struct vault_field *fields, size_t n,
    struct vcard_withheld *out, struct vault_error *err)
{
    struct vcard_withheld count = {0, 0};
    struct vcard_fields w;
    struct vlt_buf card;
    enum vault_status st;

    vlt_buf_init(&card, 2 * FORM_MAX);
    st = vcard_fields_init(&w, fields, n, &card, false, err);
    if (st == VAULT_OK) {
        put_card(&w, &count.channels);
        for (size_t i = 0; i < w.n; i++)
            count.fields += is_withheld(&w.all[i]);
        st = vlt_buf_end(&card, "card", err);
    }
    if (st == VAULT_OK)
        *out = count;
    vcard_fields_clear(&w);
    vlt_buf_clear(&card);
    return st;
}
