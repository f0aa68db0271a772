/* SPDX-License-Identifier: Apache-2.0 */
/* pinyin.c: readings of Han characters, and what syllables a word is made of */
#include "pinyin.h"
#include <stdbool.h>
#include <string.h>

/* First place in an ascending table of pairs whose key is not below. */
static size_t
place(const uint16_t (*table)[2], size_t n, uint32_t key)
{
    size_t lo = 0;

    while (lo < n) {
        size_t mid = lo + (n - lo) / 2;

        if (table[mid][0] < key)
            lo = mid + 1;
        else
            n = mid;
    }
    return lo;
}

size_t
vlt_pinyin(uint32_t han, uint16_t out[VLT_PINYIN_READINGS])
{
    size_t n = 0;
    size_t i;

    if (han < VLT_HAN_FIRST || han > VLT_HAN_LAST)
        return 0;
    if (vlt_pinyin_first[han - VLT_HAN_FIRST] == 0)
        return 0;
    out[n++] = vlt_pinyin_first[han - VLT_HAN_FIRST];
    i = place(vlt_pinyin_more, VLT_PINYIN_MORE, han);
    while (n < VLT_PINYIN_READINGS && i < VLT_PINYIN_MORE &&
        vlt_pinyin_more[i][0] == han)
        out[n++] = vlt_pinyin_more[i++][1];
    return n;
}

uint32_t
vlt_han_fold(uint32_t han)
{
    size_t i = place(vlt_han_simple, VLT_HAN_SIMPLE, han);

    if (i < VLT_HAN_SIMPLE && vlt_han_simple[i][0] == han)
        return vlt_han_simple[i][1];
    return han;
}

/* Interjections without a vowel (m, n, ng) would split every word. */
static bool
is_syllable(const char *s, size_t n)
{
    size_t lo = 0;
    size_t hi = VLT_PINYIN_NAMES;

    if (n == 0 || n > VLT_PINYIN_LETTERS || strcspn(s, "aeiou") >= n)
        return false;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = strncmp(vlt_pinyin_names[mid], s, n);

        if (c == 0 && vlt_pinyin_names[mid][n] == 0)
            return true;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

struct splitting {
    const char *s;
    size_t n;
    uint8_t (*way)[VLT_PINYIN_WAY];
    size_t max;
    size_t found;
    unsigned steps; /* an end for words that nearly split in many ways */
    uint8_t now[VLT_PINYIN_WAY];
};

/* Longest syllables first: the likeliest way comes first. */
static void
split_from(struct splitting *p, size_t at, size_t depth)
{
    size_t len;

    if (at == p->n) {
        p->now[depth] = 0;
        memcpy(p->way[p->found++], p->now, sizeof p->now);
        return;
    }
    if (depth == VLT_PINYIN_WAY - 1 || p->steps++ > 2000)
        return;
    for (len = VLT_PINYIN_LETTERS; len > 0 && p->found < p->max; len--) {
        if (len <= p->n - at && is_syllable(p->s + at, len)) {
            p->now[depth] = (uint8_t)len;
            split_from(p, at + len, depth + 1);
        }
    }
}

size_t
vlt_pinyin_split(const char *letters, size_t n, uint8_t (*way)[VLT_PINYIN_WAY],
    size_t max)
{
    struct splitting p = {letters, n, way, max, 0, 0, {0}};

    if (n > 0 && max > 0)
        split_from(&p, 0, 0);
    return p.found;
}
