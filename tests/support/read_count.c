/* SPDX-License-Identifier: Apache-2.0 */
/* read_count.c: how much of a file SQLite reads */
#include "read_count.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* SQLite has methods of its own for each kind of file. */
enum { KINDS = 4 };
static struct kind {
    const sqlite3_io_methods *real;
    sqlite3_io_methods ours;
} kinds[KINDS];
static sqlite3_vfs counting, *under;
static atomic_uint_fast64_t reads; /* of several threads */

static int
count_read(sqlite3_file *f, void *p, int n, sqlite3_int64 off)
{
    size_t i = 0;

    while (&kinds[i].ours != f->pMethods)
        i++;
    reads++;
    return kinds[i].real->xRead(f, p, n, off);
}

static int
count_open(sqlite3_vfs *v, sqlite3_filename name, sqlite3_file *f, int flags,
    int *out)
{
    int rc = under->xOpen(under, name, f, flags, out);
    size_t i = 0;

    (void)v;
    if (rc != SQLITE_OK || f->pMethods == NULL)
        return rc;
    while (i < KINDS && kinds[i].real != NULL && kinds[i].real != f->pMethods)
        i++;
    if (i == KINDS) {
        fprintf(stderr, "read_count: files of many kinds\n");
        exit(2);
    }
    kinds[i].real = f->pMethods;
    kinds[i].ours = *f->pMethods;
    kinds[i].ours.xRead = count_read;
    f->pMethods = &kinds[i].ours;
    return rc;
}

void
read_count_install(void)
{
    (void)sqlite3_initialize();
    under = sqlite3_vfs_find(NULL);
    counting = *under;
    counting.zName = "read-count";
    counting.pNext = NULL;
    counting.xOpen = count_open;
    if (sqlite3_vfs_register(&counting, 1) != SQLITE_OK)
        exit(2);
}

uint64_t
read_count_take(void)
{
    return atomic_exchange(&reads, 0);
}
