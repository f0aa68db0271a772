/* SPDX-License-Identifier: Apache-2.0 */
/* translit.c: other spellings of a word: Latin ones, and one that all share */
/*
 * Sources of the tables, each written down here letter by letter and without
 * accents (a reader who types none finds the word too):
 *
 * RU   BGN/PCGN 1947 System, Romanization of Russian (US Board on Geographic
 *      Names, Permanent Committee on Geographical Names); e is written e in
 *      every position, which vlt_skeleton makes equal to ye.
 * KL   Kazakh alphabet in Latin letters as presented on 28 January 2021 to
 *      the national commission for it (a-umlaut, o-umlaut, u-umlaut, u-macron,
 *      g-breve, n-tilde, s-cedilla, dotless i), without its accents.
 * KB   BGN/PCGN 1979 System, Romanization of Kazakh.
 * UC   Uyghur Cyrillic alphabet (Soviet Uyghur, 1947) to Uyghur Latin.
 * UL   Uyghur Arabic alphabet (1983) to Uyghur Latin Yeziqi (Xinjiang
 *      University 2001): J. Duval and W. A. Janbaz, An Introduction to
 *      Latin-Script Uyghur, 2006.
 * KA   Kazakh Arabic alphabet (A. Baitursynuly's tote zhazu, in the form in
 *      use in China since 1983), letter by letter to the letters of KB.
 */
#include "translit.h"
#include <stdbool.h>
#include <string.h>
#include "fail.h"
#include "fold.h"

struct letter {
    uint16_t cp;
    const char *to[4];
};

enum { RU, KL, KB, UC };
static const struct letter cyrillic[] = {
    {0x430, {"a", "a", "a", "a"}},
    {0x431, {"b", "b", "b", "b"}},
    {0x432, {"v", "v", "v", "w"}},
    {0x433, {"g", "g", "g", "g"}},
    {0x434, {"d", "d", "d", "d"}},
    {0x435, {"e", "e", "e", "e"}},
    {0x436, {"zh", "j", "zh", "zh"}},
    {0x437, {"z", "z", "z", "z"}},
    {0x438, {"i", "i", "i", "i"}},
    {0x439, {"y", "i", "y", "y"}},
    {0x43a, {"k", "k", "k", "k"}},
    {0x43b, {"l", "l", "l", "l"}},
    {0x43c, {"m", "m", "m", "m"}},
    {0x43d, {"n", "n", "n", "n"}},
    {0x43e, {"o", "o", "o", "o"}},
    {0x43f, {"p", "p", "p", "p"}},
    {0x440, {"r", "r", "r", "r"}},
    {0x441, {"s", "s", "s", "s"}},
    {0x442, {"t", "t", "t", "t"}},
    {0x443, {"u", "u", "u", "u"}},
    {0x444, {"f", "f", "f", "f"}},
    {0x445, {"kh", "h", "kh", "x"}},
    {0x446, {"ts", "ts", "ts", "ts"}},
    {0x447, {"ch", "ch", "ch", "ch"}},
    {0x448, {"sh", "s", "sh", "sh"}},
    {0x449, {"shch", "s", "shch", "sh"}},
    {0x44a, {"", "", "", ""}},
    {0x44b, {"y", "y", "y", "i"}},
    {0x44c, {"", "", "", ""}},
    {0x44d, {"e", "e", "e", "e"}},
    {0x44e, {"yu", "iu", "yu", "yu"}},
    {0x44f, {"ya", "ia", "ya", "ya"}},
    {0x451, {"e", "io", "yo", "yo"}},
    {0x454, {"ye", "e", "ye", "ye"}}, /* Ukrainian ye */
    {0x456, {"i", "i", "i", "i"}},
    {0x457, {"yi", "i", "yi", "yi"}}, /* Ukrainian yi */
    {0x45e, {"u", "u", "u", "u"}},
    {0x491, {"g", "g", "g", "g"}},
    {0x493, {"gh", "g", "gh", "gh"}},
    {0x497, {"zh", "j", "zh", "j"}},
    {0x49b, {"q", "q", "q", "q"}},
    {0x4a3, {"ng", "n", "ng", "ng"}},
    {0x4af, {"u", "u", "u", "u"}},
    {0x4b1, {"u", "u", "u", "u"}},
    {0x4b3, {"kh", "h", "kh", "h"}},
    {0x4bb, {"h", "h", "h", "h"}},
    {0x4d9, {"a", "a", "a", "e"}},
    {0x4e9, {"o", "o", "o", "o"}},
};

enum { UL, KA };
static const struct letter arabic[] = {
    {0x621, {"", ""}},
    {0x622, {"a", "a"}},
    {0x623, {"a", "a"}},
    {0x626, {"", ""}}, /* carries a vowel, has no sound of its own */
    {0x627, {"a", "a"}},
    {0x628, {"b", "b"}},
    {0x62a, {"t", "t"}},
    {0x62b, {"s", "s"}},
    {0x62c, {"j", "zh"}},
    {0x62d, {"h", "kh"}},
    {0x62e, {"x", "kh"}},
    {0x62f, {"d", "d"}},
    {0x630, {"z", "z"}},
    {0x631, {"r", "r"}},
    {0x632, {"z", "z"}},
    {0x633, {"s", "s"}},
    {0x634, {"sh", "sh"}},
    {0x635, {"s", "s"}},
    {0x636, {"z", "z"}},
    {0x637, {"t", "t"}},
    {0x638, {"z", "z"}},
    {0x639, {"", "gh"}},
    {0x63a, {"gh", "gh"}},
    {0x641, {"f", "f"}},
    {0x642, {"q", "q"}},
    {0x643, {"k", "k"}},
    {0x644, {"l", "l"}},
    {0x645, {"m", "m"}},
    {0x646, {"n", "n"}},
    {0x647, {"h", "h"}},
    {0x648, {"o", "o"}},
    {0x649, {"i", "y"}},
    {0x64a, {"y", "i"}},
    {0x674, {"", ""}}, /* high hamza: the word's vowels are front ones */
    {0x67e, {"p", "p"}},
    {0x686, {"ch", "ch"}},
    {0x698, {"zh", "zh"}},
    {0x6a9, {"k", "k"}},
    {0x6ad, {"ng", "ng"}},
    {0x6af, {"g", "g"}},
    {0x6be, {"h", "h"}},
    {0x6c6, {"o", "v"}},
    {0x6c7, {"u", "u"}},
    {0x6c8, {"u", "u"}},
    {0x6cb, {"w", "u"}},
    {0x6cc, {"i", "i"}},
    {0x6d0, {"e", "e"}},
    {0x6d5, {"e", "e"}},
};

static const struct letter *
find_letter(const struct letter *table, size_t n, uint32_t cp)
{
    size_t lo = 0;

    while (lo < n) {
        size_t mid = lo + (n - lo) / 2;

        if (table[mid].cp == cp)
            return &table[mid];
        if (table[mid].cp < cp)
            lo = mid + 1;
        else
            n = mid;
    }
    return NULL;
}

static size_t
append(char out[VLT_SPELLING], size_t len, const char *s, size_t n)
{
    if (n > VLT_SPELLING - 1 - len)
        n = VLT_SPELLING - 1 - len;
    memcpy(out + len, s, n);
    out[len + n] = 0;
    return len + n;
}

static void
write_by(const struct letter *table, size_t rows, int column,
    const uint32_t *cp, size_t n, char out[VLT_SPELLING])
{
    size_t len = 0;
    size_t i;

    out[0] = 0;
    for (i = 0; i < n; i++) {
        const struct letter *l = find_letter(table, rows, cp[i]);
        char rest[32];

        if (l != NULL) {
            len = append(out, len, l->to[column], strlen(l->to[column]));
        } else {
            size_t k = vlt_fold_word(&cp[i], 1, rest, sizeof rest);

            len = append(out, len, rest, k);
        }
    }
}

static bool
plain_ascii(const char *s)
{
    for (; *s != 0; s++) {
        if ((unsigned char)*s >= 0x80)
            return false;
    }
    return true;
}

/* Keep out[n] if it is Latin throughout and new. */
static size_t
keep(char (*out)[VLT_SPELLING], size_t n)
{
    size_t i;

    if (out[n][0] == 0 || !plain_ascii(out[n]))
        return n;
    for (i = 0; i < n; i++) {
        if (strcmp(out[i], out[n]) == 0)
            return n;
    }
    return n + 1;
}

size_t
vlt_translit(const uint32_t *cp, size_t n, char (*out)[VLT_SPELLING])
{
    enum vlt_script script = vlt_script_of(cp, n);
    size_t k = 0;
    int column;

    if (script == VLT_SCRIPT_CYRILLIC) {
        for (column = RU; column <= UC; column++) {
            write_by(cyrillic, VLT_COUNT(cyrillic), column, cp, n, out[k]);
            k = keep(out, k);
        }
    } else if (script == VLT_SCRIPT_ARABIC) {
        for (column = UL; column <= KA; column++) {
            write_by(arabic, VLT_COUNT(arabic), column, cp, n, out[k]);
            k = keep(out, k);
        }
    }
    return k;
}

/* ---- skeletons ---- */

/* Latin letters that stand for two in other spellings. */
static const struct letter latin[] = {
    {0xe7, {"ch"}},    /* c cedilla: Turkish, Uyghur, Kazakh */
    {0xf1, {"ng"}},    /* n tilde: Kazakh 2021 */
    {0x10d, {"ch"}},   /* c caron: ISO 9 */
    {0x11f, {"gh"}},   /* g breve */
    {0x121, {"gh"}},   /* g dot */
    {0x131, {"y"}},    /* dotless i */
    {0x14b, {"ng"}},   /* eng */
    {0x15d, {"shch"}}, /* s circumflex: ISO 9 */
    {0x15f, {"sh"}},   /* s cedilla */
    {0x161, {"sh"}},   /* s caron */
    {0x17e, {"zh"}},   /* z caron */
    {0x219, {"sh"}},   /* s comma */
};

/* Longest first among those with one beginning. */
static const struct {
    const char *from;
    const char *to;
} same[] = {
    {"shch", "s"},
    {"sch", "s"},
    {"sh", "s"},
    {"tsch", "c"},
    {"tch", "c"},
    {"ch", "c"},
    {"ck", "k"},
    {"c", "k"},
    {"dsch", "j"},
    {"dzh", "j"},
    {"dj", "j"},
    {"zh", "j"},
    {"kh", "h"},
    {"gh", "g"},
    {"ph", "f"},
    {"nggh", "n"},
    {"ngh", "n"},
    {"ngg", "n"},
    {"ng", "n"},
    {"tz", "ts"},
    {"q", "k"},
    {"x", "h"},
    {"w", "v"},
    {"y", "i"},
};
/* The same before all others, for the second reading of q and x. */
static const struct {
    char from;
    char to;
} second[] = {{'q', 'c'}, {'x', 's'}};

static size_t
match_same(const char *s, const char **to)
{
    size_t i;

    for (i = 0; i < VLT_COUNT(same); i++) {
        size_t n = strlen(same[i].from);

        if (strncmp(s, same[i].from, n) == 0) {
            *to = same[i].to;
            return n;
        }
    }
    return 0;
}

/* A doubled letter; digits say something each. */
static bool
doubled(const char *s, size_t len, char c)
{
    return len > 0 && s[len - 1] == c && (c < '0' || c > '9');
}

/* Doubled letters once, "ie" as "e"; in place. */
static void
squeeze(char *s)
{
    size_t len = 0;
    size_t i;

    for (i = 0; s[i] != 0; i++) {
        if (doubled(s, len, s[i]))
            continue;
        if (len > 0 && s[len - 1] == 'i' && s[i] == 'e')
            len--;
        if (doubled(s, len, s[i]))
            continue;
        s[len++] = s[i];
    }
    s[len] = 0;
}

static void
bones(const char *s, bool chinese, char out[VLT_SPELLING])
{
    size_t len = 0;

    out[0] = 0;
    while (*s != 0) {
        const char *to = s;
        size_t n = 0;
        size_t i;

        for (i = 0; chinese && i < VLT_COUNT(second); i++) {
            if (*s == second[i].from) {
                len = append(out, len, &second[i].to, 1);
                n = 1;
            }
        }
        if (n == 0 && (n = match_same(s, &to)) > 0)
            len = append(out, len, to, strlen(to));
        else if (n == 0)
            len = append(out, len, s, n = 1);
        s += n;
    }
    squeeze(out);
}

size_t
vlt_skeleton_ascii(const char *s, char (*out)[VLT_SPELLING])
{
    size_t n = 0;

    bones(s, false, out[0]);
    n = keep(out, 0);
    if (n == 1 && strpbrk(s, "qx") != NULL) {
        bones(s, true, out[1]);
        n = keep(out, 1);
    }
    return n;
}

size_t
vlt_skeleton(const uint32_t *cp, size_t n, char (*out)[VLT_SPELLING])
{
    char spelled[VLT_SPELLING];

    if (vlt_script_of(cp, n) != VLT_SCRIPT_LATIN)
        return 0;
    write_by(latin, VLT_COUNT(latin), 0, cp, n, spelled);
    return plain_ascii(spelled) ? vlt_skeleton_ascii(spelled, out) : 0;
}
