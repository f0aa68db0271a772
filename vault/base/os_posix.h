/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix.h: what the POSIX files of the seam share with one another */
#ifndef VLT_OS_POSIX_H
#define VLT_OS_POSIX_H

#include "fail.h"
#include "os.h"

#include <errno.h>
#include <string.h>

/*
 * Report errno. The format is a literal that takes the path and the system's
 * reason: VLT_POSIX_FAIL(err, "cannot open %s: %s", path).
 */
#define VLT_POSIX_FAIL(err, format, path) \
    vlt_fail(err, vlt_posix_status(errno), format, path, strerror(errno))

/* The status for an errno value; VAULT_E_IO for most. */
enum vault_status vlt_posix_status(int error);

/*
 * The rest answer 0, or -1 with errno set. ECANCELED: an interrupt was noted
 * (vlt_os_interrupted) while waiting.
 */
int vlt_posix_write(int fd, const void *p, size_t n);
/* Up to n bytes, 0 at the end, -1 on failure. */
long vlt_posix_read(int fd, void *p, size_t n);
int vlt_posix_sync(int fd);
/* A file system that cannot sync folders (FAT) counts as success. */
int vlt_posix_sync_dir(int dir);
int vlt_posix_sync_parent(const char *path);

/* Open the folder that `path` lies in; *name points to the last component,
 * which is refused (EISDIR) when empty, . or .. . The descriptor, or -1. */
int vlt_posix_open_parent(const char *path, const char **name);

enum { VLT_TEMP_NAME = 24 };
/* A name that nobody can have planted: ".tmp-" and 16 random digits. */
int vlt_posix_temp_name(char out[VLT_TEMP_NAME]);

/*
 * Rename inside `dir`, never replacing `to` (EEXIST). Tries, in this order,
 * an exclusive rename, a second name (link), and, on file systems with
 * neither (FAT
 * by way of FUSE, for one), a look followed by a rename: only
 * there another process can slip a file in between the two.
 */
int vlt_posix_rename_new(int dir, const char *from, const char *to);
int vlt_posix_rename_by_link(int dir, const char *from, const char *to);
int vlt_posix_rename_by_look(int dir, const char *from, const char *to);

/* vlt_outfile_begin with the choice: without a name until done, or not. */
VAULT_CHECKED enum vault_status vlt_posix_outfile_begin(const char *path,
    bool replace, bool nameless, struct vlt_outfile **out,
    struct vault_error *err);

/* A stream around an open file, which it closes; fd stays open on failure. */
VAULT_CHECKED enum vault_status vlt_posix_file(int fd, const char *name,
    struct vlt_file **out, struct vault_error *err);

/* vlt_os_swap_exposed over other files than /proc/swaps, /sys/block. */
bool vlt_posix_swap_exposed(const char *swaps, const char *sys_block);

#endif
