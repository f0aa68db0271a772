/* SPDX-License-Identifier: Apache-2.0 */
/* gapfile.h: a database file whose pages hold nothing between their cells */
#ifndef VLT_GAPFILE_H
#define VLT_GAPFILE_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

/*
 * secure_delete zeroes what is deleted, not what is moved: when SQLite
 * spreads the cells of one page over its neighbours, a copy of each cell that
 * left stays in the unused middle of the old page, and a later deletion
 * reaches only the cell itself. So each b-tree page gets zeros there on its
 * way to the disk. SQLite never reads that part.
 */

/*
 * Zero the unused middle of a b-tree page of `size` bytes; other pages
 * (pointer map, overflow, free list) are left alone. They are told apart by
 * number, and by their first byte, which is not a b-tree's while the file has
 * fewer than 2^25 pages.
 */
void vlt_gap_clean(uint8_t *page, size_t size, uint32_t number);

/*
 * Open the database file `name` with `under` so that its pages are cleaned.
 * f has room for vlt_gapfile_size() and under->szOsFile bytes. A result code
 * of SQLite.
 */
int vlt_gapfile_open(sqlite3_vfs *under, sqlite3_filename name, sqlite3_file *f,
    int flags, int *out_flags);
size_t vlt_gapfile_size(void);

#endif
