/* SPDX-License-Identifier: Apache-2.0 */
/* fail.c: error texts, kept apart from their arguments for translation */
#define VLT_FAIL_DEFINED_HERE
#include "fail.h"
#include "text.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int exit;
} statuses[VAULT_STATUS_COUNT] = {
    [VAULT_OK] = {"ok", 0},
    [VAULT_E_IO] = {"io", 1},
    [VAULT_E_MEMORY] = {"memory", 1},
    [VAULT_E_INTERNAL] = {"internal", 1},
    [VAULT_E_NEWER] = {"newer", 1},
    [VAULT_E_USAGE] = {"usage", 2},
    [VAULT_E_LIMIT] = {"limit", 2},
    [VAULT_E_EXISTS] = {"exists", 2},
    [VAULT_E_AMBIGUOUS] = {"ambiguous", 2},
    [VAULT_E_FORMAT] = {"format", 1},
    [VAULT_E_TAMPERED] = {"tampered", 3},
    [VAULT_E_LOCKED] = {"locked", 4},
    [VAULT_E_SECRET] = {"secret", 4},
    [VAULT_E_SLOT] = {"slot", 4},
    [VAULT_E_NO_KEY] = {"no-key", 4},
    [VAULT_E_BUSY] = {"busy", 5},
    [VAULT_E_POLICY] = {"policy", 6},
    [VAULT_E_NOT_FOUND] = {"not-found", 7},
    [VAULT_E_CANCELLED] = {"cancelled", 130},
};

/* One conversion of a format: "%", number$, flags, width, precision, ... */
struct conv {
    int position; /* of "%2$s", 0 when not numbered */
    bool left, zero, sign, space, alternate;
    bool width_arg, precision_arg;
    int width;
    int precision; /* -1 when not given */
    int longs;     /* number of l */
    bool size;     /* z */
    char type;     /* s, d, ..., or % ; 0 when the format ends inside */
};

/* A va_list that can be handed on by address on every ABI. */
struct args {
    va_list ap;
};

const char *
vault_status_name(enum vault_status st)
{
    if ((unsigned)st >= VAULT_STATUS_COUNT)
        return "unknown";
    return statuses[st].name;
}

int
vault_status_exit(enum vault_status st)
{
    if ((unsigned)st >= VAULT_STATUS_COUNT)
        return 1;
    return statuses[st].exit;
}

static int
scan_number(const char **s)
{
    int n = 0;

    for (; **s >= '0' && **s <= '9'; (*s)++)
        n = n < 100000 ? n * 10 + (**s - '0') : n;
    return n;
}

static bool
scan_flag(struct conv *c, char ch)
{
    switch (ch) {
    case '-':
        c->left = true;
        return true;
    case '0':
        c->zero = true;
        return true;
    case '+':
        c->sign = true;
        return true;
    case ' ':
        c->space = true;
        return true;
    case '#':
        c->alternate = true;
        return true;
    default:
        return false;
    }
}

static void
scan_precision(const char **s, struct conv *c)
{
    if (**s != '.')
        return;
    (*s)++;
    c->precision_arg = **s == '*';
    if (c->precision_arg)
        (*s)++;
    else
        c->precision = scan_number(s);
}

/* Parse the conversion after a '%'; returns what follows it. */
static const char *
scan_conv(const char *s, struct conv *c)
{
    const char *digits = s;
    int n;

    memset(c, 0, sizeof *c);
    c->precision = -1;
    n = scan_number(&s);
    if (*s == '$' && s != digits) {
        c->position = n;
        s++;
    } else {
        s = digits;
    }
    while (scan_flag(c, *s))
        s++;
    c->width_arg = *s == '*';
    if (c->width_arg)
        s++;
    else
        c->width = scan_number(&s);
    scan_precision(&s, c);
    for (; *s == 'l' || *s == 'z'; s++) {
        c->longs += *s == 'l';
        c->size = c->size || *s == 'z';
    }
    c->type = *s;
    return *s != 0 ? s + 1 : s;
}

/* Append at most n bytes, cut at a code point; returns the new length. */
static size_t
append(char *out, size_t size, size_t len, const char *s, size_t n)
{
    size_t room;

    if (len + 1 >= size)
        return len;
    room = size - 1 - len;
    if (n > room)
        n = vlt_utf8_cut(s, room);
    memcpy(out + len, s, n);
    out[len + n] = 0;
    return len + n;
}

/* Pad a text of n bytes to the width asked for; the whole is cut to size. */
static void
pad(char *out, size_t size, const char *s, size_t n, const struct conv *c)
{
    size_t width = c->width > 0 ? (size_t)c->width : 0;
    size_t len = 0;
    size_t fill = width > n ? width - n : 0;

    out[0] = 0;
    for (; !c->left && fill > 0; fill--)
        len = append(out, size, len, " ", 1);
    len = append(out, size, len, s, n);
    for (; fill > 0; fill--)
        len = append(out, size, len, " ", 1);
}

/* Digits of v with sign or prefix and zero padding, then the width. */
static void
put_number(char *out, size_t size, uintmax_t v, bool negative,
    const struct conv *c)
{
    const char *digits =
        c->type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned base = c->type == 'x' || c->type == 'X' ? 16 : 10;
    char buf[128];
    size_t at = sizeof buf;
    size_t zeros = 1;
    bool hex_prefix = base == 16 && c->alternate && v != 0;
    size_t before = (negative || c->sign || c->space) + 2u * hex_prefix;

    if (c->precision >= 0)
        zeros = (size_t)c->precision;
    else if (c->zero && !c->left && c->width > (int)before)
        zeros = (size_t)c->width - before;
    if (zeros > 96)
        zeros = 96;
    for (; v != 0 || sizeof buf - at < zeros; v /= base)
        buf[--at] = digits[v % base];
    if (hex_prefix) {
        buf[--at] = c->type;
        buf[--at] = '0';
    }
    if (negative)
        buf[--at] = '-';
    else if (base == 10 && c->type != 'u' && (c->sign || c->space))
        buf[--at] = c->sign ? '+' : ' ';
    pad(out, size, buf + at, sizeof buf - at, c);
}

static void
put_signed(char *out, size_t size, struct args *a, const struct conv *c)
{
    intmax_t v;

    if (c->size)
        v = va_arg(a->ap, ptrdiff_t);
    else if (c->longs >= 2)
        v = va_arg(a->ap, long long);
    else if (c->longs == 1)
        v = va_arg(a->ap, long);
    else
        v = va_arg(a->ap, int);
    put_number(out, size, v < 0 ? 0 - (uintmax_t)v : (uintmax_t)v, v < 0, c);
}

static void
put_unsigned(char *out, size_t size, struct args *a, const struct conv *c)
{
    uintmax_t v;

    if (c->size)
        v = va_arg(a->ap, size_t);
    else if (c->longs >= 2)
        v = va_arg(a->ap, unsigned long long);
    else if (c->longs == 1)
        v = va_arg(a->ap, unsigned long);
    else
        v = va_arg(a->ap, unsigned);
    put_number(out, size, v, false, c);
}

static void
put_string(char *out, size_t size, const char *s, const struct conv *c)
{
    size_t most = c->precision >= 0 ? (size_t)c->precision : SIZE_MAX;
    size_t n = 0;

    if (s == NULL)
        s = "-";
    while (n < most && s[n] != 0)
        n++;
    pad(out, size, s, n, c);
}

/* Render the next argument; false when the conversion is not one of ours. */
static bool
put_arg(char *out, size_t size, struct args *a, struct conv *c)
{
    char ch;

    if (c->width_arg)
        c->width = va_arg(a->ap, int);
    if (c->width < 0) {
        c->left = true;
        c->width = c->width == INT_MIN ? 0 : -c->width;
    }
    if (c->precision_arg)
        c->precision = va_arg(a->ap, int);
    switch (c->type) {
    case 's':
        put_string(out, size, va_arg(a->ap, const char *), c);
        return true;
    case 'c':
        ch = (char)va_arg(a->ap, int);
        pad(out, size, &ch, 1, c);
        return true;
    case 'd':
    case 'i':
        put_signed(out, size, a, c);
        return true;
    case 'u':
    case 'x':
    case 'X':
        put_unsigned(out, size, a, c);
        return true;
    default:
        return false;
    }
}

static void
collect_args(struct vault_error *err, const char *format, struct args *a)
{
    const char *s = format;
    struct conv c;

    while ((s = strchr(s, '%')) != NULL) {
        s = scan_conv(s + 1, &c);
        if (c.type == '%')
            continue;
        assert(err->args < VAULT_ERROR_ARGS);
        if (err->args >= VAULT_ERROR_ARGS)
            return;
        if (!put_arg(err->arg[err->args], VAULT_ERROR_ARG_SIZE, a, &c)) {
            assert(false); /* a conversion that fail.h does not list */
            return;
        }
        err->args++;
    }
}

void
vault_error_render(const struct vault_error *err, const char *format, char *out,
    size_t size)
{
    const char *s = format;
    size_t len = 0;
    int next = 0;
    struct conv c;

    if (size == 0)
        return;
    out[0] = 0;
    while (*s != 0) {
        size_t plain = strcspn(s, "%");
        int i;

        len = append(out, size, len, s, plain);
        s += plain;
        if (*s == 0)
            break;
        s = scan_conv(s + 1, &c);
        if (c.type == '%') {
            len = append(out, size, len, "%", 1);
            continue;
        }
        if (c.type == 0)
            break;
        i = c.position > 0 ? c.position - 1 : next++;
        if (i < err->args)
            len = append(out, size, len, err->arg[i], strlen(err->arg[i]));
    }
}

static void
fill(struct vault_error *err, enum vault_status st, const char *hint,
    const char *format, struct args *a)
{
    memset(err, 0, sizeof *err);
    err->code = st;
    err->key = format;
    err->hint = hint;
    collect_args(err, format, a);
    vault_error_render(err, format, err->message, sizeof err->message);
}

void
vlt_message(struct vault_error *err, enum vault_status st, const char *format,
    va_list ap)
{
    struct args a;

    va_copy(a.ap, ap);
    fill(err, st, NULL, format, &a);
    va_end(a.ap);
}

enum vault_status
vlt_fail(struct vault_error *err, enum vault_status st, const char *format, ...)
{
    struct args a;

    assert(st != VAULT_OK);
    if (err == NULL)
        return st;
    va_start(a.ap, format);
    fill(err, st, NULL, format, &a);
    va_end(a.ap);
    return st;
}

enum vault_status
vlt_fail_hint(struct vault_error *err, enum vault_status st, const char *hint,
    const char *format, ...)
{
    struct args a;

    assert(st != VAULT_OK);
    if (err == NULL)
        return st;
    va_start(a.ap, format);
    fill(err, st, hint, format, &a);
    va_end(a.ap);
    return st;
}

enum vault_status
vlt_fail_memory(struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_MEMORY, "out of memory");
}

void
vlt_error_clear(struct vault_error *err)
{
    if (err != NULL)
        memset(err, 0, sizeof *err);
}
