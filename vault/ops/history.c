/* SPDX-License-Identifier: Apache-2.0 */
/* history.c: all versions of one record, and which one is meant */
#include "history.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "foreign.h"

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
