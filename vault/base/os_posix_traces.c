/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix_traces.c: where a machine keeps what programs did on it */
#define _GNU_SOURCE 1
#include "os_traces.h"

#include "os_posix.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/vfs.h>
#endif

enum { PATH_SIZE = 4096 };

#if defined(__linux__)
static const struct {
    uint32_t magic;
    const char *name;
    enum vlt_fs_manner manner;
} systems[] = {
    {0xef53, "ext4", VLT_FS_PLAIN},
    {0x58465342, "xfs", VLT_FS_PLAIN},
    {0xf2f52010, "f2fs", VLT_FS_COPIES},
    {0x9123683e, "btrfs", VLT_FS_COPIES},
    {0x2fc12fc1, "zfs", VLT_FS_COPIES},
    {0xca451a4e, "bcachefs", VLT_FS_COPIES},
    {0x3434, "nilfs2", VLT_FS_COPIES},
    {0x794c7630, "overlay", VLT_FS_COPIES},
    {0x01021994, "tmpfs", VLT_FS_MEMORY},
    {0x858458f6, "ramfs", VLT_FS_MEMORY},
    {0x4d44, "FAT", VLT_FS_NO_MODES},
    {0x2011bab0, "exFAT", VLT_FS_NO_MODES},
    {0x5346544e, "NTFS", VLT_FS_NO_MODES},
    {0x6969, "NFS", VLT_FS_REMOTE},
    {0xff534d42, "CIFS", VLT_FS_REMOTE},
    {0xfe534d42, "SMB", VLT_FS_REMOTE},
    {0x65735546, "FUSE", VLT_FS_REMOTE},
    {0x01021997, "9p", VLT_FS_REMOTE},
};
#endif

enum vlt_fs_manner
vlt_os_file_system(const char *path, char *out, size_t size)
{
#if defined(__linux__)
    struct statfs s;
    size_t i;

    if (size > 0)
        out[0] = 0;
    if (statfs(path, &s) != 0)
        return VLT_FS_PLAIN;
    for (i = 0; i < sizeof systems / sizeof systems[0]; i++) {
        if (systems[i].magic != (uint32_t)s.f_type)
            continue;
        (void)snprintf(out, size, "%s", systems[i].name);
        return systems[i].manner;
    }
#else
    (void)path;
    if (size > 0)
        out[0] = 0;
#endif
    return VLT_FS_PLAIN;
}

bool
vlt_os_others_read(const char *path)
{
    struct stat s;

    return stat(path, &s) == 0 && (s.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

/* The first line of a small file of the kernel's. */
static bool
first_line(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "re");
    bool got;

    if (f == NULL)
        return false;
    got = fgets(out, (int)size, f) != NULL;
    (void)fclose(f);
    if (got)
        out[strcspn(out, "\n")] = 0;
    return got && out[0] != 0;
}

bool
vlt_os_hibernates(void)
{
    char states[128], device[64];

    return first_line("/sys/power/state", states, sizeof states) &&
        strstr(states, "disk") != NULL &&
        first_line("/sys/power/resume", device, sizeof device) &&
        strcmp(device, "0:0") != 0;
}

bool
vlt_os_crash_dumps(char *out, size_t size)
{
    return first_line("/proc/sys/kernel/core_pattern", out, size);
}

void
vlt_os_memories(bool (*fn)(void *ctx, enum vlt_os_memory_kind kind,
                    const char *path),
    void *ctx)
{
    static const struct {
        enum vlt_os_memory_kind kind;
        const char *name;
    } places[] = {
        {VLT_OS_SHELL_HISTORY, ".bash_history"},
        {VLT_OS_SHELL_HISTORY, ".zsh_history"},
        {VLT_OS_SHELL_HISTORY, ".zhistory"},
        {VLT_OS_SHELL_HISTORY, ".history"},
        {VLT_OS_SHELL_HISTORY, ".sh_history"},
        {VLT_OS_SHELL_HISTORY, ".local/share/fish/fish_history"},
        {VLT_OS_SHELL_HISTORY, ".local/state/bash/history"},
        {VLT_OS_SHELL_HISTORY, ".local/state/zsh/history"},
        {VLT_OS_RECENT, ".local/share/recently-used.xbel"},
        {VLT_OS_RECENT, ".local/share/RecentDocuments"},
        {VLT_OS_RECENT, ".viminfo"},
        {VLT_OS_RECENT, ".local/state/nvim/shada/main.shada"},
        {VLT_OS_RECENT, ".lesshst"},
    };
    char home[PATH_SIZE], path[PATH_SIZE + 64];
    size_t i;

    if (vlt_os_env("HISTFILE", path, PATH_SIZE) && path[0] == '/' &&
        !fn(ctx, VLT_OS_SHELL_HISTORY, path))
        return;
    if (!vlt_os_env("HOME", home, sizeof home) || home[0] == 0)
        return;
    for (i = 0; i < sizeof places / sizeof places[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", home, places[i].name);
        if (!fn(ctx, places[i].kind, path))
            return;
    }
}

static bool
fits(int n, size_t size)
{
    return n > 0 && (size_t)n < size;
}

static bool
home_trash(unsigned i, char *out, size_t size)
{
    char base[PATH_SIZE];

    if (i == 0 && vlt_os_env("XDG_DATA_HOME", base, sizeof base) &&
        base[0] == '/')
        return fits(snprintf(out, size, "%s/Trash/files", base), size);
    if (!vlt_os_env("HOME", base, sizeof base) || base[0] != '/')
        return false;
    return fits(snprintf(out, size, "%s/%s", base,
                    i == 0 ? ".local/share/Trash/files" : ".Trash"),
        size);
}

/* Of a medium: in one of the folders above the file. */
bool
vlt_os_trash(const char *path, unsigned i, char *out, size_t size)
{
    const char *at = path;
    unsigned n = 1;

    if (i < 2) {
        if (!home_trash(i, out, size) && size > 0)
            out[0] = 0;
        return true;
    }
    for (at = strchr(path, '/'); at != NULL && n < i - 1; n++)
        at = strchr(at + 1, '/');
    if (at == NULL)
        return false;
    if (!fits(snprintf(out, size, "%.*s/.Trash-%u/files", (int)(at - path),
                  path, (unsigned)getuid()),
            size) &&
        size > 0)
        out[0] = 0;
    return true;
}
