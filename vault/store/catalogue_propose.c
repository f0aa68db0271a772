/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_propose.c: which entries of the catalogue may answer a question */
#include "catalogue_inner.h"
#include <sqlite3.h>
#include <string.h>
#include "fail.h"
#include "rows.h"

#define COLUMNS "SELECT e.rid, e.id, e.ver, e.always, e.sealed "
#define TIMES   "e.sealed >= ?3 AND e.sealed < ?4 AND e.always = 0 "
static const char *const proposals[3][2] = {
    {COLUMNS "FROM entry e WHERE e.rid > ?1 AND e.rid <= ?2 AND " TIMES
             "ORDER BY e.rid LIMIT ?5",
        COLUMNS "FROM entry e WHERE e.rid < ?1 AND e.rid >= ?2 AND " TIMES
                "ORDER BY e.rid DESC LIMIT ?5"},
    {COLUMNS
        "FROM word w CROSS JOIN entry e ON e.rid = w.rowid "
        "WHERE w.word MATCH ?6 AND w.rowid > ?1 AND w.rowid <= ?2 AND " TIMES
        "ORDER BY w.rowid LIMIT ?5",
        COLUMNS
        "FROM word w CROSS JOIN entry e ON e.rid = w.rowid "
        "WHERE w.word MATCH ?6 AND w.rowid < ?1 AND w.rowid >= ?2 AND " TIMES
        "ORDER BY w.rowid DESC LIMIT ?5"},
    {COLUMNS "FROM entry e WHERE e.always = 1 AND e.rid > ?1 "
             "ORDER BY e.rid LIMIT ?5",
        COLUMNS "FROM entry e WHERE e.always = 1 AND e.rid < ?1 "
                "ORDER BY e.rid DESC LIMIT ?5"},
};
enum { ALL, MATCHING, ALWAYS };

static enum vault_status
read_entry(sqlite3_stmt *st, struct vlt_entry_row *e, struct vault_error *err)
{
    struct vlt_row r;

    vlt_row_init(&r, st, "entry");
    e->rid = vlt_row_u64(&r, 0, INT64_MAX);
    vlt_row_fixed(&r, 1, e->id, 16);
    e->version = (uint32_t)vlt_row_u64(&r, 2, UINT32_MAX);
    e->always = vlt_row_u64(&r, 3, 1) == 1;
    e->sealed = sqlite3_column_int64(st, 4);
    return vlt_row_end(&r, err);
}

/* The rows between which entries of that time stand; *low > *high: none. */
static enum vault_status
span_of(struct vlt_catalogue *c, const struct vlt_proposal *p, uint64_t *low,
    uint64_t *high, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    bool row;

    *low = 0;
    *high = INT64_MAX;
    if (p->since == INT64_MIN && p->until == INT64_MAX)
        return VAULT_OK;
    status = vlt_inner_stmt(c,
        "SELECT min(b), max(b) FROM span WHERE hi >= ? AND lo < ?", &st, err);
    if (status != VAULT_OK)
        return status;
    sqlite3_bind_int64(st, 1, p->since);
    sqlite3_bind_int64(st, 2, p->until);
    status = vlt_inner_step(c, st, &row, err);
    if (status != VAULT_OK || !row)
        return status;
    *low = 1;
    *high = 0;
    if (sqlite3_column_type(st, 0) != SQLITE_NULL) {
        *low = (uint64_t)sqlite3_column_int64(st, 0) * VLT_CATALOGUE_SPAN;
        *high = (uint64_t)sqlite3_column_int64(st, 1) * VLT_CATALOGUE_SPAN +
            VLT_CATALOGUE_SPAN - 1;
    }
    sqlite3_reset(st);
    return VAULT_OK;
}

/* Where to begin and to end: what was asked, within the span of its time. */
static enum vault_status
bind_rows(struct vlt_catalogue *c, sqlite3_stmt *st,
    const struct vlt_proposal *p, bool *none, struct vault_error *err)
{
    uint64_t low, high;
    uint64_t from = p->from;
    enum vault_status status = span_of(c, p, &low, &high, err);

    if (status != VAULT_OK)
        return status;
    *none = low > high;
    if (p->down && high < INT64_MAX && from > high + 1)
        from = high + 1;
    if (!p->down && low > 0 && from < low - 1)
        from = low - 1;
    vlt_bind_u64(st, 1, from);
    vlt_bind_u64(st, 2, p->down ? low : high);
    sqlite3_bind_int64(st, 3, p->since);
    sqlite3_bind_int64(st, 4, p->until);
    return VAULT_OK;
}

static bool
before(const struct vlt_entry_row *a, const struct vlt_entry_row *b, bool down)
{
    return down ? a->rid > b->rid : a->rid < b->rid;
}

/* Up to max entries of one kind. */
static enum vault_status
collect(struct vlt_catalogue *c, int kind, const struct vlt_proposal *p,
    struct vlt_entry_row *out, size_t max, size_t *n, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_entry_row last = {.rid = p->from};
    enum vault_status status;
    bool none = false;
    bool row;

    status = vlt_inner_stmt(c, proposals[kind][p->down], &st, err);
    if (status == VAULT_OK && kind == ALWAYS)
        vlt_bind_u64(st, 1, p->from);
    else if (status == VAULT_OK)
        status = bind_rows(c, st, p, &none, err);
    if (status != VAULT_OK || none)
        return status;
    vlt_bind_u64(st, 5, max);
    if (kind == MATCHING)
        vlt_bind_text(st, 6, p->match, strlen(p->match));
    while (*n < max) {
        status = vlt_inner_step(c, st, &row, err);
        if (status != VAULT_OK || !row)
            return status;
        status = read_entry(st, &out[*n], err);
        /* pages of different times could go round in circles */
        if (status == VAULT_OK && !before(&last, &out[*n], p->down))
            status = vlt_fail(err, VAULT_E_TAMPERED,
                "the catalogue's rows are out of order");
        if (status != VAULT_OK)
            break;
        last = out[(*n)++];
    }
    sqlite3_reset(st);
    return status;
}

/* Both runs are in order; bring them together in place. */
static void
merge(struct vlt_entry_row *e, size_t n, bool down)
{
    size_t i, k;

    for (i = 1; i < n; i++) {
        struct vlt_entry_row one = e[i];

        for (k = i; k > 0 && before(&one, &e[k - 1], down); k--)
            e[k] = e[k - 1];
        e[k] = one;
    }
}

enum vault_status
vlt_catalogue_propose(struct vlt_catalogue *c, const struct vlt_proposal *p,
    struct vlt_entry_row *out, size_t max, size_t *n, bool *end,
    struct vault_error *err)
{
    struct vlt_entry_row always[64];
    size_t have = 0;
    size_t more = 0;
    enum vault_status st;

    st = collect(c, p->match != NULL ? MATCHING : ALL, p, out, max, &have, err);
    if (st == VAULT_OK)
        st = collect(c, ALWAYS, p, always, VLT_COUNT(always), &more, err);
    if (st != VAULT_OK)
        return st;
    *end = have < max && more < VLT_COUNT(always);
    /* behind the last of a full run nothing is known */
    while (more == VLT_COUNT(always) && have > 0 &&
        before(&always[more - 1], &out[have - 1], p->down))
        have--;
    /* of both runs together the first `max` */
    while (more > 0) {
        const struct vlt_entry_row *last = &always[--more];

        if (have == max && !before(last, &out[max - 1], p->down))
            continue;
        if (have == max) {
            have--;
            *end = false;
        }
        out[have++] = *last;
        merge(out, have, p->down);
    }
    *n = have;
    return VAULT_OK;
}
