/* SPDX-License-Identifier: Apache-2.0 */
/* rewrite.c: every row of a container in a new file, maybe of a later format */
#include "rewrite.h"
#include <sqlite3.h>
#include <string.h>
#include "fail.h"

#define UNSTAGED "WHERE rid NOT IN (SELECT rid FROM staging) "

static const struct {
    const char *name;
    const char *from;
    const char *to;
    int columns;
} tables[] = {
    {"meta", "SELECT k, v FROM meta ORDER BY k", "INSERT INTO meta VALUES(?,?)",
        2},
    {"slot", "SELECT id, b FROM slot ORDER BY id",
        "INSERT INTO slot VALUES(?,?)", 2},
    {"identity", "SELECT gen, card, seed FROM identity ORDER BY gen",
        "INSERT INTO identity VALUES(?,?,?)", 3},
    {"epoch", "SELECT e, id, head, rcpt, wraps, cache FROM epoch ORDER BY e",
        "INSERT INTO epoch VALUES(?,?,?,?,?,?)", 6},
    {"record", "SELECT rid, f, id, ver, head, meta FROM record ORDER BY rid",
        "INSERT INTO record VALUES(?,?,?,?,?,?)", 6},
    {"wrap", "SELECT rid, b FROM wrap ORDER BY rid",
        "INSERT INTO wrap VALUES(?,?)", 2},
    {"segment", "SELECT s, rid, n, ct FROM segment " UNSTAGED "ORDER BY s",
        "INSERT INTO segment VALUES(?,?,?,?)", 4},
    {"extract", "SELECT x, rid, wrap, b FROM extract ORDER BY x",
        "INSERT INTO extract VALUES(?,?,?,?)", 4},
    {"log", "SELECT n, origin, note FROM log ORDER BY n",
        "INSERT INTO log VALUES(?,?,?)", 3},
    {"leaf",
        "SELECT log, idx, kind, id, ver, subj, ev, evct FROM leaf "
        "ORDER BY log, idx",
        "INSERT INTO leaf VALUES(?,?,?,?,?,?,?,?)", 8},
    {"node", "SELECT log, lvl, idx, h FROM node ORDER BY log, lvl, idx",
        "INSERT INTO node VALUES(?,?,?,?)", 4},
    {"checkpoint",
        "SELECT log, size, keep, note FROM checkpoint ORDER BY log, size",
        "INSERT INTO checkpoint VALUES(?,?,?,?)", 4},
    {"attachment", "SELECT a, log, size, kind, b FROM attachment ORDER BY a",
        "INSERT INTO attachment VALUES(?,?,?,?,?)", 5},
    {"note", "SELECT n, f, kind, b FROM note ORDER BY n",
        "INSERT INTO note VALUES(?,?,?,?)", 4},
    {"proof",
        "SELECT rid, log, size, idx, kind, ev, path FROM proof "
        "ORDER BY rid, log",
        "INSERT INTO proof VALUES(?,?,?,?,?,?,?)", 7},
    {"local", "SELECT id, rev, b FROM local ORDER BY id",
        "INSERT INTO local VALUES(?,?,?)", 3},
    {"page", "SELECT n, b FROM page ORDER BY n", "INSERT INTO page VALUES(?,?)",
        2},
    {"ext", "SELECT k, n, b FROM ext ORDER BY k, n",
        "INSERT INTO ext VALUES(?,?,?)", 3},
};

/*
 * What is to be changed in a container of user_version `from` to make it one
 * of the next, in the transaction that holds all its rows. NULL: nothing but
 * the number. Version 1 is the draft as it stands when it is frozen; whoever
 * makes version 2 adds a line here and a golden container of version 1.
 */
static const struct {
    int from;
    enum vault_status (*change)(struct vlt_store *to, struct vault_error *err);
} versions[] = {
    {0, NULL},
};

static enum vault_status
tell(const struct vlt_rewrite_progress *p, uint64_t bytes,
    struct vault_error *err)
{
    if (p == NULL || p->fn == NULL || p->fn(p->ctx, bytes) == 0)
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
}

static uint64_t
row_bytes(sqlite3_stmt *st, int columns)
{
    uint64_t n = 0;
    int i;

    for (i = 0; i < columns; i++) {
        int type = sqlite3_column_type(st, i);

        if (type == SQLITE_BLOB || type == SQLITE_TEXT)
            n += (uint64_t)sqlite3_column_bytes(st, i);
    }
    return n;
}

struct copying {
    struct vlt_store *from;
    struct vlt_store *to;
    const struct vlt_rewrite_progress *p;
    uint64_t rows;
    uint64_t bytes;
};

static enum vault_status
copy_row(struct copying *c, sqlite3_stmt *in, sqlite3_stmt *out, int columns,
    struct vault_error *err)
{
    enum vault_status st;
    int i;

    sqlite3_reset(out);
    for (i = 0; i < columns; i++)
        sqlite3_bind_value(out, i + 1, sqlite3_column_value(in, i));
    st = vlt_run(c->to, out, err);
    sqlite3_clear_bindings(out);
    c->rows++;
    c->bytes += row_bytes(in, columns);
    return st == VAULT_OK ? tell(c->p, c->bytes, err) : st;
}

static enum vault_status
copy_table(struct copying *c, size_t t, struct vault_error *err)
{
    sqlite3_stmt *in, *out;
    enum vault_status st = vlt_stmt(c->from, tables[t].from, &in, err);
    bool row = true;

    if (st == VAULT_OK)
        st = vlt_stmt(c->to, tables[t].to, &out, err);
    while (st == VAULT_OK && row) {
        st = vlt_step(c->from, in, &row, err);
        if (st == VAULT_OK && row)
            st = copy_row(c, in, out, tables[t].columns, err);
    }
    if (st != VAULT_OK && row)
        sqlite3_reset(in);
    return st;
}

static enum vault_status
change_version(struct vlt_store *to, int from, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(versions); i++) {
        if (versions[i].from >= from && versions[i].from < to->user_version &&
            versions[i].change != NULL)
            st = versions[i].change(to, err);
    }
    return st;
}

enum vault_status
vlt_rewrite(struct vlt_store *from, struct vlt_store *to,
    const struct vlt_rewrite_progress *p, uint64_t *rows,
    struct vault_error *err)
{
    struct copying c = {from, to, p, 0, 0};
    enum vault_status st;
    size_t i;

    if (from->user_version > to->user_version)
        return vlt_fail(err, VAULT_E_NEWER,
            "the container is of format %d, later than %d", from->user_version,
            to->user_version);
    st = vlt_store_begin(to, true, err);
    to->ops_left = INT64_MAX; /* what is written here is our own work */
    for (i = 0; st == VAULT_OK && i < VLT_COUNT(tables); i++)
        st = copy_table(&c, i, err);
    if (st == VAULT_OK)
        st = change_version(to, from->user_version, err);
    if (st == VAULT_OK)
        st = vlt_store_commit(to, err);
    else
        vlt_store_rollback(to);
    if (st == VAULT_OK)
        *rows = c.rows;
    return st;
}

/* ---- comparing ---- */

static bool
same_value(sqlite3_stmt *a, sqlite3_stmt *b, int col)
{
    int type = sqlite3_column_type(a, col);
    int n;

    if (type != sqlite3_column_type(b, col))
        return false;
    if (type == SQLITE_INTEGER)
        return sqlite3_column_int64(a, col) == sqlite3_column_int64(b, col);
    if (type == SQLITE_NULL)
        return true;
    n = sqlite3_column_bytes(a, col);
    return n == sqlite3_column_bytes(b, col) &&
        (n == 0 ||
            memcmp(sqlite3_column_blob(a, col), sqlite3_column_blob(b, col),
                (size_t)n) == 0);
}

static bool
same_row(sqlite3_stmt *a, sqlite3_stmt *b, int columns)
{
    int i;

    for (i = 0; i < columns; i++) {
        if (!same_value(a, b, i))
            return false;
    }
    return true;
}

static enum vault_status
compare_table(struct copying *c, size_t t, struct vault_error *err)
{
    sqlite3_stmt *a, *b;
    bool more_a = true;
    bool more_b = true;
    bool same = true;
    enum vault_status st = vlt_stmt(c->from, tables[t].from, &a, err);

    if (st == VAULT_OK)
        st = vlt_stmt(c->to, tables[t].from, &b, err);
    if (st != VAULT_OK)
        return st;
    while (st == VAULT_OK && same && more_a) {
        st = vlt_step(c->from, a, &more_a, err);
        if (st == VAULT_OK)
            st = vlt_step(c->to, b, &more_b, err);
        same =
            more_a == more_b && (!more_a || same_row(a, b, tables[t].columns));
        if (st == VAULT_OK && same && more_a) {
            c->bytes += row_bytes(a, tables[t].columns);
            st = tell(c->p, c->bytes, err);
        }
    }
    sqlite3_reset(a);
    sqlite3_reset(b);
    if (st == VAULT_OK && !same)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the table %s did not come out as it was", tables[t].name);
    return st;
}

enum vault_status
vlt_rewrite_same(struct vlt_store *from, struct vlt_store *to,
    const struct vlt_rewrite_progress *p, struct vault_error *err)
{
    struct copying c = {from, to, p, 0, 0};
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(tables); i++)
        st = compare_table(&c, i, err);
    return st;
}
