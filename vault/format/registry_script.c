/* SPDX-License-Identifier: Apache-2.0 */
/* registry_script.c: in which script a name is written */
#include "registry.h"
#include "fail.h"
#include "text.h"

#include <string.h>

/*
 * Letters of the scripts in which names of the region are written, by the
 * blocks of the Unicode Standard that hold them (Blocks.txt, Scripts.txt).
 * Digits, marks and punctuation that lie in these blocks and belong to all
 * scripts are left out or do not occur in names.
 */
static const struct {
    uint32_t first, last;
    const char *script;
} ranges[] = {
    {0x41, 0x5a, "Latn"},
    {0x61, 0x7a, "Latn"},
    {0xaa, 0xaa, "Latn"},
    {0xba, 0xba, "Latn"},
    {0xc0, 0xd6, "Latn"},
    {0xd8, 0xf6, "Latn"},
    {0xf8, 0x2b8, "Latn"},
    {0x400, 0x484, "Cyrl"},
    {0x487, 0x52f, "Cyrl"},
    {0x620, 0x63f, "Arab"},
    {0x641, 0x64a, "Arab"},
    {0x66e, 0x66f, "Arab"},
    {0x671, 0x6d3, "Arab"},
    {0x6d5, 0x6d5, "Arab"},
    {0x6e5, 0x6e6, "Arab"},
    {0x6ee, 0x6ef, "Arab"},
    {0x6fa, 0x6fc, "Arab"},
    {0x6ff, 0x6ff, "Arab"},
    {0x750, 0x77f, "Arab"},
    {0x8a0, 0x8c9, "Arab"},
    {0x1c80, 0x1c88, "Cyrl"},
    {0x1d00, 0x1d25, "Latn"},
    {0x1e00, 0x1eff, "Latn"},
    {0x2c60, 0x2c7f, "Latn"},
    {0x2de0, 0x2dff, "Cyrl"},
    {0x3005, 0x3005, "Hani"},
    {0x3007, 0x3007, "Hani"},
    {0x3400, 0x4dbf, "Hani"},
    {0x4e00, 0x9fff, "Hani"},
    {0xa640, 0xa69f, "Cyrl"},
    {0xa722, 0xa787, "Latn"},
    {0xa78b, 0xa7ff, "Latn"},
    {0xf900, 0xfaff, "Hani"},
    {0xfb50, 0xfbb1, "Arab"},
    {0xfbd3, 0xfd3d, "Arab"},
    {0xfd50, 0xfdfc, "Arab"},
    {0xfe70, 0xfefc, "Arab"},
    {0xff21, 0xff3a, "Latn"},
    {0xff41, 0xff5a, "Latn"},
    {0x20000, 0x323af, "Hani"},
};

/* One code point of text that is UTF-8; its length. */
static size_t
next(const uint8_t *p, uint32_t *cp)
{
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

    *cp = n == 1 ? p[0] : (uint32_t)p[0] & (0x7fU >> n);
    for (size_t i = 1; i < n; i++)
        *cp = *cp << 6 | ((uint32_t)p[i] & 0x3f);
    return n;
}

/* NULL for what belongs to all scripts; "" for a letter of another one. */
static const char *
script_of(uint32_t cp)
{
    for (size_t i = 0; i < VLT_COUNT(ranges); i++)
        if (cp >= ranges[i].first && cp <= ranges[i].last)
            return ranges[i].script;
    /* ASCII, Latin-1 signs, combining marks, Arabic signs, general and CJK
     * punctuation (the dot between the parts of a name), variation marks. */
    if (cp < 0xc0 || cp == 0xd7 || cp == 0xf7 || (cp >= 0x2b9 && cp < 0x370) ||
        (cp >= 0x600 && cp < 0x700) || (cp >= 0x2000 && cp < 0x2070) ||
        (cp >= 0x3000 && cp < 0x3040) || cp == 0x30fb || cp == 0x485 ||
        cp == 0x486 || (cp >= 0xfe00 && cp < 0xfe10))
        return NULL;
    return "";
}

const char *
vault_form_script(const void *text, size_t n)
{
    const uint8_t *p = text;
    const char *found = NULL;

    if (!vlt_utf8_valid(p, n))
        return NULL;
    while (n > 0) {
        uint32_t cp;
        size_t len = next(p, &cp);
        const char *script = script_of(cp);

        p += len;
        n -= len;
        if (script == NULL)
            continue;
        if (found != NULL && strcmp(found, script) != 0)
            return NULL;
        found = script;
    }
    return found != NULL && found[0] != 0 ? found : NULL;
}
