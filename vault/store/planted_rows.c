/* SPDX-License-Identifier: Apache-2.0 */
/* planted_rows.c: rows that nothing names, written out and deleted */
#include "planted_rows.h"
#include <sqlite3.h>
#include <inttypes.h>
#include <string.h>
#include "fail.h"

enum { LINE_MAX_BYTES = 40 * 1024 * 1024 };

#define HEAD_OF(x) "(SELECT max(size) FROM checkpoint AS c WHERE c.log = " x ")"
/* What verify finds without a key, in the order in which one makes another
 * visible: logs before leaves, records before wraps and segments. */
static const struct {
    const char *table;
    const char *where;
} loose[] = {
    {"record",
        "f NOT IN (0, 1) OR (f = 1 AND (id IS NOT NULL OR ver IS NOT NULL))"},
    {"record", "rid < 1 OR rid = 9223372036854775807"},
    /* of two that say the same the one with a wrap stays, else the first */
    {"record",
        "f = 0 AND rid NOT IN (SELECT rid FROM wrap) AND (id, ver, head) IN "
        "(SELECT id, ver, head FROM record WHERE rid IN (SELECT rid FROM "
        "wrap))"},
    {"record",
        "f = 0 AND rid NOT IN (SELECT min(rid) FROM record WHERE f = 0 "
        "GROUP BY id, ver, head)"},
    {"staging", "rid < 1 OR rid = 9223372036854775807"},
    {"staging", "rid IN (SELECT rid FROM record)"},
    {"wrap", "rid NOT IN (SELECT rid FROM record)"},
    {"segment",
        "rid NOT IN (SELECT rid FROM record) AND "
        "rid NOT IN (SELECT rid FROM staging)"},
    {"extract", "rid NOT IN (SELECT rid FROM record WHERE f = 1)"},
    {"checkpoint", "log NOT IN (SELECT n FROM log)"},
    {"leaf", "log NOT IN (SELECT n FROM log)"},
    {"leaf", "idx < 0 OR idx >= " HEAD_OF("leaf.log")},
    {"node", "log NOT IN (SELECT n FROM log)"},
    {"node",
        "lvl NOT IN (4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, "
        "60) OR idx < 0 OR idx >= " HEAD_OF("node.log") " >> lvl"},
    {"attachment",
        "NOT EXISTS (SELECT 1 FROM checkpoint AS c WHERE "
        "c.log = attachment.log AND c.size = attachment.size)"},
    {"proof", "1"},
    {"note", "f = 0 AND kind NOT IN ('device', 'revoke')"},
    {"note",
        "f NOT IN (0, 1) OR (f = 1 AND kind <> '') OR "
        "(f = 0 AND n >= 4294967296) OR n < 1"},
};

static const struct {
    const char *table;
    const char *select;
    const char *delete;
} numbered[] = {
    [VLT_PLANTED_LOG] = {"log", "SELECT * FROM log WHERE n = ?",
        "DELETE FROM log WHERE n = ?"},
    [VLT_PLANTED_RECORD] = {"record", "SELECT * FROM record WHERE rid = ?",
        "DELETE FROM record WHERE rid = ?"},
    [VLT_PLANTED_EPOCH] = {"epoch", "SELECT * FROM epoch WHERE e = ?",
        "DELETE FROM epoch WHERE e = ?"},
    [VLT_PLANTED_ATTACHMENT] = {"attachment",
        "SELECT * FROM attachment WHERE a = ?",
        "DELETE FROM attachment WHERE a = ?"},
};

static void
put_hex(struct vlt_buf *b, const uint8_t *p, size_t n)
{
    static const char digit[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < n; i++) {
        vlt_buf_put_u8(b, (uint8_t)digit[p[i] >> 4]);
        vlt_buf_put_u8(b, (uint8_t)digit[p[i] & 15]);
    }
}

static void
put_value(struct vlt_buf *b, sqlite3_stmt *st, int col)
{
    int type = sqlite3_column_type(st, col);
    const uint8_t *p;

    if (type == SQLITE_INTEGER) {
        vlt_buf_printf(b, "%lld", (long long)sqlite3_column_int64(st, col));
    } else if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
        p = sqlite3_column_blob(st, col);
        vlt_buf_put_str(b, type == SQLITE_TEXT ? "\"t:" : "\"x:");
        if (p != NULL)
            put_hex(b, p, (size_t)sqlite3_column_bytes(st, col));
        vlt_buf_put_str(b, "\"");
    } else {
        vlt_buf_put_str(b, "null");
    }
}

static enum vault_status
tell_row(const struct vlt_planted *p, const char *table, sqlite3_stmt *st,
    struct vlt_buf *b, struct vault_error *err)
{
    enum vault_status status;
    int i;

    vlt_buf_reset(b);
    vlt_buf_printf(b,
        "{\"type\":\"row\",\"v\":1,\"table\":\"%s\",\"columns\":{", table);
    for (i = 0; i < sqlite3_column_count(st); i++) {
        vlt_buf_printf(b, "%s\"%s\":", i > 0 ? "," : "",
            sqlite3_column_name(st, i));
        put_value(b, st, i);
    }
    vlt_buf_put_str(b, "}}\n");
    status = vlt_buf_end(b, "planted row", err);
    return status == VAULT_OK ? p->line(p->ctx, (const char *)b->p, b->len, err)
                              : status;
}

static enum vault_status
tell_rows(struct vlt_store *s, const char *table, sqlite3_stmt *st,
    struct vlt_planted *p, uint64_t *n, struct vault_error *err)
{
    struct vlt_buf b;
    enum vault_status status = VAULT_OK;
    bool row = true;

    vlt_buf_init(&b, LINE_MAX_BYTES);
    while (status == VAULT_OK && row) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        status = tell_row(p, table, st, &b, err);
        ++*n;
    }
    if (status != VAULT_OK)
        sqlite3_reset(st);
    vlt_buf_clear(&b);
    return status;
}

static void
count_table(struct vlt_planted *p, const char *table)
{
    size_t i;

    for (i = 0; i < VLT_COUNT(loose); i++) {
        if (strcmp(loose[i].table, table) == 0)
            break; /* the first of that table stands for it */
    }
    p->tables |= 1u << i;
}

/* Both statements speak of the same rows: what was told goes, and no more. */
static enum vault_status
move(struct vlt_store *s, const char *table, sqlite3_stmt *select,
    sqlite3_stmt *delete, struct vlt_planted *p, struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st = tell_rows(s, table, select, p, &n, err);

    if (st != VAULT_OK || n == 0)
        return st;
    st = vlt_run(s, delete, err);
    if (st == VAULT_OK && (uint64_t)sqlite3_changes64(s->db) != n)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the table %s does not hold still: its indexes are damaged", table);
    if (st != VAULT_OK)
        return st;
    p->rows += n;
    count_table(p, table);
    return VAULT_OK;
}

static enum vault_status
prepare(struct vlt_store *s, const char *verb, size_t at, sqlite3_stmt **out,
    struct vault_error *err)
{
    char sql[1024];
    int rc;

    sqlite3_snprintf((int)sizeof sql, sql, "%s FROM %s WHERE %s", verb,
        loose[at].table, loose[at].where);
    rc = sqlite3_prepare_v2(s->db, sql, -1, out, NULL);
    return rc == SQLITE_OK ? VAULT_OK : vlt_sqlite_fail(s, rc, sql, err);
}

enum vault_status
vlt_planted_move(struct vlt_store *s, struct vlt_planted *p,
    struct vault_error *err)
{
    sqlite3_stmt *select = NULL, *delete = NULL;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(loose); i++) {
        st = prepare(s, "SELECT *", i, &select, err);
        if (st == VAULT_OK)
            st = prepare(s, "DELETE", i, &delete, err);
        if (st == VAULT_OK)
            st = move(s, loose[i].table, select, delete, p, err);
        sqlite3_finalize(select);
        sqlite3_finalize(delete);
        select = NULL;
        delete = NULL;
    }
    return st;
}

enum vault_status
vlt_planted_move_one(struct vlt_store *s, enum vlt_planted_kind kind,
    uint64_t n, struct vlt_planted *p, struct vault_error *err)
{
    sqlite3_stmt *select, *delete;
    enum vault_status st = vlt_stmt(s, numbered[kind].select, &select, err);

    if (st == VAULT_OK)
        st = vlt_stmt(s, numbered[kind].delete, &delete, err);
    if (st != VAULT_OK)
        return st;
    vlt_bind_u64(select, 1, n);
    vlt_bind_u64(delete, 1, n);
    return move(s, numbered[kind].table, select, delete, p, err);
}
