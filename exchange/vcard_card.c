/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_card.c: one card on its way into a form */
#include "vcard_card.h"

#include "fail.h"
#include "nmark.h"
#include "text.h"
#include "vcard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MISTAKES_MAX = 100 };

const char vcard_too_many[] = N_("a parameter with at most 256 values");
const char *const vcard_adr[7] = {"adr.box", "adr.extended", "adr.street",
    "adr.locality", "adr.region", "adr.code", "adr.country"};
const char *const vcard_n[5] = {"family", "given", "additional", "prefix",
    "suffix"};

void
vcard_card_init(struct vcard_card *c, struct vault_error *err)
{
    memset(c, 0, sizeof *c);
    c->err = err;
}

void
vcard_card_clear(struct vcard_card *c)
{
    form_clear(&c->f);
    free(c->count);
    vcard_card_init(c, c->err);
}

const char *
vcard_name(char *out, const char *base, const char *end)
{
    (void)snprintf(out, VCARD_FIELD, "%s.%s", base, end);
    return out;
}

void
vcard_mistake(struct vcard_card *c, const char *name, const char *expected)
{
    if (c->f.mistakes < MISTAKES_MAX)
        form_note_mistake(&c->f, name, expected);
}

void
vcard_put(struct vcard_card *c, const char *name, enum vault_field_type type,
    const void *value, size_t n)
{
    if (c->st != VAULT_OK || c->full)
        return;
    c->full = c->f.n == VCARD_FIELDS || n > VCARD_CARD_MAX - c->bytes;
    if (c->full) {
        vcard_mistake(c, "",
            N_("a card of at most 1000 fields and 8 MiB together"));
        return;
    }
    c->bytes += n;
    c->st = form_put(&c->f, name, type, VAULT_VALUE, value, n, c->err);
}

void
vcard_put_meant(struct vcard_card *c, const char *name, struct vcard_text t)
{
    struct vlt_buf b;

    vlt_buf_init(&b, FORM_MAX);
    vcard_unescape(&b, t);
    if (c->st == VAULT_OK)
        c->st = vlt_buf_end(&b, "card", c->err);
    if (b.len > 0)
        vcard_put(c, name, VAULT_TEXT, b.p, b.len);
    vlt_buf_clear(&b);
}

void
vcard_put_values(struct vcard_card *c, const char *base, const char *end,
    const struct vcard_prop *p, const char *param)
{
    char name[VCARD_FIELD];
    struct vlt_buf b;
    size_t before = 0;

    vlt_buf_init(&b, FORM_MAX);
    for (size_t i = 0; vcard_param(p, param, i, &b); i++) {
        if (i == VCARD_VALUES) {
            vcard_mistake(c, param, vcard_too_many);
            break;
        }
        before = b.len;
        vlt_buf_put_u8(&b, ',');
    }
    if (before > 0 && !b.failed)
        vcard_put(c, vcard_name(name, base, end), VAULT_TEXT, b.p, before);
    vlt_buf_clear(&b);
}

void
vcard_put_rest(struct vcard_card *c, const char *base,
    const struct vcard_prop *p, const char *const *used)
{
    char name[VCARD_FIELD];
    struct vlt_buf b;

    vlt_buf_init(&b, FORM_MAX);
    vcard_params_other(p, used, &b);
    if (b.len > 0 && !b.failed)
        vcard_put(c, vcard_name(name, base, "params"), VAULT_TEXT, b.p, b.len);
    if (p->group.n > 0)
        vcard_put(c, vcard_name(name, base, "group"), VAULT_TEXT, p->group.p,
            p->group.n);
    vlt_buf_clear(&b);
}

void
vcard_number(struct vcard_card *c, const struct vcard_prop *p,
    const char *prefix, const char *end, unsigned *last, char *base)
{
    char name[VCARD_FIELD + 16];
    struct vlt_buf b;
    uint64_t asked = 0;

    vlt_buf_init(&b, 8);
    if (!vcard_param(p, "X-SANDUQ-N", 0, &b) ||
        !vlt_parse_u64(&asked, vlt_buf_cstr(&b), b.len) || asked > 999)
        asked = 0;
    vlt_buf_clear(&b);
    (void)snprintf(name, sizeof name, "%s.%u%s%s", prefix, (unsigned)asked,
        end != NULL ? "." : "", end != NULL ? end : "");
    if (asked == 0 || (asked <= *last && form_has(&c->f, name)))
        asked = *last + 1;
    if (asked > *last)
        *last = (unsigned)asked;
    (void)snprintf(base, VCARD_FIELD, "%s.%u", prefix, (unsigned)asked);
}

unsigned *
vcard_count(struct vcard_card *c, const char *name)
{
    struct vcard_count *all;

    for (size_t i = 0; i < c->counts; i++)
        if (strcmp(c->count[i].name, name) == 0)
            return &c->count[i].n;
    all = realloc(c->count, (c->counts + 1) * sizeof *all);
    if (all == NULL) {
        c->st = vlt_fail_memory(c->err);
        return NULL;
    }
    c->count = all;
    memset(&all[c->counts], 0, sizeof *all);
    (void)snprintf(all[c->counts].name, sizeof all->name, "%s", name);
    return &all[c->counts++].n;
}

bool
vcard_tag_text(const char *s, size_t n, char *out)
{
    struct vault_form_field known;
    const char *expected = NULL;
    uint8_t *tag = NULL;
    size_t len = 0;
    bool ok;

    ok = vault_form_find("contact", "language", &known) &&
        vault_form_value(&known, s, n, NULL, &tag, &len, &expected, NULL) ==
            VAULT_OK &&
        expected == NULL && tag != NULL && len <= FORM_TAG;
    if (ok)
        (void)snprintf(out, FORM_TAG + 1, "%.*s", (int)len, (const char *)tag);
    free(tag);
    return ok;
}

bool
vcard_tag(const struct vcard_prop *p, const char *param, char *out)
{
    struct vlt_buf b;
    bool ok;

    vlt_buf_init(&b, FORM_TAG + 1);
    ok = vcard_param(p, param, 0, &b) && !b.failed && b.len > 0 &&
        vcard_tag_text((const char *)b.p, b.len, out);
    vlt_buf_clear(&b);
    return ok;
}

unsigned
vcard_pref(const struct vcard_prop *p)
{
    struct vlt_buf b;
    uint64_t v = 0;

    vlt_buf_init(&b, 8);
    if (!vcard_param(p, "PREF", 0, &b) ||
        !vlt_parse_u64(&v, vlt_buf_cstr(&b), b.len) || v > 100)
        v = vcard_param_has(p, "TYPE", "PREF") ? 1 : 0;
    vlt_buf_clear(&b);
    return (unsigned)v;
}

bool
vcard_may_carry(const char *name)
{
    static const char *const begins[] = {"import.", "file.", "resolves.",
        "link."};
    static const char *const whole[] = {"type", "time.sealed", "body"};

    for (size_t i = 0; i < VLT_COUNT(begins); i++)
        if (strncmp(name, begins[i], strlen(begins[i])) == 0)
            return false;
    for (size_t i = 0; i < VLT_COUNT(whole); i++)
        if (strcmp(name, whole[i]) == 0)
            return false;
    return true;
}

bool
vcard_is_text(const char *property)
{
    return strcmp(property, "TITLE") == 0 || strcmp(property, "ROLE") == 0;
}

void
vcard_take_other(struct vcard_card *c, const struct vcard_prop *p)
{
    static const char *const used[] = {"X-SANDUQ-N", NULL};
    char prefix[VCARD_FIELD] = "vcard.", base[VCARD_FIELD];
    unsigned *last = p->value.n > 0 ? vcard_count(c, p->name) : NULL;

    if (last == NULL)
        return;
    for (size_t i = 0; p->name[i] != 0; i++)
        prefix[6 + i] = p->name[i] >= 'A' && p->name[i] <= 'Z'
            ? (char)(p->name[i] - 'A' + 'a')
            : p->name[i];
    vcard_number(c, p, prefix, NULL, last, base);
    if (vcard_is_text(p->name))
        vcard_put_meant(c, base, p->value);
    else
        vcard_put(c, base, VAULT_TEXT, p->value.p, p->value.n);
    vcard_put_rest(c, base, p, used);
}
