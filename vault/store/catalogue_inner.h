/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_inner.h: what the files of the catalogue share */
#ifndef VLT_CATALOGUE_INNER_H
#define VLT_CATALOGUE_INNER_H

#include "catalogue.h"
#include "pagevfs.h"

/* Rows of `record` of which one row of `span` speaks. */
enum { VLT_CATALOGUE_SPAN = 1024 };

struct vlt_catalogue {
    struct vlt_store *outer;
    struct vlt_pagevfs *vfs;
    const struct vlt_cell *ck;
    struct vlt_cell *own_ck; /* freed with the session */
    sqlite3 *db;
    bool write;
    int64_t ops_left;
    unsigned cached;
    struct {
        const char *sql;
        sqlite3_stmt *st;
    } cache[48];
};

/* As vlt_stmt, vlt_step and vlt_run of store.h, for the inner connection. */
VAULT_CHECKED enum vault_status vlt_inner_stmt(struct vlt_catalogue *c,
    const char *sql, sqlite3_stmt **out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_inner_step(struct vlt_catalogue *c,
    sqlite3_stmt *st, bool *row, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_inner_run(struct vlt_catalogue *c,
    sqlite3_stmt *st, struct vault_error *err);
enum vault_status vlt_inner_fail(struct vlt_catalogue *c, int rc,
    struct vault_error *err);

#endif
