/* SPDX-License-Identifier: Apache-2.0 */
/* twinfile.c: reading through a file that another connection has open */
#include "twinfile.h"
#include <assert.h>

struct twin {
    sqlite3_file base;
    sqlite3_file *of;
};
static_assert(sizeof(struct twin) <= 2 * sizeof(void *), "as the header says");

static sqlite3_file *
of(sqlite3_file *f)
{
    return ((struct twin *)f)->of;
}

static int
twin_close(sqlite3_file *f)
{
    (void)f;
    return SQLITE_OK;
}

static int
twin_read(sqlite3_file *f, void *p, int n, sqlite3_int64 off)
{
    return of(f)->pMethods->xRead(of(f), p, n, off);
}

static int
twin_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 off)
{
    (void)f;
    (void)p;
    (void)n;
    (void)off;
    return SQLITE_READONLY;
}

static int
twin_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    (void)f;
    (void)size;
    return SQLITE_READONLY;
}

static int
twin_sync(sqlite3_file *f, int flags)
{
    (void)f;
    (void)flags;
    return SQLITE_OK;
}

static int
twin_size(sqlite3_file *f, sqlite3_int64 *out)
{
    return of(f)->pMethods->xFileSize(of(f), out);
}

/* The lock is the other's, and outlives what is read here. */
static int
twin_lock(sqlite3_file *f, int lock)
{
    (void)f;
    return lock > SQLITE_LOCK_SHARED ? SQLITE_BUSY : SQLITE_OK;
}

static int
twin_check_reserved(sqlite3_file *f, int *out)
{
    (void)f;
    *out = 0;
    return SQLITE_OK;
}

static int
twin_control(sqlite3_file *f, int op, void *arg)
{
    (void)f;
    (void)op;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int
twin_sector(sqlite3_file *f)
{
    return of(f)->pMethods->xSectorSize(of(f));
}

static int
twin_characteristics(sqlite3_file *f)
{
    (void)f;
    return 0;
}

void
vlt_twinfile_open(sqlite3_file *f, sqlite3_file *other)
{
    static const sqlite3_io_methods methods = {
        .iVersion = 1,
        .xClose = twin_close,
        .xRead = twin_read,
        .xWrite = twin_write,
        .xTruncate = twin_truncate,
        .xSync = twin_sync,
        .xFileSize = twin_size,
        .xLock = twin_lock,
        .xUnlock = twin_lock,
        .xCheckReservedLock = twin_check_reserved,
        .xFileControl = twin_control,
        .xSectorSize = twin_sector,
        .xDeviceCharacteristics = twin_characteristics,
    };
    struct twin *t = (struct twin *)f;

    t->base.pMethods = &methods;
    t->of = other;
}

/* SQLite must be built for threads, and read at an offset in one call;
 * elsewhere than here it moves a position that both would share. */
bool
vlt_twinfile_can(void)
{
#if defined(__linux__) || defined(__APPLE__) || defined(_WIN32)
    return sqlite3_threadsafe() != 0;
#else
    return false;
#endif
}
