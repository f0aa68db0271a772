/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_fields.c: a contact's fields on their way into a card */
#include "vcard_fields.h"

#include "fail.h"
#include "form.h"
#include "vcard_card.h"
#include "vcard_own.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names in their order; numbers in them by what they count. */
static int
by_name(const char *a, const char *b)
{
    const char *x = a, *y = b;

    while (*x != 0 && *y != 0) {
        size_t n = strspn(x, "0123456789"), m = strspn(y, "0123456789");

        if (n > 0 && m > 0) {
            int order = n != m ? (n < m ? -1 : 1) : strncmp(x, y, n);

            if (order != 0)
                return order;
            x += n;
            y += m;
        } else if (*x != *y) {
            break;
        } else {
            x++;
            y++;
        }
    }
    return (int)(unsigned char)*x - (int)(unsigned char)*y;
}

static int
compare(const void *a, const void *b)
{
    const struct vcard_field *x = a, *y = b;

    return by_name(x->f->name, y->f->name);
}

enum vault_status
vcard_fields_init(struct vcard_fields *w, const struct vault_field *fields,
    size_t n, struct vlt_buf *out, bool everything, struct vault_error *err)
{
    memset(w, 0, sizeof *w);
    w->out = out;
    w->everything = everything;
    vlt_buf_init(&w->line, 2 * FORM_MAX);
    w->all = calloc(n + 1, sizeof *w->all);
    if (w->all == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        w->all[i].f = &fields[i];
    w->n = n;
    qsort(w->all, n, sizeof *w->all, compare);
    return VAULT_OK;
}

void
vcard_fields_clear(struct vcard_fields *w)
{
    vlt_buf_clear(&w->line);
    free(w->all);
    w->all = NULL;
    w->n = 0;
}

struct vcard_field *
vcard_find_type(const struct vcard_fields *w, const char *base, const char *end,
    enum vault_field_type type)
{
    char name[VCARD_FIELD];
    struct vault_field key = {type, VAULT_VALUE, base, NULL, 0};
    struct vcard_field want = {&key, false}, *x;

    if (end != NULL)
        key.name = vcard_name(name, base, end);
    x = bsearch(&want, w->all, w->n, sizeof *w->all, compare);
    if (x == NULL || x->told || x->f->type != type ||
        x->f->state != VAULT_VALUE || x->f->value_len == 0)
        return NULL;
    return x;
}

struct vcard_field *
vcard_find(const struct vcard_fields *w, const char *base, const char *end)
{
    struct vcard_field *x = vcard_find_type(w, base, end, VAULT_TEXT);

    return x != NULL && vcard_is_plain(x->f->value, x->f->value_len) ? x : NULL;
}

bool
vcard_field_is(const struct vcard_field *x, const char *word)
{
    return x != NULL && x->f->value_len == strlen(word) &&
        memcmp(x->f->value, word, x->f->value_len) == 0;
}

bool
vcard_numbered(const struct vcard_fields *w, size_t i, const char *prefix,
    const char *end, char *base, unsigned *number)
{
    const char *name = w->all[i].f->name;
    size_t n = strlen(prefix), digits;

    if (strncmp(name, prefix, n) != 0 || name[n] != '.' || name[n + 1] == '0')
        return false;
    digits = strspn(name + n + 1, "0123456789");
    if (digits < 1 || digits > 3)
        return false;
    if (end == NULL ? name[n + 1 + digits] != 0
                    : name[n + 1 + digits] != '.' ||
                strcmp(name + n + 2 + digits, end) != 0)
        return false;
    *number = (unsigned)strtoul(name + n + 1, NULL, 10);
    (void)snprintf(base, VCARD_FIELD, "%.*s", (int)(n + 1 + digits), name);
    return true;
}

/* ---- a line ---- */

static bool
is_word(const struct vcard_field *x)
{
    for (size_t i = 0; i < x->f->value_len; i++) {
        char c = (char)x->f->value[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return x->f->value_len <= VCARD_NAME;
}

void
vcard_line_begin(struct vcard_fields *w, const char *base, const char *property)
{
    struct vcard_field *group =
        w->everything ? vcard_find(w, base, "group") : NULL;

    vlt_buf_reset(&w->line);
    if (group != NULL && is_word(group)) {
        vlt_buf_put(&w->line, group->f->value, group->f->value_len);
        vlt_buf_put_u8(&w->line, '.');
        group->told = true;
    }
    vlt_buf_put_str(&w->line, property);
}

void
vcard_line_param(struct vcard_fields *w, const char *base, const char *end,
    const char *param)
{
    struct vcard_field *x = vcard_find(w, base, end);

    if (x == NULL)
        return;
    vcard_put_param(&w->line, param, x->f->value, x->f->value_len);
    x->told = true;
}

void
vcard_line_number(struct vcard_fields *w, unsigned number, unsigned *last)
{
    if (w->everything && number != *last + 1)
        vlt_buf_printf(&w->line, ";X-SANDUQ-N=%u", number);
    if (number > *last)
        *last = number;
}

static bool
is_own(struct vcard_text name)
{
    return name.n > 9 && vcard_is((struct vcard_text){name.p, 9}, "X-SANDUQ-");
}

/* Whether these are parameters and nothing else, none of them one that
 * would change how a reader takes the line. */
static bool
params_ok(const struct vcard_field *x)
{
    struct vcard_prop p;
    struct vlt_buf b;
    size_t quotes = 0;
    bool ok;

    vlt_buf_init(&b, FORM_MAX);
    vlt_buf_put_u8(&b, 'X');
    vlt_buf_put(&b, x->f->value, x->f->value_len);
    vlt_buf_put_str(&b, ":.");
    for (size_t i = 0; i < b.len; i++)
        quotes += b.p[i] == '"';
    ok = !b.failed && quotes % 2 == 0 && memchr(b.p, '\n', b.len) == NULL &&
        vcard_prop_parse(&p, (const char *)b.p, b.len) == NULL &&
        p.value.n == 1;
    ok = ok && !vcard_is_quoted(&p);
    for (size_t i = 0; ok && i < p.params; i++)
        ok = p.param[i].name.n > 0 && !vcard_is(p.param[i].name, "CHARSET") &&
            !is_own(p.param[i].name);
    vlt_buf_clear(&b);
    return ok;
}

void
vcard_line_value(struct vcard_fields *w, const char *base)
{
    struct vcard_field *x =
        w->everything ? vcard_find(w, base, "params") : NULL;

    if (x != NULL && params_ok(x)) {
        vlt_buf_put(&w->line, x->f->value, x->f->value_len);
        x->told = true;
    }
    vlt_buf_put_u8(&w->line, ':');
}

void
vcard_line_text(struct vcard_fields *w, struct vcard_field *x)
{
    vcard_put_text(&w->line, x->f->value, x->f->value_len);
    x->told = true;
}

void
vcard_line_raw(struct vcard_fields *w, struct vcard_field *x)
{
    assert(memchr(x->f->value, '\n', x->f->value_len) == NULL);
    vlt_buf_put(&w->line, x->f->value, x->f->value_len);
    x->told = true;
}

void
vcard_line_end(struct vcard_fields *w)
{
    if (w->line.failed)
        w->out->failed = true;
    else
        vcard_fold(w->out, w->line.p, w->line.len);
}
