/* SPDX-License-Identifier: Apache-2.0 */
/* bench_texts.h: invented testimonies, the same for the same number */
#ifndef BENCH_TEXTS_H
#define BENCH_TEXTS_H

#include <stddef.h>
#include <stdint.h>

enum { BENCH_TITLE = 256, BENCH_TEXT = 4096, BENCH_HASH = 32 };

/*
 * About thirty words in Latin, Cyrillic, Arabic and Han letters. Of record i:
 *   testimony   in every record        und     language of the text
 *   case<i>     in this one only       group<i % 1000>
 */
void bench_invent(uint64_t i, char title[BENCH_TITLE], char text[BENCH_TEXT]);
/* A hash as of a row of a table that was imported. */
void bench_hash(uint64_t i, uint8_t out[BENCH_HASH]);

#endif
