/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix_swap.c: whether memory may end up readable on a disk */
#define _GNU_SOURCE 1
#include "os_posix.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_SIZE = 512, MAX_DEPTH = 8 };

/* Whether device-mapper knows the device as encrypted. */
static bool
is_crypt(const char *sys_block, const char *device)
{
    char path[PATH_SIZE], uuid[16] = "";
    FILE *f;
    int n;

    n = snprintf(path, sizeof path, "%s/%s/dm/uuid", sys_block, device);
    if (n < 0 || (size_t)n >= sizeof path)
        return false;
    f = fopen(path, "re");
    if (f == NULL)
        return false;
    if (fgets(uuid, sizeof uuid, f) == NULL)
        uuid[0] = 0;
    (void)fclose(f);
    return strncmp(uuid, "CRYPT-", 6) == 0;
}

/* Encrypted itself, or wholly on encrypted devices (LVM on LUKS). */
static bool
is_encrypted(const char *sys_block, const char *device, int depth)
{
    char path[PATH_SIZE];
    const struct dirent *e;
    bool all = true, any = false;
    DIR *dir;
    int n;

    if (depth > MAX_DEPTH)
        return false;
    if (is_crypt(sys_block, device))
        return true;
    n = snprintf(path, sizeof path, "%s/%s/slaves", sys_block, device);
    if (n < 0 || (size_t)n >= sizeof path)
        return false;
    dir = opendir(path);
    if (dir == NULL)
        return false;
    while (all && (e = readdir(dir)) != NULL) {
        if (e->d_name[0] == '.')
            continue;
        any = true;
        all = is_encrypted(sys_block, e->d_name, depth + 1);
    }
    (void)closedir(dir);
    return any && all;
}

bool
vlt_posix_swap_exposed(const char *swaps, const char *sys_block)
{
    char *line = NULL;
    size_t cap = 0;
    bool exposed = false;
    FILE *f;

    f = fopen(swaps, "re");
    if (f == NULL)
        return false;                  /* no swap in this kernel */
    if (getline(&line, &cap, f) > 0) { /* the heading */
        while (!exposed && getline(&line, &cap, f) > 0) {
            line[strcspn(line, " \t\n")] = 0;
            if (line[0] == 0 || strncmp(line, "/dev/zram", 9) == 0)
                continue;
            exposed = strncmp(line, "/dev/", 5) != 0 ||
                !is_encrypted(sys_block, line + 5, 0);
        }
    }
    free(line);
    (void)fclose(f);
    return exposed;
}

bool
vlt_os_swap_exposed(void)
{
#if defined(__linux__)
    return vlt_posix_swap_exposed("/proc/swaps", "/sys/block");
#else
    return false; /* macOS and OpenBSD encrypt it; elsewhere unknown */
#endif
}
