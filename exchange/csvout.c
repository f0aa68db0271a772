/* SPDX-License-Identifier: Apache-2.0 */
/* csvout.c: writing tables as RFC 4180, safe to open in a spreadsheet */
#include "csvout.h"

#include "fail.h"
#include "utf.h"

#include <string.h>

/* What a spreadsheet, or whoever tidies a table for it, may leave away. */
static bool
is_passed_over(uint32_t cp)
{
    return cp == '\'' || cp == ' ' || cp == 0xa0 || cp == 0x1680 ||
        cp == 0x180e || (cp >= 0x2000 && cp <= 0x200f) ||
        (cp >= 0x2028 && cp <= 0x202f) || (cp >= 0x205f && cp <= 0x206f) ||
        cp == 0x3000 || cp == 0xfeff;
}

bool
csv_is_formula(const void *p, size_t n)
{
    static const uint32_t begins[] = {'=', '+', '-', '@', '\t', '\r', '\n',
        0xff0b, 0xff0d, 0xff1d, 0xff20, 0xfe62, 0xfe63, 0xfe66, 0xfe6b, 0x2212};
    const char *s = p;
    uint32_t cp = 0;

    for (size_t i = 0, k; i < n; i += k) {
        k = utf_next(s + i, n - i, &cp);
        if (k == 0)
            return false;
        for (size_t b = 0; b < VLT_COUNT(begins); b++) {
            if (cp == begins[b])
                return true;
        }
        if (!is_passed_over(cp))
            return false;
    }
    return false;
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
    if (csv_is_formula(s, n))
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
