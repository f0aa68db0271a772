/* SPDX-License-Identifier: Apache-2.0 */
/* standalone.c: runs a fuzz target on saved inputs, without a fuzzer */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What the fuzz target beside this file defines. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *
path_join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);

    if (path)
        (void)snprintf(path, size, "%s/%s", folder, name);
    return path;
}

/* The input stands in memory of exactly its size, so that ASan sees each
   byte read beyond it. */
static int
replay_file(const char *path, long size)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(size ? (size_t)size : 1);
    size_t got = 0;

    if (f && data)
        got = fread(data, 1, (size_t)size, f);
    if (f)
        (void)fclose(f);
    if (!f || !data || got != (size_t)size) {
        fprintf(stderr, "%s: cannot be read\n", path);
        free(data);
        return -1;
    }
    (void)LLVMFuzzerTestOneInput(data, got);
    free(data);
    return 0;
}

static int replay(const char *path, size_t *count);

static int
replay_folder(const char *folder, size_t *count)
{
    char **names = NULL;
    size_t n = 0;
    int rc = 0;
    struct dirent *e;
    DIR *d = opendir(folder);

    if (!d)
        return -1;
    while ((e = readdir(d)) != NULL) {
        char **more;

        if (e->d_name[0] == '.')
            continue;
        more = realloc(names, (n + 1) * sizeof *names);
        if (!more)
            abort();
        names = more;
        names[n] = path_join(folder, e->d_name);
        if (!names[n++])
            abort();
    }
    (void)closedir(d);
    if (n)
        qsort(names, n, sizeof *names, compare);
    for (size_t i = 0; i < n; i++) {
        if (replay(names[i], count) != 0)
            rc = -1;
        free(names[i]);
    }
    free(names);
    return rc;
}

static int
replay(const char *path, size_t *count)
{
    struct stat st;

    if (stat(path, &st) != 0) {
        printf("%s: nothing saved yet\n", path);
        return 0;
    }
    if (S_ISDIR(st.st_mode))
        return replay_folder(path, count);
    ++*count;
    return replay_file(path, (long)st.st_size);
}

int
main(int argc, char **argv)
{
    size_t count = 0;
    int rc = 0;

    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        if (replay(argv[i], &count) != 0)
            rc = 1;
    }
    printf("%zu inputs replayed\n", count);
    return rc;
}
