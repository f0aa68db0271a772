/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix_stream.c: files and standard streams read or written piecewise */
#define _GNU_SOURCE       1
#define _FILE_OFFSET_BITS 64
#include "os_posix.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct vlt_file {
    int fd;
    bool owned;  /* closed by vlt_file_close */
    char name[]; /* for messages */
};

static enum vault_status
wrap(int fd, bool owned, const char *name, struct vlt_file **out,
    struct vault_error *err)
{
    size_t n = strlen(name) + 1;
    struct vlt_file *f = malloc(sizeof *f + n);

    if (f == NULL)
        return vlt_fail_memory(err);
    f->fd = fd;
    f->owned = owned;
    memcpy(f->name, name, n);
    *out = f;
    return VAULT_OK;
}

enum vault_status
vlt_file_open(const char *path, struct vlt_file **out, struct vault_error *err)
{
    enum vault_status st;
    struct stat s;
    int fd;

    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return VLT_POSIX_FAIL(err, "cannot open %s: %s", path);
    if (fstat(fd, &s) != 0)
        st = VLT_POSIX_FAIL(err, "cannot open %s: %s", path);
    else if (S_ISDIR(s.st_mode))
        st = vlt_fail(err, VAULT_E_USAGE, "%s is a folder", path);
    else
        st = wrap(fd, true, path, out, err);
    if (st != VAULT_OK)
        (void)close(fd);
    return st;
}

/* A regular file, or nothing. Takes fd. */
static enum vault_status
wrap_regular(int fd, const char *path, struct vlt_file **out,
    struct vault_error *err)
{
    enum vault_status st;
    struct stat s;

    if (fd < 0)
        return VLT_POSIX_FAIL(err, "cannot open %s: %s", path);
    if (fstat(fd, &s) != 0)
        st = VLT_POSIX_FAIL(err, "cannot open %s: %s", path);
    else if (!S_ISREG(s.st_mode))
        st = vlt_fail(err, VAULT_E_USAGE, "%s is not a regular file", path);
    else
        st = wrap(fd, true, path, out, err);
    if (st != VAULT_OK)
        (void)close(fd);
    return st;
}

enum vault_status
vlt_file_open_plain(const char *path, struct vlt_file **out,
    struct vault_error *err)
{
    int fd;

    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ELOOP)
        return vlt_fail(err, VAULT_E_USAGE, "%s is a link", path);
    return wrap_regular(fd, path, out, err);
}

/* Keeps errno. */
static void
close_quietly(int fd)
{
    int saved = errno;

    (void)close(fd);
    errno = saved;
}

/* Each part of the path from the folder on, never through a link. */
static int
open_below(int dir, const char *path)
{
    const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW;
    char part[NAME_MAX + 1];
    int next;

    for (;;) {
        size_t n = strcspn(path, "/");
        bool last = path[n] == 0;

        if (n > NAME_MAX) {
            errno = ENAMETOOLONG;
            close_quietly(dir);
            return -1;
        }
        memcpy(part, path, n);
        part[n] = 0;
        next = openat(dir, part,
            last ? flags | O_NONBLOCK | O_NOCTTY : flags | O_DIRECTORY);
        close_quietly(dir);
        if (next < 0 || last)
            return next;
        dir = next;
        path += n + 1;
    }
}

enum vault_status
vlt_file_open_below(const char *folder, const char *path, struct vlt_file **out,
    struct vault_error *err)
{
    int dir, fd;

    if (!vlt_os_is_below(path))
        return vlt_fail(err, VAULT_E_USAGE,
            "\"%s\" is no path to a file below the folder", path);
    dir = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (dir < 0)
        return VLT_POSIX_FAIL(err, "cannot open %s: %s", folder);
    fd = open_below(dir, path);
    if (fd < 0 && (errno == ELOOP || errno == EMLINK || errno == ENOTDIR))
        return vlt_fail(err, VAULT_E_USAGE,
            "%s is a link, or lies behind one; links are not followed", path);
    return wrap_regular(fd, path, out, err);
}

enum vault_status
vlt_posix_file(int fd, const char *name, struct vlt_file **out,
    struct vault_error *err)
{
    return wrap(fd, true, name, out, err);
}

static enum vault_status
standard(int fd, const char *name, struct vlt_file **out,
    struct vault_error *err)
{
    if (fcntl(fd, F_GETFD) < 0)
        return vlt_fail(err, VAULT_E_IO, "%s is closed", name);
    return wrap(fd, false, name, out, err);
}

enum vault_status
vlt_file_stdin(struct vlt_file **out, struct vault_error *err)
{
    return standard(STDIN_FILENO, "stdin", out, err);
}

enum vault_status
vlt_file_stdout(struct vlt_file **out, struct vault_error *err)
{
    return standard(STDOUT_FILENO, "stdout", out, err);
}

enum vault_status
vlt_file_fd(int fd, struct vlt_file **out, struct vault_error *err)
{
    char name[24];

    if (fd < 0 || fcntl(fd, F_GETFD) < 0)
        return vlt_fail(err, VAULT_E_USAGE, "file descriptor %d is not open",
            fd);
    (void)snprintf(name, sizeof name, "fd %d", fd);
    return wrap(fd, false, name, out, err);
}

enum vault_status
vlt_file_read(struct vlt_file *f, void *p, size_t n, size_t *got,
    struct vault_error *err)
{
    long did = vlt_posix_read(f->fd, p, n);

    if (did < 0)
        return VLT_POSIX_FAIL(err, "cannot read %s: %s", f->name);
    *got = (size_t)did;
    return VAULT_OK;
}

enum vault_status
vlt_file_write(struct vlt_file *f, const void *p, size_t n,
    struct vault_error *err)
{
    if (vlt_posix_write(f->fd, p, n) != 0)
        return VLT_POSIX_FAIL(err, "cannot write %s: %s", f->name);
    return VAULT_OK;
}

int64_t
vlt_file_size(const struct vlt_file *f)
{
    struct stat s;

    if (fstat(f->fd, &s) != 0 || !S_ISREG(s.st_mode))
        return -1;
    return (int64_t)s.st_size;
}

int64_t
vlt_file_mtime(const struct vlt_file *f)
{
    struct stat s;

    if (fstat(f->fd, &s) != 0 || !S_ISREG(s.st_mode))
        return 0;
    return (int64_t)s.st_mtime;
}

void
vlt_file_close(struct vlt_file *f)
{
    if (f == NULL)
        return;
    if (f->owned)
        (void)close(f->fd);
    free(f);
}
