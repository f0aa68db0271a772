/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows_traces.c: where a machine keeps what programs did on it */
#include "os_traces.h"

#include "os_windows.h"

#include <stdio.h>
#include <stdlib.h>

enum { PATH_SIZE = 4096, ROOT = 512, NAME = 64 };

static enum vlt_fs_manner
manner(const wchar_t *root, const char *name)
{
    if (GetDriveTypeW(root) == DRIVE_REMOTE)
        return VLT_FS_REMOTE;
    if (strcmp(name, "ReFS") == 0)
        return VLT_FS_COPIES;
    if (strncmp(name, "FAT", 3) == 0 || strcmp(name, "exFAT") == 0)
        return VLT_FS_NO_MODES;
    return VLT_FS_PLAIN;
}

enum vlt_fs_manner
vlt_os_file_system(const char *path, char *out, size_t size)
{
    wchar_t *w = vlt_win_path(path);
    wchar_t root[ROOT] = L"", name[NAME] = L"";
    enum vlt_fs_manner m = VLT_FS_PLAIN;
    char *s = NULL;

    if (size > 0)
        out[0] = 0;
    if (w != NULL && GetVolumePathNameW(w, root, ROOT) != 0 &&
        GetVolumeInformationW(root, NULL, 0, NULL, NULL, NULL, name, NAME) != 0)
        s = vlt_win_utf8(name);
    if (s != NULL) {
        (void)snprintf(out, size, "%s", s);
        m = manner(root, s);
    }
    free(s);
    free(w);
    return m;
}

/* Rights are what the folder hands down. */
bool
vlt_os_others_read(const char *path)
{
    (void)path;
    return false;
}

bool
vlt_os_hibernates(void)
{
    DWORD on = 0, size = sizeof on;

    return RegGetValueW(HKEY_LOCAL_MACHINE,
               L"SYSTEM\\CurrentControlSet\\Control\\Power",
               L"HibernateEnabled", RRF_RT_REG_DWORD, NULL, &on,
               &size) == ERROR_SUCCESS &&
        on != 0;
}

/* Windows Error Reporting keeps them when a folder is set for it. */
bool
vlt_os_crash_dumps(char *out, size_t size)
{
    char local[PATH_SIZE];
    char path[PATH_SIZE + NAME];

    if (!vlt_os_env("LOCALAPPDATA", local, sizeof local))
        return false;
    (void)snprintf(path, sizeof path, "%s/CrashDumps", local);
    if (!vlt_os_is_dir(path))
        return false;
    (void)snprintf(out, size, "%s", path);
    return true;
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
        {VLT_OS_SHELL_HISTORY,
            "Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt"},
        {VLT_OS_RECENT, "Microsoft/Windows/Recent"},
        {VLT_OS_RECENT, "Microsoft/Windows/Recent/AutomaticDestinations"},
    };
    char base[PATH_SIZE];
    char path[PATH_SIZE + 2 * NAME];
    size_t i;

    if (!vlt_os_env("APPDATA", base, sizeof base))
        return;
    for (i = 0; i < sizeof places / sizeof places[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", base, places[i].name);
        if (!fn(ctx, places[i].kind, path))
            return;
    }
}

bool
vlt_os_trash(const char *path, unsigned i, char *out, size_t size)
{
    (void)path;
    (void)i;
    if (size > 0)
        out[0] = 0;
    return false;
}
