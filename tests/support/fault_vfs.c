/* SPDX-License-Identifier: Apache-2.0 */
/* fault_vfs.c: SQLite's way to the disk of fault_disk.h */
#include "fault_vfs.h"
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fault_disk.h"

struct fault_file {
    sqlite3_file base;
    struct fault_node *node;
    bool names_loose; /* the folder is synced with this file's first sync */
    /* the real file follows */
};

static sqlite3_vfs *unix_vfs;
static sqlite3_vfs vfs;

static sqlite3_file *
real(sqlite3_file *f)
{
    return (sqlite3_file *)((struct fault_file *)f + 1);
}

static struct fault_node *
node(sqlite3_file *f)
{
    return ((struct fault_file *)f)->node;
}

static int
f_close(sqlite3_file *f)
{
    return real(f)->pMethods->xClose(real(f));
}

static int
f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 off)
{
    if (fault_disk_gate(true) != FAULT_PASS)
        return SQLITE_IOERR_READ;
    return real(f)->pMethods->xRead(real(f), p, n, off);
}

static int
write_now(sqlite3_file *f, const void *p, int n, sqlite3_int64 off)
{
    int rc = real(f)->pMethods->xWrite(real(f), p, n, off);

    if (rc == SQLITE_OK)
        fault_node_write(node(f), p, (size_t)n, off);
    return rc;
}

static int
f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 off)
{
    switch (fault_disk_gate(false)) {
    case FAULT_PASS:
        return write_now(f, p, n, off);
    case FAULT_DIES:
        fault_node_write(node(f), p, (size_t)n, off);
        fault_disk_die();
        return SQLITE_IOERR_WRITE;
    case FAULT_SHORT:
        if (n > 1)
            write_now(f, p, n / 2, off);
        break;
    case FAULT_FAIL:
    case FAULT_DEAD:
    default:
        break;
    }
    return fault_disk_says_full() ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int
f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    int rc;

    switch (fault_disk_gate(false)) {
    case FAULT_PASS:
        rc = real(f)->pMethods->xTruncate(real(f), size);
        if (rc == SQLITE_OK)
            fault_node_truncate(node(f), size);
        return rc;
    case FAULT_DIES:
        fault_node_truncate(node(f), size);
        fault_disk_die();
        return SQLITE_IOERR_TRUNCATE;
    case FAULT_SHORT:
    case FAULT_FAIL:
    case FAULT_DEAD:
    default:
        return SQLITE_IOERR_TRUNCATE;
    }
}

/* Nothing goes to the real disk: only the model's sync counts here. */
static int
f_sync(sqlite3_file *f, int flags)
{
    struct fault_file *file = (struct fault_file *)f;

    (void)flags;
    switch (fault_disk_gate(false)) {
    case FAULT_PASS:
        fault_node_sync(file->node);
        if (file->names_loose)
            fault_disk_sync_names();
        file->names_loose = false;
        return SQLITE_OK;
    case FAULT_DIES:
        fault_disk_die();
        return SQLITE_IOERR_FSYNC;
    case FAULT_SHORT:
    case FAULT_FAIL:
    case FAULT_DEAD:
    default:
        return SQLITE_IOERR_FSYNC;
    }
}

static int
f_size(sqlite3_file *f, sqlite3_int64 *out)
{
    if (fault_disk_dead())
        return SQLITE_IOERR_FSTAT;
    return real(f)->pMethods->xFileSize(real(f), out);
}

static int
f_lock(sqlite3_file *f, int lock)
{
    if (fault_disk_dead())
        return SQLITE_IOERR_LOCK;
    return real(f)->pMethods->xLock(real(f), lock);
}

static int
f_unlock(sqlite3_file *f, int lock)
{
    return real(f)->pMethods->xUnlock(real(f), lock);
}

static int
f_reserved(sqlite3_file *f, int *out)
{
    if (fault_disk_dead())
        return SQLITE_IOERR_CHECKRESERVEDLOCK;
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

/* What would change the file behind the model's back is refused. */
static int
f_control(sqlite3_file *f, int op, void *arg)
{
    if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE)
        return SQLITE_NOTFOUND;
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int
f_sector(sqlite3_file *f)
{
    return real(f)->pMethods->xSectorSize(real(f));
}

static int
f_characteristics(sqlite3_file *f)
{
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = f_close,
    .xRead = f_read,
    .xWrite = f_write,
    .xTruncate = f_truncate,
    .xSync = f_sync,
    .xFileSize = f_size,
    .xLock = f_lock,
    .xUnlock = f_unlock,
    .xCheckReservedLock = f_reserved,
    .xFileControl = f_control,
    .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_characteristics,
};

static int
open_real(sqlite3_filename name, sqlite3_file *f, int flags, int *out_flags,
    bool making)
{
    struct fault_file *file = (struct fault_file *)f;
    int rc = unix_vfs->xOpen(unix_vfs, name, real(f), flags, out_flags);

    if (rc != SQLITE_OK)
        return rc;
    file->base.pMethods = &methods;
    if (name != NULL)
        file->node = fault_node_at(name, making);
    file->names_loose =
        making && (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
    return SQLITE_OK;
}

static int
v_open(sqlite3_vfs *v, sqlite3_filename name, sqlite3_file *f, int flags,
    int *out_flags)
{
    bool making = name != NULL && (flags & SQLITE_OPEN_CREATE) != 0 &&
        access(name, F_OK) != 0;
    int rc;

    (void)v;
    memset(f, 0, sizeof(struct fault_file));
    memset(real(f), 0, sizeof *real(f));
    if (!making)
        return fault_disk_dead() ? SQLITE_CANTOPEN
                                 : open_real(name, f, flags, out_flags, false);
    switch (fault_disk_gate(false)) {
    case FAULT_PASS:
        return open_real(name, f, flags, out_flags, true);
    case FAULT_DIES:
        rc = open_real(name, f, flags, out_flags, true);
        fault_disk_die();
        if (rc == SQLITE_OK)
            f_close(f);
        f->pMethods = NULL;
        return SQLITE_CANTOPEN;
    case FAULT_SHORT:
    case FAULT_FAIL:
    case FAULT_DEAD:
    default:
        return SQLITE_CANTOPEN;
    }
}

static int
delete_now(const char *name, int sync_dir)
{
    if (access(name, F_OK) == 0)
        fault_disk_deleted(name);
    return unix_vfs->xDelete(unix_vfs, name, sync_dir);
}

static int
v_delete(sqlite3_vfs *v, const char *name, int sync_dir)
{
    int rc;

    (void)v;
    switch (fault_disk_gate(false)) {
    case FAULT_PASS:
        rc = delete_now(name, 0);
        if (rc == SQLITE_OK && sync_dir != 0)
            fault_disk_sync_names();
        return rc;
    case FAULT_DIES:
        delete_now(name, 0);
        fault_disk_die();
        return SQLITE_IOERR_DELETE;
    case FAULT_SHORT:
    case FAULT_FAIL:
    case FAULT_DEAD:
    default:
        return SQLITE_IOERR_DELETE;
    }
}

static int
v_access(sqlite3_vfs *v, const char *name, int flags, int *out)
{
    (void)v;
    if (fault_disk_dead())
        return SQLITE_IOERR_ACCESS;
    return unix_vfs->xAccess(unix_vfs, name, flags, out);
}

void
fault_vfs_install(void)
{
    if (unix_vfs != NULL)
        return;
    if (sqlite3_initialize() != SQLITE_OK ||
        (unix_vfs = sqlite3_vfs_find("unix")) == NULL)
        folder_die("SQLite has no VFS of the name", "unix");
    vfs = *unix_vfs;
    vfs.iVersion = 1;
    vfs.szOsFile = (int)sizeof(struct fault_file) + unix_vfs->szOsFile;
    vfs.zName = "fault";
    vfs.pNext = NULL;
    vfs.xOpen = v_open;
    vfs.xDelete = v_delete;
    vfs.xAccess = v_access;
    if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
        folder_die("cannot register", vfs.zName);
}
