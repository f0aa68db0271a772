/* SPDX-License-Identifier: Apache-2.0 */
/* gapfile.c: a database file whose pages hold nothing between their cells */
#include "gapfile.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* From here on an overflow page could begin with the byte of a b-tree page,
 * and half of it is room for what one transaction adds. */
#define PAGES_MAX (INT64_C(1) << 24)

/* ---- one page ---- */

static size_t
u16(const uint8_t *p)
{
    return (size_t)p[0] << 8 | p[1];
}

/* Pointer map pages, as SQLite places them in an auto_vacuum file (reserved
 * bytes 0): one for the usable/5 pages after it, the lock byte's page passed
 * over. */
static bool
is_pointer_map(uint32_t number, size_t size)
{
    uint32_t per = (uint32_t)(size / 5) + 1;
    uint32_t lock = (uint32_t)(0x40000000 / size) + 1;
    uint32_t map;

    if (number < 2)
        return false;
    map = (number - 2) / per * per + 2;
    if (map == lock)
        map++;
    return map == number;
}

void
vlt_gap_clean(uint8_t *page, size_t size, uint32_t number)
{
    size_t at = number == 1 ? 100 : 0; /* after the file's header */
    size_t from, to;

    if (is_pointer_map(number, size))
        return;
    switch (page[at]) {
    case 0x02: /* inner pages have a pointer to the right more */
    case 0x05:
        from = at + 12;
        break;
    case 0x0a:
    case 0x0d:
        from = at + 8;
        break;
    default:
        return;
    }
    from += 2 * u16(page + at + 3); /* the cells' offsets */
    to = u16(page + at + 5);
    if (to == 0)
        to = 65536;
    if (to <= size && from < to)
        memset(page + from, 0, to - from);
}

/* ---- the file ---- */

/* Ours, followed in memory by the real one. */
struct gap_file {
    sqlite3_file base;
    uint8_t *page;
    size_t size; /* of page */
};

static sqlite3_file *
real(sqlite3_file *f)
{
    return (sqlite3_file *)((char *)f + vlt_gapfile_size());
}

size_t
vlt_gapfile_size(void)
{
    return (sizeof(struct gap_file) + 15) & ~(size_t)15;
}

static int
gap_close(sqlite3_file *f)
{
    struct gap_file *g = (struct gap_file *)f;

    free(g->page);
    g->page = NULL;
    return real(f)->pMethods->xClose(real(f));
}

static int
gap_read(sqlite3_file *f, void *p, int n, sqlite3_int64 off)
{
    return real(f)->pMethods->xRead(real(f), p, n, off);
}

/* The caller's page stays as it is: it is SQLite's cache. */
static const void *
cleaned(struct gap_file *g, const void *p, size_t n, sqlite3_int64 off)
{
    if (g->size != n) {
        free(g->page);
        g->size = 0;
        g->page = malloc(n);
        if (g->page == NULL)
            return NULL;
        g->size = n;
    }
    memcpy(g->page, p, n);
    vlt_gap_clean(g->page, n, (uint32_t)(off / (sqlite3_int64)n) + 1);
    return g->page;
}

static int
gap_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 off)
{
    bool whole = n >= 512 && (n & (n - 1)) == 0 && off % n == 0;
    sqlite3_int64 now = 0;
    int rc = SQLITE_OK;

    if (whole)
        rc = real(f)->pMethods->xFileSize(real(f), &now);
    if (rc != SQLITE_OK)
        return rc;
    if (whole && now / n < PAGES_MAX && off / n < PAGES_MAX) {
        p = cleaned((struct gap_file *)f, p, (size_t)n, off);
        if (p == NULL)
            return SQLITE_IOERR_NOMEM;
    }
    return real(f)->pMethods->xWrite(real(f), p, n, off);
}

static int
gap_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return real(f)->pMethods->xTruncate(real(f), size);
}

static int
gap_sync(sqlite3_file *f, int flags)
{
    return real(f)->pMethods->xSync(real(f), flags);
}

static int
gap_size(sqlite3_file *f, sqlite3_int64 *out)
{
    return real(f)->pMethods->xFileSize(real(f), out);
}

static int
gap_lock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xLock(real(f), level);
}

static int
gap_unlock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xUnlock(real(f), level);
}

static int
gap_check_reserved(sqlite3_file *f, int *out)
{
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int
gap_control(sqlite3_file *f, int op, void *arg)
{
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int
gap_sector(sqlite3_file *f)
{
    return real(f)->pMethods->xSectorSize(real(f));
}

static int
gap_characteristics(sqlite3_file *f)
{
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

/* Version 1: no write-ahead log, no memory mapping. */
static const sqlite3_io_methods gap_methods = {
    .iVersion = 1,
    .xClose = gap_close,
    .xRead = gap_read,
    .xWrite = gap_write,
    .xTruncate = gap_truncate,
    .xSync = gap_sync,
    .xFileSize = gap_size,
    .xLock = gap_lock,
    .xUnlock = gap_unlock,
    .xCheckReservedLock = gap_check_reserved,
    .xFileControl = gap_control,
    .xSectorSize = gap_sector,
    .xDeviceCharacteristics = gap_characteristics,
};

int
vlt_gapfile_open(sqlite3_vfs *under, sqlite3_filename name, sqlite3_file *f,
    int flags, int *out_flags)
{
    int rc;

    memset(f, 0, vlt_gapfile_size());
    memset(real(f), 0, sizeof *real(f));
    rc = under->xOpen(under, name, real(f), flags, out_flags);
    if (rc == SQLITE_OK)
        f->pMethods = &gap_methods;
    else if (real(f)->pMethods != NULL)
        (void)real(f)->pMethods->xClose(real(f));
    return rc;
}
