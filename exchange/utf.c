/* SPDX-License-Identifier: Apache-2.0 */
/* utf.c: code points of a text, and how many columns they take */
#include "utf.h"

#include "fail.h"

struct range {
    uint32_t first, last;
};

static bool
in_ranges(const struct range *r, size_t n, uint32_t cp)
{
    for (size_t i = 0; i < n; i++) {
        if (cp >= r[i].first && cp <= r[i].last)
            return true;
    }
    return false;
}

size_t
utf_next(const char *s, size_t n, uint32_t *cp)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)s;
    size_t len = 1;
    uint32_t v = p[0];

    if (v >= 0xf0 && v <= 0xf4)
        len = 4;
    else if (v >= 0xe0 && v < 0xf0)
        len = 3;
    else if (v >= 0xc2 && v < 0xe0)
        len = 2;
    else if (v >= 0x80)
        return 0;
    if (len > n)
        return 0;
    if (len > 1)
        v &= 0xffu >> (len + 1);
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 0x3fu);
    }
    if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
        return 0;
    *cp = v;
    return len;
}

size_t
utf_put(char *out, uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

bool
utf_plain(uint32_t cp)
{
    /* clang-format off */
    /* Controls, and what is invisible or changes the order of others:
     * Cc, Cf, Zl, Zp, fillers, variation selectors, tags. */
    static const struct range hidden[] = {
        {0x0000, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},
        {0x034f, 0x034f},   {0x061c, 0x061c},   {0x115f, 0x1160},
        {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},
        {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
        {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
        {0xffa0, 0xffa0},   {0xfff0, 0xfffb},   {0x1bca0, 0x1bca3},
        {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
    };
    /* clang-format on */

    if ((cp & 0xfffe) == 0xfffe || cp > 0x10ffff)
        return false;
    return !in_ranges(hidden, VLT_COUNT(hidden), cp);
}

int
utf_width(uint32_t cp)
{
    /* clang-format off */
    static const struct range marks[] = {
        {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd},
        {0x0610, 0x061a}, {0x064b, 0x065f}, {0x0670, 0x0670},
        {0x06d6, 0x06dc}, {0x06df, 0x06e4}, {0x06e7, 0x06e8},
        {0x06ea, 0x06ed}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
        {0x0e47, 0x0e4e}, {0x0f71, 0x0f7e}, {0x0f80, 0x0f84},
        {0x0f90, 0x0fbc}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
        {0x20d0, 0x20ff}, {0xfe20, 0xfe2f},
    };
    static const struct range wide[] = {
        {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},
        {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
        {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},
        {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
        {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
        {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
    };
    /* clang-format on */

    if (in_ranges(marks, VLT_COUNT(marks), cp))
        return 0;
    return in_ranges(wide, VLT_COUNT(wide), cp) ? 2 : 1;
}

int
utf_columns(const char *s, size_t n)
{
    int columns = 0;

    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t len = utf_next(s + i, n - i, &cp);

        columns += len == 0 ? 1 : utf_width(cp);
        i += len == 0 ? 1 : len;
    }
    return columns;
}

size_t
utf_count(const char *s, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n; count++) {
        uint32_t cp = 0;
        size_t len = utf_next(s + i, n - i, &cp);

        i += len == 0 ? 1 : len;
    }
    return count;
}
