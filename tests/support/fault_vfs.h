/* SPDX-License-Identifier: Apache-2.0 */
/* fault_vfs.h: SQLite's way to the disk of fault_disk.h */
#ifndef FAULT_VFS_H
#define FAULT_VFS_H

/*
 * Register a VFS around "unix" as the default one of this process. While the
 * disk watches nothing it passes everything on. A folder is synced where
 * SQLite's own unix VFS does it: with the first sync of a journal that it
 * made, and with a deletion that asks for it.
 */
void fault_vfs_install(void);

#endif
