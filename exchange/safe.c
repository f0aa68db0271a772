/* SPDX-License-Identifier: Apache-2.0 */
/* safe.c: texts and names that others wrote, made harmless */
#include "safe.h"

#include "fail.h"
#include "text.h"
#include "utf.h"

#include <string.h>

/* One code point, or one bad byte (len 0), as it is or as a mark. */
static void
put_one(struct vlt_buf *out, const char *s, size_t len, uint32_t cp,
    unsigned flags)
{
    bool block = (flags & SAFE_BLOCK) != 0;

    if (len == 0)
        vlt_buf_printf(out, "\\x%02x", (unsigned)(unsigned char)*s);
    else if (cp == '\\' && (flags & SAFE_BACKSLASH) == 0)
        vlt_buf_put_str(out, "\\\\");
    else if (utf_plain(cp) || (block && (cp == '\n' || cp == '\t')))
        vlt_buf_put(out, s, len);
    else if (cp == '\n')
        vlt_buf_put_str(out, "\\n");
    else if (cp == '\t')
        vlt_buf_put_str(out, "\\t");
    else if (cp == '\r')
        vlt_buf_put_str(out, "\\r");
    else if (cp > 0xffff)
        vlt_buf_printf(out, "\\U%08x", (unsigned)cp);
    else
        vlt_buf_printf(out, "\\u%04x", (unsigned)cp);
}

void
safe_put(struct vlt_buf *out, const char *s, size_t n, unsigned flags)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t len = utf_next(s + i, n - i, &cp);

        put_one(out, s + i, len, cp, flags);
        i += len == 0 ? 1 : len;
    }
}

/* How many bytes at the end of p may be the beginning of a code point. */
static size_t
unfinished(const char *p, size_t n)
{
    size_t back = n < 3 ? n : 3;

    for (size_t k = 1; k <= back; k++) {
        unsigned char c = (unsigned char)p[n - k];

        if (c >= 0xc2 && c <= 0xf4)
            return k < (c >= 0xf0 ? 4u : c >= 0xe0 ? 3u : 2u) ? k : 0;
        if ((c & 0xc0) != 0x80)
            return 0;
    }
    return 0;
}

void
safe_stream_put(struct safe_stream *s, struct vlt_buf *out, const char *p,
    size_t n, bool last)
{
    struct vlt_buf all;
    const char *text;
    size_t rest;

    vlt_buf_init(&all, n + sizeof s->held);
    vlt_buf_put(&all, s->held, s->held_len);
    vlt_buf_put(&all, p, n);
    text = (const char *)all.p;
    rest = last || all.failed ? 0 : unfinished(text, all.len);
    out->failed = out->failed || all.failed;
    safe_put(out, text, all.len - rest, s->flags);
    if (rest > 0)
        memcpy(s->held, text + all.len - rest, rest);
    s->held_len = rest;
    vlt_buf_clear(&all);
}

static bool
name_plain(uint32_t cp)
{
    if (cp < 0x80 && strchr("/\\:*?\"<>|", (int)cp) != NULL)
        return false;
    return utf_plain(cp);
}

static char
upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Names that Windows takes for devices, with any ending: CON, LPT1.txt. */
static bool
is_device(const char *name)
{
    static const char *const words[] = {"CON", "PRN", "AUX", "NUL", "COM",
        "LPT", "CONIN$", "CONOUT$", "CLOCK$"};
    char stem[12] = {0};
    size_t n = 0;

    while (name[n] != 0 && name[n] != '.' && n < sizeof stem - 1) {
        stem[n] = upper(name[n]);
        n++;
    }
    while (n > 0 && stem[n - 1] == ' ')
        stem[--n] = 0;
    for (size_t i = 0; i < VLT_COUNT(words); i++) {
        size_t len = strlen(words[i]);

        if (strcmp(stem, words[i]) == 0)
            return true;
        if ((i == 4 || i == 5) && strncmp(stem, words[i], len) == 0) {
            const char *rest = stem + len;

            if (rest[0] >= '0' && rest[0] <= '9' && rest[1] == 0)
                return true;
            /* superscript 1, 2, 3 count as digits there */
            if (strcmp(rest, "\xc2\xb9") == 0 ||
                strcmp(rest, "\xc2\xb2") == 0 || strcmp(rest, "\xc2\xb3") == 0)
                return true;
        }
    }
    return false;
}

/* Shorten to max bytes, keeping an ending of up to 16 bytes. */
static void
shorten(struct vlt_buf *b, size_t max)
{
    const char *s = vlt_buf_cstr(b);
    const char *dot = strrchr(s, '.');
    char ending[17] = {0};
    size_t tail = dot != NULL && dot != s ? strlen(dot) : 0;

    if (b->len <= max)
        return;
    if (tail > sizeof ending - 1)
        tail = 0;
    memcpy(ending, dot != NULL ? dot : "", tail);
    b->len = vlt_utf8_cut(s, max - tail);
    vlt_buf_put(b, ending, tail);
}

/* No dots, dashes, spaces in front; no dots, spaces behind. */
static void
strip(struct vlt_buf *b)
{
    const char *s = vlt_buf_cstr(b);
    size_t first = strspn(s, ".- ");

    if (first > 0) {
        memmove(b->p, b->p + first, b->len - first);
        b->len -= first;
    }
    while (b->len > 0 && (b->p[b->len - 1] == '.' || b->p[b->len - 1] == ' '))
        b->len--;
}

void
safe_name(char out[SAFE_NAME], const char *name, size_t n, const char *fallback)
{
    struct vlt_buf b;

    vlt_buf_init(&b, n + 2 * SAFE_NAME);
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t k = utf_next(name + i, n - i, &cp);

        if (k > 0 && name_plain(cp))
            vlt_buf_put(&b, name + i, k);
        else
            vlt_buf_put_u8(&b, '_');
        i += k == 0 ? 1 : k;
    }
    strip(&b);
    if (is_device(vlt_buf_cstr(&b))) {
        vlt_buf_put_u8(&b, 0);
        memmove(b.p + 1, b.p, b.len - 1);
        b.p[0] = '_';
    }
    shorten(&b, SAFE_NAME - 1);
    strip(&b);
    if (b.len == 0 || b.failed) {
        vlt_buf_reset(&b);
        vlt_buf_put_str(&b, fallback);
    }
    memset(out, 0, SAFE_NAME);
    if (b.p != NULL)
        memcpy(out, b.p, b.len < SAFE_NAME ? b.len : SAFE_NAME - 1);
    vlt_buf_clear(&b);
}
