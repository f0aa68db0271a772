/* SPDX-License-Identifier: Apache-2.0 */
/* csvout.c: writing tables as RFC 4180, safe to open in a spreadsheet */
#include "csvout.h"

#include <string.h>

static bool
is_formula(const char *s, size_t n)
{
    size_t i = 0;

    while (i < n && s[i] == '\'')
        i++;
    return i < n && s[i] != 0 && strchr("=+-@\t\r", s[i]) != NULL;
}

static bool
needs_quotes(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"' || s[i] == ',' || s[i] == '\r' || s[i] == '\n')
            return true;
    }
    return false;
}

void
csv_put(struct vlt_buf *out, const void *p, size_t n, bool first)
{
    const char *s = p;
    bool quotes = needs_quotes(s, n);

    if (!first)
        vlt_buf_put_u8(out, ',');
    if (quotes)
        vlt_buf_put_u8(out, '"');
    if (is_formula(s, n))
        vlt_buf_put_u8(out, '\'');
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"')
            vlt_buf_put_u8(out, '"');
        vlt_buf_put_u8(out, (uint8_t)s[i]);
    }
    if (quotes)
        vlt_buf_put_u8(out, '"');
}

void
csv_end(struct vlt_buf *out)
{
    vlt_buf_put_str(out, "\r\n");
}
