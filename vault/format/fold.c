/* SPDX-License-Identifier: Apache-2.0 */
/* fold.c: texts brought to one form, so that spellings can be compared */
#include "fold.h"
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"

#include <utf8proc.h>

static const utf8proc_option_t wide_form = (utf8proc_option_t)(UTF8PROC_STABLE |
    UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);

void
vlt_wide_clear(struct vlt_wide *w)
{
    if (w->cp != NULL)
        vlt_wipe(w->cp, w->n * sizeof *w->cp);
    free(w->cp);
    w->cp = NULL;
    w->n = 0;
}

enum vault_status
vlt_fold_wide(const char *p, size_t n, struct vlt_wide *out,
    struct vault_error *err)
{
    const utf8proc_uint8_t *s = (const utf8proc_uint8_t *)p;
    utf8proc_ssize_t need, len;
    struct vlt_wide w;

    need = utf8proc_decompose(s, (utf8proc_ssize_t)n, NULL, 0, wide_form);
    if (need < 0)
        return vlt_fail(err, VAULT_E_FORMAT, "a text is not UTF-8");
    w.n = (size_t)need + 1;
    w.cp = calloc(w.n, sizeof *w.cp);
    if (w.cp == NULL)
        return vlt_fail_memory(err);
    len = utf8proc_decompose(s, (utf8proc_ssize_t)n, (utf8proc_int32_t *)w.cp,
        need, wide_form);
    if (len == need)
        len =
            utf8proc_normalize_utf32((utf8proc_int32_t *)w.cp, len, wide_form);
    if (len < 0 || len > need) {
        vlt_wide_clear(&w);
        return vlt_fail(err, VAULT_E_FORMAT, "a text is not UTF-8");
    }
    vlt_wipe(w.cp + len, (w.n - (size_t)len) * sizeof *w.cp);
    w.n = (size_t)len;
    *out = w;
    return VAULT_OK;
}

bool
vlt_is_han(uint32_t cp)
{
    return (cp >= 0x3400 && cp <= 0x4dbf) || (cp >= 0x4e00 && cp <= 0x9fff) ||
        (cp >= 0xf900 && cp <= 0xfaff) || (cp >= 0x20000 && cp <= 0x3ffff) ||
        cp == 0x3007;
}

bool
vlt_is_word(uint32_t cp)
{
    switch (utf8proc_category((utf8proc_int32_t)cp)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
        return true;
    default:
        return false;
    }
}

bool
vlt_is_apostrophe(uint32_t cp)
{
    return cp == 0x27 || cp == 0x60 || cp == 0xb4 || cp == 0x2018 ||
        cp == 0x2019 || cp == 0x2032 || (cp >= 0x2b9 && cp <= 0x2bf);
}

enum vlt_script
vlt_script_of(const uint32_t *cp, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        uint32_t c = cp[i];

        if ((c >= 'a' && c <= 'z') || (c >= 0xc0 && c <= 0x2af) ||
            (c >= 0x1e00 && c <= 0x1eff))
            return VLT_SCRIPT_LATIN;
        if (c >= 0x400 && c <= 0x52f)
            return VLT_SCRIPT_CYRILLIC;
        if ((c >= 0x620 && c <= 0x64a) || (c >= 0x671 && c <= 0x6d5) ||
            (c >= 0x6ee && c <= 0x6ff))
            return VLT_SCRIPT_ARABIC;
    }
    return VLT_SCRIPT_OTHER;
}

size_t
vlt_put_utf8(uint32_t cp, char out[4])
{
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)cp,
        (utf8proc_uint8_t *)out);
}

static bool
is_mark(uint32_t cp)
{
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);

    return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC ||
        c == UTF8PROC_CATEGORY_ME;
}

uint32_t
vlt_base_letter(uint32_t cp, uint32_t *mark)
{
    utf8proc_int32_t part[8];
    int last = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)cp, part, 8,
        UTF8PROC_DECOMPOSE, &last);

    *mark = 0;
    if (n < 1 || n > 8)
        return cp;
    /* the last mark is the tone, where there are two (u with dots) */
    if (n > 1)
        *mark = (uint32_t)part[n - 1];
    return (uint32_t)part[0];
}

static const struct {
    uint16_t from;
    const char *to;
} plain[] = {
    {0xe6, "ae"},
    {0xf0, "d"},
    {0xf8, "o"},
    {0xfe, "th"},
    {0x111, "d"},
    {0x127, "h"},
    {0x131, "i"},
    {0x142, "l"},
    {0x14b, "n"},
    {0x153, "oe"},
    {0x167, "t"},
    {0x180, "b"},
    {0x1b6, "z"},
    {0x259, "a"},
    {0x268, "i"},
    {0x275, "o"},
    /* Arabic script: letters of one shape, typed on other keyboards */
    {0x6a9, "\xd9\x83"},
    {0x6cc, "\xd9\x89"},
    {0x640, ""},
    {0x674, ""},
};

static const char *
plain_form(uint32_t cp)
{
    size_t i;

    for (i = 0; i < VLT_COUNT(plain); i++) {
        if (plain[i].from == cp)
            return plain[i].to;
    }
    return NULL;
}

static size_t
put_plain(uint32_t cp, char *out, size_t room)
{
    const char *p;
    char utf8[4];
    uint32_t mark;
    size_t n;

    if (is_mark(cp))
        return 0;
    if ((cp >= 0x660 && cp <= 0x669) || (cp >= 0x6f0 && cp <= 0x6f9))
        cp = '0' + (cp & 15);
    cp = vlt_base_letter(cp, &mark);
    p = plain_form(cp);
    n = p != NULL ? strlen(p) : vlt_put_utf8(cp, utf8);
    if (n > room)
        return 0;
    memcpy(out, p != NULL ? p : utf8, n);
    return n;
}

size_t
vlt_fold_word(const uint32_t *cp, size_t n, char *out, size_t size)
{
    size_t len = 0;
    size_t i;

    for (i = 0; i < n; i++)
        len += put_plain(cp[i], out + len, size - 1 - len);
    out[len] = 0;
    return len;
}
