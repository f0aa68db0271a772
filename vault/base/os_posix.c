/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix.c: system calls with their interruptions, shared by the seam */
#define _GNU_SOURCE       1
#define _FILE_OFFSET_BITS 64
#include "os_posix.h"
#include "text.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/random.h>
#include <sys/syscall.h>
#endif

#if defined(__linux__) && !defined(RENAME_NOREPLACE)
#define RENAME_NOREPLACE 1
#endif

enum vault_status
vlt_posix_status(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return VAULT_E_NOT_FOUND;
    case EEXIST:
        return VAULT_E_EXISTS;
    case ENOMEM:
        return VAULT_E_MEMORY;
    case ENAMETOOLONG:
        return VAULT_E_LIMIT;
    case ECANCELED:
        return VAULT_E_CANCELLED;
    default:
        return VAULT_E_IO;
    }
}

static bool
would_block(int error)
{
    switch (error) {
    case EAGAIN:
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK:
#endif
        return true;
    default:
        return false;
    }
}

/* Whether the system or this file system does not know the call. */
static bool
unknown_call(int error)
{
    switch (error) {
    case ENOSYS:
    case EINVAL:
    case ENOTSUP:
#if EOPNOTSUPP != ENOTSUP
    case EOPNOTSUPP:
#endif
        return true;
    default:
        return false;
    }
}

/* After a failed read or write: whether to try again. */
static bool
again(int fd, short events)
{
    struct pollfd p = {.fd = fd, .events = events};

    if (errno == EINTR && vlt_os_interrupted())
        errno = ECANCELED;
    if (errno == EINTR)
        return true;
    if (!would_block(errno))
        return false;
    if (poll(&p, 1, -1) >= 0)
        return true;
    if (errno == EINTR && vlt_os_interrupted())
        errno = ECANCELED;
    return errno == EINTR;
}

int
vlt_posix_write(int fd, const void *p, size_t n)
{
    const uint8_t *from = p;

    while (n > 0) {
        ssize_t did = write(fd, from, n);

        if (did < 0 && !again(fd, POLLOUT))
            return -1;
        if (did > 0) {
            from += did;
            n -= (size_t)did;
        }
    }
    return 0;
}

long
vlt_posix_read(int fd, void *p, size_t n)
{
    ssize_t did;

    do
        did = read(fd, p, n);
    while (did < 0 && again(fd, POLLIN));
    return (long)did;
}

int
vlt_posix_sync(int fd)
{
    int rc;

#if defined(F_FULLFSYNC)
    /* fsync of macOS does not reach the platter; not all disks know this. */
    if (fcntl(fd, F_FULLFSYNC) == 0)
        return 0;
#endif
    do
        rc = fsync(fd);
    while (rc != 0 && errno == EINTR);
    return rc;
}

int
vlt_posix_sync_dir(int dir)
{
    if (vlt_posix_sync(dir) == 0 || unknown_call(errno))
        return 0;
    return -1;
}

int
vlt_posix_open_parent(const char *path, const char **name)
{
    const char *last = vlt_os_basename(path);
    size_t n = (size_t)(last - path);
    char *dir;
    int fd, saved;

    if (*last == 0 || strcmp(last, ".") == 0 || strcmp(last, "..") == 0) {
        errno = *path == 0 ? ENOENT : EISDIR;
        return -1;
    }
    dir = n > 0 ? strndup(path, n) : strdup(".");
    if (dir == NULL)
        return -1;
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    saved = errno;
    free(dir);
    errno = saved;
    *name = last;
    return fd;
}

int
vlt_posix_sync_parent(const char *path)
{
    const char *name;
    int dir = vlt_posix_open_parent(path, &name);
    int rc, saved;

    if (dir < 0)
        return -1;
    rc = vlt_posix_sync_dir(dir);
    saved = errno;
    (void)close(dir);
    errno = saved;
    return rc;
}

static int
random_bytes(uint8_t *p, size_t n)
{
#if defined(__linux__)
    ssize_t got;

    do
        got = getrandom(p, n, 0);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)n ? 0 : -1;
#else
    arc4random_buf(p, n);
    return 0;
#endif
}

int
vlt_posix_temp_name(char out[VLT_TEMP_NAME])
{
    static const char prefix[] = ".tmp-";
    uint8_t rnd[8];

    if (random_bytes(rnd, sizeof rnd) != 0)
        return -1;
    memcpy(out, prefix, sizeof prefix);
    vlt_hex(out + sizeof prefix - 1, rnd, sizeof rnd);
    return 0;
}

int
vlt_posix_rename_by_look(int dir, const char *from, const char *to)
{
    struct stat s;

    if (fstatat(dir, to, &s, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return -1;
    }
    if (errno != ENOENT)
        return -1;
    return renameat(dir, from, dir, to);
}

int
vlt_posix_rename_by_link(int dir, const char *from, const char *to)
{
    if (linkat(dir, from, dir, to, 0) == 0)
        return unlinkat(dir, from, 0);
    /* EPERM is what Linux says where there are no second names. */
    if (errno == EPERM || errno == EMLINK || unknown_call(errno))
        return vlt_posix_rename_by_look(dir, from, to);
    return -1;
}

int
vlt_posix_rename_new(int dir, const char *from, const char *to)
{
#if defined(__linux__)
    if (syscall(SYS_renameat2, dir, from, dir, to, RENAME_NOREPLACE) == 0)
        return 0;
#elif defined(__APPLE__)
    if (renameatx_np(dir, from, dir, to, RENAME_EXCL) == 0)
        return 0;
#else
    errno = ENOSYS;
#endif
    if (unknown_call(errno))
        return vlt_posix_rename_by_link(dir, from, to);
    return -1;
}
