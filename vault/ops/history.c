/* SPDX-License-Identifier: Apache-2.0 */
/* history.c: all versions of one record, and which of them is current */
#include "history.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "foreign.h"
#include "merkle.h"
#include "record_open.h"

void
vlt_history_clear(struct vlt_history *h)
{
    free(h->v);
    memset(h, 0, sizeof *h);
}

const struct vlt_version *
vlt_history_find(const struct vlt_history *h, const uint8_t stmt[32])
{
    size_t i;

    for (i = 0; i < h->n; i++) {
        if (memcmp(h->v[i].row.stmt, stmt, 32) == 0)
            return &h->v[i];
    }
    return NULL;
}

/* ---- what the log says ---- */

/* A `withdraw` line, kept until all rows are known to be logged. */
struct withdrawal {
    uint32_t version;
    uint8_t subject[32];
    uint64_t log, idx;
};
struct reading {
    struct vault *v;
    struct vlt_history *h;
    struct withdrawal *w;
    size_t n;
    bool any;
};

static bool
is_seal(const char *kind)
{
    return strcmp(kind, "seal") == 0 || strcmp(kind, "take") == 0;
}

static enum vault_status
take_seal(struct reading *q, const struct vlt_leaf_row *r,
    struct vault_error *err)
{
    struct vlt_history *h = q->h;
    bool found = false;
    size_t i;

    for (i = 0; i < h->n; i++) {
        struct vlt_version *v = &h->v[i];

        if (v->row.head.h.version != r->leaf.version ||
            memcmp(v->row.stmt, r->leaf.subject, 32) != 0)
            continue;
        found = true;
        if (v->logged)
            continue;
        v->logged = true;
        v->seal_log = r->log;
        v->seal_idx = r->idx;
    }
    if (!found)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "version %" PRIu32
            " of this record is logged, and missing or changed",
            r->leaf.version);
    return VAULT_OK;
}

static enum vault_status
take_withdrawal(struct reading *q, const struct vlt_leaf_row *r,
    struct vault_error *err)
{
    struct withdrawal *w = q->w;

    if ((q->n & (q->n - 1)) == 0)
        w = realloc(w, (q->n == 0 ? 1 : 2 * q->n) * sizeof *w);
    if (w == NULL)
        return vlt_fail_memory(err);
    q->w = w;
    w[q->n].version = r->leaf.version;
    memcpy(w[q->n].subject, r->leaf.subject, 32);
    w[q->n].log = r->log;
    w[q->n].idx = r->idx;
    q->n++;
    return VAULT_OK;
}

static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct reading *q = ctx;
    const struct vlt_own_log *log;
    bool seal = is_seal(r->leaf.kind);
    enum vault_status st;

    if (!seal && strcmp(r->leaf.kind, "withdraw") != 0)
        return VAULT_OK;
    log = vlt_own_log_find(&q->v->logs, r->log);
    if (log == NULL || r->idx >= log->size)
        return VAULT_OK; /* this transaction's own, or nobody's */
    /* a session's record counts by the line that took it in */
    if (log->session)
        return VAULT_OK;
    st = vlt_own_leaf_check(q->v->store, log, r->idx, &r->leaf, err);
    if (st != VAULT_OK)
        return st;
    q->any = true;
    return seal ? take_seal(q, r, err) : take_withdrawal(q, r, err);
}

static void
apply_withdrawals(struct reading *q, const struct vlt_version_rows *rows)
{
    size_t i, k;

    for (k = 0; k < q->n; k++) {
        const struct withdrawal *w = &q->w[k];

        for (i = 0; i < q->h->n; i++) {
            struct vlt_version *v = &q->h->v[i];
            uint32_t number = v->row.head.h.version;
            bool hit = w->version == 0
                ? vlt_withdrawal_covers(rows, number, w->subject)
                : w->version == number &&
                    memcmp(w->subject, v->row.stmt, 32) == 0;

            if (!hit || v->withdrawn)
                continue;
            v->withdrawn = true;
            v->gone_log = w->log;
            v->gone_idx = w->idx;
        }
    }
}

/* ---- conflicts ---- */

static bool
counts(const struct vlt_version *v)
{
    return v->logged && !v->withdrawn;
}

/* The statement of version `number` that v follows, through prev. */
static const struct vlt_version *
ancestor(const struct vlt_history *h, const struct vlt_version *v,
    uint32_t number)
{
    while (v != NULL && v->row.head.h.version > number)
        v = vlt_history_find(h, v->row.head.h.prev);
    return v != NULL && v->row.head.h.version == number ? v : NULL;
}

bool
vlt_history_follows(const struct vlt_history *h, const struct vlt_version *v,
    const struct vlt_version *of)
{
    return ancestor(h, v, of->row.head.h.version) == of;
}

/*
 * Others decide how many versions stand in conflict, so the work grows with
 * their number and not with its square: each version is opened once at most,
 * and what it follows is found from what its predecessor follows.
 */
struct naming {
    bool read;
    size_t n;
    struct vlt_hash32 *stmt; /* that its fields `resolves.` name */
};
struct settling {
    struct vault *v;
    struct vlt_history *h;
    size_t *prev;    /* of each version; h->n: it is not here */
    size_t *follows; /* which one of the number at hand; h->n: none */
    struct naming *naming;
};

static void
settling_clear(struct settling *s)
{
    size_t i;

    for (i = 0; s->naming != NULL && i < s->h->n; i++)
        free(s->naming[i].stmt);
    free(s->naming);
    free(s->follows);
    free(s->prev);
}

static enum vault_status
settling_make(struct settling *s, struct vault_error *err)
{
    struct vlt_history *h = s->h;
    size_t i;

    s->prev = calloc(h->n + 1, sizeof *s->prev);
    s->follows = calloc(h->n + 1, sizeof *s->follows);
    s->naming = calloc(h->n + 1, sizeof *s->naming);
    if (s->prev == NULL || s->follows == NULL || s->naming == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < h->n; i++) {
        const struct vlt_version *p = h->v[i].row.head.h.version == 1
            ? NULL
            : vlt_history_find(h, h->v[i].row.head.h.prev);

        s->prev[i] = p != NULL && p < &h->v[i] ? (size_t)(p - h->v) : h->n;
    }
    return VAULT_OK;
}

static enum vault_status
take_names(struct naming *n, const struct vlt_fields *l,
    struct vault_error *err)
{
    size_t i;

    n->read = true;
    n->stmt = calloc(l->n + 1, sizeof *n->stmt);
    if (n->stmt == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < l->n; i++) {
        const struct vlt_field *f = &l->f[i];

        if (f->name_len > 9 && memcmp(f->name, "resolves.", 9) == 0 &&
            f->type == VLT_FIELD_BYTES && f->value_len == 32)
            memcpy(n->stmt[n->n++].b, f->value, 32);
    }
    return VAULT_OK;
}

static enum vault_status
read_names(struct settling *s, size_t i, struct vault_error *err)
{
    struct vlt_record_row row;
    struct vlt_meta meta;
    struct vlt_buf ct;
    enum vault_status st;

    if (s->naming[i].read)
        return VAULT_OK;
    vlt_buf_init(&ct, VLT_META_MAX + 16);
    st = vlt_any_row(s->v, s->h->v[i].row.rid, &row, &ct, err);
    if (st == VAULT_OK)
        st = vlt_record_shown(s->v, &row, &meta, err);
    vlt_buf_clear(&ct);
    if (st != VAULT_OK)
        return st;
    st = take_names(&s->naming[i], &meta.fields, err);
    vlt_meta_clear(&meta);
    return st;
}

static bool
names(const struct naming *n, const uint8_t stmt[32])
{
    size_t i;

    for (i = 0; i < n->n; i++) {
        if (memcmp(n->stmt[i].b, stmt, 32) == 0)
            return true;
    }
    return false;
}

/* Its fields name every other statement of the versions first to last. */
static enum vault_status
resolves(struct settling *s, size_t by, size_t first, size_t last, bool *out,
    struct vault_error *err)
{
    const struct vlt_history *h = s->h;
    enum vault_status st;
    size_t i;

    *out = false;
    if (s->follows[by] == h->n)
        return VAULT_OK;
    st = read_names(s, by, err);
    if (st != VAULT_OK || s->naming[by].n == 0)
        return st;
    *out = true;
    for (i = first; i <= last; i++) {
        if (i != s->follows[by] && counts(&h->v[i]) &&
            !names(&s->naming[by], h->v[i].row.stmt))
            *out = false;
    }
    return VAULT_OK;
}

/* A record in conflict has no current version: once one number is not
 * resolved, whether a higher one is changes nothing. */
static enum vault_status
find_resolver(struct settling *s, size_t first, size_t last, bool *found,
    struct vault_error *err)
{
    const struct vlt_history *h = s->h;
    enum vault_status st = VAULT_OK;
    size_t i;

    *found = false;
    for (i = first; i <= last; i++)
        s->follows[i] = i;
    for (; st == VAULT_OK && !*found && i < h->n; i++) {
        s->follows[i] = s->prev[i] < h->n && s->prev[i] >= first
            ? s->follows[s->prev[i]]
            : h->n;
        if (counts(&h->v[i]) && !h->v[i].head_only)
            st = resolves(s, i, first, last, found, err);
    }
    return st;
}

/* The statements first to last stand for one version. */
static enum vault_status
judge_number(struct settling *s, size_t first, size_t last,
    struct vault_error *err)
{
    struct vlt_history *h = s->h;
    bool resolved = false;
    size_t standing = 0;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = first; i <= last; i++)
        standing += counts(&h->v[i]);
    if (standing < 2)
        return VAULT_OK;
    if (s->prev == NULL)
        st = settling_make(s, err);
    if (st == VAULT_OK && !h->conflict)
        st = find_resolver(s, first, last, &resolved, err);
    if (st != VAULT_OK || resolved)
        return st;
    h->conflict = true;
    for (i = first; i <= last; i++)
        h->v[i].conflict = counts(&h->v[i]);
    return VAULT_OK;
}

static enum vault_status
judge_numbers(struct vault *v, struct vlt_history *h, struct vault_error *err)
{
    struct settling s = {.v = v, .h = h};
    enum vault_status st = VAULT_OK;
    size_t first, last;

    for (first = 0; st == VAULT_OK && first < h->n; first = last + 1) {
        last = first;
        while (last + 1 < h->n &&
            h->v[last + 1].row.head.h.version == h->v[first].row.head.h.version)
            last++;
        st = judge_number(&s, first, last, err);
    }
    settling_clear(&s);
    return st;
}

enum vault_status
vlt_history_settle(struct vault *v, struct vlt_history *h,
    struct vault_error *err)
{
    enum vault_status st;
    size_t i;

    h->current = h->n;
    st = judge_numbers(v, h, err);
    for (i = 0; i < h->n; i++) {
        h->planted = h->planted || (!h->v[i].logged && !h->v[i].waits);
        if (!counts(&h->v[i]) || h->v[i].head_only)
            continue;
        h->newest = h->v[i].row.head.h.version;
        h->current = i;
    }
    if (h->conflict)
        h->current = h->n;
    return st;
}

/* ---- the whole ---- */

static enum vault_status
fill(struct vault *v, const uint8_t id[16], const struct vlt_version_rows *r,
    struct vlt_history *h, struct vault_error *err)
{
    struct reading q = {v, h, NULL, 0, false};
    enum vault_status st;
    size_t i;

    if (r->n > 0) {
        h->v = calloc(r->n, sizeof *h->v);
        if (h->v == NULL)
            return vlt_fail_memory(err);
    }
    h->n = r->n;
    for (i = 0; i < r->n; i++)
        h->v[i].row = r->v[i];
    st = vlt_leaves_of(v->store, id, take_line, &q, err);
    if (st == VAULT_OK && h->n == 0 && !q.any)
        st = vlt_fail(err, VAULT_E_NOT_FOUND, "no such record");
    if (st == VAULT_OK)
        apply_withdrawals(&q, r);
    free(q.w);
    if (st == VAULT_OK)
        st = vlt_history_settle(v, h, err);
    return st;
}

enum vault_status
vlt_history_load(struct vault *v, const uint8_t id[16], struct vlt_history *out,
    struct vault_error *err)
{
    struct vlt_version_rows rows;
    struct vlt_history h;
    enum vault_status st = vlt_record_versions(v->store, id, &rows, err);

    if (st != VAULT_OK)
        return st;
    memset(&h, 0, sizeof h);
    st = fill(v, id, &rows, &h, err);
    vlt_version_rows_clear(&rows);
    if (st == VAULT_E_NOT_FOUND && v->vmk != NULL) {
        vlt_error_clear(err);
        return vlt_history_load_foreign(v, id, out, err);
    }
    if (st == VAULT_OK)
        *out = h;
    else
        vlt_history_clear(&h);
    return st;
}

/* ---- choosing ---- */

bool
vlt_history_shown(const struct vlt_history *h, const struct vlt_version *v)
{
    return counts(v) && !v->head_only && v->row.head.h.version == h->newest;
}

/* Why a version of another vault's record cannot be read. */
static enum vault_status
unreadable(const struct vlt_version *x, struct vault_error *err)
{
    if (x->waits)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "this version waits for the one it follows, which did not come in "
            "yet");
    if (x->head_only && !x->withdrawn)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "only the head of this version is here, nothing that can be read");
    return VAULT_OK;
}

static enum vault_status
gone(const struct vlt_history *h, struct vault_error *err)
{
    if (h->foreign)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "the copy of it was destroyed here: nothing of it can be read");
    return vlt_fail(err, VAULT_E_NOT_FOUND,
        "this version was withdrawn: nothing of it can be read");
}

static enum vault_status
pick_statement(const struct vlt_history *h, const uint8_t *stmt,
    const struct vlt_version **out, struct vault_error *err)
{
    const struct vlt_version *v = vlt_history_find(h, stmt);

    if (v == NULL)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "this record has no version with that statement");
    if (v->withdrawn)
        return gone(h, err);
    *out = v;
    return unreadable(v, err);
}

/* Of another vault's record no version can be read: the highest one tells. */
static enum vault_status
no_version(const struct vlt_history *h, struct vault_error *err)
{
    const struct vlt_version *last = &h->v[h->n - 1];

    return last->withdrawn ? gone(h, err) : unreadable(last, err);
}

static enum vault_status
none(const struct vlt_history *h, uint32_t number, bool withdrawn,
    struct vault_error *err)
{
    if (number != 0 && withdrawn)
        return gone(h, err);
    if (number != 0)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "this record has no version %" PRIu32, number);
    if (h->planted)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "no line of the log names this record as it is stored");
    if (h->foreign)
        return no_version(h, err);
    return vlt_fail(err, VAULT_E_NOT_FOUND,
        "this record was withdrawn: nothing of it can be read");
}

enum vault_status
vlt_history_pick(const struct vlt_history *h, uint32_t number,
    const uint8_t *stmt, const struct vlt_version **out,
    struct vault_error *err)
{
    uint32_t wanted = number != 0 ? number : h->newest;
    const struct vlt_version *found = NULL;
    bool withdrawn = false;
    size_t n = 0;
    size_t i;

    if (stmt != NULL)
        return pick_statement(h, stmt, out, err);
    for (i = 0; i < h->n; i++) {
        if (h->v[i].row.head.h.version != wanted)
            continue;
        withdrawn = withdrawn || h->v[i].withdrawn;
        /* one that is not logged is found out when it is opened */
        if (h->v[i].withdrawn ||
            (number == 0 && (!h->v[i].logged || h->v[i].head_only)))
            continue;
        found = &h->v[i];
        n++;
    }
    if (n == 0)
        return none(h, number, withdrawn, err);
    if (n > 1 || (number == 0 && h->conflict))
        return vlt_fail_hint(err, VAULT_E_AMBIGUOUS,
            "each of them can be named by its statement",
            "two versions of this record are in conflict, and neither is the "
            "current one");
    *out = found;
    return unreadable(found, err);
}

/* ---- what is left of it ---- */

bool
vlt_history_body_needed(const struct vlt_history *h,
    const struct vlt_version *owner)
{
    size_t i;

    for (i = 0; i < h->n; i++) {
        if (!h->v[i].withdrawn &&
            vlt_record_shares_body(&owner->row.head, &h->v[i].row.head))
            return true;
    }
    return false;
}

enum vault_status
vlt_history_leftover(struct vault *v, const struct vlt_history *h,
    const struct vlt_version *x, bool *out, struct vault_error *err)
{
    uint64_t extracts = 0;
    uint64_t segments = 0;
    enum vault_status st;

    *out = false;
    if (!x->withdrawn)
        return VAULT_OK;
    st = vlt_extract_count(v->store, x->row.rid, &extracts, err);
    if (st == VAULT_OK && !vlt_history_body_needed(h, x))
        st = vlt_segment_count(v->store, x->row.rid, &segments, err);
    *out = x->row.meta || x->row.wrap || extracts > 0 || segments > 0;
    return st;
}
