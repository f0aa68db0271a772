/* SPDX-License-Identifier: Apache-2.0 */
/* pagevfs.c: an SQLite VFS whose one file is the sealed rows of `page` */
#include "pagevfs.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "rows.h"
#include "seal.h"

struct page_file {
    sqlite3_file base;
    struct vlt_pagevfs *v;
};

struct vlt_pagevfs {
    sqlite3_vfs vfs;
    sqlite3_vfs *under;
    char name[40];
    struct vlt_store *outer;
    struct vlt_pagemap *map;
    bool open;
    enum vault_status why;
    struct vault_error err;
    uint64_t written;
    uint8_t plain[VLT_INNER_PAGE];
};

static struct vlt_pagevfs *
of(sqlite3_file *f)
{
    return ((struct page_file *)f)->v;
}

/* Remember the first thing that went wrong outside. */
static int
outer_failed(struct vlt_pagevfs *v, enum vault_status st,
    const struct vault_error *why, int rc)
{
    if (v->why == VAULT_OK) {
        v->why = st;
        v->err = *why;
    }
    return rc;
}

static enum vault_status
count_pages(struct vlt_pagevfs *v, uint64_t *n, struct vault_error *err)
{
    enum vault_status st =
        vlt_count(v->outer, "SELECT max(n) FROM page", n, err);

    if (st == VAULT_OK && *n > VLT_MAP_PAGES)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the catalogue has a page that cannot be");
    return st;
}

static int
page_read(sqlite3_file *f, void *out, int n, sqlite3_int64 off)
{
    struct vlt_pagevfs *v = of(f);
    uint64_t page = (uint64_t)(off / VLT_INNER_PAGE) + 1;
    struct vault_error why;
    int at = (int)(off % VLT_INNER_PAGE);
    bool found = false;
    enum vault_status st;

    memset(out, 0, (size_t)n);
    if (off < 0 || n < 0 || at + n > VLT_INNER_PAGE || page > VLT_MAP_PAGES)
        return SQLITE_IOERR_READ;
    memset(v->plain + VLT_INNER_BYTES, 0, VLT_INNER_RESERVED);
    st = vlt_pagemap_read(v->map, page, v->plain, &found, &why);
    if (st != VAULT_OK)
        return outer_failed(v, st, &why, SQLITE_IOERR_READ);
    if (!found)
        return SQLITE_IOERR_SHORT_READ;
    memcpy(out, v->plain + at, (size_t)n);
    vlt_wipe(v->plain, sizeof v->plain);
    return SQLITE_OK;
}

static unsigned
u16_at(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

/*
 * Rows that moved to another page may leave a copy behind, in the gap between
 * a b-tree page's pointers and its cells, where secure_delete does not reach
 * and SQLite never looks. An overflow or free page begins with the number of
 * another page, whose first byte is 0 for as long as there are fewer than
 * 2^24 of them.
 */
static void
empty_gap(uint8_t *p, uint64_t n)
{
    uint8_t *h = p + (n == 1 ? 100 : 0);
    size_t head = *h == 2 || *h == 5 ? 12 : 8;
    size_t from = (size_t)(h - p) + head + 2 * (size_t)u16_at(h + 3);
    size_t to = u16_at(h + 5);

    if (*h != 2 && *h != 5 && *h != 10 && *h != 13)
        return;
    if (from < to && to <= VLT_INNER_BYTES)
        vlt_wipe(p + from, to - from);
}

static int
page_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 off)
{
    struct vlt_pagevfs *v = of(f);
    uint64_t page = (uint64_t)(off / VLT_INNER_PAGE) + 1;
    struct vault_error why;
    enum vault_status st;

    if (n != VLT_INNER_PAGE || off < 0 || off % VLT_INNER_PAGE != 0 ||
        page > VLT_MAP_PAGES)
        return SQLITE_IOERR_WRITE;
    memcpy(v->plain, p, VLT_INNER_PAGE);
    empty_gap(v->plain, page);
    st = vlt_pagemap_write(v->map, page, v->plain, &why);
    v->written += st == VAULT_OK;
    vlt_wipe(v->plain, sizeof v->plain);
    return st == VAULT_OK ? SQLITE_OK
                          : outer_failed(v, st, &why, SQLITE_IOERR_WRITE);
}

static int
page_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct vlt_pagevfs *v = of(f);
    struct vault_error why;
    enum vault_status st =
        vlt_pagemap_cut(v->map, (uint64_t)(size / VLT_INNER_PAGE), &why);

    return st == VAULT_OK ? SQLITE_OK
                          : outer_failed(v, st, &why, SQLITE_IOERR_TRUNCATE);
}

static int
page_size(sqlite3_file *f, sqlite3_int64 *out)
{
    struct vlt_pagevfs *v = of(f);
    struct vault_error why;
    uint64_t n = 0;
    enum vault_status st = count_pages(v, &n, &why);

    *out = (sqlite3_int64)n * VLT_INNER_PAGE;
    return st == VAULT_OK ? SQLITE_OK
                          : outer_failed(v, st, &why, SQLITE_IOERR_FSTAT);
}

static int
page_close(sqlite3_file *f)
{
    of(f)->open = false;
    return SQLITE_OK;
}

static int
page_sync(sqlite3_file *f, int flags)
{
    (void)f;
    (void)flags;
    return SQLITE_OK;
}

static int
page_lock(sqlite3_file *f, int lock)
{
    (void)f;
    (void)lock;
    return SQLITE_OK;
}

static int
page_reserved(sqlite3_file *f, int *out)
{
    (void)f;
    *out = 0;
    return SQLITE_OK;
}

static int
page_control(sqlite3_file *f, int op, void *arg)
{
    (void)f;
    (void)op;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int
page_sector(sqlite3_file *f)
{
    (void)f;
    return VLT_INNER_PAGE;
}

static int
page_characteristics(sqlite3_file *f)
{
    (void)f;
    return SQLITE_IOCAP_ATOMIC | SQLITE_IOCAP_SEQUENTIAL;
}

static const sqlite3_io_methods page_methods = {
    .iVersion = 1,
    .xClose = page_close,
    .xRead = page_read,
    .xWrite = page_write,
    .xTruncate = page_truncate,
    .xSync = page_sync,
    .xFileSize = page_size,
    .xLock = page_lock,
    .xUnlock = page_lock,
    .xCheckReservedLock = page_reserved,
    .xFileControl = page_control,
    .xSectorSize = page_sector,
    .xDeviceCharacteristics = page_characteristics,
};

static struct vlt_pagevfs *
self(sqlite3_vfs *v)
{
    return v->pAppData;
}

static int
page_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags,
    int *out_flags)
{
    struct page_file *p = (struct page_file *)f;

    (void)name;
    memset(p, 0, sizeof *p);
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0 || self(vfs)->open)
        return SQLITE_CANTOPEN;
    p->v = self(vfs);
    p->v->open = true;
    p->base.pMethods = &page_methods;
    if (out_flags != NULL)
        *out_flags = flags;
    return SQLITE_OK;
}

static int
page_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
    (void)vfs;
    (void)name;
    (void)sync_dir;
    return SQLITE_OK;
}

static int
page_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)vfs;
    (void)name;
    (void)flags;
    *out = 0; /* no journal, no -wal */
    return SQLITE_OK;
}

static int
page_full(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
    (void)vfs;
    sqlite3_snprintf(n, out, "%s", name);
    return SQLITE_OK;
}

static int
page_randomness(sqlite3_vfs *vfs, int n, char *out)
{
    sqlite3_vfs *u = self(vfs)->under;

    return u->xRandomness(u, n, out);
}

static int
page_sleep(sqlite3_vfs *vfs, int us)
{
    sqlite3_vfs *u = self(vfs)->under;

    return u->xSleep(u, us);
}

static int
page_time(sqlite3_vfs *vfs, double *out)
{
    sqlite3_vfs *u = self(vfs)->under;

    return u->xCurrentTime(u, out);
}

static int
page_last_error(sqlite3_vfs *vfs, int n, char *out)
{
    (void)vfs;
    (void)n;
    (void)out;
    return 0;
}

struct vlt_pagevfs *
vlt_pagevfs_new(struct vlt_store *outer, const struct vlt_cell *ck)
{
    sqlite3_vfs *def = sqlite3_vfs_find(NULL);
    struct vlt_pagevfs *v = def == NULL ? NULL : calloc(1, sizeof *v);

    if (v == NULL)
        return NULL;
    sqlite3_snprintf((int)sizeof v->name, v->name, "sanduq-page-%p", (void *)v);
    v->under = def;
    v->outer = outer;
    v->map = vlt_pagemap_new(outer, ck);
    v->why = VAULT_OK;
    v->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(struct page_file),
        .mxPathname = 64,
        .zName = v->name,
        .pAppData = v,
        .xOpen = page_open,
        .xDelete = page_delete,
        .xAccess = page_access,
        .xFullPathname = page_full,
        .xRandomness = page_randomness,
        .xSleep = page_sleep,
        .xCurrentTime = page_time,
        .xGetLastError = page_last_error,
    };
    if (v->map == NULL || sqlite3_vfs_register(&v->vfs, 0) != SQLITE_OK) {
        vlt_pagemap_free(v->map);
        free(v);
        return NULL;
    }
    return v;
}

void
vlt_pagevfs_free(struct vlt_pagevfs *v)
{
    if (v == NULL)
        return;
    sqlite3_vfs_unregister(&v->vfs);
    vlt_wipe(v->plain, sizeof v->plain);
    vlt_pagemap_free(v->map);
    free(v);
}

enum vault_status
vlt_pagevfs_flush(struct vlt_pagevfs *v, struct vault_error *err)
{
    return vlt_pagemap_flush(v->map, err);
}

const char *
vlt_pagevfs_name(const struct vlt_pagevfs *v)
{
    return v->name;
}

enum vault_status
vlt_pagevfs_why(const struct vlt_pagevfs *v, struct vault_error *err)
{
    if (v->why != VAULT_OK && err != NULL)
        *err = v->err;
    return v->why;
}

uint64_t
vlt_pagevfs_written(const struct vlt_pagevfs *v)
{
    return v->written;
}
