/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_text.c: values of a card, escaped, split and folded */
#include "vcard_line.h"

#include <string.h>

void
vcard_put_param(struct vlt_buf *out, const char *name, const void *value,
    size_t n)
{
    const char *s = value;
    bool quote = n == 0;

    for (size_t i = 0; i < n; i++)
        quote = quote || strchr(",;: =\n", s[i]) != NULL;
    vlt_buf_put_u8(out, ';');
    vlt_buf_put_str(out, name);
    vlt_buf_put_str(out, quote ? "=\"" : "=");
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\n')
            vlt_buf_put_str(out, "^n");
        else if (s[i] == '^')
            vlt_buf_put_str(out, "^^");
        else if (s[i] == '"')
            vlt_buf_put_str(out, "^'");
        else
            vlt_buf_put_u8(out, (uint8_t)s[i]);
    }
    if (quote)
        vlt_buf_put_u8(out, '"');
}

void
vcard_put_text(struct vlt_buf *out, const void *text, size_t n)
{
    const char *s = text;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\n') {
            vlt_buf_put_str(out, "\\n");
            continue;
        }
        if (s[i] == '\\' || s[i] == ',' || s[i] == ';')
            vlt_buf_put_u8(out, '\\');
        vlt_buf_put_u8(out, (uint8_t)s[i]);
    }
}

void
vcard_unescape(struct vlt_buf *out, struct vcard_text t)
{
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];

        if (c == '\\' && i + 1 < t.n) {
            char next = t.p[i + 1];

            /* Before anything else the backslash stands for itself. */
            if (next == 'n' || next == 'N')
                c = '\n';
            else if (next != 0 && strchr("\\,;:", next) != NULL)
                c = next;
            i += c == '\\' && next != '\\' ? 0 : 1;
        }
        vlt_buf_put_u8(out, (uint8_t)c);
    }
}

bool
vcard_component(struct vcard_text *rest, char separator, struct vcard_text *out)
{
    size_t i = 0;

    if (rest->p == NULL)
        return false;
    while (i < rest->n && rest->p[i] != separator)
        i += rest->p[i] == '\\' && i + 1 < rest->n ? 2 : 1;
    *out = (struct vcard_text){rest->p, i};
    if (i >= rest->n) {
        rest->p = NULL;
    } else {
        rest->p += i + 1;
        rest->n -= i + 1;
    }
    return true;
}

void
vcard_fold(struct vlt_buf *out, const void *line, size_t n)
{
    const uint8_t *p = line;
    size_t room = 75;

    while (n > room) {
        size_t cut = room;

        while (cut > 1 && (p[cut] & 0xc0) == 0x80)
            cut--;
        vlt_buf_put(out, p, cut);
        vlt_buf_put_str(out, "\r\n ");
        p += cut;
        n -= cut;
        room = 74; /* the space counts */
    }
    vlt_buf_put(out, p, n);
    vlt_buf_put_str(out, "\r\n");
}
