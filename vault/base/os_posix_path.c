/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix_path.c: paths and folders */
#define _GNU_SOURCE       1
#define _FILE_OFFSET_BITS 64
#include "bytes.h"
#include "os_posix.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool
vlt_os_exists(const char *path)
{
    struct stat s;

    return lstat(path, &s) == 0;
}

int
vlt_os_same_file(const char *a, const char *b)
{
    struct stat x, y;

    if (stat(a, &x) != 0 || stat(b, &y) != 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
    return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool
vlt_os_is_dir(const char *path)
{
    struct stat s;

    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

bool
vlt_os_is_file(const char *path)
{
    struct stat s;

    return lstat(path, &s) == 0 && S_ISREG(s.st_mode);
}

bool
vlt_os_is_special(const char *path)
{
    struct stat s;

    return stat(path, &s) == 0 && !S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode);
}

const char *
vlt_os_basename(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* a and b one after the other into out; false when they do not fit. */
static bool
join(char *out, size_t size, const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);

    if (n >= size || m >= size - n)
        return false;
    memcpy(out, a, n);
    memcpy(out + n, b, m + 1);
    return true;
}

enum vault_status
vlt_os_absolute(const char *path, char *out, size_t size,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    char *cwd = NULL;
    size_t n;

    if (path[0] == 0)
        return vlt_fail(err, VAULT_E_USAGE, "the path is empty");
    if (path[0] != '/') {
        cwd = getcwd(NULL, 0);
        if (cwd == NULL)
            return VLT_POSIX_FAIL(err, "cannot find %s: %s", path);
    }
    n = cwd != NULL ? strlen(cwd) : 0;
    /* The root folder ends in a slash already. */
    if (n > 0 && cwd[n - 1] == '/')
        cwd[n - 1] = 0;
    if (cwd == NULL ? !join(out, size, path, "")
                    : !join(out, size, cwd, "/") ||
                !join(out + strlen(out), size - strlen(out), path, ""))
        st = vlt_fail(err, VAULT_E_LIMIT, "the path %s is too long", path);
    free(cwd);
    return st;
}

enum vault_status
vlt_os_real(const char *path, char *out, size_t size, struct vault_error *err)
{
    char *real = realpath(path, NULL);
    enum vault_status st = VAULT_OK;

    if (real == NULL)
        return VLT_POSIX_FAIL(err, "cannot open %s: %s", path);
    if (!join(out, size, real, ""))
        st = vlt_fail(err, VAULT_E_LIMIT, "the path %s is too long", path);
    free(real);
    return st;
}

enum vault_status
vlt_os_state_home(char *out, size_t size, struct vault_error *err)
{
    const char *base = getenv("XDG_STATE_HOME");
    const char *below = "";
    size_t n;

    /* The XDG rule: a relative path there is to be ignored. */
    if (base == NULL || base[0] != '/') {
        base = getenv("HOME");
        below = "/.local/state";
    }
    if (base == NULL || base[0] != '/')
        return vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            "set HOME or XDG_STATE_HOME to a folder",
            "there is no home folder to keep state in");
    n = strlen(base);
    while (n > 1 && base[n - 1] == '/')
        n--;
    if (n + strlen(below) >= size)
        return vlt_fail(err, VAULT_E_LIMIT, "the path %s is too long", base);
    memcpy(out, base, n);
    memcpy(out + n, below, strlen(below) + 1);
    return VAULT_OK;
}

static int
make_folder(const char *path)
{
    int saved;

    if (vlt_os_is_dir(path))
        return 0;
    if (mkdir(path, 0700) == 0) {
        /* Best effort: without it a crash may forget an empty folder. */
        (void)vlt_posix_sync_parent(path);
        return 0;
    }
    saved = errno;
    if (saved == EEXIST && vlt_os_is_dir(path))
        return 0; /* another process was faster */
    errno = saved;
    return -1;
}

enum vault_status
vlt_os_mkdirs(const char *path, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    char *copy, *s;
    char end;

    copy = vlt_strdup(path);
    if (copy == NULL)
        return vlt_fail_memory(err);
    s = copy;
    do {
        s += strspn(s, "/");
        s += strcspn(s, "/");
        end = *s;
        *s = 0;
        if (make_folder(copy) != 0) {
            st = VLT_POSIX_FAIL(err, "cannot make the folder %s: %s", copy);
            break;
        }
        *s = end;
    } while (end != 0);
    free(copy);
    return st;
}

static bool
entry_is_dir(DIR *dir, const struct dirent *e)
{
    struct stat s;
    int fd;

#if defined(_DIRENT_HAVE_D_TYPE) || defined(DT_UNKNOWN)
    if (e->d_type != DT_UNKNOWN)
        return e->d_type == DT_DIR;
#endif
    fd = dirfd(dir);
    return fd >= 0 && fstatat(fd, e->d_name, &s, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(s.st_mode);
}

enum vault_status
vlt_os_listdir(const char *path,
    enum vault_status (*fn)(void *ctx, const char *name, bool is_dir),
    void *ctx, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    const struct dirent *e;
    DIR *dir;

    dir = opendir(path);
    if (dir == NULL)
        return VLT_POSIX_FAIL(err, "cannot list %s: %s", path);
    while (st == VAULT_OK) {
        errno = 0;
        e = readdir(dir);
        if (e == NULL && errno != 0)
            st = VLT_POSIX_FAIL(err, "cannot list %s: %s", path);
        if (e == NULL)
            break;
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            st = fn(ctx, e->d_name, entry_is_dir(dir, e));
    }
    (void)closedir(dir);
    return st;
}
