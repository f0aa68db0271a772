/* SPDX-License-Identifier: Apache-2.0 */
/* note_rows.c: notes in clear, and forgetting a session that was taken in */
#include "note_rows.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "foreign_rows.h"
#include "note.h"

enum vault_status
vlt_notes(struct vlt_store *s, const char *kind,
    enum vault_status (
        *fn)(void *ctx, const char *note, size_t len, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT b FROM note WHERE f = 0 AND kind = ? AND n < 4294967296 "
        "ORDER BY n",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_text(st, 1, kind, strlen(kind));
    while (status == VAULT_OK) {
        const uint8_t *p;
        size_t n;

        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        vlt_row_init(&r, st, "note");
        p = vlt_row_blob(&r, 0, 1, VLT_NOTE_MAX, &n);
        status = vlt_row_end(&r, err);
        if (status == VAULT_OK)
            status = fn(ctx, (const char *)p, n, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_note_put(struct vlt_store *s, const char *kind, const char *note,
    size_t len, struct vault_error *err)
{
    sqlite3_stmt *st;
    uint64_t n = 0;
    enum vault_status status = vlt_note_next(s, &n, err);

    if (status == VAULT_OK)
        status = vlt_stmt(s,
            "INSERT INTO note(n, f, kind, b) VALUES(?, 0, ?, ?)", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, n);
    vlt_bind_text(st, 2, kind, strlen(kind));
    vlt_bind_blob(st, 3, note, len);
    return vlt_run(s, st, err);
}

/* The rows of the records that this log names. */
static enum vault_status
collect_records(struct vlt_store *s, uint64_t log, uint64_t **rid, size_t *n,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT record.rid FROM leaf, record WHERE "
        "leaf.log = ? AND record.id = leaf.id",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    for (;;) {
        uint64_t *more;

        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            return status;
        more = realloc(*rid, (*n + 1) * sizeof *more);
        if (more == NULL) {
            sqlite3_reset(st);
            return vlt_fail_memory(err);
        }
        *rid = more;
        vlt_row_init(&r, st, "record");
        more[*n] = vlt_row_u64(&r, 0, INT64_MAX);
        ++*n;
    }
}

static enum vault_status
run_with(struct vlt_store *s, const char *sql, uint64_t v,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s, sql, &st, err);

    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, v);
    return vlt_run(s, st, err);
}

/* Delete each; those that have segments stay in the list, and staged. */
static enum vault_status
forget_records(struct vlt_store *s, uint64_t *rid, size_t *n,
    struct vault_error *err)
{
    uint64_t segments;
    size_t i, kept = 0;
    enum vault_status st = VAULT_OK;

    for (i = 0; st == VAULT_OK && i < *n; i++) {
        st = run_with(s, "DELETE FROM wrap WHERE rid = ?", rid[i], err);
        if (st == VAULT_OK)
            st = run_with(s, "DELETE FROM record WHERE rid = ?", rid[i], err);
        if (st == VAULT_OK)
            st = vlt_segment_count(s, rid[i], &segments, err);
        if (st != VAULT_OK || segments == 0)
            continue;
        st = vlt_staging_put(s, rid[i], err);
        rid[kept++] = rid[i];
    }
    *n = kept;
    return st;
}

static enum vault_status
forget_log(struct vlt_store *s, uint64_t log, const uint8_t writer[32],
    struct vault_error *err)
{
    static const char *const of_log[] = {
        "DELETE FROM leaf WHERE log = ?",
        "DELETE FROM node WHERE log = ?",
        "DELETE FROM checkpoint WHERE log = ?",
        "DELETE FROM log WHERE n = ?",
    };
    sqlite3_stmt *st;
    enum vault_status status = VAULT_OK;
    size_t i;

    for (i = 0; status == VAULT_OK && i < VLT_COUNT(of_log); i++)
        status = run_with(s, of_log[i], log, err);
    if (status == VAULT_OK)
        status = vlt_stmt(s, "DELETE FROM epoch WHERE substr(head, 41, 32) = ?",
            &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, writer, 32);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_session_forget(struct vlt_store *s, uint64_t log, const uint8_t writer[32],
    uint64_t **rid, size_t *n, struct vault_error *err)
{
    uint64_t *list = NULL;
    size_t len = 0;
    enum vault_status st = collect_records(s, log, &list, &len, err);

    if (st == VAULT_OK)
        st = forget_records(s, list, &len, err);
    if (st == VAULT_OK)
        st = forget_log(s, log, writer, err);
    if (st != VAULT_OK) {
        free(list);
        return st;
    }
    *rid = list;
    *n = len;
    return VAULT_OK;
}
