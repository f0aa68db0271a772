/* SPDX-License-Identifier: Apache-2.0 */
/* bench_plain.h: the same texts without a vault, to compare with */
#ifndef BENCH_PLAIN_H
#define BENCH_PLAIN_H

#include <stdint.h>

/*
 * In FOLDER: `plain.db`, a table of the texts with a full-text index of stock
 * SQLite (FTS5, unicode61), not encrypted; and `plain.txt`, a line for each.
 */
void bench_plain_fill(const char *folder, uint64_t n);

/* The newest 50 that hold these words (NULL: one word). Median over the
 * rounds of what this process computed, ms; each with a connection of its
 * own, as for the vault. -1: there is no such file. */
double bench_plain_find(const char *folder, const char *one, const char *two);

/* grep for this word in the texts, ms by the wall; -1: no such file. */
double bench_plain_grep(const char *folder, const char *word);

#endif
