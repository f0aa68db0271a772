/* SPDX-License-Identifier: Apache-2.0 */
/* jline.c: writing JSON Lines for scripts */
#include "jline.h"

#include "utf.h"
#include "when.h"

#include <inttypes.h>
#include <string.h>

enum { LINE_MAX = 64 * 1024 * 1024 };

static void
put_cp(struct vlt_buf *b, const char *s, size_t len, uint32_t cp)
{
    if (cp == '"' || cp == '\\')
        vlt_buf_printf(b, "\\%c", (char)cp);
    else if (cp == '\n')
        vlt_buf_put_str(b, "\\n");
    else if (utf_plain(cp))
        vlt_buf_put(b, s, len);
    else if (cp <= 0xffff)
        vlt_buf_printf(b, "\\u%04x", (unsigned)cp);
    else
        vlt_buf_printf(b, "\\u%04x\\u%04x",
            (unsigned)(0xd800 + ((cp - 0x10000) >> 10)),
            (unsigned)(0xdc00 + ((cp - 0x10000) & 0x3ff)));
}

/* A quoted string; false when it had to replace something. */
static bool
put_string(struct vlt_buf *b, const char *s, size_t n)
{
    bool exact = true;

    vlt_buf_put_u8(b, '"');
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t len = utf_next(s + i, n - i, &cp);

        if (len == 0) {
            vlt_buf_put_str(b, "\xef\xbf\xbd");
            exact = false;
        } else {
            put_cp(b, s + i, len, cp);
        }
        i += len == 0 ? 1 : len;
    }
    vlt_buf_put_u8(b, '"');
    return exact;
}

static void
put_key(struct jline *j, const char *key, const char *suffix)
{
    if (!j->first)
        vlt_buf_put_u8(&j->buf, ',');
    j->first = false;
    if (key != NULL)
        vlt_buf_printf(&j->buf, "\"%s%s\":", key, suffix);
}

void
jline_begin(struct jline *j, const char *type)
{
    vlt_buf_init(&j->buf, LINE_MAX);
    j->first = true;
    vlt_buf_put_u8(&j->buf, '{');
    jline_text(j, "type", type);
    jline_u64(j, "v", 1);
}

void
jline_text(struct jline *j, const char *key, const char *s)
{
    jline_text_n(j, key, s, strlen(s));
}

void
jline_text_n(struct jline *j, const char *key, const void *s, size_t n)
{
    put_key(j, key, "");
    if (put_string(&j->buf, s, n) || key == NULL)
        return;
    put_key(j, key, "_hex");
    vlt_buf_put_u8(&j->buf, '"');
    for (size_t i = 0; i < n; i++)
        vlt_buf_printf(&j->buf, "%02x", ((const uint8_t *)s)[i]);
    vlt_buf_put_u8(&j->buf, '"');
}

void
jline_hex(struct jline *j, const char *key, const uint8_t *p, size_t n)
{
    put_key(j, key, "");
    vlt_buf_put_u8(&j->buf, '"');
    for (size_t i = 0; i < n; i++)
        vlt_buf_printf(&j->buf, "%02x", p[i]);
    vlt_buf_put_u8(&j->buf, '"');
}

void
jline_u64(struct jline *j, const char *key, uint64_t v)
{
    put_key(j, key, "");
    vlt_buf_printf(&j->buf, "%" PRIu64, v);
}

void
jline_i64(struct jline *j, const char *key, int64_t v)
{
    put_key(j, key, "");
    vlt_buf_printf(&j->buf, "%" PRId64, v);
}

void
jline_bool(struct jline *j, const char *key, bool v)
{
    put_key(j, key, "");
    vlt_buf_put_str(&j->buf, v ? "true" : "false");
}

void
jline_time(struct jline *j, const char *key, int64_t t)
{
    char text[WHEN_SIZE];

    put_key(j, key, "");
    if (t < 0) {
        vlt_buf_put_str(&j->buf, "null");
        return;
    }
    when_utc(text, t);
    vlt_buf_printf(&j->buf, "\"%s\"", text);
}

static void
open_with(struct jline *j, const char *key, uint8_t c)
{
    put_key(j, key, "");
    vlt_buf_put_u8(&j->buf, c);
    j->first = true;
}

static void
close_with(struct jline *j, uint8_t c)
{
    vlt_buf_put_u8(&j->buf, c);
    j->first = false;
}

void
jline_object(struct jline *j, const char *key)
{
    open_with(j, key, '{');
}

void
jline_object_end(struct jline *j)
{
    close_with(j, '}');
}

void
jline_array(struct jline *j, const char *key)
{
    open_with(j, key, '[');
}

void
jline_array_end(struct jline *j)
{
    close_with(j, ']');
}

void
jline_close(struct jline *j)
{
    vlt_buf_put_str(&j->buf, "}\n");
}
