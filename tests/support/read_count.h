/* SPDX-License-Identifier: Apache-2.0 */
/* read_count.h: how much of a file SQLite reads */
#ifndef TEST_READ_COUNT_H
#define TEST_READ_COUNT_H

#include <stdint.h>

/* Register a VFS around the default one that counts, for this process. */
void read_count_install(void);
/* Reads (one for each page) since the last call. */
uint64_t read_count_take(void);

#endif
