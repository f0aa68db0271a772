/* SPDX-License-Identifier: Apache-2.0 */
/* rovfs.h: an SQLite VFS that reads a file in place and writes nowhere */
#ifndef VLT_ROVFS_H
#define VLT_ROVFS_H

#include <stdbool.h>

/*
 * A VFS of its own for one file, wrapping the default VFS. The file is opened
 * read-only; no other file is ever created, written or deleted, and only
 * FILE-journal is looked at. If such a journal belongs to an interrupted
 * write, SQLite plays it back: what it would write goes to an overlay in
 * memory (at most VLT_OVERLAY_MAX bytes), so a file that a killed process
 * left behind can be judged as it will be once it is opened for writing,
 * without touching it. The overlay is dropped when the journal goes away.
 */
enum { VLT_OVERLAY_MAX = 256 * 1024 * 1024 };

struct vlt_rovfs;
/* Register one; NULL without memory or SQLite. */
struct vlt_rovfs *vlt_rovfs_new(void);
/* The name for sqlite3_open_v2. */
const char *vlt_rovfs_name(const struct vlt_rovfs *v);
/* Whether an interrupted write is being hidden by the overlay. */
bool vlt_rovfs_undone(const struct vlt_rovfs *v);
/* Unregister and free, after the connection is closed. NULL is fine. */
void vlt_rovfs_free(struct vlt_rovfs *v);

#endif
