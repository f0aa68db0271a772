/* SPDX-License-Identifier: Apache-2.0 */
/* renew_rows.c: rows that change when keys do, one after the other */
#include "renew_rows.h"
#include <sqlite3.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "foreign_rows.h"
#include "log_rows.h"
#include "rows.h"

/* ---- wraps ---- */

static enum vault_status
read_wrapped(sqlite3_stmt *st, const char *table, struct vlt_wrapped_row *out,
    struct vault_error *err)
{
    const uint8_t *head;
    struct vlt_row r;
    enum vault_status status;

    vlt_row_init(&r, st, table);
    out->rid = vlt_row_u64(&r, 0, INT64_MAX);
    out->x = vlt_row_u64(&r, 1, INT64_MAX);
    out->foreign = vlt_row_u64(&r, 2, 1) == 1;
    vlt_row_fixed(&r, 4, out->wrap, sizeof out->wrap);
    head = vlt_row_blob(&r, 3, VLT_RECORD_HEAD, sizeof out->head,
        &out->head_len);
    status = vlt_row_end(&r, err);
    if (status != VAULT_OK)
        return status;
    if (out->head_len !=
        (out->foreign ? (size_t)VLT_SEALED_HEAD : (size_t)VLT_RECORD_HEAD))
        return vlt_fail(err, VAULT_E_TAMPERED, "record: malformed head");
    memcpy(out->head, head, out->head_len);
    return VAULT_OK;
}

static enum vault_status
wrapped_after(struct vlt_store *s, const char *sql, const char *table,
    uint64_t after, struct vlt_wrapped_row *out, bool *found,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s, sql, &st, err);

    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, after);
    status = vlt_step(s, st, found, err);
    if (status != VAULT_OK || !*found)
        return status;
    status = read_wrapped(st, table, out, err);
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_wrap_after(struct vlt_store *s, uint64_t rid, struct vlt_wrapped_row *out,
    bool *found, struct vault_error *err)
{
    return wrapped_after(s,
        "SELECT w.rid, 0, r.f, r.head, w.b FROM wrap w JOIN record r "
        "ON r.rid = w.rid WHERE w.rid > ? ORDER BY w.rid LIMIT 1",
        "wrap", rid, out, found, err);
}

enum vault_status
vlt_extract_wrap_after(struct vlt_store *s, uint64_t x,
    struct vlt_wrapped_row *out, bool *found, struct vault_error *err)
{
    return wrapped_after(s,
        "SELECT e.rid, e.x, r.f, r.head, e.wrap FROM extract e JOIN record r "
        "ON r.rid = e.rid WHERE e.x > ? ORDER BY e.x LIMIT 1",
        "extract", x, out, found, err);
}

static enum vault_status
replace(struct vlt_store *s, const char *sql, uint64_t row,
    const uint8_t b[VLT_RECORD_WRAP], struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s, sql, &st, err);

    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, b, VLT_RECORD_WRAP);
    vlt_bind_u64(st, 2, row);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_wrap_replace(struct vlt_store *s, uint64_t rid,
    const uint8_t b[VLT_RECORD_WRAP], struct vault_error *err)
{
    return replace(s, "UPDATE wrap SET b = ? WHERE rid = ?", rid, b, err);
}

enum vault_status
vlt_extract_wrap_replace(struct vlt_store *s, uint64_t x,
    const uint8_t b[VLT_RECORD_WRAP], struct vault_error *err)
{
    return replace(s, "UPDATE extract SET wrap = ? WHERE x = ?", x, b, err);
}

enum vault_status
vlt_event_replace(struct vlt_store *s, uint64_t log, uint64_t idx,
    const void *evct, size_t len, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s,
        "UPDATE leaf SET evct = ? WHERE log = ? AND idx = ?", &st, err);

    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, evct, len);
    vlt_bind_u64(st, 2, log);
    vlt_bind_u64(st, 3, idx);
    return vlt_run(s, st, err);
}

/* ---- segments ---- */

enum vault_status
vlt_segment_after(struct vlt_store *s, uint64_t after,
    struct vlt_segment_row *out, bool *found, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status = vlt_stmt(s,
        "SELECT g.s, g.rid, g.n, r.f, g.ct FROM segment g JOIN record r "
        "ON r.rid = g.rid WHERE g.s > ? ORDER BY g.s LIMIT 1",
        &st, err);

    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, after);
    status = vlt_step(s, st, found, err);
    if (status != VAULT_OK || !*found)
        return status;
    vlt_row_init(&r, st, "segment");
    out->s = vlt_row_u64(&r, 0, INT64_MAX);
    out->rid = vlt_row_u64(&r, 1, INT64_MAX);
    out->n = vlt_row_u64(&r, 2, INT64_MAX);
    out->foreign = vlt_row_u64(&r, 3, 1) == 1;
    out->ct = vlt_row_blob(&r, 4, 16,
        out->foreign ? VLT_SEALED_SEGMENT : VLT_SEGMENT_SEALED, &out->len);
    status = vlt_row_end(&r, err);
    if (status != VAULT_OK)
        sqlite3_reset(st);
    return status;
}

/* ---- what no key seals ---- */

static const struct {
    const char *table;
    const char *read;
    const char *write;
    int columns;
} clear_rows[] = {
    {"log", "SELECT n, origin, note FROM log ORDER BY n",
        "INSERT INTO log(n, origin, note) VALUES(?, ?, ?)", 3},
    {"leaf",
        "SELECT log, idx, kind, id, ver, subj, ev FROM leaf ORDER BY log, idx",
        "INSERT INTO leaf(log, idx, kind, id, ver, subj, ev) "
        "VALUES(?, ?, ?, ?, ?, ?, ?)",
        7},
    {"node", "SELECT log, lvl, idx, h FROM node ORDER BY log, lvl, idx",
        "INSERT INTO node(log, lvl, idx, h) VALUES(?, ?, ?, ?)", 4},
    {"checkpoint",
        "SELECT log, size, keep, note FROM checkpoint ORDER BY log, size",
        "INSERT INTO checkpoint(log, size, keep, note) VALUES(?, ?, ?, ?)", 4},
    {"attachment", "SELECT a, log, size, kind, b FROM attachment ORDER BY a",
        "INSERT INTO attachment(a, log, size, kind, b) VALUES(?, ?, ?, ?, ?)",
        5},
    {"note", "SELECT n, f, kind, b FROM note WHERE f = 0 ORDER BY n",
        "INSERT INTO note(n, f, kind, b) VALUES(?, ?, ?, ?)", 4},
    {"ext", "SELECT k, n, b FROM ext ORDER BY k, n",
        "INSERT INTO ext(k, n, b) VALUES(?, ?, ?)", 3},
};

static enum vault_status
copy_table(struct vlt_store *from, struct vlt_store *to, size_t t,
    struct vault_error *err)
{
    sqlite3_stmt *in = NULL;
    sqlite3_stmt *out = NULL;
    enum vault_status st = vlt_stmt(from, clear_rows[t].read, &in, err);
    bool row = false;
    int i;

    while (st == VAULT_OK) {
        st = vlt_step(from, in, &row, err);
        if (st != VAULT_OK || !row)
            break;
        st = vlt_stmt(to, clear_rows[t].write, &out, err);
        for (i = 0; st == VAULT_OK && i < clear_rows[t].columns; i++)
            sqlite3_bind_value(out, i + 1, sqlite3_column_value(in, i));
        if (st == VAULT_OK)
            st = vlt_run(to, out, err);
    }
    if (st != VAULT_OK && in != NULL)
        sqlite3_reset(in);
    return st;
}

enum vault_status
vlt_clear_rows_copy(struct vlt_store *from, struct vlt_store *to,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t t;

    for (t = 0; st == VAULT_OK && t < VLT_COUNT(clear_rows); t++)
        st = copy_table(from, to, t, err);
    return st;
}
