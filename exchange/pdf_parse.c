/* SPDX-License-Identifier: Apache-2.0 */
/* pdf_parse.c: the values that a PDF is built from (ISO 32000-1, 7.2, 7.3) */
#include "pdf.h"

#include "fail.h"
#include "nmark.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_LONGEST = 1024 };

enum vault_status
pdf_broken(struct vault_error *err, uint64_t at)
{
    return vlt_fail_hint(err, VAULT_E_USAGE,
        N_("another program may be able to repair a copy of it; without "
           "--strip the original comes out as it is"),
        "at byte %" PRIu64 " the document is not built as a PDF is, so that "
        "its metadata cannot be taken out safely",
        at);
}

static enum vault_status
broken_text(const struct pdf *f, const struct pdf_text *t,
    struct vault_error *err)
{
    /* Inside of an unpacked stream there is no place in the file. */
    return pdf_broken(err, t->p == f->p ? t->at : 0);
}

bool
pdf_is_space(unsigned c)
{
    return c == 0 || c == 9 || c == 10 || c == 12 || c == 13 || c == 32;
}

bool
pdf_is_delimiter(unsigned c)
{
    return c == '(' || c == ')' || c == '<' || c == '>' || c == '[' ||
        c == ']' || c == '{' || c == '}' || c == '/' || c == '%';
}

static bool
is_regular(unsigned c)
{
    return !pdf_is_space(c) && !pdf_is_delimiter(c);
}

void
pdf_skip_space(struct pdf_text *t)
{
    while (t->at < t->n) {
        if (t->p[t->at] == '%') {
            while (t->at < t->n && t->p[t->at] != 10 && t->p[t->at] != 13)
                t->at++;
        } else if (pdf_is_space(t->p[t->at])) {
            t->at++;
        } else {
            return;
        }
    }
}

/* How many regular characters follow. */
static size_t
regular(const struct pdf_text *t)
{
    size_t n = 0;

    while (t->at + n < t->n && is_regular(t->p[t->at + n]))
        n++;
    return n;
}

bool
pdf_take_word(struct pdf_text *t, const char *word)
{
    struct pdf_text u = *t;
    size_t n = strlen(word);

    pdf_skip_space(&u);
    if (regular(&u) != n || memcmp(u.p + u.at, word, n) != 0)
        return false;
    t->at = u.at + n;
    return true;
}

bool
pdf_take_uint(struct pdf_text *t, uint64_t *out)
{
    struct pdf_text u = *t;
    uint64_t v = 0;
    size_t n;

    pdf_skip_space(&u);
    n = regular(&u);
    if (n == 0 || n > 15)
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned c = u.p[u.at + i];

        if (c < '0' || c > '9')
            return false;
        v = v * 10 + (c - '0');
    }
    *out = v;
    t->at = u.at + n;
    return true;
}

VAULT_CHECKED static enum vault_status
add_node(struct pdf *f, enum pdf_type type, const uint8_t *p, size_t n,
    uint32_t *out, struct vault_error *err)
{
    if (f->nodes == PDF_NODES)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the document has more than %d values", PDF_NODES);
    if (f->nodes == f->nodes_room) {
        uint32_t room = f->nodes_room == 0 ? 1024 : 2 * f->nodes_room;
        struct pdf_node *all = realloc(f->node, room * sizeof *all);

        if (all == NULL)
            return vlt_fail_memory(err);
        f->node = all;
        f->nodes_room = room;
    }
    if (f->nodes == 0)
        f->node[f->nodes++] = (struct pdf_node){0}; /* 0 is none */
    f->node[f->nodes] =
        (struct pdf_node){.p = p, .n = (uint32_t)n, .type = (uint8_t)type};
    *out = f->nodes++;
    return VAULT_OK;
}

/* ( ) with its pairs and escapes; 0 when it does not end. */
static size_t
round_string(const uint8_t *p, size_t n)
{
    size_t open = 0;

    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\\')
            i++;
        else if (p[i] == '(')
            open++;
        else if (p[i] == ')' && --open == 0)
            return i + 1;
    }
    return 0;
}

static int
hex_digit(unsigned c)
{
    if (c >= '0' && c <= '9')
        return (int)c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (int)c - 'a' + 10 : -1;
}

static size_t
hex_string(const uint8_t *p, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (p[i] == '>')
            return i + 1;
        if (hex_digit(p[i]) < 0 && !pdf_is_space(p[i]))
            return 0;
    }
    return 0;
}

/* A name with #xx in it, resolved; false when it cannot be. */
static bool
resolve(struct pdf *f, const uint8_t *p, size_t n, const uint8_t **out,
    size_t *len)
{
    struct vlt_buf *b = pdf_pool(f, NAME_LONGEST);

    if (b == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        int high, low;

        if (p[i] != '#') {
            vlt_buf_put_u8(b, p[i]);
            continue;
        }
        high = i + 2 < n ? hex_digit(p[i + 1]) : -1;
        low = i + 2 < n ? hex_digit(p[i + 2]) : -1;
        if (high < 0 || low < 0 || (high | low) == 0)
            return false;
        vlt_buf_put_u8(b, (uint8_t)(high << 4 | low));
        i += 2;
    }
    *out = b->p;
    *len = b->len;
    return !b->failed;
}

VAULT_CHECKED static enum vault_status
parse_name(struct pdf *f, struct pdf_text *t, uint32_t *out,
    struct vault_error *err)
{
    const uint8_t *p;
    size_t n, len;

    t->at++;
    n = len = regular(t);
    p = t->p + t->at;
    if (n > NAME_LONGEST ||
        (n > 0 && memchr(p, '#', n) != NULL && !resolve(f, p, n, &p, &len)))
        return broken_text(f, t, err);
    t->at += n;
    return add_node(f, PDF_NAME, p, len, out, err);
}

static bool
is_number(const uint8_t *p, size_t n)
{
    size_t digits = 0, dots = 0;

    for (size_t i = 0; i < n; i++) {
        bool digit = p[i] >= '0' && p[i] <= '9';

        if (!digit && p[i] != '.' && !(i == 0 && (p[i] == '+' || p[i] == '-')))
            return false;
        digits += digit;
        dots += p[i] == '.';
    }
    return digits > 0 && dots <= 1 && n <= 64;
}

/* Number, reference, true, false, null. */
VAULT_CHECKED static enum vault_status
parse_plain(struct pdf *f, struct pdf_text *t, uint32_t *out,
    struct vault_error *err)
{
    const uint8_t *p = t->p + t->at;
    size_t n = regular(t);
    struct pdf_text u = *t;
    uint64_t number = 0, gen = 0;
    enum vault_status st;

    if (pdf_take_uint(&u, &number) && pdf_take_uint(&u, &gen) &&
        pdf_take_word(&u, "R")) {
        if (number >= PDF_OBJECTS)
            number = 0; /* leads nowhere, as any object that is absent */
        st = add_node(f, PDF_REF, NULL, 0, out, err);
        if (st == VAULT_OK)
            f->node[*out].child = (uint32_t)number;
        t->at = u.at;
        return st;
    }
    t->at += n;
    if (is_number(p, n))
        return add_node(f, PDF_NUMBER, p, n, out, err);
    if (n == 4 && memcmp(p, "null", 4) == 0)
        return add_node(f, PDF_NULL, p, n, out, err);
    if ((n == 4 && memcmp(p, "true", 4) == 0) ||
        (n == 5 && memcmp(p, "false", 5) == 0))
        return add_node(f, PDF_WORD, p, n, out, err);
    t->at -= n;
    return broken_text(f, t, err);
}

VAULT_CHECKED static enum vault_status parse_value(struct pdf *f,
    struct pdf_text *t, unsigned depth, uint32_t *out, struct vault_error *err);

/* The closing bracket of an array or dict is next: step over it. */
static bool
closes(struct pdf_text *t, bool dict)
{
    pdf_skip_space(t);
    if (dict && t->n - t->at >= 2 && memcmp(t->p + t->at, ">>", 2) == 0) {
        t->at += 2;
        return true;
    }
    if (!dict && t->at < t->n && t->p[t->at] == ']') {
        t->at++;
        return true;
    }
    return false;
}

VAULT_CHECKED static enum vault_status
parse_many(struct pdf *f, struct pdf_text *t, bool dict, unsigned depth,
    uint32_t *out, struct vault_error *err)
{
    size_t from = t->at;
    uint32_t self = 0, last = 0;
    size_t count = 0;
    enum vault_status st;

    st = add_node(f, dict ? PDF_DICT : PDF_ARRAY, t->p + from, 0, &self, err);
    t->at += dict ? 2 : 1;
    while (st == VAULT_OK && !closes(t, dict)) {
        uint32_t value = 0;

        st = parse_value(f, t, depth + 1, &value, err);
        if (st != VAULT_OK)
            return st;
        if (dict && count % 2 == 0 && f->node[value].type != PDF_NAME)
            return broken_text(f, t, err);
        if (last == 0)
            f->node[self].child = value;
        else
            f->node[last].next = value;
        last = value;
        count++;
    }
    if (st == VAULT_OK && dict && count % 2 != 0)
        return broken_text(f, t, err);
    if (st == VAULT_OK)
        f->node[self].n = (uint32_t)(t->at - from);
    *out = self;
    return st;
}

VAULT_CHECKED static enum vault_status
parse_string(struct pdf *f, struct pdf_text *t, bool hex, uint32_t *out,
    struct vault_error *err)
{
    const uint8_t *p = t->p + t->at;
    size_t n = (hex ? hex_string : round_string)(p, t->n - t->at);

    if (n == 0)
        return broken_text(f, t, err);
    t->at += n;
    return add_node(f, PDF_STRING, p, n, out, err);
}

VAULT_CHECKED static enum vault_status
parse_value(struct pdf *f, struct pdf_text *t, unsigned depth, uint32_t *out,
    struct vault_error *err)
{
    unsigned c;

    pdf_skip_space(t);
    if (t->at >= t->n)
        return broken_text(f, t, err);
    if (depth > PDF_DEPTH)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the document has values more than %d deep", PDF_DEPTH);
    c = t->p[t->at];
    if (c == '/')
        return parse_name(f, t, out, err);
    if (c == '(')
        return parse_string(f, t, false, out, err);
    if (c == '[')
        return parse_many(f, t, false, depth, out, err);
    if (c == '<' && t->at + 1 < t->n && t->p[t->at + 1] == '<')
        return parse_many(f, t, true, depth, out, err);
    if (c == '<')
        return parse_string(f, t, true, out, err);
    return parse_plain(f, t, out, err);
}

enum vault_status
pdf_parse(struct pdf *f, struct pdf_text *t, uint32_t *out,
    struct vault_error *err)
{
    size_t from = t->at;
    enum vault_status st = parse_value(f, t, 0, out, err);

    f->parsed += t->at - from;
    if (st == VAULT_OK && f->parsed > PDF_PARSED)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the document has more than %d bytes of values", PDF_PARSED);
    return st;
}
