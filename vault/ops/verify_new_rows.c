/* SPDX-License-Identifier: Apache-2.0 */
/* verify_new_rows.c: records that new lines name, and new rows of no line */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "hash.h"
#include "verify_new.h"

static bool
names_record(const struct vlt_leaf *l)
{
    return strcmp(l->kind, "seal") == 0 || strcmp(l->kind, "take") == 0;
}

/* In a vault a session's line does not count: whoever finds a capture file has
 * its key. */
static bool
counts(const struct vlt_new *n, const struct vlt_new_line *line)
{
    return names_record(&line->leaf) && (n->v->capture || !line->session);
}

static enum vault_status
misfit(struct vault_error *err, const char *what)
{
    return vlt_fail(err, VAULT_E_TAMPERED, "%-s", what);
}

/* ---- withdrawn by a new line ---- */

/* A record that new lines name can only be withdrawn by new ones. */
static bool
is_withdrawn(const struct vlt_new *n, const struct vlt_version_rows *rows,
    const uint8_t id[16], uint32_t version, const uint8_t stmt[32])
{
    size_t count, i;
    const struct vlt_new_line *l = vlt_new_lines_of(n, id, &count);

    for (i = 0; i < count; i++) {
        if (strcmp(l[i].leaf.kind, "withdraw") != 0)
            continue;
        if (l[i].leaf.version == version &&
            memcmp(l[i].leaf.subject, stmt, 32) == 0)
            return true;
        if (l[i].leaf.version == 0 &&
            vlt_withdrawal_covers(rows, version, l[i].leaf.subject))
            return true;
    }
    return false;
}

static enum vault_status
is_gone(struct vlt_verify *v, const struct vlt_version_row *r,
    struct vault_error *err)
{
    uint64_t extracts = 0;
    enum vault_status st = vlt_extract_count(v->s, r->rid, &extracts, err);

    if (st == VAULT_OK && (r->meta || r->wrap || extracts > 0))
        st = misfit(err, "withdrawn, and still here");
    return st;
}

/* The body goes with the last version that has it. */
static enum vault_status
body_is_gone(struct vlt_verify *v, const struct vlt_version_rows *rows,
    const struct vlt_version_row *r, struct vault_error *err)
{
    uint64_t segments = 0;
    bool gone = true;
    enum vault_status st = VAULT_OK;
    size_t i;

    if (r->head.h.body_version != r->head.h.version)
        return VAULT_OK;
    for (i = 0; st == VAULT_OK && gone && i < rows->n; i++) {
        if (vlt_record_shares_body(&r->head, &rows->v[i].head))
            st = vlt_record_withdrawn(v->s, &rows->v[i].head.h, rows->v[i].stmt,
                &gone, err);
    }
    if (st == VAULT_OK && gone)
        st = vlt_segment_count(v->s, r->rid, &segments, err);
    if (st == VAULT_OK && segments > 0)
        st = misfit(err, "withdrawn, and its body is still here");
    return st;
}

struct texts {
    const struct vlt_version_row *row;
    uint64_t lines;
};

static enum vault_status
text_is_gone(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct texts *t = ctx;

    if (++t->lines > VLT_NEW_LINES)
        return misfit(err, "too many lines of one record");
    if (names_record(&r->leaf) && r->evct != NULL &&
        memcmp(r->leaf.subject, t->row->stmt, 32) == 0)
        return misfit(err, "withdrawn, and the text of its line is here");
    return VAULT_OK;
}

/* What a new line withdraws, old or new, must be gone. */
static enum vault_status
judge_withdrawal(struct vlt_new *n, const struct vlt_new_line *line,
    const struct vlt_version_rows *rows, struct vault_error *err)
{
    const struct vlt_leaf *l = &line->leaf;
    enum vault_status st = VAULT_OK;
    size_t i, here = 0;

    for (i = 0; st == VAULT_OK && i < rows->n; i++) {
        const struct vlt_version_row *r = &rows->v[i];
        struct texts t = {r, 0};
        uint32_t version = r->head.h.version;

        if (l->version == 0
                ? !vlt_withdrawal_covers(rows, version, l->subject)
                : version != l->version || memcmp(r->stmt, l->subject, 32) != 0)
            continue;
        n->withdrawn++;
        here++;
        st = is_gone(n->v, r, err);
        if (st == VAULT_OK)
            st = body_is_gone(n->v, rows, r, err);
        if (st == VAULT_OK)
            st = vlt_leaves_of(n->v->s, l->record, text_is_gone, &t, err);
    }
    if (st == VAULT_OK && here == 0) /* its tombstone stays */
        st = misfit(err, "withdrawn, and never here");
    return st;
}

/* ---- lines ---- */

/* The one row with this statement. */
static const struct vlt_version_row *
row_of(const struct vlt_version_rows *rows, const struct vlt_leaf *l,
    size_t *twins)
{
    const struct vlt_version_row *found = NULL;
    size_t i;

    *twins = 0;
    for (i = 0; i < rows->n; i++) {
        if (rows->v[i].head.h.version != l->version ||
            memcmp(rows->v[i].stmt, l->subject, 32) != 0)
            continue;
        found = &rows->v[i];
        ++*twins;
    }
    return found;
}

static enum vault_status
keep_row(struct vlt_new *n, const struct vlt_version_row *r, bool withdrawn,
    struct vault_error *err)
{
    struct vlt_new_row *more = n->row;

    if ((n->rows & (n->rows - 1)) == 0)
        more = realloc(more, (n->rows == 0 ? 1 : 2 * n->rows) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    n->row = more;
    more[n->rows++] = (struct vlt_new_row){r->rid, r->head, withdrawn};
    return VAULT_OK;
}

static enum vault_status
judge_naming(struct vlt_new *n, const struct vlt_new_line *line,
    const struct vlt_version_rows *rows, struct vault_error *err)
{
    const struct vlt_leaf *l = &line->leaf;
    size_t twins;
    const struct vlt_version_row *r = row_of(rows, l, &twins);
    bool withdrawn = is_withdrawn(n, rows, l->record, l->version, l->subject);

    if (line->event == withdrawn)
        return misfit(err, "the text of a line");
    if (r == NULL && line->session && !n->v->capture && withdrawn)
        return VAULT_OK; /* declared withdrawn, and never here */
    if (r == NULL || twins != 1)
        return misfit(err, "a record is missing, or twice here");
    if (r->rid <= n->was->row[VLT_CHECKED_RECORD])
        return misfit(err, "a new record among the old rows");
    return counts(n, line) ? keep_row(n, r, withdrawn, err) : VAULT_OK;
}

/* A line about a record whose text is gone: a later one withdraws it. */
static enum vault_status
judge_silent(struct vlt_new *n, const struct vlt_new_line *line,
    struct vault_error *err)
{
    size_t count = 0, i;
    const struct vlt_new_line *l =
        vlt_new_lines_of(n, line->leaf.record, &count);

    if (!line->leaf.has_record)
        return misfit(err, "the text of a line is gone");
    for (i = 0; i < count; i++) {
        if (strcmp(l[i].leaf.kind, "withdraw") == 0 &&
            (l[i].leaf.version == 0 ||
                l[i].leaf.version == line->leaf.version) &&
            (l[i].log != line->log || l[i].idx > line->idx))
            return VAULT_OK;
    }
    return misfit(err, "the text of a line is gone");
}

static enum vault_status
judge_line(struct vlt_new *n, const struct vlt_new_line *line,
    struct vault_error *err)
{
    bool withdraw = strcmp(line->leaf.kind, "withdraw") == 0;
    struct vlt_version_rows rows = {0, NULL};
    enum vault_status st = VAULT_OK;

    if (!names_record(&line->leaf) && !line->event)
        st = judge_silent(n, line, err);
    if (st != VAULT_OK || !line->leaf.has_record ||
        (!withdraw && !names_record(&line->leaf)))
        return st;
    st = vlt_record_versions(n->v->s, line->leaf.record, &rows, err);
    if (st == VAULT_OK)
        st = withdraw ? judge_withdrawal(n, line, &rows, err)
                      : judge_naming(n, line, &rows, err);
    vlt_version_rows_clear(&rows);
    return st;
}

/* ---- rows ---- */

static int
by_rid(const void *a, const void *b)
{
    const struct vlt_new_row *x = a, *y = b;

    return x->rid < y->rid ? -1 : x->rid > y->rid;
}

/* A row may be named by several lines: of two machines, or taken twice. */
static void
sort_rows(struct vlt_new *n)
{
    size_t i, k = 0;

    if (n->rows == 0)
        return;
    qsort(n->row, n->rows, sizeof *n->row, by_rid);
    for (i = 1; i < n->rows; i++) {
        if (n->row[i].rid != n->row[k].rid)
            n->row[++k] = n->row[i];
    }
    n->rows = k + 1;
}

static enum vault_status
judge_place(struct vlt_new *n, const struct vlt_record_head *h, uint64_t rid,
    struct vault_error *err)
{
    struct vlt_version_rows rows = {0, NULL};
    size_t i, before = 0, lower = 0;
    enum vault_status st = vlt_record_versions(n->v->s, h->h.id, &rows, err);

    for (i = 0; st == VAULT_OK && i < rows.n; i++) {
        uint32_t version = rows.v[i].head.h.version;

        before += version + 1 == h->h.version &&
            memcmp(rows.v[i].stmt, h->h.prev, 32) == 0;
        lower += version == h->h.version && rows.v[i].rid < rid;
    }
    vlt_version_rows_clear(&rows);
    if (st == VAULT_OK && h->h.version > 1 && before == 0)
        st = misfit(err, "the version before is missing");
    n->conflicts += lower == 1;
    return st;
}

static enum vault_status
judge_sealed(struct vlt_new *n, const struct vlt_new_row *named,
    const struct vlt_record_row *r, struct vault_error *err)
{
    uint8_t wrap[VLT_RECORD_WRAP], m[32];
    enum vault_status st;

    if (named->withdrawn)
        return VAULT_OK; /* with the line that says so */
    if (r->meta == NULL)
        return misfit(err, "metadata are gone");
    vlt_blake2b(m, r->meta, r->meta_len);
    if (memcmp(m, r->head.m, 32) != 0)
        return misfit(err, "metadata were changed");
    st = vlt_wrap_get(n->v->s, r->rid, wrap, err);
    if (st == VAULT_E_NOT_FOUND) {
        n->no_wrap++;
        vlt_error_clear(err);
        st = VAULT_OK;
    }
    return st;
}

struct rows {
    struct vlt_new *n;
    size_t next; /* of n->row */
};

static enum vault_status
take_row(void *ctx, const struct vlt_record_row *r, struct vault_error *err)
{
    struct rows *w = ctx;
    struct vlt_new *n = w->n;
    uint8_t a[VLT_RECORD_HEAD], b[VLT_RECORD_HEAD];
    const struct vlt_new_row *named = n->row + w->next;
    enum vault_status st;

    if (r->foreign) {
        n->foreign++;
        return n->v->capture ? misfit(err, "a foreign record") : VAULT_OK;
    }
    if (memcmp(r->head.h.origin, n->v->id, 16) != 0)
        return misfit(err, "a record of another vault");
    if (w->next == n->rows || named->rid != r->rid)
        return misfit(err, "a record that no new line names");
    vlt_record_head_encode(a, &named->head);
    vlt_record_head_encode(b, &r->head);
    if (memcmp(a, b, sizeof a) != 0)
        return misfit(err, "two heads of one row");
    w->next++;
    n->v->verdict.records++;
    st = judge_place(n, &r->head, r->rid, err);
    return st == VAULT_OK ? judge_sealed(n, named, r, err) : st;
}

enum vault_status
vlt_new_records(struct vlt_new *n, struct vault_error *err)
{
    struct rows w = {n, 0};
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < n->lines; i++)
        st = judge_line(n, &n->line[i], err);
    sort_rows(n);
    if (st == VAULT_OK)
        st = vlt_records(n->v->s, n->was->row[VLT_CHECKED_RECORD], false,
            INT64_MAX, take_row, &w, err);
    if (st == VAULT_OK && w.next != n->rows)
        st = misfit(err, "rows that are not in their order");
    return st;
}

/* ---- other rows ---- */

static enum vault_status
take_epoch(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err)
{
    struct vlt_new *n = ctx;

    n->epochs++;
    return vlt_verify_epoch_row(n->v, r, err);
}

enum vault_status
vlt_new_rest(struct vlt_new *n, struct vault_error *err)
{
    uint64_t planted = 0;
    enum vault_status st = vlt_epochs_beyond(n->v->s,
        n->was->row[VLT_CHECKED_EPOCH], take_epoch, n, err);

    if (st == VAULT_OK)
        st = vlt_new_planted(n->v->s, n->was->row, &planted, err);
    if (st == VAULT_OK && planted > 0)
        st = misfit(err, "rows of nothing");
    return st;
}

/* ---- bodies ---- */

static enum vault_status
hash_body(struct vlt_new *n, const struct vlt_new_row *r, uint8_t *segment,
    struct vault_error *err)
{
    uint64_t padded = r->head.h.body_padded;
    struct vlt_segments_hash hash;
    uint8_t got[32];
    enum vault_status st = VAULT_OK;
    uint64_t i;

    vlt_segments_hash_init(&hash);
    for (i = 0; st == VAULT_OK && i < vlt_segments(padded); i++) {
        size_t len = vlt_segment_size(padded, i);

        st = vlt_store_begin(n->v->s, false, err);
        if (st != VAULT_OK)
            break;
        st = vlt_segment_get(n->v->s, r->rid, i, segment, len, err);
        vlt_store_rollback(n->v->s);
        if (st == VAULT_OK)
            vlt_segments_hash_add(&hash, segment, len);
        n->v->done += len;
    }
    vlt_segments_hash_final(&hash, got);
    if (st == VAULT_OK && memcmp(got, r->head.b, 32) != 0)
        st = misfit(err, "a body was changed");
    n->bodies++;
    n->bytes += padded;
    return st;
}

/* How many segments it has, and whether another version made its body. */
static enum vault_status
look_at_body(struct vlt_new *n, const struct vlt_new_row *r, bool *here,
    struct vault_error *err)
{
    const struct vlt_record_header *h = &r->head.h;
    bool own = h->body_version == h->version;
    struct vlt_version_rows rows = {0, NULL};
    uint64_t segments = 0;
    size_t i, owners = 0;
    enum vault_status st = vlt_store_begin(n->v->s, false, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_segment_count(n->v->s, r->rid, &segments, err);
    if (st == VAULT_OK)
        st = vlt_record_versions(n->v->s, h->id, &rows, err);
    vlt_store_rollback(n->v->s);
    for (i = 0; st == VAULT_OK && i < rows.n; i++)
        owners += vlt_record_shares_body(&rows.v[i].head, &r->head);
    vlt_version_rows_clear(&rows);
    *here = segments > 0;
    if (st == VAULT_OK && (*here || !r->withdrawn) &&
        (segments != (own ? vlt_segments(h->body_padded) : 0) ||
            (h->body_version != 0 && owners == 0)))
        st = misfit(err, "segments of a body");
    return st;
}

enum vault_status
vlt_new_bodies(struct vlt_new *n, struct vault_error *err)
{
    uint8_t *segment = malloc(VLT_SEGMENT_SEALED);
    enum vault_status st = VAULT_OK;
    bool here = false;
    size_t i;

    if (segment == NULL)
        return vlt_fail_memory(err);
    for (i = 0; st == VAULT_OK && i < n->rows; i++) {
        const struct vlt_new_row *r = &n->row[i];

        st = look_at_body(n, r, &here, err);
        if (r->withdrawn && !here)
            continue; /* else a version that stands has the same body */
        if (st == VAULT_OK && r->head.h.body_version == r->head.h.version)
            st = hash_body(n, r, segment, err);
    }
    free(segment);
    return st;
}
