/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_line.c: the content lines of a .vcf, read */
#include "vcard_line.h"

#include "nmark.h"

#include <string.h>

static char
upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Whether p begins with this word, in any case. */
static bool
begins(const char *p, size_t n, const char *word)
{
    size_t len = strlen(word);

    if (n < len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (upper(p[i]) != word[i])
            return false;
    return true;
}

bool
vcard_is(struct vcard_text t, const char *word)
{
    size_t len = strlen(word);

    if (t.n != len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (upper(t.p[i]) != upper(word[i]))
            return false;
    return true;
}

/* ---- lines ---- */

/* One line of the file without its end; false when there is no more. */
static bool
physical(struct vcard_lines *l, struct vcard_text *out)
{
    const char *end;

    if (l->pos >= l->n)
        return false;
    out->p = l->p + l->pos;
    end = memchr(out->p, '\n', l->n - l->pos);
    out->n = end != NULL ? (size_t)(end - out->p) : l->n - l->pos;
    l->pos += out->n + (end != NULL ? 1 : 0);
    if (out->n > 0 && out->p[out->n - 1] == '\r')
        out->n--;
    return true;
}

/* The next line belongs to this one: folded, or after a soft line break. */
static bool
goes_on(const struct vcard_lines *l, bool soft, size_t *skip)
{
    const char *p = l->p + l->pos;

    *skip = 0;
    if (l->pos >= l->n)
        return false;
    if (soft)
        return !begins(p, l->n - l->pos, "END:VCARD");
    *skip = 1;
    return *p == ' ' || *p == '\t';
}

bool
vcard_line_next(struct vcard_lines *l, struct vlt_buf *line)
{
    struct vcard_text t = {NULL, 0};
    size_t skip = 0;
    bool qp;

    struct vcard_prop prop;

    vlt_buf_reset(line);
    do {
        if (!physical(l, &t))
            return false;
    } while (t.n == 0);
    qp = vcard_prop_parse(&prop, t.p, t.n) == NULL && vcard_is_quoted(&prop);
    vlt_buf_put(line, t.p, t.n);
    for (;;) {
        bool soft = qp && t.n > 0 && t.p[t.n - 1] == '=';

        if (!goes_on(l, soft, &skip) || !physical(l, &t))
            return true;
        if (soft && !line->failed)
            line->len--;
        vlt_buf_put(line, t.p + skip, t.n >= skip ? t.n - skip : 0);
    }
}

/* ---- a property ---- */

static bool
is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
        (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Letters, digits and dashes at the beginning of what is left. */
static struct vcard_text
take_name(struct vcard_text *rest)
{
    struct vcard_text name = {rest->p, 0};

    while (name.n < rest->n && is_name_char(rest->p[name.n]))
        name.n++;
    rest->p += name.n;
    rest->n -= name.n;
    return name;
}

static bool
take(struct vcard_text *rest, char c)
{
    if (rest->n == 0 || rest->p[0] != c)
        return false;
    rest->p++;
    rest->n--;
    return true;
}

/* Up to ; or : outside quotes. */
static struct vcard_text
take_value(struct vcard_text *rest)
{
    struct vcard_text value = {rest->p, 0};
    bool quoted = false;

    while (value.n < rest->n) {
        char c = rest->p[value.n];

        if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == ';' || c == ':'))
            break;
        value.n++;
    }
    rest->p += value.n;
    rest->n -= value.n;
    return value;
}

static const char *
parse_params(struct vcard_prop *p, struct vcard_text *rest)
{
    while (take(rest, ';')) {
        struct vcard_text before = *rest;
        struct vcard_text name = take_name(rest);

        if (p->params == VCARD_PARAMS)
            return N_("a property with at most 32 parameters");
        if (!take(rest, '=')) {
            *rest = before;
            name.n = 0;
        } else if (name.n == 0) {
            return N_("a parameter with a name");
        }
        p->param[p->params].name = name;
        p->param[p->params++].value = take_value(rest);
    }
    return NULL;
}

const char *
vcard_prop_parse(struct vcard_prop *p, const char *line, size_t n)
{
    struct vcard_text rest = {line, n}, name;
    const char *wrong;

    memset(p, 0, sizeof *p);
    name = take_name(&rest);
    if (take(&rest, '.')) {
        p->group = name;
        name = take_name(&rest);
    }
    for (size_t i = 0; i < name.n && i < VCARD_NAME; i++)
        p->name[i] = name.p[i] == '_' ? '-' : upper(name.p[i]);
    if (name.n == 0)
        return N_("a property, a colon and a value");
    if (name.n > VCARD_NAME || p->group.n > VCARD_NAME)
        return N_("the name of a property with at most 60 letters");
    wrong = parse_params(p, &rest);
    if (wrong != NULL)
        return wrong;
    if (!take(&rest, ':'))
        return N_("a property, a colon and a value");
    p->value = rest;
    return NULL;
}

/* ---- parameters ---- */

/* One piece of a list: up to the next comma outside quotes. In TYPE a comma
 * inside quotes splits too, as the RFC's own examples have it. */
static bool
next_value(struct vcard_text *rest, bool split, struct vcard_text *out)
{
    bool quoted = false;
    size_t i;

    if (rest->p == NULL)
        return false;
    for (i = 0; i < rest->n; i++) {
        if (rest->p[i] == '"')
            quoted = !quoted;
        else if (rest->p[i] == ',' && (split || !quoted))
            break;
    }
    *out = (struct vcard_text){rest->p, i};
    if (i == rest->n) {
        rest->p = NULL;
    } else {
        rest->p += i + 1;
        rest->n -= i + 1;
    }
    return true;
}

/* RFC 6868: ^n is a line feed, ^^ a circumflex, ^' a quote. */
static void
put_meant(struct vlt_buf *out, struct vcard_text t)
{
    for (size_t i = 0; i < t.n; i++) {
        char next = i + 1 < t.n ? t.p[i + 1] : 0;

        if (t.p[i] == '"')
            continue;
        if (t.p[i] != '^' || (next != 'n' && next != '^' && next != '\'')) {
            vlt_buf_put_u8(out, (uint8_t)t.p[i]);
            continue;
        }
        vlt_buf_put_u8(out, next == 'n' ? '\n' : next == '^' ? '^' : '"');
        i++;
    }
}

/* Bare words of vCard 2.1 are values of TYPE. */
static bool
is_param(const struct vcard_prop *p, size_t k, const char *name)
{
    if (p->param[k].name.n == 0)
        return strcmp(name, "TYPE") == 0;
    return vcard_is(p->param[k].name, name);
}

bool
vcard_param(const struct vcard_prop *p, const char *name, size_t i,
    struct vlt_buf *out)
{
    bool split = strcmp(name, "TYPE") == 0;

    for (size_t k = 0; k < p->params; k++) {
        struct vcard_text rest = p->param[k].value, one;

        if (!is_param(p, k, name))
            continue;
        while (next_value(&rest, split, &one)) {
            if (i-- > 0)
                continue;
            put_meant(out, one);
            return true;
        }
    }
    return false;
}

bool
vcard_param_has(const struct vcard_prop *p, const char *name, const char *word)
{
    bool found = false;

    for (size_t k = 0; k < p->params; k++) {
        struct vcard_text rest = p->param[k].value, one;

        if (!is_param(p, k, name))
            continue;
        while (!found && next_value(&rest, true, &one)) {
            if (one.n > 0 && one.p[0] == '"')
                one = (struct vcard_text){one.p + 1, one.n - 1};
            if (one.n > 0 && one.p[one.n - 1] == '"')
                one.n--;
            found = vcard_is(one, word);
        }
    }
    return found;
}

void
vcard_params_other(const struct vcard_prop *p, const char *const *known,
    struct vlt_buf *out)
{
    for (size_t k = 0; k < p->params; k++) {
        bool skip = false;

        for (size_t i = 0; known[i] != NULL && !skip; i++)
            skip = is_param(p, k, known[i]);
        if (skip)
            continue;
        vlt_buf_put_u8(out, ';');
        if (p->param[k].name.n == 0)
            vlt_buf_put_str(out, "TYPE");
        for (size_t i = 0; i < p->param[k].name.n; i++)
            vlt_buf_put_u8(out, (uint8_t)upper(p->param[k].name.p[i]));
        vlt_buf_put_u8(out, '=');
        vlt_buf_put(out, p->param[k].value.p, p->param[k].value.n);
    }
}

bool
vcard_is_quoted(const struct vcard_prop *p)
{
    return vcard_param_has(p, "ENCODING", "QUOTED-PRINTABLE") ||
        vcard_param_has(p, "TYPE", "QUOTED-PRINTABLE");
}
