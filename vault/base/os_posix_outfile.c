/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix_outfile.c: output files that appear only when complete */
#define _GNU_SOURCE       1
#define _FILE_OFFSET_BITS 64
#include "bytes.h"
#include "os_posix.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct vlt_outfile {
    int dir;
    int fd;
    bool replace;
    char temp[VLT_TEMP_NAME]; /* "" while the file has no name */
    char *path;
    const char *name; /* in path */
};

/* The file itself under /proc, for linkat. */
static void
fd_path(int fd, char out[40])
{
    (void)snprintf(out, 40, "/proc/self/fd/%d", fd);
}

static int
open_nameless(struct vlt_outfile *f)
{
#if defined(O_TMPFILE)
    struct stat s;
    char link[40];

    f->fd = openat(f->dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (f->fd < 0)
        return -1;
    /* Without /proc (a bare chroot) it could never get a name. */
    fd_path(f->fd, link);
    if (stat(link, &s) == 0)
        return 0;
    (void)close(f->fd);
    f->fd = -1;
#else
    (void)f;
    (void)fd_path;
#endif
    return -1;
}

static int
open_named(struct vlt_outfile *f)
{
    do {
        if (vlt_posix_temp_name(f->temp) != 0)
            return -1;
        f->fd = openat(f->dir, f->temp,
            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    } while (f->fd < 0 && errno == EEXIST);
    if (f->fd < 0)
        f->temp[0] = 0;
    return f->fd < 0 ? -1 : 0;
}

/* What is at the target's name may be absent, or a file to be replaced. */
static enum vault_status
check_target(const struct vlt_outfile *f, struct vault_error *err)
{
    struct stat s;

    if (fstatat(f->dir, f->name, &s, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT)
            return VAULT_OK;
        return VLT_POSIX_FAIL(err, "cannot create %s: %s", f->path);
    }
    if (!f->replace)
        return vlt_fail(err, VAULT_E_EXISTS, "%s exists already", f->path);
    if (!S_ISREG(s.st_mode) && !S_ISLNK(s.st_mode))
        return vlt_fail(err, VAULT_E_IO, "%s is not a regular file", f->path);
    return VAULT_OK;
}

enum vault_status
vlt_posix_outfile_begin(const char *path, bool replace, bool nameless,
    struct vlt_outfile **out, struct vault_error *err)
{
    struct vlt_outfile *f = calloc(1, sizeof *f);
    enum vault_status st;

    if (f == NULL)
        return vlt_fail_memory(err);
    f->dir = -1;
    f->fd = -1;
    st = vlt_os_check_name(path, err);
    if (st != VAULT_OK)
        goto out;
    f->replace = replace;
    f->path = vlt_strdup(path);
    if (f->path == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    f->dir = vlt_posix_open_parent(f->path, &f->name);
    if (f->dir < 0) {
        st = VLT_POSIX_FAIL(err, "cannot create %s: %s", path);
        goto out;
    }
    st = check_target(f, err);
    if (st != VAULT_OK)
        goto out;
    if ((!nameless || open_nameless(f) != 0) && open_named(f) != 0) {
        st = VLT_POSIX_FAIL(err, "cannot create %s: %s", path);
        goto out;
    }
    *out = f;
    f = NULL;
out:
    vlt_outfile_discard(f);
    return st;
}

enum vault_status
vlt_outfile_begin(const char *path, bool replace, struct vlt_outfile **out,
    struct vault_error *err)
{
    return vlt_posix_outfile_begin(path, replace, true, out, err);
}

enum vault_status
vlt_outfile_write(struct vlt_outfile *f, const void *p, size_t n,
    struct vault_error *err)
{
    if (vlt_posix_write(f->fd, p, n) != 0)
        return VLT_POSIX_FAIL(err, "cannot write %s: %s", f->path);
    return VAULT_OK;
}

/* Link a file without a name; the name must be free (EEXIST). */
static int
give_name(const struct vlt_outfile *f, const char *name)
{
    char link[40];

    fd_path(f->fd, link);
    return linkat(AT_FDCWD, link, f->dir, name, AT_SYMLINK_FOLLOW);
}

static int
give_temp_name(struct vlt_outfile *f)
{
    char name[VLT_TEMP_NAME];
    int rc;

    do {
        if (vlt_posix_temp_name(name) != 0)
            return -1;
        rc = give_name(f, name);
    } while (rc != 0 && errno == EEXIST);
    if (rc == 0)
        memcpy(f->temp, name, sizeof name);
    return rc;
}

static int
appear(struct vlt_outfile *f)
{
    int rc;

    if (!f->replace && f->temp[0] == 0)
        return give_name(f, f->name);
    if (!f->replace) {
        rc = vlt_posix_rename_new(f->dir, f->temp, f->name);
    } else {
        if (f->temp[0] == 0 && give_temp_name(f) != 0)
            return -1;
        rc = renameat(f->dir, f->temp, f->dir, f->name);
    }
    if (rc == 0)
        f->temp[0] = 0;
    return rc;
}

enum vault_status
vlt_outfile_commit(struct vlt_outfile *f, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (vlt_posix_sync(f->fd) != 0) {
        st = VLT_POSIX_FAIL(err, "cannot write %s: %s", f->path);
    } else if (appear(f) != 0) {
        if (errno == EEXIST)
            st = vlt_fail(err, VAULT_E_EXISTS, "%s exists already", f->path);
        else
            st = VLT_POSIX_FAIL(err, "cannot create %s: %s", f->path);
    } else if (vlt_posix_sync_dir(f->dir) != 0) {
        st = VLT_POSIX_FAIL(err, "cannot sync the folder of %s: %s", f->path);
    }
    vlt_outfile_discard(f);
    return st;
}

void
vlt_outfile_discard(struct vlt_outfile *f)
{
    if (f == NULL)
        return;
    if (f->fd >= 0)
        (void)close(f->fd);
    if (f->temp[0] != 0)
        (void)unlinkat(f->dir, f->temp, 0);
    if (f->dir >= 0)
        (void)close(f->dir);
    free(f->path);
    free(f);
}
