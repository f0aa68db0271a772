/* SPDX-License-Identifier: Apache-2.0 */
/* temp_dir.c: a folder of one test's own, and what lies in it */
#include "temp_dir.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect.h"

enum { ENTRIES = 256 };

void
temp_die(const char *what, const char *about)
{
    fprintf(stderr, "test: %s: %s (%s)\n", about, what, strerror(errno));
    exit(2);
}

void
temp_dir_make(struct temp_dir *d)
{
    const char *base = getenv("TMPDIR");

    if (base == NULL || base[0] == '\0')
        base = "/tmp";
    if (snprintf(d->path, sizeof d->path, "%s/sanduq-test-XXXXXX", base) >=
        (int)sizeof d->path)
        temp_die("too long", base);
    if (mkdtemp(d->path) == NULL)
        temp_die("no folder", d->path);
}

void
temp_dir_path(const struct temp_dir *d, const char *name, char out[TEMP_PATH])
{
    if (snprintf(out, TEMP_PATH, "%s/%s", d->path, name) >= TEMP_PATH)
        temp_die("too long", name);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a folder, sorted; each is the caller's to free. */
static size_t
names(const char *path, char *out[ENTRIES])
{
    DIR *dir = opendir(path);
    struct dirent *e;
    size_t n = 0;

    if (dir == NULL)
        temp_die("cannot be listed", path);
    while ((e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (n == ENTRIES || (out[n] = strdup(e->d_name)) == NULL)
            temp_die("too many entries", path);
        n++;
    }
    closedir(dir);
    qsort(out, n, sizeof out[0], by_name);
    return n;
}

size_t
temp_dir_count(const struct temp_dir *d)
{
    char *name[ENTRIES];
    size_t n = names(d->path, name);

    for (size_t i = 0; i < n; i++)
        free(name[i]);
    return n;
}

static void
remove_all(const char *path)
{
    char *name[ENTRIES];
    char below[TEMP_PATH];
    struct stat st;
    size_t n;

    if (lstat(path, &st) != 0)
        temp_die("cannot be looked at", path);
    if (!S_ISDIR(st.st_mode)) {
        collect_file(path);
        if (unlink(path) != 0)
            temp_die("cannot be removed", path);
        return;
    }
    n = names(path, name);
    for (size_t i = 0; i < n; i++) {
        if (snprintf(below, sizeof below, "%s/%s", path, name[i]) >=
            (int)sizeof below)
            temp_die("too long", name[i]);
        remove_all(below);
        free(name[i]);
    }
    if (rmdir(path) != 0)
        temp_die("cannot be removed", path);
}

void
temp_dir_remove(struct temp_dir *d)
{
    if (d->path[0] != '\0')
        remove_all(d->path);
    d->path[0] = '\0';
}

uint8_t *
temp_read(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    uint8_t *p;

    if (f == NULL || fstat(fileno(f), &st) != 0)
        temp_die("cannot be opened", path);
    *n = (size_t)st.st_size;
    p = malloc(*n + 1);
    if (p == NULL || fread(p, 1, *n, f) != *n)
        temp_die("cannot be read", path);
    p[*n] = 0;
    fclose(f);
    return p;
}

void
temp_write(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");

    if (f == NULL || fwrite(p, 1, n, f) != n || fclose(f) != 0)
        temp_die("cannot be written", path);
}

void
temp_copy(const char *from, const char *to)
{
    size_t n;
    uint8_t *p = temp_read(from, &n);

    temp_write(to, p, n);
    free(p);
}

bool
temp_exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

void
temp_poke(const char *path, uint64_t at, uint8_t byte)
{
    FILE *f = fopen(path, "r+b");

    if (f == NULL || fseek(f, (long)at, SEEK_SET) != 0 ||
        fwrite(&byte, 1, 1, f) != 1 || fclose(f) != 0)
        temp_die("cannot be changed", path);
}

/* FNV-1a: enough to see a change that nobody makes on purpose. */
static uint64_t
sum(const uint8_t *p, size_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

char *
temp_dir_picture(const struct temp_dir *d)
{
    char *name[ENTRIES];
    size_t n = names(d->path, name);
    size_t size = n * (TEMP_PATH + 128) + 1;
    char *out = calloc(1, size);
    size_t at = 0;

    if (out == NULL)
        temp_die("no memory", d->path);
    for (size_t i = 0; i < n; i++) {
        char path[TEMP_PATH];
        struct stat st;
        uint8_t *p = NULL;
        size_t len = 0;

        temp_dir_path(d, name[i], path);
        if (lstat(path, &st) != 0)
            temp_die("cannot be looked at", path);
        if (S_ISREG(st.st_mode))
            p = temp_read(path, &len);
        at += (size_t)snprintf(out + at, size - at,
            "%s inode %ju mode %o links %ju size %jd changed %jd.%09ld "
            "%016" PRIx64 "\n",
            name[i], (uintmax_t)st.st_ino, (unsigned)st.st_mode,
            (uintmax_t)st.st_nlink, (intmax_t)st.st_size,
            (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
            p != NULL ? sum(p, len) : 0);
        free(p);
        free(name[i]);
    }
    return out;
}
