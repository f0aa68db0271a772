/* SPDX-License-Identifier: Apache-2.0 */
/* folder_image.c: the files of a folder, held in memory and laid out again */
#include "folder_image.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

_Noreturn void
folder_die(const char *what, const char *name)
{
    fprintf(stderr, "%s %s: %s\n", what, name, strerror(errno));
    abort();
}

static void
join(char out[PATH_SIZE], const char *a, const char *b)
{
    int n = snprintf(out, PATH_SIZE, "%s%s%s", a, a[0] == 0 ? "" : "/", b);

    if (n < 0 || n >= PATH_SIZE)
        folder_die("too long", b);
}

static void *
grown(void *p, size_t n)
{
    void *q = realloc(p, n);

    if (q == NULL)
        folder_die("no memory", "");
    return q;
}

static struct folder_file *
append(struct folder_image *i, const char *name)
{
    struct folder_file *f;

    i->file = grown(i->file, (i->n + 1) * sizeof *i->file);
    f = &i->file[i->n++];
    memset(f, 0, sizeof *f);
    snprintf(f->name, sizeof f->name, "%s", name);
    return f;
}

static void
load_file(struct folder_image *i, const char *path, const char *name)
{
    struct folder_file *f = append(i, name);
    struct stat st;
    size_t got = 0;
    ssize_t r;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st) != 0)
        folder_die("cannot read", path);
    f->ino = st.st_ino;
    f->n = (size_t)st.st_size;
    f->p = grown(NULL, f->n + 1);
    while (got < f->n && (r = read(fd, f->p + got, f->n - got)) > 0)
        got += (size_t)r;
    if (got != f->n)
        folder_die("cannot read", path);
    close(fd);
}

/* Calls itself once: folders one level down. */
static void
load_in(struct folder_image *i, const char *folder, const char *below)
{
    char dir[PATH_SIZE], name[PATH_SIZE], path[PATH_SIZE];
    struct dirent *e;
    struct stat st;
    DIR *d;

    join(dir, folder, below);
    d = opendir(dir);
    if (d == NULL)
        folder_die("cannot read", dir);
    while ((e = readdir(d)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        join(name, below, e->d_name);
        join(path, folder, name);
        if (lstat(path, &st) != 0)
            folder_die("cannot read", path);
        if (S_ISREG(st.st_mode))
            load_file(i, path, name);
        else if (S_ISDIR(st.st_mode) && below[0] == 0)
            load_in(i, folder, name);
    }
    closedir(d);
}

void
folder_image_load(struct folder_image *out, const char *folder)
{
    memset(out, 0, sizeof *out);
    load_in(out, folder, "");
}

static void
lay_file(const struct folder_file *f, const char *folder)
{
    char path[PATH_SIZE];
    size_t put = 0;
    ssize_t r = 0;
    char *slash;
    int fd;

    join(path, folder, f->name);
    slash = strchr(f->name, '/');
    if (slash != NULL) {
        path[strlen(folder) + 1 + (size_t)(slash - f->name)] = 0;
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            folder_die("cannot make", path);
        join(path, folder, f->name);
    }
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        folder_die("cannot write", path);
    while (put < f->n && (r = write(fd, f->p + put, f->n - put)) > 0)
        put += (size_t)r;
    if (put != f->n || close(fd) != 0)
        folder_die("cannot write", path);
}

/* Files of the folder and one level down; folders stay. */
static void
empty(const char *folder)
{
    char path[PATH_SIZE];
    struct folder_image now;
    size_t k;

    folder_image_load(&now, folder);
    for (k = 0; k < now.n; k++) {
        join(path, folder, now.file[k].name);
        if (unlink(path) != 0)
            folder_die("cannot remove", path);
    }
    folder_image_clear(&now);
}

void
folder_image_lay(const struct folder_image *i, const char *folder)
{
    size_t k;

    empty(folder);
    for (k = 0; k < i->n; k++)
        lay_file(&i->file[k], folder);
}

struct folder_file *
folder_image_find(const struct folder_image *i, const char *name)
{
    size_t k;

    for (k = 0; k < i->n; k++) {
        if (strcmp(i->file[k].name, name) == 0)
            return &i->file[k];
    }
    return NULL;
}

void
folder_image_put(struct folder_image *i, const char *name, uint8_t *p, size_t n)
{
    struct folder_file *f = folder_image_find(i, name);

    if (f == NULL)
        f = append(i, name);
    free(f->p);
    f->p = p;
    f->n = n;
}

void
folder_image_remove(struct folder_image *i, const char *name)
{
    struct folder_file *f = folder_image_find(i, name);

    if (f == NULL)
        return;
    free(f->p);
    *f = i->file[--i->n];
}

bool
folder_image_equal(const struct folder_image *a, const struct folder_image *b)
{
    const struct folder_file *f;
    size_t k;

    if (a->n != b->n)
        return false;
    for (k = 0; k < a->n; k++) {
        f = folder_image_find(b, a->file[k].name);
        if (f == NULL || f->n != a->file[k].n ||
            memcmp(f->p, a->file[k].p, f->n) != 0)
            return false;
    }
    return true;
}

void
folder_image_copy(struct folder_image *out, const struct folder_image *from)
{
    struct folder_file *f;
    size_t k;

    memset(out, 0, sizeof *out);
    for (k = 0; k < from->n; k++) {
        f = append(out, from->file[k].name);
        f->ino = from->file[k].ino;
        f->n = from->file[k].n;
        f->p = grown(NULL, f->n + 1);
        memcpy(f->p, from->file[k].p, f->n);
    }
}

void
folder_image_clear(struct folder_image *i)
{
    size_t k;

    for (k = 0; k < i->n; k++)
        free(i->file[k].p);
    free(i->file);
    memset(i, 0, sizeof *i);
}

void
folder_make_temp(char *out, size_t size)
{
    char made[PATH_SIZE];
    char full[PATH_SIZE];
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

    join(made, base, "sanduq-test-XXXXXX");
    if (mkdtemp(made) == NULL || realpath(made, full) == NULL ||
        strlen(full) >= size)
        folder_die("cannot make", made);
    snprintf(out, size, "%s", full);
}

void
folder_remove(const char *folder)
{
    char path[PATH_SIZE];
    struct dirent *e;
    DIR *d;

    empty(folder);
    d = opendir(folder);
    if (d == NULL)
        folder_die("cannot read", folder);
    while ((e = readdir(d)) != NULL) {
        join(path, folder, e->d_name);
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            rmdir(path);
    }
    closedir(d);
    rmdir(folder);
}
