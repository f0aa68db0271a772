/* SPDX-License-Identifier: Apache-2.0 */
/* memory_image.c: /proc/self/maps, /proc/self/pagemap, /proc/self/mem */
#include "memory_image.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "temp_dir.h"

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)

enum { PAGE = 4096 };

/* Whether the page is in memory or swapped out: bits 63 and 62. */
static bool
touched(int pagemap, uint64_t at)
{
    uint64_t e = 0;

    return pread(pagemap, &e, sizeof e, (off_t)(at / PAGE * sizeof e)) ==
        (ssize_t)sizeof e &&
        e >> 62 != 0;
}

static void
copy_mapping(int mem, int pagemap, FILE *out, uint64_t from, uint64_t to)
{
    static uint8_t page[PAGE];

    for (uint64_t at = from; at < to; at += PAGE)
        if (touched(pagemap, at) && pread(mem, page, PAGE, (off_t)at) == PAGE &&
            fwrite(page, 1, PAGE, out) != PAGE)
            temp_die("cannot be written", "memory image");
}

bool
memory_image(const char *path)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    FILE *out = fopen(path, "wb");
    int mem = open("/proc/self/mem", O_RDONLY);
    int pagemap = open("/proc/self/pagemap", O_RDONLY);
    unsigned long long from, to;
    char line[1024], rights[8], file[512];

    if (maps == NULL || out == NULL || mem < 0 || pagemap < 0)
        temp_die("cannot be opened", "/proc/self");
    while (fgets(line, sizeof line, maps) != NULL) {
        file[0] = 0;
        if (sscanf(line, "%llx-%llx %7s %*s %*s %*s %511s", &from, &to, rights,
                file) < 3)
            continue;
        /* code and constants of a program's file are the same every time */
        if (rights[1] == 'w' || file[0] != '/')
            copy_mapping(mem, pagemap, out, from, to);
    }
    (void)close(mem);
    (void)close(pagemap);
    (void)fclose(maps);
    return fclose(out) == 0;
}

#else

bool
memory_image(const char *path)
{
    (void)path;
    return false;
}

#endif
