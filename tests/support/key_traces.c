/* SPDX-License-Identifier: Apache-2.0 */
/* key_traces.c: whether bytes of what opens a vault are left in a file */
#include "key_traces.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "temp_dir.h"

static void
add_cell(struct key_traces *t, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i + 8 <= n; i++) {
        if (t->n == t->room) {
            t->room = t->room * 2 + 4096;
            t->v = realloc(t->v, t->room * sizeof *t->v);
            if (t->v == NULL)
                temp_die("no memory", "");
        }
        memcpy(&t->v[t->n++], p + i, 8);
    }
}

static int
by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

void
key_traces_ask(struct key_traces *t, const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *st;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        temp_die("cannot open", path);
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        temp_die(sqlite3_errmsg(db), path);
    while (sqlite3_step(st) == SQLITE_ROW)
        add_cell(t, sqlite3_column_blob(st, 0),
            (size_t)sqlite3_column_bytes(st, 0));
    sqlite3_finalize(st);
    sqlite3_close(db);
    qsort(t->v, t->n, sizeof *t->v, by_value);
}

/* Only what is random: of a slot the bytes from its KEK commitment on. */
void
key_traces_add(struct key_traces *t, const char *path)
{
    static const char *const cells[] = {"SELECT substr(b, 49) FROM slot",
        "SELECT seed FROM identity WHERE seed IS NOT NULL",
        "SELECT cache FROM epoch WHERE cache IS NOT NULL",
        "SELECT b FROM local",
        "SELECT v FROM meta WHERE k IN ('catalogue', 'session-key')"};

    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        key_traces_ask(t, path, cells[i]);
}

size_t
key_traces_in(const struct key_traces *t, const char *path)
{
    uint64_t word;
    size_t n, found = 0;
    uint8_t *p = temp_read(path, &n);

    for (size_t i = 0; i + 8 <= n; i++) {
        memcpy(&word, p + i, 8);
        found += bsearch(&word, t->v, t->n, sizeof word, by_value) != NULL;
    }
    free(p);
    return found;
}

void
key_traces_clear(struct key_traces *t)
{
    free(t->v);
    memset(t, 0, sizeof *t);
}
