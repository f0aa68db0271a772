/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_put.c: rows that only a bundle gets */
#include "bundle_put.h"
#include <sqlite3.h>
#include <string.h>

enum vault_status
vlt_bundle_put_checkpoint(struct vlt_store *s, uint64_t log, uint64_t size,
    const char *note, size_t note_len, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "INSERT INTO checkpoint(log, size, keep, note) VALUES(?, ?, 1, ?)", &st,
        err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_u64(st, 2, size);
    vlt_bind_text(st, 3, note, note_len);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_bundle_put_proof(struct vlt_store *s, const struct vlt_proof_row *p,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "INSERT INTO proof(rid, log, size, idx, kind, ev, path) "
        "VALUES(?, ?, ?, ?, ?, ?, ?)",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, p->rid);
    vlt_bind_u64(st, 2, p->log);
    vlt_bind_u64(st, 3, p->size);
    vlt_bind_u64(st, 4, p->idx);
    vlt_bind_text(st, 5, p->kind, strlen(p->kind));
    vlt_bind_blob(st, 6, p->event, 32);
    vlt_bind_blob(st, 7, p->path, p->n * sizeof *p->path);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_checkpoint_keep(struct vlt_store *s, uint64_t log, uint64_t size,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "UPDATE checkpoint SET keep = 1 WHERE log = ? AND size = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_u64(st, 2, size);
    return vlt_run(s, st, err);
}
