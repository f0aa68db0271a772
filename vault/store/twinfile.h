/* SPDX-License-Identifier: Apache-2.0 */
/* twinfile.h: reading through a file that another connection has open */
#ifndef VLT_TWINFILE_H
#define VLT_TWINFILE_H

#include <sqlite3.h>
#include <stdbool.h>

/*
 * An open file of SQLite that passes reading on to another one and has
 * no lock of its own: the other holds a shared lock while this one is used. Nothing
 * is written, nothing is closed but itself. f has room for two pointers. Both may be read at once, in two
 * threads, where vlt_twinfile_can says so.
 */
void vlt_twinfile_open(sqlite3_file *f, sqlite3_file *other);
bool vlt_twinfile_can(void);

#endif
