/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_rows.c: what the catalogue keeps: entries, words, contents, links */
#include "catalogue_inner.h"
#include <sqlite3.h>
#include <string.h>
#include "fail.h"
#include "hash.h"

enum { SUM = 8 };

static void
sum_of(const struct vlt_tokenset *words, uint8_t out[SUM])
{
    uint8_t hash[32];

    vlt_sha256(hash, words->text.p, words->text.len);
    memcpy(out, hash, SUM);
}

/* One statement with up to two numbers, no row. */
static enum vault_status
run2(struct vlt_catalogue *c, const char *sql, uint64_t a, uint64_t b, int n,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_inner_stmt(c, sql, &st, err);

    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, a);
    if (n > 1)
        vlt_bind_u64(st, 2, b);
    return vlt_inner_run(c, st, err);
}

/* ---- marks ---- */

enum vault_status
vlt_catalogue_mark(struct vlt_catalogue *c, uint64_t log, uint64_t *size,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    bool row;

    status = vlt_inner_stmt(c, "SELECT size FROM mark WHERE log = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, log);
    status = vlt_inner_step(c, st, &row, err);
    if (status != VAULT_OK)
        return status;
    *size = row ? (uint64_t)sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return VAULT_OK;
}

enum vault_status
vlt_catalogue_mark_put(struct vlt_catalogue *c, uint64_t log, uint64_t size,
    struct vault_error *err)
{
    return run2(c,
        "INSERT INTO mark(log, size) VALUES(?, ?) "
        "ON CONFLICT(log) DO UPDATE SET size = excluded.size",
        log, size, 2, err);
}

enum vault_status
vlt_catalogue_marks(struct vlt_catalogue *c, uint64_t *n,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    bool row;

    status = vlt_inner_stmt(c, "SELECT count(*) FROM mark", &st, err);
    if (status == VAULT_OK)
        status = vlt_inner_step(c, st, &row, err);
    if (status != VAULT_OK)
        return status;
    *n = row ? (uint64_t)sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return VAULT_OK;
}

/* ---- entries ---- */

/* Put words into the full-text index, or take them out. */
static enum vault_status
words(struct vlt_catalogue *c, const char *sql, uint64_t rid,
    const struct vlt_tokenset *w, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    if (w->text.len == 0)
        return VAULT_OK;
    status = vlt_inner_stmt(c, sql, &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    vlt_bind_text(st, 2, (const char *)w->text.p, w->text.len);
    return vlt_inner_run(c, st, err);
}

/* ---- spans: whoever asks for a time need not see all entries ---- */

static enum vault_status
widen_span(struct vlt_catalogue *c, const struct vlt_entry_row *e,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_inner_stmt(c,
        "INSERT INTO span(b, lo, hi) VALUES(?1, ?2, ?2) ON CONFLICT(b) DO "
        "UPDATE SET lo = min(lo, excluded.lo), hi = max(hi, excluded.hi)",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, e->rid / VLT_CATALOGUE_SPAN);
    sqlite3_bind_int64(st, 2, e->sealed);
    return vlt_inner_run(c, st, err);
}

/* After an entry is gone: nothing of its time stays. */
static enum vault_status
shrink_span(struct vlt_catalogue *c, uint64_t rid, struct vault_error *err)
{
    uint64_t first = rid / VLT_CATALOGUE_SPAN * VLT_CATALOGUE_SPAN;
    sqlite3_stmt *st;
    enum vault_status status = run2(c, "DELETE FROM span WHERE b = ?",
        rid / VLT_CATALOGUE_SPAN, 0, 1, err);

    if (status == VAULT_OK)
        status = vlt_inner_stmt(c,
            "INSERT INTO span(b, lo, hi) SELECT ?1, min(sealed), max(sealed) "
            "FROM entry WHERE rid BETWEEN ?2 AND ?3 HAVING count(*) > 0",
            &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid / VLT_CATALOGUE_SPAN);
    vlt_bind_u64(st, 2, first);
    vlt_bind_u64(st, 3, first + VLT_CATALOGUE_SPAN - 1);
    return vlt_inner_run(c, st, err);
}

/* ---- putting in, taking out ---- */

enum vault_status
vlt_catalogue_put(struct vlt_catalogue *c, const struct vlt_entry_row *e,
    const struct vlt_tokenset *w, struct vault_error *err)
{
    uint8_t sum[SUM];
    sqlite3_stmt *st;
    enum vault_status status;

    sum_of(w, sum);
    status = vlt_inner_stmt(c,
        "INSERT INTO entry(rid, id, ver, always, "
        "sealed, sum) VALUES(?, ?, ?, ?, ?, ?)",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, e->rid);
    vlt_bind_blob(st, 2, e->id, 16);
    vlt_bind_u64(st, 3, e->version);
    vlt_bind_u64(st, 4, e->always);
    sqlite3_bind_int64(st, 5, e->sealed);
    vlt_bind_blob(st, 6, sum, sizeof sum);
    status = vlt_inner_run(c, st, err);
    if (status == VAULT_OK)
        status = widen_span(c, e, err);
    if (status == VAULT_OK)
        status =
            words(c, "INSERT INTO word(rowid, t) VALUES(?, ?)", e->rid, w, err);
    return status;
}

/* *found, and the sum of its words when it is. */
static enum vault_status
look(struct vlt_catalogue *c, uint64_t rid, bool *found, uint8_t sum[SUM],
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;

    status = vlt_inner_stmt(c, "SELECT sum FROM entry WHERE rid = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, rid);
    status = vlt_inner_step(c, st, found, err);
    if (status != VAULT_OK || !*found)
        return status;
    vlt_row_init(&r, st, "entry");
    vlt_row_fixed(&r, 0, sum, SUM);
    status = vlt_row_end(&r, err);
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_catalogue_has(struct vlt_catalogue *c, uint64_t rid, bool *out,
    struct vault_error *err)
{
    uint8_t sum[SUM];

    return look(c, rid, out, sum, err);
}

enum vault_status
vlt_catalogue_drop(struct vlt_catalogue *c, uint64_t rid,
    const struct vlt_tokenset *w, struct vault_error *err)
{
    uint8_t sum[SUM], now[SUM];
    bool found = false;
    enum vault_status st = look(c, rid, &found, sum, err);

    if (st != VAULT_OK || !found)
        return st;
    sum_of(w, now);
    if (memcmp(sum, now, SUM) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the catalogue holds other words of a record");
    st = words(c, "INSERT INTO word(word, rowid, t) VALUES('delete', ?, ?)",
        rid, w, err);
    if (st == VAULT_OK)
        st = run2(c, "DELETE FROM entry WHERE rid = ?", rid, 0, 1, err);
    if (st == VAULT_OK)
        st = shrink_span(c, rid, err);
    if (st == VAULT_OK)
        st = run2(c, "DELETE FROM content WHERE rid = ?", rid, 0, 1, err);
    if (st == VAULT_OK)
        st = run2(c, "DELETE FROM link WHERE rid = ?", rid, 0, 1, err);
    return st;
}

/* ---- leaving nothing behind ---- */

/* Whether an entry has a word that begins so: whether the first term from
 * there on does. A question with a star would gather all of them. */
static enum vault_status
word_begins(struct vlt_catalogue *c, const char *p, size_t n, bool *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    bool row = false;

    status = vlt_inner_stmt(c,
        "SELECT term FROM temp.term WHERE term >= ? LIMIT 1", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_text(st, 1, p, n);
    status = vlt_inner_step(c, st, &row, err);
    *out = row && (size_t)sqlite3_column_bytes(st, 0) >= n &&
        memcmp(sqlite3_column_text(st, 0), p, n) == 0;
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return status;
}

/* What the questions below are asked of. */
static enum vault_status
list_terms(struct vlt_catalogue *c, struct vault_error *err)
{
    int rc = sqlite3_exec(c->db,
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.term "
        "USING fts5vocab('main', 'word', 'instance');"
        "CREATE TABLE IF NOT EXISTS temp.segment(id);"
        "DELETE FROM temp.segment;"
        "INSERT INTO temp.segment SELECT DISTINCT segid FROM word_idx",
        NULL, NULL, NULL);

    return rc == SQLITE_OK ? VAULT_OK : vlt_inner_fail(c, rc, err);
}

/* Whether the index keeps this text between two of its pages. */
static enum vault_status
is_divider(struct vlt_catalogue *c, const char *p, size_t n, bool *out,
    struct vault_error *err)
{
    char term[VLT_TOKEN + 2];
    sqlite3_stmt *st;
    enum vault_status status;

    term[0] = '0'; /* FTS5's mark of the main index */
    memcpy(term + 1, p, n);
    status = vlt_inner_stmt(c,
        "SELECT 1 FROM temp.segment s CROSS JOIN word_idx i "
        "ON i.segid = s.id AND i.term = ? LIMIT 1",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, term, n + 1);
    status = vlt_inner_step(c, st, out, err);
    sqlite3_reset(st);
    vlt_wipe(term, sizeof term);
    return status;
}

/* Whether a beginning of this word, which no entry's word has any more,
 * still divides two pages of the index. seen: those that were looked at. */
static enum vault_status
lingers(struct vlt_catalogue *c, const char *p, size_t n,
    struct vlt_tokenset *seen, bool *out, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    bool divides = false;
    bool live = true;
    size_t len;

    *out = false;
    for (len = n; st == VAULT_OK && len > 0; len--) {
        size_t had = seen->n;

        st = vlt_tokenset_add(seen, p, len, err);
        if (st == VAULT_OK && seen->n == had && !seen->full)
            break; /* and shorter ones with it */
        if (st == VAULT_OK)
            st = is_divider(c, p, len, &divides, err);
        if (st == VAULT_OK && divides)
            st = word_begins(c, p, len, &live, err);
        if (st == VAULT_OK && divides && !live) {
            *out = true;
            return VAULT_OK;
        }
    }
    return st;
}

enum vault_status
vlt_catalogue_purge(struct vlt_catalogue *c, const struct vlt_tokenset *w,
    struct vault_error *err)
{
    struct vlt_tokenset seen;
    sqlite3_stmt *st;
    enum vault_status status = list_terms(c, err);
    bool left = false;
    size_t at = 0;

    vlt_tokenset_init(&seen);
    while (status == VAULT_OK && !left && at < w->text.len) {
        const char *p = (const char *)w->text.p + at;
        const char *end = memchr(p, ' ', w->text.len - at);
        size_t n = (size_t)(end - p);

        status = lingers(c, p, n, &seen, &left, err);
        at += n + 1;
    }
    vlt_tokenset_clear(&seen);
    if (status != VAULT_OK || !left)
        return status;
    status = vlt_inner_stmt(c, "INSERT INTO word(word) VALUES('optimize')", &st,
        err);
    return status == VAULT_OK ? vlt_inner_run(c, st, err) : status;
}

/* ---- content and links ---- */

static enum vault_status
put_pair(struct vlt_catalogue *c, const char *sql, const uint8_t key[16],
    uint64_t rid, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_inner_stmt(c, sql, &st, err);

    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, key, 16);
    vlt_bind_u64(st, 2, rid);
    return vlt_inner_run(c, st, err);
}

static enum vault_status
rows_of(struct vlt_catalogue *c, const char *sql, const uint8_t key[16],
    uint64_t from, uint64_t *rid, size_t max, size_t *n,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_inner_stmt(c, sql, &st, err);
    bool row;

    *n = 0;
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, key, 16);
    vlt_bind_u64(st, 2, from);
    while (*n < max) {
        status = vlt_inner_step(c, st, &row, err);
        if (status != VAULT_OK || !row)
            return status;
        rid[*n] = (uint64_t)sqlite3_column_int64(st, 0);
        if (rid[*n] <= from) {
            status = vlt_fail(err, VAULT_E_TAMPERED,
                "the catalogue's rows are out of order");
            break;
        }
        from = rid[(*n)++];
    }
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_catalogue_content_put(struct vlt_catalogue *c, uint64_t rid,
    const uint8_t hash[16], struct vault_error *err)
{
    return put_pair(c, "INSERT OR IGNORE INTO content(h, rid) VALUES(?, ?)",
        hash, rid, err);
}

enum vault_status
vlt_catalogue_content(struct vlt_catalogue *c, const uint8_t hash[16],
    uint64_t from, uint64_t *rid, size_t max, size_t *n,
    struct vault_error *err)
{
    return rows_of(c,
        "SELECT rid FROM content WHERE h = ? AND rid > ? "
        "ORDER BY rid",
        hash, from, rid, max, n, err);
}

enum vault_status
vlt_catalogue_link_put(struct vlt_catalogue *c, uint64_t rid,
    const uint8_t target[16], struct vault_error *err)
{
    return put_pair(c, "INSERT OR IGNORE INTO link(target, rid) VALUES(?, ?)",
        target, rid, err);
}

enum vault_status
vlt_catalogue_links(struct vlt_catalogue *c, const uint8_t target[16],
    uint64_t from, uint64_t *rid, size_t max, size_t *n,
    struct vault_error *err)
{
    return rows_of(c,
        "SELECT rid FROM link WHERE target = ? AND rid > ? "
        "ORDER BY rid",
        target, from, rid, max, n, err);
}

/* ---- rows of other vaults' records ---- */

enum vault_status
vlt_catalogue_other_put(struct vlt_catalogue *c, const uint8_t id[16],
    uint64_t rid, struct vault_error *err)
{
    return put_pair(c, "INSERT OR IGNORE INTO other(id, rid) VALUES(?, ?)", id,
        rid, err);
}

enum vault_status
vlt_catalogue_others(struct vlt_catalogue *c, const uint8_t id[16],
    uint64_t from, uint64_t *rid, size_t max, size_t *n,
    struct vault_error *err)
{
    return rows_of(c,
        "SELECT rid FROM other WHERE id = ? AND rid > ? ORDER BY rid", id, from,
        rid, max, n, err);
}

enum vault_status
vlt_catalogue_other_ids(struct vlt_catalogue *c, const uint8_t low[16],
    const uint8_t high[16], uint8_t (*id)[16], size_t max, size_t *n,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    *n = 0;
    status = vlt_inner_stmt(c,
        "SELECT DISTINCT id FROM other WHERE id >= ? AND id <= ? ORDER BY id",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, low, 16);
    vlt_bind_blob(st, 2, high, 16);
    while (*n < max) {
        status = vlt_inner_step(c, st, &row, err);
        if (status != VAULT_OK || !row)
            return status;
        vlt_row_init(&r, st, "other");
        vlt_row_fixed(&r, 0, id[*n], 16);
        status = vlt_row_end(&r, err);
        if (status != VAULT_OK)
            break;
        ++*n;
    }
    sqlite3_reset(st);
    return status;
}
