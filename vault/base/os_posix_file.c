/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix_file.c: small files as a whole: read, replace, create, destroy */
#define _GNU_SOURCE       1
#define _FILE_OFFSET_BITS 64
#include "bytes.h"
#include "os_posix.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Everything to the end of fd, of which b holds one byte more than max. */
static enum vault_status
read_to_end(int fd, const char *path, size_t hint, struct vlt_buf *b,
    struct vault_error *err)
{
    for (;;) {
        size_t left = b->max - b->len;
        size_t n = hint < left ? hint : left;
        uint8_t *to = vlt_buf_room(b, n);
        long got;

        if (to == NULL)
            return vlt_fail_memory(err);
        got = vlt_posix_read(fd, to, n);
        b->len -= n - (got > 0 ? (size_t)got : 0);
        if (got < 0)
            return VLT_POSIX_FAIL(err, "cannot read %s: %s", path);
        if (got == 0)
            return VAULT_OK;
        if (b->len == b->max)
            return vlt_fail(err, VAULT_E_LIMIT, "%s is longer than %zu bytes",
                path, b->max - 1);
        hint = 65536;
    }
}

enum vault_status
vlt_os_read_small(const char *path, size_t max, uint8_t **out, size_t *out_len,
    struct vault_error *err)
{
    enum vault_status st;
    struct vlt_buf b;
    struct stat s;
    int fd;

    assert(max < SIZE_MAX);
    vlt_buf_init(&b, max + 1);
    /* Not to wait for the other end of a planted pipe. */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &s) != 0) {
        st = VLT_POSIX_FAIL(err, "cannot open %s: %s", path);
        goto out;
    }
    if (!S_ISREG(s.st_mode)) {
        st = vlt_fail(err, VAULT_E_IO, "%s is not a regular file", path);
        goto out;
    }
    if ((uint64_t)s.st_size > max) {
        st = vlt_fail(err, VAULT_E_LIMIT, "%s is longer than %zu bytes", path,
            max);
        goto out;
    }
    st = read_to_end(fd, path, (size_t)s.st_size + 1, &b, err);
    if (st != VAULT_OK)
        goto out;
    *out = b.p;
    *out_len = b.len;
    vlt_buf_init(&b, 0); /* the caller's from here on */
out:
    vlt_buf_clear(&b);
    if (fd >= 0)
        (void)close(fd);
    return st;
}

static enum vault_status
put_file(const char *path, bool replace, const void *p, size_t len,
    struct vault_error *err)
{
    struct vlt_outfile *f = NULL;
    enum vault_status st;

    st = vlt_outfile_begin(path, replace, &f, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_outfile_write(f, p, len, err);
    if (st == VAULT_OK)
        return vlt_outfile_commit(f, err);
    vlt_outfile_discard(f);
    return st;
}

enum vault_status
vlt_os_replace(const char *path, const void *p, size_t len,
    struct vault_error *err)
{
    return put_file(path, true, p, len, err);
}

enum vault_status
vlt_os_create_small(const char *path, const void *p, size_t len,
    struct vault_error *err)
{
    return put_file(path, false, p, len, err);
}

enum vault_status
vlt_os_create_empty(const char *path, struct vault_error *err)
{
    enum vault_status st = vlt_os_check_name(path, err);
    int fd;

    if (st != VAULT_OK)
        return st;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return vlt_fail(err, VAULT_E_EXISTS, "%s exists already", path);
    if (fd < 0)
        return VLT_POSIX_FAIL(err, "cannot create %s: %s", path);
    if (vlt_posix_sync(fd) != 0 || vlt_posix_sync_parent(path) != 0) {
        st = VLT_POSIX_FAIL(err, "cannot create %s: %s", path);
        (void)unlink(path);
    }
    (void)close(fd);
    return st;
}

static int
write_zeros(int fd, off_t n)
{
    static const uint8_t zeros[4096];

    while (n > 0) {
        size_t part = n < (off_t)sizeof zeros ? (size_t)n : sizeof zeros;

        if (vlt_posix_write(fd, zeros, part) != 0)
            return -1;
        n -= (off_t)part;
    }
    return vlt_posix_sync(fd);
}

/* Overwrite in place; the owner's read-only files too. */
static int
overwrite(const char *path, const struct stat *s, uint64_t head)
{
    struct stat now;
    int fd, rc, saved;

    fd = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == EACCES && chmod(path, 0600) == 0)
        fd = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -1;
    rc = fstat(fd, &now);
    if (rc == 0 && (now.st_ino != s->st_ino || now.st_dev != s->st_dev)) {
        errno = ESTALE; /* swapped under our hands */
        rc = -1;
    }
    /* what goes unseen goes first: a sync would write it out otherwise */
    if (rc == 0 && (uint64_t)now.st_size > head)
        rc = ftruncate(fd, (off_t)head);
    if (rc == 0)
        rc = write_zeros(fd,
            (uint64_t)now.st_size > head ? (off_t)head : now.st_size);
    if (rc == 0 && (uint64_t)now.st_size > head)
        rc = ftruncate(fd, 0);
    saved = errno;
    (void)close(fd);
    errno = saved;
    return rc;
}

void
vlt_os_let_write(const char *path)
{
    struct stat s;

    if (lstat(path, &s) == 0 && S_ISREG(s.st_mode) &&
        (s.st_mode & S_IWUSR) == 0)
        (void)!chmod(path, (s.st_mode & 0777) | S_IRUSR | S_IWUSR);
}

enum vault_status
vlt_os_destroy(const char *path, struct vault_error *err)
{
    return vlt_os_destroy_head(path, UINT64_MAX, err);
}

enum vault_status
vlt_os_destroy_head(const char *path, uint64_t head, struct vault_error *err)
{
    enum vault_status st = VAULT_OK, gone;
    struct stat s;

    if (lstat(path, &s) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return VAULT_OK;
        return VLT_POSIX_FAIL(err, "cannot overwrite %s: %s", path);
    }
    if (!S_ISREG(s.st_mode))
        return vlt_fail(err, VAULT_E_IO, "%s is not a regular file", path);
    /* What cannot be overwritten is still unlinked; the first is told. */
    if (overwrite(path, &s, head) != 0)
        st = VLT_POSIX_FAIL(err, "cannot overwrite %s: %s", path);
    gone = vlt_os_unlink(path, st == VAULT_OK ? err : NULL);
    return st != VAULT_OK ? st : gone;
}

enum vault_status
vlt_os_unlink(const char *path, struct vault_error *err)
{
    if (unlink(path) != 0)
        return VLT_POSIX_FAIL(err, "cannot remove %s: %s", path);
    if (vlt_posix_sync_parent(path) != 0)
        return VLT_POSIX_FAIL(err, "cannot sync the folder of %s: %s", path);
    return VAULT_OK;
}

enum vault_status
vlt_os_rename_new(const char *from, const char *to, struct vault_error *err)
{
    enum vault_status st = vlt_os_check_name(to, err);
    const char *name;
    int dir;

    if (st != VAULT_OK)
        return st;
    dir = vlt_posix_open_parent(to, &name);
    if (dir < 0)
        return VLT_POSIX_FAIL(err, "cannot create %s: %s", to);
    if (vlt_posix_rename_new(dir, vlt_os_basename(from), name) != 0) {
        if (errno == EEXIST)
            st = vlt_fail(err, VAULT_E_EXISTS, "%s exists already", to);
        else
            st = VLT_POSIX_FAIL(err, "cannot create %s: %s", to);
    } else if (vlt_posix_sync_dir(dir) != 0) {
        st = VLT_POSIX_FAIL(err, "cannot sync the folder of %s: %s", to);
    }
    (void)close(dir);
    return st;
}
