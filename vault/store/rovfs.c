/* SPDX-License-Identifier: Apache-2.0 */
/* rovfs.c: an SQLite VFS for one file and nothing else, to read or to write */
#include "rovfs.h"
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "gapfile.h"
#include "twinfile.h"

/* One overwritten block: what the journal put back. */
struct block {
    sqlite3_int64 off;
    uint8_t *p;
};

struct ro_file;

struct vlt_rovfs {
    sqlite3_vfs vfs;
    sqlite3_vfs *under;
    char name[40];
    bool write;                 /* pass file (see gapfile.h) and journal on */
    struct ro_file *main;       /* to read, while it is open */
    const struct vlt_rovfs *of; /* of a twin: whose main file is read */
    char *path;                 /* of the main file, once open */
    bool alone;                 /* no journal is looked at */
    bool played;                /* the journal's content is in the overlay */
    size_t blocks;              /* of the overlay */
    size_t cap;
    struct block *block; /* ascending by offset */
    int block_size;      /* of all blocks, 0 while there are none */
    bool truncated;      /* `size` is in force instead of the real one */
    sqlite3_int64 size;
};

/* Our file object, followed in memory by the real one. */
struct ro_file {
    sqlite3_file base;
    struct vlt_rovfs *v;
    bool main;
};

static sqlite3_file *
real(sqlite3_file *f)
{
    return (sqlite3_file *)((char *)f + sizeof(struct ro_file));
}

static void
drop_overlay(struct vlt_rovfs *v)
{
    size_t i;

    for (i = 0; i < v->blocks; i++)
        free(v->block[i].p);
    free(v->block);
    v->block = NULL;
    v->blocks = 0;
    v->cap = 0;
    v->block_size = 0;
    v->truncated = false;
    v->played = false;
}

static int
ro_close(sqlite3_file *f)
{
    struct ro_file *r = (struct ro_file *)f;

    if (r->main)
        r->v->main = NULL;
    return real(f)->pMethods != NULL ? real(f)->pMethods->xClose(real(f))
                                     : SQLITE_OK;
}

/* Index of the first block at or after off. */
static size_t
block_at(const struct vlt_rovfs *v, sqlite3_int64 off)
{
    size_t lo = 0;
    size_t hi = v->blocks;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (v->block[mid].off < off)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Lay the blocks that touch [off, off + n) over what was read. */
static void
lay_over(const struct vlt_rovfs *v, uint8_t *p, int n, sqlite3_int64 off)
{
    size_t i = block_at(v, off - v->block_size + 1);

    for (; i < v->blocks && v->block[i].off < off + n; i++) {
        sqlite3_int64 from = v->block[i].off > off ? v->block[i].off : off;
        sqlite3_int64 end = v->block[i].off + v->block_size;

        if (end > off + n)
            end = off + n;
        if (from < end)
            memcpy(p + (from - off), v->block[i].p + (from - v->block[i].off),
                (size_t)(end - from));
    }
}

static int
ro_size(sqlite3_file *f, sqlite3_int64 *out)
{
    struct ro_file *r = (struct ro_file *)f;

    if (r->main && r->v->truncated) {
        *out = r->v->size;
        return SQLITE_OK;
    }
    return real(f)->pMethods->xFileSize(real(f), out);
}

static int
ro_read(sqlite3_file *f, void *p, int n, sqlite3_int64 off)
{
    struct ro_file *r = (struct ro_file *)f;
    sqlite3_int64 size;
    int rc = real(f)->pMethods->xRead(real(f), p, n, off);

    if (!r->main || (r->v->blocks == 0 && !r->v->truncated))
        return rc;
    if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
        return rc;
    if (r->v->blocks > 0)
        lay_over(r->v, p, n, off);
    rc = ro_size(f, &size);
    if (rc != SQLITE_OK || off + n <= size)
        return rc;
    if (off < size)
        memset((uint8_t *)p + (size - off), 0, (size_t)(off + n - size));
    else
        memset(p, 0, (size_t)n);
    return SQLITE_IOERR_SHORT_READ;
}

static int
put_block(struct vlt_rovfs *v, const void *p, sqlite3_int64 off)
{
    size_t i = block_at(v, off);

    if (i < v->blocks && v->block[i].off == off) {
        memcpy(v->block[i].p, p, (size_t)v->block_size);
        return SQLITE_OK;
    }
    if ((v->blocks + 1) * (size_t)v->block_size > VLT_OVERLAY_MAX)
        return SQLITE_FULL;
    if (v->blocks == v->cap) {
        size_t cap = v->cap == 0 ? 64 : 2 * v->cap;
        struct block *more = realloc(v->block, cap * sizeof *more);

        if (more == NULL)
            return SQLITE_IOERR_NOMEM;
        v->block = more;
        v->cap = cap;
    }
    memmove(v->block + i + 1, v->block + i, (v->blocks - i) * sizeof *v->block);
    v->block[i].off = off;
    v->block[i].p = malloc((size_t)v->block_size);
    if (v->block[i].p == NULL) {
        memmove(v->block + i, v->block + i + 1,
            (v->blocks - i) * sizeof *v->block);
        return SQLITE_IOERR_NOMEM;
    }
    memcpy(v->block[i].p, p, (size_t)v->block_size);
    v->blocks++;
    return SQLITE_OK;
}

static int
ro_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 off)
{
    struct ro_file *r = (struct ro_file *)f;
    sqlite3_int64 size;
    int rc;

    if (!r->main)
        return SQLITE_OK; /* marking the journal as done */
    if (r->v->block_size == 0)
        r->v->block_size = n;
    if (n != r->v->block_size || n < 512 || off % n != 0)
        return SQLITE_IOERR_WRITE; /* playback writes whole pages */
    rc = ro_size(f, &size);
    if (rc == SQLITE_OK)
        rc = put_block(r->v, p, off);
    if (rc == SQLITE_OK && off + n > size) {
        r->v->truncated = true;
        r->v->size = off + n;
    }
    return rc;
}

static int
ro_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct ro_file *r = (struct ro_file *)f;

    if (r->main) {
        r->v->truncated = true;
        r->v->size = size;
    }
    return SQLITE_OK;
}

static int
ro_sync(sqlite3_file *f, int flags)
{
    (void)f;
    (void)flags;
    return SQLITE_OK;
}

static bool
journal_exists(struct vlt_rovfs *v)
{
    size_t n = strlen(v->path);
    char *name = malloc(n + 9);
    int there = 1;

    if (name == NULL)
        return true;
    memcpy(name, v->path, n);
    memcpy(name + n, "-journal", 9);
    if (v->under->xAccess(v->under, name, SQLITE_ACCESS_EXISTS, &there) !=
        SQLITE_OK)
        there = 1;
    free(name);
    return there != 0;
}

/*
 * A shared lock is real, so that a writer is waited for. What is above it is
 * only asked for while a journal is played back into memory: nobody else
 * sees that. When the journal has gone since, its overlay is stale.
 */
static int
ro_lock(sqlite3_file *f, int lock)
{
    struct ro_file *r = (struct ro_file *)f;
    int rc;

    if (lock > SQLITE_LOCK_SHARED)
        return SQLITE_OK;
    rc = real(f)->pMethods->xLock(real(f), lock);
    if (rc == SQLITE_OK && r->main && r->v->played && !journal_exists(r->v))
        drop_overlay(r->v);
    return rc;
}

static int
ro_unlock(sqlite3_file *f, int lock)
{
    return real(f)->pMethods->xUnlock(real(f), lock);
}

static int
ro_check_reserved(sqlite3_file *f, int *out)
{
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int
ro_control(sqlite3_file *f, int op, void *arg)
{
    (void)f;
    (void)op;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int
ro_sector(sqlite3_file *f)
{
    return real(f)->pMethods->xSectorSize(real(f));
}

static int
ro_characteristics(sqlite3_file *f)
{
    (void)f;
    return 0;
}

static const sqlite3_io_methods ro_methods = {
    .iVersion = 1,
    .xClose = ro_close,
    .xRead = ro_read,
    .xWrite = ro_write,
    .xTruncate = ro_truncate,
    .xSync = ro_sync,
    .xFileSize = ro_size,
    .xLock = ro_lock,
    .xUnlock = ro_unlock,
    .xCheckReservedLock = ro_check_reserved,
    .xFileControl = ro_control,
    .xSectorSize = ro_sector,
    .xDeviceCharacteristics = ro_characteristics,
};

static struct vlt_rovfs *
self(sqlite3_vfs *v)
{
    return v->pAppData;
}

/* Whether `name` is the main file's path with "-journal" after it. */
static bool
is_journal(const struct vlt_rovfs *v, const char *name)
{
    size_t n = v->path == NULL ? 0 : strlen(v->path);

    return v->path != NULL && strncmp(name, v->path, n) == 0 &&
        strcmp(name + n, "-journal") == 0;
}

static int
remember_path(struct vlt_rovfs *v, const char *name)
{
    size_t n = strlen(name) + 1;

    free(v->path);
    v->path = malloc(n);
    if (v->path == NULL)
        return SQLITE_IOERR_NOMEM;
    memcpy(v->path, name, n);
    return SQLITE_OK;
}

/* Ours, and not opened before. */
static bool
may_open(const struct vlt_rovfs *v, const char *name, int kind)
{
    if (kind == 0 || name == NULL)
        return false;
    return kind == SQLITE_OPEN_MAIN_DB ? v->path == NULL : is_journal(v, name);
}

/* Behind our own object, read-only, whatever SQLite asks for. */
static int
open_to_read(struct vlt_rovfs *v, sqlite3_filename name, sqlite3_file *f,
    int kind)
{
    struct ro_file *r = (struct ro_file *)f;
    int rc;

    memset(real(f), 0, sizeof *real(f));
    r->v = v;
    r->main = kind == SQLITE_OPEN_MAIN_DB;
    rc = v->under->xOpen(v->under, name, real(f), SQLITE_OPEN_READONLY | kind,
        NULL);
    if (rc == SQLITE_OK)
        r->base.pMethods = &ro_methods;
    if (rc == SQLITE_OK && r->main)
        v->main = r;
    return rc;
}

static int
open_twin(const struct vlt_rovfs *of, sqlite3_file *f, int kind)
{
    if (kind != SQLITE_OPEN_MAIN_DB || of->main == NULL)
        return SQLITE_CANTOPEN;
    vlt_twinfile_open(f, &of->main->base);
    return SQLITE_OK;
}

static int
ro_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags,
    int *out_flags)
{
    struct vlt_rovfs *v = self(vfs);
    int kind = flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL);
    int rc = SQLITE_OK;

    memset(f, 0, sizeof(struct ro_file));
    if (!may_open(v, name, kind))
        return SQLITE_CANTOPEN;
    if (kind == SQLITE_OPEN_MAIN_DB)
        rc = remember_path(v, name);
    if (rc != SQLITE_OK)
        return rc;
    if (v->write && kind == SQLITE_OPEN_MAIN_DB)
        return vlt_gapfile_open(v->under, name, f, flags, out_flags);
    if (v->write)
        return v->under->xOpen(v->under, name, f, flags, out_flags);
    rc = v->of != NULL ? open_twin(v->of, f, kind)
                       : open_to_read(v, name, f, kind);
    if (rc == SQLITE_OK && out_flags != NULL)
        *out_flags = flags & ~SQLITE_OPEN_CREATE;
    return rc;
}

/* To read: SQLite has played the journal back, into the overlay; it stays on
 * disk. */
static int
ro_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
    struct vlt_rovfs *v = self(vfs);

    if (!is_journal(v, name))
        return SQLITE_OK;
    if (v->write)
        return v->under->xDelete(v->under, name, sync_dir);
    v->played = true;
    return SQLITE_OK;
}

/* Nothing but the journal exists for us: no -wal, no super-journal that a
 * planted journal names. */
static int
ro_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    struct vlt_rovfs *v = self(vfs);

    *out = 0;
    if (!is_journal(v, name) || v->played || v->alone ||
        (!v->write && flags != SQLITE_ACCESS_EXISTS))
        return SQLITE_OK;
    return v->under->xAccess(v->under, name, flags, out);
}

static int
ro_full(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
    sqlite3_vfs *u = self(vfs)->under;

    return u->xFullPathname(u, name, n, out);
}

static int
ro_randomness(sqlite3_vfs *vfs, int n, char *out)
{
    sqlite3_vfs *u = self(vfs)->under;

    return u->xRandomness(u, n, out);
}

static int
ro_sleep(sqlite3_vfs *vfs, int us)
{
    sqlite3_vfs *u = self(vfs)->under;

    return u->xSleep(u, us);
}

static int
ro_time(sqlite3_vfs *vfs, double *out)
{
    sqlite3_vfs *u = self(vfs)->under;

    return u->xCurrentTime(u, out);
}

static int
ro_last_error(sqlite3_vfs *vfs, int n, char *out)
{
    sqlite3_vfs *u = self(vfs)->under;

    return u->xGetLastError(u, n, out);
}

struct vlt_rovfs *
vlt_rovfs_new(bool write)
{
    struct vlt_rovfs *v;
    sqlite3_vfs *def;

    if (sqlite3_initialize() != SQLITE_OK)
        return NULL;
    def = sqlite3_vfs_find(NULL);
    v = def == NULL ? NULL : calloc(1, sizeof *v);
    if (v == NULL)
        return NULL;
    sqlite3_snprintf((int)sizeof v->name, v->name, "sanduq-%p", (void *)v);
    v->write = write;
    v->under = def;
    v->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile =
            (int)(sizeof(struct ro_file) + vlt_gapfile_size()) + def->szOsFile,
        .mxPathname = def->mxPathname,
        .zName = v->name,
        .pAppData = v,
        .xOpen = ro_open,
        .xDelete = ro_delete,
        .xAccess = ro_access,
        .xFullPathname = ro_full,
        .xRandomness = ro_randomness,
        .xSleep = ro_sleep,
        .xCurrentTime = ro_time,
        .xGetLastError = ro_last_error,
    };
    if (sqlite3_vfs_register(&v->vfs, 0) != SQLITE_OK) {
        free(v);
        return NULL;
    }
    return v;
}

struct vlt_rovfs *
vlt_rovfs_twin(const struct vlt_rovfs *of)
{
    struct vlt_rovfs *v = vlt_rovfs_new(false);

    if (v == NULL)
        return NULL;
    v->of = of;
    v->alone = true;
    return v;
}

void
vlt_rovfs_no_journal(struct vlt_rovfs *v)
{
    v->alone = true;
}

const char *
vlt_rovfs_name(const struct vlt_rovfs *v)
{
    return v->name;
}

bool
vlt_rovfs_undone(const struct vlt_rovfs *v)
{
    return v->played;
}

void
vlt_rovfs_free(struct vlt_rovfs *v)
{
    if (v == NULL)
        return;
    sqlite3_vfs_unregister(&v->vfs);
    drop_overlay(v);
    free(v->path);
    free(v);
}
