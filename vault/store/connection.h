/* SPDX-License-Identifier: Apache-2.0 */
/* connection.h: one connection to a file nobody vouches for (store/ only) */
#ifndef VLT_CONNECTION_H
#define VLT_CONNECTION_H

#include "store.h"

/* Make the handle and the connection, with SQLite's defences and limits;
 * nothing of the file is read yet. */
VAULT_CHECKED enum vault_status vlt_connect(const char *path, int flags,
    const struct vlt_store_options *opt, struct vlt_store **out,
    struct vault_error *err);
/* Ask the handle's interrupt during statements, and count their steps. */
void vlt_connection_watch(struct vlt_store *s);

VAULT_CHECKED enum vault_status vlt_pragma(struct vlt_store *s, const char *sql,
    struct vault_error *err);
/* Those that every connection begins with. */
VAULT_CHECKED enum vault_status vlt_pragmas(struct vlt_store *s,
    struct vault_error *err);

#endif
