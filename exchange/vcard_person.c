/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_person.c: who a card is about */
#include "vcard_card.h"

#include "fail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
take_fn(struct vcard_card *c, const struct vcard_prop *p)
{
    const char *used[] = {"LANGUAGE", "ALTID", "X-SANDUQ-KIND", "X-SANDUQ-N",
        "X-SANDUQ-NAME", "PREF", NULL};
    char base[VCARD_FIELD], name[VCARD_FIELD], tag[FORM_TAG + 1];
    bool preferred = vcard_pref(p) == 1 && !form_has(&c->f, "name.preferred");

    if (p->value.n == 0 || vcard_param_has(p, "X-SANDUQ-NAME", "none"))
        return;
    if (preferred)
        vcard_put_meant(c, "name.preferred", p->value);
    if (vcard_param_has(p, "X-SANDUQ-NAME", "preferred"))
        return;
    vcard_number(c, p, "name", NULL, &c->names, base);
    vcard_put_meant(c, base, p->value);
    if (vcard_tag(p, "LANGUAGE", tag))
        vcard_put(c, vcard_name(name, base, "language"), VAULT_TEXT, tag,
            strlen(tag));
    else
        used[0] = "ALTID"; /* it stays among the parameters */
    vcard_put_values(c, base, "kind", p, "X-SANDUQ-KIND");
    if (!preferred)
        used[5] = NULL;
    vcard_put_rest(c, base, p, used);
}

static void
take_nickname(struct vcard_card *c, const struct vcard_prop *p)
{
    const char *used[] = {"X-SANDUQ-N", "LANGUAGE", NULL};
    struct vcard_text rest = p->value, one;
    char base[VCARD_FIELD], name[VCARD_FIELD], tag[FORM_TAG + 1];
    bool has_tag = vcard_tag(p, "LANGUAGE", tag), first = true;

    if (!has_tag)
        used[1] = NULL;
    while (vcard_component(&rest, ',', &one)) {
        if (one.n == 0)
            continue;
        vcard_number(c, p, "name", NULL, &c->names, base);
        vcard_put_meant(c, base, one);
        vcard_put(c, vcard_name(name, base, "kind"), VAULT_TEXT, "nickname", 8);
        if (has_tag)
            vcard_put(c, vcard_name(name, base, "language"), VAULT_TEXT, tag,
                strlen(tag));
        if (first)
            vcard_put_rest(c, base, p, used);
        first = false;
    }
}

static bool
take_n(struct vcard_card *c, const struct vcard_prop *p)
{
    static const char *const used[] = {NULL};
    struct vcard_text rest = p->value, one;
    char name[VCARD_FIELD];
    bool any = false;

    for (size_t i = 0; i < VLT_COUNT(vcard_n); i++)
        if (form_has(&c->f, vcard_name(name, "name", vcard_n[i])))
            return false; /* a second one: kept as it was written */
    for (size_t i = 0; i < VLT_COUNT(vcard_n); i++) {
        if (!vcard_component(&rest, ';', &one))
            break;
        any = any || one.n > 0;
        vcard_put_meant(c, vcard_name(name, "name", vcard_n[i]), one);
    }
    if (any)
        vcard_put_rest(c, "name.parts", p, used);
    return true;
}

/* The one to speak moves to the others when a better one comes. */
static void
demote_language(struct vcard_card *c, unsigned number)
{
    char name[VCARD_FIELD];

    (void)snprintf(name, sizeof name, "language.other.%u", number);
    for (size_t i = 0; i < c->f.n; i++) {
        struct form_field *x = &c->f.field[i];

        if (strcmp(x->name, "language") != 0)
            continue;
        vcard_put(c, name, VAULT_TEXT, x->value, x->value_len);
        form_drop(&c->f, i);
        return;
    }
}

static bool
take_lang(struct vcard_card *c, const struct vcard_prop *p)
{
    static const char *const used[] = {"PREF", "X-SANDUQ-N", NULL};
    unsigned pref = vcard_pref(p), *others = vcard_count(c, "language.other");
    char tag[FORM_TAG + 1], name[VCARD_FIELD] = "language";

    if (others == NULL || !vcard_tag_text(p->value.p, p->value.n, tag))
        return false;
    if (pref == 0)
        pref = 100;
    if (c->language_pref != 0 && pref < c->language_pref)
        demote_language(c, ++*others);
    else if (c->language_pref != 0)
        vcard_number(c, p, "language.other", NULL, others, name);
    if (strcmp(name, "language") == 0)
        c->language_pref = pref;
    vcard_put(c, name, VAULT_TEXT, tag, strlen(tag));
    if (strcmp(name, "language") != 0 || !form_has(&c->f, "language.params"))
        vcard_put_rest(c, name, p, used);
    return true;
}

static bool
take_note(struct vcard_card *c, const struct vcard_prop *p)
{
    const char *used[] = {"X-SANDUQ-N", "LANGUAGE", NULL};
    unsigned *last = vcard_count(c, "note");
    char base[VCARD_FIELD], tag[FORM_TAG + 1] = "und";
    struct vlt_buf b;

    if (last == NULL || p->value.n == 0)
        return true;
    if (!vcard_tag(p, "LANGUAGE", tag))
        used[1] = NULL;
    vcard_number(c, p, "note", NULL, last, base);
    vlt_buf_init(&b, FORM_MAX);
    vlt_buf_printf(&b, "%s ", tag);
    vcard_unescape(&b, p->value);
    if (c->st == VAULT_OK)
        c->st = vlt_buf_end(&b, "card", c->err);
    vcard_put(c, base, VAULT_LANG_TEXT, b.p, b.len);
    vlt_buf_clear(&b);
    vcard_put_rest(c, base, p, used);
    return true;
}

/* 19370502, 1937-05-02, 1937-05 and 1937 as EDTF. */
static bool
plain_date(struct vcard_text t, char out[16])
{
    static const char *const shapes[] = {"dddddddd", "dddd-dd-dd", "dddd-dd",
        "dddd"};

    for (size_t k = 0; k < VLT_COUNT(shapes); k++) {
        size_t i = 0;

        if (strlen(shapes[k]) != t.n)
            continue;
        while (i < t.n &&
            (shapes[k][i] == 'd' ? t.p[i] >= '0' && t.p[i] <= '9'
                                 : t.p[i] == '-'))
            i++;
        if (i < t.n)
            continue;
        if (k == 0)
            (void)snprintf(out, 16, "%.4s-%.2s-%.2s", t.p, t.p + 4, t.p + 6);
        else
            (void)snprintf(out, 16, "%.*s", (int)t.n, t.p);
        return true;
    }
    return false;
}

static bool
take_bday(struct vcard_card *c, const struct vcard_prop *p)
{
    static const char *const used[] = {"VALUE", NULL};
    struct vault_form_field date = {.kind = VAULT_FORM_DATE};
    const char *expected = NULL;
    uint8_t *value = NULL;
    size_t n = 0;
    char text[16];

    if (vcard_param_has(p, "VALUE", "text") || !plain_date(p->value, text) ||
        form_has(&c->f, "birth.date"))
        return false;
    if (c->st == VAULT_OK)
        c->st = vault_form_value(&date, text, strlen(text), NULL, &value, &n,
            &expected, c->err);
    if (value != NULL && expected == NULL) {
        vcard_put(c, "birth.date", VAULT_DATE, value, n);
        vcard_put_rest(c, "birth.date", p, used);
    }
    if (value != NULL)
        vlt_wipe(value, n);
    free(value);
    return c->st != VAULT_OK || expected == NULL;
}

static bool
take_org(struct vcard_card *c, const struct vcard_prop *p)
{
    static const char *const used[] = {"X-SANDUQ-N", NULL};
    struct vcard_text rest = p->value, one = {NULL, 0};
    unsigned *last = vcard_count(c, "organisation");
    char base[VCARD_FIELD], name[VCARD_FIELD + 16];

    if (last == NULL || !vcard_component(&rest, ';', &one) || one.n == 0)
        return false;
    vcard_number(c, p, "organisation", NULL, last, base);
    vcard_put_meant(c, base, one);
    for (unsigned i = 1; vcard_component(&rest, ';', &one); i++) {
        (void)snprintf(name, sizeof name, "%s.unit.%u", base, i);
        vcard_put_meant(c, name, one);
    }
    vcard_put_rest(c, base, p, used);
    return true;
}

static bool
take_related(struct vcard_card *c, const struct vcard_prop *p)
{
    static const char *const used[] = {"X-SANDUQ-N", "VALUE", "TYPE", NULL};
    unsigned *last = vcard_count(c, "related");
    char base[VCARD_FIELD];

    if (last == NULL || p->value.n == 0)
        return true;
    vcard_number(c, p, "related", NULL, last, base);
    if (vcard_param_has(p, "VALUE", "text"))
        vcard_put_meant(c, base, p->value);
    else
        vcard_put(c, base, VAULT_TEXT, p->value.p, p->value.n);
    vcard_put_values(c, base, "type", p, "TYPE");
    vcard_put_rest(c, base, p, used);
    return true;
}

/* UID and KIND: once. */
static bool
take_once(struct vcard_card *c, const char *name, const struct vcard_prop *p)
{
    static const char *const used[] = {"VALUE", NULL};

    if (form_has(&c->f, name))
        return false;
    if (p->value.n > 0) {
        vcard_put_meant(c, name, p->value);
        vcard_put_rest(c, name, p, used);
    }
    return true;
}

bool
vcard_take_person(struct vcard_card *c, const struct vcard_prop *p)
{
    if (strcmp(p->name, "FN") == 0)
        take_fn(c, p);
    else if (strcmp(p->name, "NICKNAME") == 0)
        take_nickname(c, p);
    else if (strcmp(p->name, "N") == 0)
        return take_n(c, p);
    else if (strcmp(p->name, "LANG") == 0)
        return take_lang(c, p);
    else if (strcmp(p->name, "NOTE") == 0)
        return take_note(c, p);
    else if (strcmp(p->name, "BDAY") == 0)
        return take_bday(c, p);
    else if (strcmp(p->name, "ORG") == 0)
        return take_org(c, p);
    else if (strcmp(p->name, "RELATED") == 0)
        return take_related(c, p);
    else if (strcmp(p->name, "UID") == 0)
        return take_once(c, "vcard.uid", p);
    else if (strcmp(p->name, "KIND") == 0)
        return take_once(c, "vcard.kind", p);
    else
        return false;
    return true;
}
