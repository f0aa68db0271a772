/* SPDX-License-Identifier: Apache-2.0 */
/* new_rows.c: rows that came since a saved state, at the cost of these rows */
#include "new_rows.h"
#include <sqlite3.h>
#include "fail.h"
#include "meta.h"
#include "rows.h"

/* One number of a bound statement; no row or NULL: *found false. */
static enum vault_status
number(struct vlt_store *s, sqlite3_stmt *st, int64_t *out, bool *found,
    struct vault_error *err)
{
    enum vault_status status = vlt_step(s, st, found, err);

    if (status != VAULT_OK || !*found)
        return status;
    *found = sqlite3_column_type(st, 0) == SQLITE_INTEGER;
    *out = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return VAULT_OK;
}

enum vault_status
vlt_new_marks(struct vlt_store *s, uint64_t row[VLT_CHECKED_TABLES],
    struct vault_error *err)
{
    static const char *const sql[VLT_CHECKED_TABLES] = {
        [VLT_CHECKED_RECORD] = "SELECT max(rid) FROM record",
        [VLT_CHECKED_WRAP] = "SELECT max(rid) FROM wrap",
        [VLT_CHECKED_SEGMENT] = "SELECT max(s) FROM segment",
        [VLT_CHECKED_EXTRACT] = "SELECT max(x) FROM extract",
        [VLT_CHECKED_EPOCH] = "SELECT max(e) FROM epoch",
        [VLT_CHECKED_ATTACHMENT] = "SELECT max(a) FROM attachment",
        [VLT_CHECKED_NOTE] = ("SELECT n FROM note WHERE n < 4294967296 "
                              "ORDER BY n DESC LIMIT 1"),
    };
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_CHECKED_TABLES; i++) {
        row[i] = 0;
        st = vlt_count(s, sql[i], &row[i], err);
    }
    return st;
}

/* ---- rows of nothing ---- */

/* ?1 is the number of the table, ?2 that of records: what came since and
 * belongs to a record that was there before came too late. */
static const struct {
    enum vlt_checked_table table;
    const char *sql;
} loose[] = {
    {VLT_CHECKED_WRAP,
        "SELECT count(*) FROM wrap WHERE rid > ?1 AND (rid <= ?2 OR "
        "rid NOT IN (SELECT rid FROM record))"},
    {VLT_CHECKED_SEGMENT,
        "SELECT count(*) FROM segment WHERE s > ?1 AND (rid <= ?2 OR "
        "rid NOT IN (SELECT rid FROM record)) AND rid NOT IN (SELECT rid FROM "
        "staging)"},
    {VLT_CHECKED_EXTRACT,
        "SELECT count(*) FROM extract LEFT JOIN record ON record.rid = "
        "extract.rid AND f = 1 WHERE x > ?1 AND record.rid IS NULL"},
    {VLT_CHECKED_RECORD,
        "SELECT count(*) FROM record WHERE rid > ?1 AND f = 1 AND "
        "(id IS NOT NULL OR ver IS NOT NULL)"},
    {VLT_CHECKED_ATTACHMENT, "SELECT count(*) FROM attachment WHERE a > ?1"},
    {VLT_CHECKED_NOTE,
        "SELECT count(*) FROM note WHERE n BETWEEN ?1 + 1 AND 4294967295 AND "
        "f NOT IN (0, 1)"},
    {VLT_CHECKED_NOTE,
        "SELECT count(*) FROM note WHERE n BETWEEN ?1 + 1 AND 4294967295 AND "
        "f = 1 AND kind <> ''"},
    {VLT_CHECKED_NOTE,
        "SELECT count(*) FROM note WHERE n BETWEEN ?1 + 1 AND 4294967295 AND "
        "f = 0 AND kind NOT IN ('device', 'revoke')"},
    {VLT_CHECKED_RECORD,
        "SELECT count(*) FROM note WHERE n > 4294967296 + ?1 AND "
        "(f <> 1 OR kind <> '')"},
};

/* Read as they stand. No table begins before 1, and few rows are staged. */
static const char *const cheap[] = {
    /* in this order of the tables, whatever SQLite would like better */
    "SELECT EXISTS(SELECT 1 FROM staging CROSS JOIN record USING (rid))",
    "SELECT EXISTS(SELECT 1 FROM wrap WHERE rid < 1)",
    "SELECT EXISTS(SELECT 1 FROM segment WHERE s < 1)",
    "SELECT EXISTS(SELECT 1 FROM extract WHERE x < 1)",
    "SELECT EXISTS(SELECT 1 FROM epoch WHERE e < 1)",
    "SELECT EXISTS(SELECT 1 FROM attachment WHERE a < 1)",
    "SELECT EXISTS(SELECT 1 FROM proof)",
    "SELECT EXISTS(SELECT 1 FROM note WHERE n < 1)",
    "SELECT EXISTS(SELECT 1 FROM record WHERE rid < 1)",
    "SELECT EXISTS(SELECT 1 FROM record WHERE rid = 9223372036854775807)",
    "SELECT EXISTS(SELECT 1 FROM staging WHERE rid < 1)",
    "SELECT EXISTS(SELECT 1 FROM staging WHERE rid = 9223372036854775807)",
};

enum vault_status
vlt_new_planted(struct vlt_store *s, const uint64_t row[VLT_CHECKED_TABLES],
    uint64_t *n, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = VAULT_OK;
    uint64_t sum = 0;
    int64_t one = 0;
    bool found;
    size_t i;

    for (i = 0; status == VAULT_OK && i < VLT_COUNT(loose); i++) {
        status = vlt_stmt(s, loose[i].sql, &st, err);
        if (status != VAULT_OK)
            return status;
        vlt_bind_u64(st, 1, row[loose[i].table]);
        if (sqlite3_bind_parameter_count(st) > 1)
            vlt_bind_u64(st, 2, row[VLT_CHECKED_RECORD]);
        status = number(s, st, &one, &found, err);
        sum += status == VAULT_OK && found ? (uint64_t)one : 0;
    }
    for (i = 0; status == VAULT_OK && i < VLT_COUNT(cheap); i++) {
        uint64_t some = 0;

        status = vlt_count(s, cheap[i], &some, err);
        sum += some;
    }
    if (status == VAULT_OK)
        *n = sum;
    return status;
}

/* ---- numbers of logs ---- */

static bool
is_known(const uint64_t *log, size_t logs, int64_t n)
{
    size_t low = 0, high = logs;

    if (n < 0)
        return false;
    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (log[mid] < (uint64_t)n)
            low = mid + 1;
        else
            high = mid;
    }
    return low < logs && log[low] == (uint64_t)n;
}

/* From one number to the next, by the key. */
static enum vault_status
all_known(struct vlt_store *s, const char *first, const char *next,
    const uint64_t *log, size_t logs, bool *known, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s, first, &st, err);
    bool found = true;
    int64_t n = 0;

    if (status == VAULT_OK)
        status = number(s, st, &n, &found, err);
    while (status == VAULT_OK && found && *known) {
        *known = is_known(log, logs, n);
        if (*known)
            status = vlt_stmt(s, next, &st, err);
        if (status != VAULT_OK || !*known)
            return status;
        vlt_bind_u64(st, 1, (uint64_t)n);
        status = number(s, st, &n, &found, err);
    }
    return status;
}

static enum vault_status
none_before(struct vlt_store *s, uint64_t log, bool *known,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s,
        "SELECT EXISTS(SELECT 1 FROM leaf WHERE log = ? AND idx < 0)", &st,
        err);
    int64_t n = 0;
    bool found;

    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    status = number(s, st, &n, &found, err);
    *known = *known && n == 0;
    return status;
}

enum vault_status
vlt_new_logs_known(struct vlt_store *s, const uint64_t *log, size_t logs,
    bool *known, struct vault_error *err)
{
    static const char *const sql[][2] = {
        {"SELECT log FROM leaf ORDER BY log LIMIT 1",
            "SELECT log FROM leaf WHERE log > ? ORDER BY log LIMIT 1"},
        {"SELECT log FROM node ORDER BY log LIMIT 1",
            "SELECT log FROM node WHERE log > ? ORDER BY log LIMIT 1"},
        {"SELECT log FROM checkpoint ORDER BY log LIMIT 1",
            "SELECT log FROM checkpoint WHERE log > ? ORDER BY log LIMIT 1"},
    };
    enum vault_status st = VAULT_OK;
    bool all = true;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(sql); i++)
        st = all_known(s, sql[i][0], sql[i][1], log, logs, &all, err);
    for (i = 0; st == VAULT_OK && i < logs; i++)
        st = none_before(s, log[i], &all, err);
    if (st == VAULT_OK)
        *known = all;
    return st;
}

/* ---- nodes ---- */

static enum vault_status
level_fits(struct vlt_store *s, uint64_t log, int64_t level, uint64_t size,
    bool *fit, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    int64_t n = 0;
    bool found;

    *fit = level >= 4 && level <= 60 && level % 4 == 0;
    if (!*fit)
        return VAULT_OK;
    status = vlt_stmt(s,
        "SELECT EXISTS(SELECT 1 FROM node WHERE log = ?1 AND lvl = ?2 AND "
        "idx >= ?3 UNION ALL SELECT 1 FROM node WHERE log = ?1 AND lvl = ?2 "
        "AND idx < 0)",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    vlt_bind_u64(st, 2, (uint64_t)level);
    vlt_bind_u64(st, 3, size >> level);
    status = number(s, st, &n, &found, err);
    *fit = n == 0;
    return status;
}

enum vault_status
vlt_new_nodes_fit(struct vlt_store *s, uint64_t log, uint64_t size, bool *fit,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s,
        "SELECT EXISTS(SELECT 1 FROM node WHERE log = ? AND lvl < 1)", &st,
        err);
    int64_t level = 0;
    bool found = true, good;

    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    status = number(s, st, &level, &found, err);
    good = level == 0;
    level = 0;
    while (status == VAULT_OK && found && good) {
        status = vlt_stmt(s,
            "SELECT lvl FROM node WHERE log = ? AND lvl > ? "
            "ORDER BY lvl LIMIT 1",
            &st, err);
        if (status != VAULT_OK)
            return status;
        vlt_bind_u64(st, 1, log);
        vlt_bind_u64(st, 2, (uint64_t)level);
        status = number(s, st, &level, &found, err);
        if (status == VAULT_OK && found)
            status = level_fits(s, log, level, size, &good, err);
    }
    if (status == VAULT_OK)
        *fit = good;
    return status;
}

/* ---- one id ---- */

static enum vault_status
count_of(struct vlt_store *s, const char *sql, const uint8_t id[16],
    uint64_t most, uint64_t *out, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s, sql, &st, err);
    int64_t n = 0;
    bool found;

    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    vlt_bind_u64(st, 2, most);
    status = number(s, st, &n, &found, err);
    *out = (uint64_t)n;
    return status;
}

enum vault_status
vlt_new_id_count(struct vlt_store *s, const uint8_t id[16],
    struct vlt_new_id *out, struct vault_error *err)
{
    enum vault_status st = count_of(s,
        "SELECT count(*) FROM (SELECT 1 FROM record WHERE id = ?1 LIMIT ?2)",
        id, VLT_NEW_ID_ROWS + 1, &out->rows, err);

    if (st == VAULT_OK)
        st = count_of(s,
            "SELECT count(*) FROM (SELECT 1 FROM leaf WHERE id = ?1 LIMIT ?2)",
            id, VLT_NEW_ID_LINES + 1, &out->lines, err);
    if (st == VAULT_OK)
        st = count_of(s,
            "SELECT count(*) FROM (SELECT kind FROM leaf WHERE id = ?1 LIMIT "
            "?2) WHERE kind = 'withdraw'",
            id, VLT_NEW_ID_LINES + 1, &out->withdrawals, err);
    return st;
}
