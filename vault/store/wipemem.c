/* SPDX-License-Identifier: Apache-2.0 */
/* wipemem.c: memory of SQLite, wiped when it is given back */
#include "wipemem.h"
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"

enum { HEAD = 16 }; /* the size before each piece; keeps it aligned */

static int
size_of(void *p)
{
    int n;

    if (p == NULL)
        return 0;
    memcpy(&n, (char *)p - HEAD, sizeof n);
    return n;
}

static void *
get(int n)
{
    char *p;

    if (n <= 0)
        return NULL;
    p = malloc((size_t)n + HEAD);
    if (p == NULL)
        return NULL;
    memcpy(p, &n, sizeof n);
    return p + HEAD;
}

static void
give_back(void *p)
{
    if (p == NULL)
        return;
    vlt_wipe(p, (size_t)size_of(p));
    free((char *)p - HEAD);
}

static void *
change(void *p, int n)
{
    int have = size_of(p);
    void *more = get(n);

    if (more == NULL)
        return NULL;
    memcpy(more, p, (size_t)(have < n ? have : n));
    give_back(p);
    return more;
}

static int
roundup(int n)
{
    return (n + 7) & ~7;
}

static int
start(void *unused)
{
    (void)unused;
    return SQLITE_OK;
}

static void
stop(void *unused)
{
    (void)unused;
}

void
vlt_wipemem_begin(void)
{
    static const sqlite3_mem_methods methods = {get, give_back, change, size_of,
        roundup, start, stop, NULL};
    static atomic_int state; /* 0 before, 1 at it, 2 done */
    int expected = 0;

    if (atomic_compare_exchange_strong(&state, &expected, 1)) {
        sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
        sqlite3_initialize();
        atomic_store(&state, 2);
    }
    while (atomic_load(&state) != 2)
        ; /* another thread is at it, for a moment */
}
