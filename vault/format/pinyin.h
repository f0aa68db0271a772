/* SPDX-License-Identifier: Apache-2.0 */
/* pinyin.h: readings of Han characters, and what syllables a word is made of */
#ifndef VLT_PINYIN_H
#define VLT_PINYIN_H

#include <stddef.h>
#include <stdint.h>

/* The tables of pinyin_table.c, made from the Unihan database by
 * scripts/gen-pinyin. */
enum {
    VLT_HAN_FIRST = 0x4e00,
    VLT_HAN_LAST = 0x9fff,
    VLT_HAN_COUNT = VLT_HAN_LAST - VLT_HAN_FIRST + 1,
    VLT_PINYIN_NAMES = 417,
    VLT_PINYIN_MORE = 1723,
    VLT_HAN_SIMPLE = 2622,
    VLT_PINYIN_READINGS = 3, /* of one character at most */
    VLT_PINYIN_LETTERS = 6   /* of one syllable at most */
};
extern const char *const vlt_pinyin_names[VLT_PINYIN_NAMES];
extern const uint16_t vlt_pinyin_first[VLT_HAN_COUNT];
extern const uint16_t vlt_pinyin_more[VLT_PINYIN_MORE][2];
extern const uint16_t vlt_han_simple[VLT_HAN_SIMPLE][2];

/* A reading: 8 x syllable + tone, tone 1 to 4, 5 for none. */
#define VLT_PINYIN_TONE(r) ((unsigned)(r)&7u)
#define VLT_PINYIN_NAME(r) (vlt_pinyin_names[(r) >> 3])

/* Readings of a character, the most common first; how many. */
size_t vlt_pinyin(uint32_t han, uint16_t out[VLT_PINYIN_READINGS]);
/* The simplified form of a traditional character, else the character. */
uint32_t vlt_han_fold(uint32_t han);

/*
 * Ways to read n letters (a-z) as pinyin syllables: way[i] ends with a 0 and
 * holds the lengths of its syllables. At most `max` ways of at most
 * VLT_PINYIN_WAY - 1 syllables; how many were found.
 */
enum { VLT_PINYIN_WAY = 9 };
size_t vlt_pinyin_split(const char *letters, size_t n,
    uint8_t (*way)[VLT_PINYIN_WAY], size_t max);

#endif
