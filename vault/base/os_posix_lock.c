/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix_lock.c: a lock that ends with the process */
#define _GNU_SOURCE       1
#define _FILE_OFFSET_BITS 64
#include "os_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

struct vlt_lock {
    int fd;
};

/* flock, not fcntl: it belongs to this descriptor, so that two handles of one
 * process are kept apart as well. */
enum vault_status
vlt_os_trylock(const char *path, struct vlt_lock **out, struct vault_error *err)
{
    struct vlt_lock *lock = malloc(sizeof *lock);
    bool held;

    if (lock == NULL)
        return vlt_fail_memory(err);
    lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock->fd >= 0 && flock(lock->fd, LOCK_EX | LOCK_NB) == 0) {
        *out = lock;
        return VAULT_OK;
    }
    held = lock->fd >= 0 && errno == EWOULDBLOCK;
    if (!held)
        (void)VLT_POSIX_FAIL(err, "cannot lock %s: %s", path);
    if (lock->fd >= 0)
        (void)close(lock->fd);
    free(lock);
    return held ? vlt_fail(err, VAULT_E_BUSY, "%s is in use", path)
                : VAULT_E_IO;
}

static int
lock_shared(int fd)
{
    static const struct timespec nap = {0, 20 * 1000 * 1000};
    int rc = flock(fd, LOCK_SH | LOCK_NB);
    int i;

    for (i = 0; rc != 0 && errno == EWOULDBLOCK && i < 50; i++) {
        (void)nanosleep(&nap, NULL);
        rc = flock(fd, LOCK_SH | LOCK_NB);
    }
    return rc;
}

enum vault_status
vlt_os_lock_folder(const char *path, bool alone, struct vlt_lock **out,
    struct vault_error *err)
{
    struct vlt_lock *lock = malloc(sizeof *lock);
    const char *name;
    bool held;

    if (lock == NULL)
        return vlt_fail_memory(err);
    lock->fd = vlt_posix_open_parent(path, &name);
    if (lock->fd >= 0 &&
        (alone ? flock(lock->fd, LOCK_EX | LOCK_NB) : lock_shared(lock->fd)) ==
            0) {
        *out = lock;
        return VAULT_OK;
    }
    held = lock->fd >= 0 && errno == EWOULDBLOCK;
    if (!held)
        (void)VLT_POSIX_FAIL(err, "cannot lock the folder of %s: %s", path);
    if (lock->fd >= 0)
        (void)close(lock->fd);
    free(lock);
    return held
        ? vlt_fail(err, VAULT_E_BUSY, "the folder of %s is in use", path)
        : VAULT_E_IO;
}

void
vlt_os_unlock(struct vlt_lock *lock)
{
    if (lock == NULL)
        return;
    (void)close(lock->fd);
    free(lock);
}
