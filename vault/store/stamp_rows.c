/* SPDX-License-Identifier: Apache-2.0 */
/* stamp_rows.c: time evidence (`attachment`) and the states it belongs to */
#include "stamp_rows.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "hash.h"
#include "note.h"

static enum vault_status
read_row(sqlite3_stmt *st, struct vlt_attachment_row *out,
    struct vault_error *err)
{
    struct vlt_row r;
    size_t n;

    vlt_row_init(&r, st, "attachment");
    out->a = vlt_row_u64(&r, 0, INT64_MAX);
    out->log = vlt_row_u64(&r, 1, INT64_MAX);
    out->size = vlt_row_u64(&r, 2, INT64_MAX);
    out->kind = vlt_row_text(&r, 3, 1, VLT_ATTACHMENT_WORD, &n);
    out->b = vlt_row_blob(&r, 4, 0, VLT_ATTACHMENT_MAX, &out->b_len);
    return vlt_row_end(&r, err);
}

enum vault_status
vlt_attachments(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, const struct vlt_attachment_row *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_attachment_row a;
    sqlite3_stmt *st;
    uint64_t last = 0;
    enum vault_status status;
    bool row, first = true;

    status = vlt_stmt(s,
        "SELECT a, log, size, kind, b FROM attachment ORDER BY a", &st, err);
    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        status = read_row(st, &a, err);
        if (status == VAULT_OK && !first)
            status = vlt_rows_rise(last, a.a, "attachment", err);
        if (status == VAULT_OK)
            status = fn(ctx, &a, err);
        last = a.a;
        first = false;
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_attachment_put(struct vlt_store *s, uint64_t log, uint64_t size,
    const char *kind, const void *b, size_t n, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "INSERT INTO attachment(log, size, kind, b) VALUES(?, ?, ?, ?)", &st,
        err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_u64(st, 2, size);
    vlt_bind_text(st, 3, kind, strlen(kind));
    vlt_bind_blob(st, 4, b, n);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_checkpoint_at(struct vlt_store *s, uint64_t log, uint64_t size,
    struct vlt_buf *note, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    const char *p;
    size_t n;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT note FROM checkpoint WHERE log = ? AND size = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_u64(st, 2, size);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no such checkpoint");
    vlt_row_init(&r, st, "checkpoint");
    p = vlt_row_text(&r, 0, 1, VLT_NOTE_MAX, &n);
    status = vlt_row_end(&r, err);
    if (status == VAULT_OK) {
        vlt_buf_reset(note);
        vlt_buf_put(note, p, n);
        status = vlt_buf_end(note, "checkpoint", err);
    }
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_log_origin(struct vlt_store *s, uint64_t log, char *out, size_t size,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    const char *p;
    size_t n;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s, "SELECT origin FROM log WHERE n = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no such log");
    vlt_row_init(&r, st, "log");
    p = vlt_row_text(&r, 0, 1, size - 1, &n);
    status = vlt_row_end(&r, err);
    if (status == VAULT_OK)
        (void)snprintf(out, size, "%s", p);
    sqlite3_reset(st);
    return status;
}

/* ---- the lines that name them ---- */

static int
compare(const void *a, const void *b)
{
    return memcmp(((const struct vlt_stamp_line *)a)->subject,
        ((const struct vlt_stamp_line *)b)->subject, 32);
}

static enum vault_status
add_line(struct vlt_stamp_lines *l, size_t *room, const uint8_t subject[32],
    struct vault_error *err)
{
    struct vlt_stamp_line *more;

    if (l->n == *room) {
        *room = *room * 2 + 64;
        more = realloc(l->line, *room * sizeof *more);
        if (more == NULL)
            return vlt_fail_memory(err);
        l->line = more;
    }
    memcpy(l->line[l->n].subject, subject, 32);
    l->line[l->n++].here = false;
    return VAULT_OK;
}

static void
sort_lines(struct vlt_stamp_lines *l)
{
    size_t i, kept = 0;

    if (l->n == 0)
        return;
    qsort(l->line, l->n, sizeof *l->line, compare);
    for (i = 1; i < l->n; i++) {
        if (compare(&l->line[i], &l->line[kept]) != 0)
            l->line[++kept] = l->line[i];
    }
    l->n = kept + 1;
}

enum vault_status
vlt_stamp_lines_load(struct vlt_store *s, struct vlt_stamp_lines *out,
    struct vault_error *err)
{
    struct vlt_stamp_lines l = {0, NULL};
    sqlite3_stmt *st;
    struct vlt_row r;
    uint8_t subject[32];
    uint64_t log = 0, idx = 0, last_log = 0, last_idx = 0;
    size_t room = 0;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT log, idx, subj FROM leaf WHERE kind = 'stamp' ORDER BY log, idx",
        &st, err);
    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        vlt_row_init(&r, st, "leaf");
        log = vlt_row_u64(&r, 0, INT64_MAX);
        idx = vlt_row_u64(&r, 1, INT64_MAX);
        vlt_row_fixed(&r, 2, subject, sizeof subject);
        status = vlt_row_end(&r, err);
        if (status == VAULT_OK && l.n > 0)
            status = log == last_log
                ? vlt_rows_rise(last_idx, idx, "leaf", err)
                : vlt_rows_rise(last_log, log, "leaf", err);
        last_log = log;
        last_idx = idx;
        if (status == VAULT_OK)
            status = add_line(&l, &room, subject, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    if (status != VAULT_OK) {
        vlt_stamp_lines_clear(&l);
        return status;
    }
    sort_lines(&l);
    *out = l;
    return VAULT_OK;
}

void
vlt_stamp_lines_clear(struct vlt_stamp_lines *l)
{
    free(l->line);
    l->line = NULL;
    l->n = 0;
}

struct vlt_stamp_line *
vlt_stamp_line_of(const struct vlt_stamp_lines *l, const void *b, size_t n)
{
    struct vlt_stamp_line key;

    vlt_sha256(key.subject, b, n);
    return l->n > 0 ? bsearch(&key, l->line, l->n, sizeof key, compare) : NULL;
}

struct counting {
    struct vlt_stamp_lines lines;
    uint64_t unnamed;
};

static enum vault_status
count_unnamed(void *ctx, const struct vlt_attachment_row *r,
    struct vault_error *err)
{
    struct counting *c = ctx;
    struct vlt_stamp_line *line = vlt_stamp_line_of(&c->lines, r->b, r->b_len);

    (void)err;
    c->unnamed += line == NULL || line->here; /* a line names one row */
    if (line != NULL)
        line->here = true;
    return VAULT_OK;
}

enum vault_status
vlt_attachments_unnamed(struct vlt_store *s, uint64_t *out,
    struct vault_error *err)
{
    struct counting c = {{0, NULL}, 0};
    enum vault_status st = vlt_stamp_lines_load(s, &c.lines, err);

    if (st == VAULT_OK)
        st = vlt_attachments(s, count_unnamed, &c, err);
    vlt_stamp_lines_clear(&c.lines);
    if (st == VAULT_OK)
        *out = c.unnamed;
    return st;
}
