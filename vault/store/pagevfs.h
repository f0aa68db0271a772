/* SPDX-License-Identifier: Apache-2.0 */
/* pagevfs.h: an SQLite VFS whose one file is the sealed rows of `page` */
#ifndef VLT_PAGEVFS_H
#define VLT_PAGEVFS_H

#include "pagemap.h"

/*
 * docs/format.md section 8.5. The file's page n (from 1, 16,384 bytes, the
 * last 96 zero) is row n of `page`: SEAL(CK, n u64, its first 16,288 bytes).
 * It works inside a transaction of `outer`, whose rows it reads and writes,
 * and keeps nothing of its own; locking and syncing are the outer
 * transaction's. Nothing but that one file can be opened.
 */
struct vlt_pagevfs;
/* Borrows outer and ck, which outlive it. NULL without memory. */
struct vlt_pagevfs *vlt_pagevfs_new(struct vlt_store *outer,
    const struct vlt_cell *ck);
/* After the connection that used it was closed. */
void vlt_pagevfs_free(struct vlt_pagevfs *v);
const char *vlt_pagevfs_name(const struct vlt_pagevfs *v);
/* What the outer file answered when a page could not be read or written;
 * VAULT_OK when it was not the outer file's fault. */
enum vault_status vlt_pagevfs_why(const struct vlt_pagevfs *v,
    struct vault_error *err);
/* Make the map fit what was written: after the connection's COMMIT. */
VAULT_CHECKED enum vault_status vlt_pagevfs_flush(struct vlt_pagevfs *v,
    struct vault_error *err);
/* Pages written since it was made. */
uint64_t vlt_pagevfs_written(const struct vlt_pagevfs *v);

#endif
