/* SPDX-License-Identifier: Apache-2.0 */
/* os_traces.h: where a machine keeps what programs did on it */
#ifndef VLT_OS_TRACES_H
#define VLT_OS_TRACES_H

#include <stdbool.h>
#include <stddef.h>

/* What a file system does with bytes that are overwritten. */
enum vlt_fs_manner {
    VLT_FS_PLAIN,   /* as far as is known, in place */
    VLT_FS_COPIES,  /* new bytes elsewhere; snapshots (btrfs, ZFS, APFS ...) */
    VLT_FS_MEMORY,  /* gone when the machine is switched off */
    VLT_FS_REMOTE,  /* on another machine, whose backups nobody here sees */
    VLT_FS_NO_MODES /* anybody who has the medium reads: FAT, exFAT */
};
/* Its name into out ("" when unknown), of the file or folder at path. */
enum vlt_fs_manner vlt_os_file_system(const char *path, char *out, size_t size);
/* Whether others than the owner may read the file, by its mode; false where
 * that cannot be said. */
bool vlt_os_others_read(const char *path);
/* Whether the machine is set up to write its memory to a disk when it
 * sleeps. */
bool vlt_os_hibernates(void);
/* Where memory of programs that crash goes: a path or a program, as the
 * system names it. False: nowhere, as far as is known. */
bool vlt_os_crash_dumps(char *out, size_t size);

/* A file that may name what was run or opened. */
enum vlt_os_memory_kind {
    VLT_OS_SHELL_HISTORY,
    VLT_OS_RECENT /* recently used files */
};
/* Files of this user; a folder stands for the names in it. Stops when fn
 * answers false. */
void vlt_os_memories(bool (*fn)(void *ctx, enum vlt_os_memory_kind kind,
                         const char *path),
    void *ctx);
/* The i-th folder where a file manager may have put what lay at this absolute
 * path when it was "deleted"; it need not exist. False: there are no more. On
 * Windows there are none: what lies there has other names. */
bool vlt_os_trash(const char *path, unsigned i, char *out, size_t size);

#endif
