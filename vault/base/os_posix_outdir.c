/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix_outdir.c: a folder that appears only when complete */
#define _GNU_SOURCE       1
#define _FILE_OFFSET_BITS 64
#include "bytes.h"
#include "os_posix.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART_MAX = 256, TEMP_MAX = 320 };

struct vlt_outdir {
    int parent;  /* holds the temporary folder */
    int dir;     /* the temporary folder; -1: not made */
    bool inside; /* path is there, and it is `parent` */
    char *path;
    char *temp_path;
    const char *name; /* in path */
    char temp[TEMP_MAX];
};

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* ---- removing, without following anything ---- */

static bool remove_below(int dir, int depth);

static bool
remove_one(int dir, const char *name, int depth)
{
    int sub;
    bool good;

    if (unlinkat(dir, name, 0) == 0)
        return true;
    sub = depth > 0 ? openat(dir, name, DIR_FLAGS) : -1;
    if (sub < 0)
        return false;
    good = remove_below(sub, depth - 1);
    (void)close(sub);
    return unlinkat(dir, name, AT_REMOVEDIR) == 0 && good;
}

static bool
remove_below(int dir, int depth)
{
    int copy = openat(dir, ".", DIR_FLAGS);
    DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
    const struct dirent *e;
    bool good = d != NULL;

    if (d == NULL) {
        if (copy >= 0)
            (void)close(copy);
        return false;
    }
    while ((e = readdir(d)) != NULL) {
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            good = remove_one(dir, e->d_name, depth) && good;
    }
    (void)closedir(d);
    return good;
}

/* ---- beginning ---- */

/* 1 empty, 0 not, -1 errno. */
static int
is_empty(int dir)
{
    int copy = openat(dir, ".", DIR_FLAGS);
    DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
    const struct dirent *e;
    int empty = 1;

    if (d == NULL) {
        if (copy >= 0)
            (void)close(copy);
        return -1;
    }
    while ((e = readdir(d)) != NULL) {
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            empty = 0;
    }
    (void)closedir(d);
    return empty;
}

/* What has the name already: nothing, or an empty folder to go into. */
static enum vault_status
look(struct vlt_outdir *d, struct vault_error *err)
{
    int own, empty;
    struct stat s;

    if (fstatat(d->parent, d->name, &s, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT)
            return VAULT_OK;
        return VLT_POSIX_FAIL(err, "cannot create %s: %s", d->path);
    }
    own = S_ISDIR(s.st_mode) ? openat(d->parent, d->name, DIR_FLAGS) : -1;
    empty = own >= 0 ? is_empty(own) : 0;
    if (empty != 1) {
        if (own >= 0)
            (void)close(own);
        return vlt_fail(err, VAULT_E_EXISTS,
            "%s exists already, and it is not an empty folder", d->path);
    }
    (void)close(d->parent);
    d->parent = own;
    d->inside = true;
    return VAULT_OK;
}

static enum vault_status
make_temp(struct vlt_outdir *d, struct vault_error *err)
{
    char random[VLT_TEMP_NAME];
    size_t n;
    int rc;

    do {
        if (vlt_posix_temp_name(random) != 0)
            return VLT_POSIX_FAIL(err, "cannot create %s: %s", d->path);
        (void)snprintf(d->temp, sizeof d->temp, "%s%sincomplete-%.8s",
            d->inside ? "" : d->name, d->inside ? "" : ".",
            random + strlen(random) - 8);
        rc = mkdirat(d->parent, d->temp, 0700);
    } while (rc != 0 && errno == EEXIST);
    if (rc == 0)
        d->dir = openat(d->parent, d->temp, DIR_FLAGS);
    if (d->dir < 0) {
        enum vault_status st =
            VLT_POSIX_FAIL(err, "cannot create %s: %s", d->path);

        if (rc == 0)
            (void)unlinkat(d->parent, d->temp, AT_REMOVEDIR);
        return st;
    }
    n = strlen(d->path) + strlen(d->temp) + 2;
    d->temp_path = malloc(n);
    if (d->temp_path == NULL)
        return vlt_fail_memory(err);
    if (d->inside)
        (void)snprintf(d->temp_path, n, "%s/%s", d->path, d->temp);
    else
        (void)snprintf(d->temp_path, n, "%.*s%s", (int)(d->name - d->path),
            d->path, d->temp);
    return VAULT_OK;
}

enum vault_status
vlt_outdir_begin(const char *path, struct vlt_outdir **out,
    struct vault_error *err)
{
    struct vlt_outdir *d = calloc(1, sizeof *d);
    size_t n = strlen(path);
    enum vault_status st;

    if (d == NULL)
        return vlt_fail_memory(err);
    d->parent = -1;
    d->dir = -1;
    d->path = vlt_strdup(path);
    while (d->path != NULL && n > 1 && d->path[n - 1] == '/')
        d->path[--n] = 0;
    if (d->path == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    d->parent = vlt_posix_open_parent(d->path, &d->name);
    if (d->parent < 0) {
        st = VLT_POSIX_FAIL(err, "cannot create %s: %s", path);
        goto out;
    }
    if (strlen(d->name) > PART_MAX - 32) {
        st = vlt_fail(err, VAULT_E_LIMIT, "the name %s is too long", d->name);
        goto out;
    }
    st = look(d, err);
    if (st == VAULT_OK)
        st = make_temp(d, err);
    if (st != VAULT_OK)
        goto out;
    *out = d;
    d = NULL;
out:
    (void)vlt_outdir_discard(d);
    return st;
}

const char *
vlt_outdir_path(const struct vlt_outdir *d)
{
    return d->temp_path;
}

/* ---- files in it ---- */

/* The part of `name` up to its next slash, in out; what follows. */
static const char *
next_part(const char *name, char out[PART_MAX])
{
    size_t n = strcspn(name, "/");

    assert(n > 0 && n < PART_MAX);
    memcpy(out, name, n);
    out[n] = 0;
    assert(strcmp(out, ".") != 0 && strcmp(out, "..") != 0);
    return name[n] == '/' ? name + n + 1 : NULL;
}

/* The folder that `name` lies in, made as needed; its last part in `last`.
 * -1 with errno. The caller closes what is not d->dir. */
static int
walk_to(const struct vlt_outdir *d, const char *name, bool make,
    char last[PART_MAX])
{
    const char *rest = next_part(name, last);
    int dir = d->dir;

    while (rest != NULL) {
        int sub = -1, saved;

        if (!make || mkdirat(dir, last, 0700) == 0 || errno == EEXIST)
            sub = openat(dir, last, DIR_FLAGS);
        saved = errno;
        if (dir != d->dir)
            (void)close(dir);
        errno = saved;
        if (sub < 0)
            return -1;
        dir = sub;
        rest = next_part(rest, last);
    }
    return dir;
}

enum vault_status
vlt_outdir_create(struct vlt_outdir *d, const char *name, struct vlt_file **out,
    struct vault_error *err)
{
    char last[PART_MAX];
    enum vault_status st;
    int fd = -1;
    int dir = walk_to(d, name, true, last);

    if (dir >= 0)
        fd = openat(dir, last,
            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && dir >= 0 && errno == EEXIST)
        st = vlt_fail(err, VAULT_E_EXISTS, "%s exists already", name);
    else if (fd < 0)
        st = VLT_POSIX_FAIL(err, "cannot create %s: %s", name);
    else
        st = vlt_posix_file(fd, name, out, err);
    if (st != VAULT_OK && fd >= 0)
        (void)close(fd);
    if (dir >= 0 && dir != d->dir)
        (void)close(dir);
    return st;
}

void
vlt_outdir_drop(struct vlt_outdir *d, const char *name)
{
    char last[PART_MAX];
    int dir = walk_to(d, name, false, last);

    if (dir < 0)
        return;
    (void)unlinkat(dir, last, 0);
    if (dir != d->dir)
        (void)close(dir);
}

/* ---- the end ---- */

/* All of the file system: one call instead of one for each of many files. */
static int
sync_all(int dir)
{
#if defined(__linux__)
    return syncfs(dir);
#else
    (void)dir;
    sync();
    return 0;
#endif
}

static int
move_up(const struct vlt_outdir *d, const char *name)
{
#if defined(__linux__) && defined(RENAME_NOREPLACE)
    int rc = renameat2(d->dir, name, d->parent, name, RENAME_NOREPLACE);

    if (rc == 0 || errno == EEXIST)
        return rc;
#endif
    if (faccessat(d->parent, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return -1;
    }
    return renameat(d->dir, name, d->parent, name);
}

/* Into the folder that was there, `last` last. */
static int
move_all(const struct vlt_outdir *d, const char *last)
{
    int copy = openat(d->dir, ".", DIR_FLAGS);
    DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
    const struct dirent *e;
    int rc = dir != NULL ? 0 : -1;

    if (dir == NULL && copy >= 0)
        (void)close(copy);
    while (rc == 0 && (e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            (last == NULL || strcmp(e->d_name, last) != 0))
            rc = move_up(d, e->d_name);
    }
    if (dir != NULL)
        (void)closedir(dir);
    if (rc == 0)
        rc = vlt_posix_sync_dir(d->parent);
    if (rc == 0 && last != NULL)
        rc = move_up(d, last);
    if (rc == 0)
        (void)unlinkat(d->parent, d->temp, AT_REMOVEDIR);
    return rc;
}

enum vault_status
vlt_outdir_commit(struct vlt_outdir *d, const char *last,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    int rc;

    if (sync_all(d->dir) != 0) {
        st = VLT_POSIX_FAIL(err, "cannot write %s: %s", d->path);
        goto out;
    }
    rc = d->inside ? move_all(d, last)
                   : vlt_posix_rename_new(d->parent, d->temp, d->name);
    if (rc != 0 && errno == EEXIST) {
        st = vlt_fail(err, VAULT_E_EXISTS, "%s exists already", d->path);
    } else if (rc != 0) {
        st = VLT_POSIX_FAIL(err, "cannot create %s: %s", d->path);
    } else {
        (void)close(d->dir);
        d->dir = -1; /* nothing to remove any more */
        if (vlt_posix_sync_dir(d->parent) != 0)
            st = VLT_POSIX_FAIL(err, "cannot sync the folder of %s: %s",
                d->path);
    }
out:
    (void)vlt_outdir_discard(d);
    return st;
}

bool
vlt_outdir_discard(struct vlt_outdir *d)
{
    bool good = true;

    if (d == NULL)
        return true;
    if (d->dir >= 0) {
        good = remove_below(d->dir, 16);
        good = unlinkat(d->parent, d->temp, AT_REMOVEDIR) == 0 && good;
        (void)close(d->dir);
    }
    if (d->parent >= 0)
        (void)close(d->parent);
    free(d->path);
    free(d->temp_path);
    free(d);
    return good;
}
