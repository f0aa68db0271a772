/* SPDX-License-Identifier: Apache-2.0 */
/* html.c: writing HTML that nothing in it can break out of */
#include "html.h"

#include "fail.h"
#include "safe.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PIECE = 32 * 1024, HTML_MAX = 64 * 1024 * 1024, VALUE = 512 };

static void
hand_on(struct html *h)
{
    if (h->status == VAULT_OK)
        h->status = vlt_buf_end(&h->buf, "page", &h->why);
    if (h->status == VAULT_OK && h->buf.len > 0)
        h->status = h->put(h->ctx, h->buf.p, h->buf.len, &h->why);
    vlt_buf_reset(&h->buf);
}

static void
flush(struct html *h)
{
    if (h->buf.len >= PIECE || h->buf.failed || h->status != VAULT_OK)
        hand_on(h);
}

/* What is pending of `<name attr="..."` ends here. */
static void
end_tag(struct html *h)
{
    if (h->tag)
        vlt_buf_put_u8(&h->buf, '>');
    h->tag = false;
}

void
html_begin(struct html *h,
    enum vault_status (
        *put)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx)
{
    memset(h, 0, sizeof *h);
    h->put = put;
    h->ctx = ctx;
    vlt_buf_init(&h->buf, HTML_MAX);
}

void
html_open(struct html *h, const char *name)
{
    assert(h->depth < HTML_DEPTH);
    end_tag(h);
    flush(h);
    vlt_buf_printf(&h->buf, "<%s", name);
    h->open[h->depth++] = name;
    h->tag = true;
}

/* Everything harmless already but for the characters of markup. */
static void
escape(struct vlt_buf *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        switch (s[i]) {
        case '&':
            vlt_buf_put_str(out, "&amp;");
            break;
        case '<':
            vlt_buf_put_str(out, "&lt;");
            break;
        case '>':
            vlt_buf_put_str(out, "&gt;");
            break;
        case '"':
            vlt_buf_put_str(out, "&quot;");
            break;
        case '\'':
            vlt_buf_put_str(out, "&#39;");
            break;
        default:
            vlt_buf_put_u8(out, (uint8_t)s[i]);
        }
    }
}

static void
put_safe(struct html *h, const char *s, size_t n, unsigned flags)
{
    struct vlt_buf b;

    vlt_buf_init(&b, HTML_MAX);
    safe_put(&b, s, n, flags);
    h->buf.failed = h->buf.failed || b.failed;
    escape(&h->buf, (const char *)b.p, b.len);
    vlt_buf_clear(&b);
}

void
html_attr(struct html *h, const char *name, const char *value)
{
    assert(h->tag);
    vlt_buf_printf(&h->buf, " %s=\"", name);
    put_safe(h, value, strlen(value), SAFE_BACKSLASH);
    vlt_buf_put_u8(&h->buf, '"');
}

void
html_attrf(struct html *h, const char *name, const char *format, ...)
{
    char value[VALUE];
    va_list ap;

    va_start(ap, format);
    (void)vsnprintf(value, sizeof value, format, ap);
    va_end(ap);
    html_attr(h, name, value);
}

void
html_close(struct html *h)
{
    assert(h->depth > 0);
    h->depth--;
    if (h->tag && strcmp(h->open[h->depth], "br") == 0) {
        vlt_buf_put_str(&h->buf, "/>");
        h->tag = false;
        return;
    }
    end_tag(h);
    vlt_buf_printf(&h->buf, "</%s>", h->open[h->depth]);
}

void
html_close_line(struct html *h)
{
    html_close(h);
    vlt_buf_put_u8(&h->buf, '\n');
}

void
html_text(struct html *h, const char *s)
{
    end_tag(h);
    put_safe(h, s, strlen(s), SAFE_BACKSLASH);
}

void
html_textf(struct html *h, const char *format, ...)
{
    char text[4 * VALUE];
    va_list ap;

    va_start(ap, format);
    (void)vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    html_text(h, text);
}

void
html_quote(struct html *h, const char *s, size_t n)
{
    html_open(h, "bdi");
    end_tag(h);
    put_safe(h, s, n, 0);
    html_close(h);
}

void
html_line(struct html *h, const char *name, const char *cls, const char *text)
{
    html_open(h, name);
    if (cls != NULL)
        html_attr(h, "class", cls);
    html_text(h, text);
    html_close_line(h);
}

void
html_code(struct html *h, const char *s)
{
    html_open(h, "code");
    html_attr(h, "dir", "ltr");
    end_tag(h);
    put_safe(h, s, strlen(s), SAFE_BACKSLASH);
    html_close(h);
}

void
html_raw(struct html *h, const char *literal)
{
    end_tag(h);
    vlt_buf_put_str(&h->buf, literal);
    flush(h);
}

void
html_rawf(struct html *h, const char *format, ...)
{
    char text[VALUE];
    va_list ap;

    va_start(ap, format);
    (void)vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    html_raw(h, text);
}

enum vault_status
html_end(struct html *h, struct vault_error *err)
{
    enum vault_status st;

    assert(h->depth == 0 || h->status != VAULT_OK);
    hand_on(h);
    st = h->status;
    if (st != VAULT_OK && err != NULL)
        *err = h->why;
    vlt_buf_clear(&h->buf);
    return st;
}
