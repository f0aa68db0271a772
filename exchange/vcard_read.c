/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_read.c: the cards of a file */
#include "vcard.h"

#include "fail.h"
#include "nmark.h"
#include "text.h"
#include "vcard_card.h"
#include "vcard_own.h"

#include <string.h>

struct reading {
    struct vcard_lines lines;
    struct vlt_buf line;
    struct vlt_buf value; /* of a property of vCard 2.1, as 3.0 has it */
    struct vcard_card card;
    size_t index;
    bool inside; /* of a card */
    bool junk;   /* between cards, already told */
    enum vault_status (
        *fn)(void *, size_t, struct form *, struct vault_error *);
    void *ctx;
    struct vault_error *err;
};

/* ---- vCard 2.1 ---- */

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In 2.1 only a semicolon is escaped. */
static void
put_21(struct vlt_buf *out, char c, bool escaped)
{
    if (c == '\r')
        return;
    if (c == '\n')
        vlt_buf_put_str(out, "\\n");
    else if (c == ',' || (c == '\\' && !escaped))
        vlt_buf_printf(out, "\\%c", c);
    else
        vlt_buf_put_u8(out, (uint8_t)c);
}

/* False when it is not quoted-printable, or ends within. */
static bool
decode_21(struct vlt_buf *out, struct vcard_text t, bool quoted)
{
    struct vlt_buf plain;
    bool ok = true;

    vlt_buf_init(&plain, FORM_MAX);
    for (size_t i = 0; i < t.n && ok; i++) {
        if (!quoted || t.p[i] != '=') {
            vlt_buf_put_u8(&plain, (uint8_t)t.p[i]);
            continue;
        }
        ok = i + 2 < t.n && hex_digit(t.p[i + 1]) >= 0 &&
            hex_digit(t.p[i + 2]) >= 0;
        if (ok)
            vlt_buf_put_u8(&plain,
                (uint8_t)(hex_digit(t.p[i + 1]) * 16 + hex_digit(t.p[i + 2])));
        i += 2;
    }
    for (size_t i = 0; i < plain.len; i++)
        put_21(out, (char)plain.p[i],
            i + 1 < plain.len && plain.p[i + 1] == ';');
    vlt_buf_clear(&plain);
    return ok;
}

/* Take what says how the value was encoded away. */
static void
drop_encoding(struct vcard_prop *p)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->params; i++) {
        struct vcard_text name = p->param[i].name, value = p->param[i].value;

        if (vcard_is(name, "CHARSET") || vcard_is(value, "QUOTED-PRINTABLE") ||
            vcard_is(value, "8BIT") || vcard_is(value, "7BIT"))
            continue;
        p->param[kept++] = p->param[i];
    }
    p->params = kept;
}

/* NULL, or what the value should have been. Then it is escaped as 3.0 is. */
static const char *
as_30(struct reading *r, struct vcard_prop *p)
{
    struct vlt_buf charset;
    struct vcard_text t;
    bool ok, quoted = vcard_is_quoted(p);

    vlt_buf_init(&charset, 32);
    (void)vcard_param(p, "CHARSET", 0, &charset);
    t = (struct vcard_text){vlt_buf_cstr(&charset), charset.len};
    ok = !charset.failed &&
        (t.n == 0 || vcard_is(t, "UTF-8") || vcard_is(t, "UTF8") ||
            vcard_is(t, "US-ASCII"));
    vlt_buf_clear(&charset);
    if (!ok)
        return N_("a text in UTF-8; export the card again as vCard 3.0 or 4.0");
    if (r->card.version != 21 && !quoted)
        return NULL;
    vlt_buf_reset(&r->value);
    if (!decode_21(&r->value, p->value, quoted))
        return N_("a whole quoted-printable text");
    drop_encoding(p);
    p->value = (struct vcard_text){vlt_buf_cstr(&r->value), r->value.len};
    return NULL;
}

/* ---- properties ---- */

static void
take_version(struct vcard_card *c, struct vcard_text t)
{
    if (vcard_is(t, "4.0"))
        c->version = 40;
    else if (vcard_is(t, "3.0"))
        c->version = 30;
    else if (vcard_is(t, "2.1"))
        c->version = 21;
    else
        vcard_mistake(c, "VERSION", N_("2.1, 3.0 or 4.0"));
}

static void
take_prop(struct vcard_card *c, const struct vcard_prop *p)
{
    bool photo = strcmp(p->name, "PHOTO") == 0;

    if (strcmp(p->name, "PRODID") == 0 || c->full)
        return;
    if (strcmp(p->name, "X-SANDUQ-FIELD") == 0)
        vcard_take_own(c, p);
    else if (!vcard_take_person(c, p) && !vcard_take_channel(c, p) &&
        !(photo && vcard_take_photo(c, p)))
        vcard_take_other(c, p);
}

/* One line within a card; *prop is its. */
static void
take_line(struct reading *r, struct vcard_prop *prop)
{
    struct vcard_card *c = &r->card;
    const char *wrong =
        vcard_prop_parse(prop, (const char *)r->line.p, r->line.len);

    if (wrong == NULL && strcmp(prop->name, "VERSION") == 0) {
        take_version(c, prop->value);
        return;
    }
    if (wrong == NULL && !vcard_is_plain(r->line.p, r->line.len))
        wrong = N_("a text in UTF-8 without control characters");
    if (wrong == NULL)
        wrong = as_30(r, prop);
    if (wrong == NULL && !vcard_is_plain(prop->value.p, prop->value.n))
        wrong = N_("a text in UTF-8 without control characters");
    if (wrong != NULL)
        vcard_mistake(c, prop->name, wrong);
    else
        take_prop(c, prop);
}

/* ---- cards ---- */

VAULT_CHECKED static enum vault_status
give(struct reading *r)
{
    enum vault_status st = r->card.st;

    if (st == VAULT_OK)
        st = r->fn(r->ctx, r->index++, &r->card.f, r->err);
    vcard_card_clear(&r->card);
    r->inside = false;
    return st;
}

static bool
line_is(const struct vlt_buf *line, const char *word)
{
    struct vcard_text t = {(const char *)line->p, line->len};

    while (t.n > 0 && (t.p[t.n - 1] == ' ' || t.p[t.n - 1] == '\t'))
        t.n--;
    return vcard_is(t, word);
}

VAULT_CHECKED static enum vault_status
begin(struct reading *r)
{
    enum vault_status st = VAULT_OK;

    if (r->inside) {
        vcard_mistake(&r->card, "",
            N_("END:VCARD before the next card begins"));
        st = give(r);
    }
    r->inside = true;
    r->junk = false;
    return st;
}

/* What stands between cards: told once, as a card of its own. */
VAULT_CHECKED static enum vault_status
junk(struct reading *r)
{
    if (r->index == 0)
        return vlt_fail(r->err, VAULT_E_FORMAT,
            "no vCard: it does not begin with BEGIN:VCARD");
    if (r->junk)
        return VAULT_OK;
    r->junk = true;
    vcard_mistake(&r->card, "", N_("BEGIN:VCARD, where a card begins"));
    return give(r);
}

VAULT_CHECKED static enum vault_status
one_line(struct reading *r, struct vcard_prop *prop)
{
    if (line_is(&r->line, "BEGIN:VCARD"))
        return begin(r);
    if (!r->inside)
        return junk(r);
    if (line_is(&r->line, "END:VCARD"))
        return give(r);
    take_line(r, prop);
    return r->card.st;
}

VAULT_CHECKED static enum vault_status
read_all(struct reading *r)
{
    struct vcard_prop prop;
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK && vcard_line_next(&r->lines, &r->line)) {
        st = vlt_buf_end(&r->line, "line", r->err);
        if (st == VAULT_OK)
            st = one_line(r, &prop);
    }
    if (st != VAULT_OK || !r->inside)
        return st;
    vcard_mistake(&r->card, "",
        N_("END:VCARD; the file ends within this card"));
    return give(r);
}

enum vault_status
vcard_read(const void *p, size_t n,
    enum vault_status (
        *fn)(void *ctx, size_t index, struct form *f, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct reading r = {.lines = {p, n, 0}, .fn = fn, .ctx = ctx, .err = err};
    enum vault_status st;

    if (n >= 2 &&
        (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0 ||
            memcmp(p, "\0B", 2) == 0 || memcmp(p, "B\0", 2) == 0))
        return vlt_fail_hint(err, VAULT_E_FORMAT,
            N_("export the contacts in UTF-8, as vCard 3.0 or 4.0"),
            "the cards are written in UTF-16, not in UTF-8");
    if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        r.lines.pos = 3;
    vlt_buf_init(&r.line, FORM_MAX);
    vlt_buf_init(&r.value, 2 * FORM_MAX);
    vcard_card_init(&r.card, err);
    st = read_all(&r);
    if (st == VAULT_OK && r.index == 0)
        st = vlt_fail(err, VAULT_E_FORMAT, "no vCard: there is no card in it");
    vcard_card_clear(&r.card);
    vlt_buf_clear(&r.line);
    vlt_buf_clear(&r.value);
    return st;
}
