/* SPDX-License-Identifier: Apache-2.0 */
/* strip_check.c: a second reader looks for metadata in a finished picture */
#include "strip_check.h"

#include "fail.h"

#include <stdbool.h>
#include <string.h>

static enum vault_status
found(size_t at, struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_INTERNAL,
        "the copy was not clean at byte %zu and was thrown away; this is a "
        "fault in the program",
        at);
}

/* Whether an APPn segment (from its marker) is one that a copy can have. */
static bool
app_allowed(const uint8_t *p, size_t n)
{
    static const uint8_t turned[34] = "\xff\xe1\0\x22"
                                      "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0"
                                      "\0\0\1";

    switch (p[1]) {
    case 0xe0:
        return n == 18 && memcmp(p + 4, "JFIF", 5) == 0 && p[16] == 0 &&
            p[17] == 0;
    case 0xe1:
        return n == 36 && memcmp(p, turned, 28) == 0 && p[28] == 0 &&
            p[29] < 9 && memcmp(p + 30, "\0\0\0\0\0", 6) == 0;
    case 0xe2:
        return n > 18 && memcmp(p + 4, "ICC_PROFILE", 12) == 0;
    case 0xee:
        return n == 16 && memcmp(p + 4, "Adobe\0\x64\0\0\0", 11) == 0;
    default:
        return false;
    }
}

enum vault_status
strip_check_jpeg(const uint8_t *p, size_t n, struct vault_error *err)
{
    size_t at = 2;

    while (at + 4 <= n) {
        size_t len = 2 + ((size_t)p[at + 2] << 8 | p[at + 3]);

        if (p[at] != 0xff || p[at + 1] < 0xc0 || p[at + 1] > 0xef ||
            len > n - at)
            return found(at, err);
        if (p[at + 1] >= 0xe0 && !app_allowed(p + at, len))
            return found(at, err);
        at += len;
        if (p[at - len + 1] != 0xda)
            continue;
        while (at + 1 < n &&
            !(p[at] == 0xff && p[at + 1] >= 0xc0 &&
                (p[at + 1] < 0xd0 || p[at + 1] > 0xd7)))
            at++;
    }
    if (n < 4 || at + 2 != n || p[at] != 0xff || p[at + 1] != 0xd9)
        return found(at, err);
    return VAULT_OK;
}

enum vault_status
strip_check_png(const uint8_t *p, size_t n, struct vault_error *err)
{
    static const char names[] = "IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT "
                                "bKGD pHYs hIST cICP mDCV cLLI acTL fcTL fdAT";
    size_t at = 8;

    while (at + 12 <= n) {
        size_t len = (size_t)p[at] << 24 | (size_t)p[at + 1] << 16 |
            (size_t)p[at + 2] << 8 | p[at + 3];
        const char *name = (const char *)p + at + 4;
        bool ok = false;

        if (len > n - at - 12)
            return found(at, err);
        for (size_t i = 0; i + 4 < sizeof names; i += 5)
            ok = ok || memcmp(names + i, name, 4) == 0;
        if (memcmp(name, "eXIf", 4) == 0)
            ok = len == 26;
        if (memcmp(name, "iCCP", 4) == 0)
            ok = len > 5 && memcmp(name + 4, "icc\0", 5) == 0;
        if (!ok)
            return found(at, err);
        at += 12 + len;
        if (memcmp(name, "IEND", 4) == 0)
            break;
    }
    return at == n ? VAULT_OK : found(at, err);
}
