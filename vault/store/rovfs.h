/* SPDX-License-Identifier: Apache-2.0 */
/* rovfs.h: an SQLite VFS for one file and nothing else, to read or to write */
#ifndef VLT_ROVFS_H
#define VLT_ROVFS_H

#include <stdbool.h>

/*
 * A VFS of its own for one file, wrapping the default VFS. Nothing but the
 * file and FILE-journal exists for it: a planted journal that names other
 * files (a super-journal) reaches none of them, no temporary file is made.
 *
 * For writing, file and journal are otherwise the default VFS's own, and
 * pages are cleaned on their way to the disk (gapfile.h). For
 * reading, the file is opened read-only; no other file is ever created, written or deleted, and only
 * FILE-journal is looked at. If such a journal belongs to an interrupted
 * write, SQLite plays it back: what it would write goes to an overlay in
 * memory (at most VLT_OVERLAY_MAX bytes), so a file that a killed process
 * left behind can be judged as it will be once it is opened for writing,
 * without touching it. The overlay is dropped when the journal goes away.
 */
enum { VLT_OVERLAY_MAX = 256 * 1024 * 1024 };

struct vlt_rovfs;
/* Register one; NULL without memory or SQLite. */
struct vlt_rovfs *vlt_rovfs_new(bool write);
/*
 * A twin of one to read, for a connection in another thread: it opens nothing
 * and locks nothing, but reads through the file that `of` has open, with its
 * overlay. Only while the connection of `of` is within a read transaction,
 * and where vlt_twinfile_can. NULL as above.
 */
struct vlt_rovfs *vlt_rovfs_twin(const struct vlt_rovfs *of);
/* The file as it lies there: from now on no journal exists for it. */
void vlt_rovfs_no_journal(struct vlt_rovfs *v);
/* The name for sqlite3_open_v2. */
const char *vlt_rovfs_name(const struct vlt_rovfs *v);
/* Whether an interrupted write is being hidden by the overlay. */
bool vlt_rovfs_undone(const struct vlt_rovfs *v);
/* Unregister and free, after the connection is closed. NULL is fine. */
void vlt_rovfs_free(struct vlt_rovfs *v);

#endif
