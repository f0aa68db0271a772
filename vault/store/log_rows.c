/* SPDX-License-Identifier: Apache-2.0 */
/* log_rows.c: logs and checkpoints */
#include "log_rows.h"
#include <sqlite3.h>
#include <string.h>
#include "fail.h"
#include "note.h"

enum vault_status
vlt_logs(struct vlt_store *s,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_log_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    struct vlt_log_row log;
    enum vault_status status;
    bool row;

    status =
        vlt_stmt(s, "SELECT n, origin, note FROM log ORDER BY n", &st, err);
    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        vlt_row_init(&r, st, "log");
        log.n = vlt_row_u64(&r, 0, INT64_MAX);
        log.origin = vlt_row_text(&r, 1, 1, VLT_NAME_MAX, &log.origin_len);
        log.note = vlt_row_text(&r, 2, 1, VLT_NOTE_MAX, &log.note_len);
        status = vlt_row_end(&r, err);
        if (status == VAULT_OK)
            status = fn(ctx, &log, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_log_put(struct vlt_store *s, const char *origin, const char *note,
    size_t note_len, uint64_t *n, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status =
        vlt_stmt(s, "INSERT INTO log(origin, note) VALUES(?, ?)", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_text(st, 1, origin, strlen(origin));
    vlt_bind_text(st, 2, note, note_len);
    status = vlt_run(s, st, err);
    if (status == VAULT_OK)
        *n = (uint64_t)sqlite3_last_insert_rowid(s->db);
    return status;
}

static enum vault_status
read_checkpoint(sqlite3_stmt *st, struct vlt_checkpoint_row *out,
    struct vault_error *err)
{
    struct vlt_row r;

    vlt_row_init(&r, st, "checkpoint");
    out->log = vlt_row_u64(&r, 0, INT64_MAX);
    out->size = vlt_row_u64(&r, 1, INT64_MAX);
    out->keep = vlt_row_u64(&r, 2, 1) == 1;
    out->note = vlt_row_text(&r, 3, 1, VLT_NOTE_MAX, &out->note_len);
    return vlt_row_end(&r, err);
}

enum vault_status
vlt_checkpoint_newest(struct vlt_store *s, uint64_t log,
    struct vlt_checkpoint_row *out, struct vlt_buf *note,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT log, size, keep, note FROM checkpoint "
        "WHERE log = ? ORDER BY size DESC LIMIT 1",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "a log without checkpoint");
    status = read_checkpoint(st, out, err);
    if (status == VAULT_OK) {
        vlt_buf_reset(note);
        vlt_buf_put(note, out->note, out->note_len);
        status = vlt_buf_end(note, "checkpoint", err);
        out->note = (const char *)note->p;
    }
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_checkpoints(struct vlt_store *s, uint64_t log,
    enum vault_status (*fn)(void *ctx, const struct vlt_checkpoint_row *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_checkpoint_row c;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT log, size, keep, note FROM checkpoint "
        "WHERE log = ? ORDER BY size",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        status = read_checkpoint(st, &c, err);
        if (status == VAULT_OK)
            status = fn(ctx, &c, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

/* `keep` is covered by no signature: whoever had the file for a moment can
 * clear it. A state with two signature lines, or with time evidence beside it,
 * stays all the same. */
#define DELETE_OLDER                                                        \
    "DELETE FROM checkpoint WHERE log = ?1 AND size < ?2 AND keep = 0 AND " \
    "note NOT LIKE ?3 AND size NOT IN "                                     \
    "(SELECT size FROM attachment WHERE log = ?1)"
#define TWO_LINES "%\n\xe2\x80\x94 %\n\xe2\x80\x94 %"

enum vault_status
vlt_checkpoint_put(struct vlt_store *s, uint64_t log, uint64_t size,
    const char *note, size_t note_len, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "INSERT INTO checkpoint(log, size, keep, note) "
        "VALUES(?, ?, 0, ?)",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_u64(st, 2, size);
    vlt_bind_text(st, 3, note, note_len);
    status = vlt_run(s, st, err);
    if (status == VAULT_OK)
        status = vlt_stmt(s, DELETE_OLDER, &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_u64(st, 2, size);
    vlt_bind_text(st, 3, TWO_LINES, sizeof TWO_LINES - 1);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_checkpoint_replace(struct vlt_store *s, uint64_t log, uint64_t size,
    const char *note, size_t note_len, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "UPDATE checkpoint SET keep = 1, note = ? "
        "WHERE log = ? AND size = ?",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_text(st, 1, note, note_len);
    vlt_bind_u64(st, 2, log);
    vlt_bind_u64(st, 3, size);
    status = vlt_run(s, st, err);
    if (status == VAULT_OK && sqlite3_changes64(s->db) != 1)
        status = vlt_fail(err, VAULT_E_NOT_FOUND, "no such checkpoint");
    return status;
}
