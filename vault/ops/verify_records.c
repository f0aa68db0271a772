/* SPDX-License-Identifier: Apache-2.0 */
/* verify_records.c: each record against the log, each line against records */
#include <inttypes.h>
#include <string.h>
#include "fail.h"
#include "hash.h"
#include "nmark.h"
#include "verify_quick.h"

/* ---- one record ---- */

/* The previous version's statement must be here (section 6.5). */
static enum vault_status
check_prev(struct vlt_verify *v, const struct vlt_record_head *h,
    struct vault_error *err)
{
    bool found;
    enum vault_status st;

    if (h->h.version == 1)
        return VAULT_OK;
    st = vlt_record_has_statement(v->s, h->h.id, h->h.version - 1, h->h.prev,
        &found, err);
    if (st == VAULT_OK && !found)
        st =
            vlt_fail(err, VAULT_E_TAMPERED, "the version before it is missing");
    return st;
}

/* Whose key lay in clear in a capture file. */
static bool
of_session(const struct vlt_verify *v, uint64_t log)
{
    const struct vlt_seen_log *l = vlt_seen_log_find(v, log);

    return l != NULL && l->session;
}

struct naming {
    struct vlt_verify *v;
    const uint8_t *stmt;
    uint32_t version;
    bool found;
    bool other; /* a line names this version, with another statement */
};

/* In a vault a record that came from a session counts by its `take` line:
 * otherwise one that did not hold could be planted later. */
static enum vault_status
look_for_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct naming *n = ctx;
    bool seal = strcmp(r->leaf.kind, "seal") == 0;

    (void)err;
    if ((!seal && strcmp(r->leaf.kind, "take") != 0) ||
        (!n->v->capture && of_session(n->v, r->log)))
        return VAULT_OK;
    if (memcmp(r->leaf.subject, n->stmt, 32) == 0)
        n->found = true;
    else if (r->leaf.version == n->version)
        n->other = true;
    return VAULT_OK;
}

static enum vault_status
check_logged(struct vlt_verify *v, const struct vlt_record_row *r,
    const char **kind, struct vault_error *err)
{
    uint8_t stmt[32];
    struct naming n = {v, stmt, r->head.h.version, false, false};
    uint64_t twins = 0;
    enum vault_status st;

    vlt_record_stmt(stmt, &r->head);
    st = vlt_leaves_of(v->s, r->head.h.id, look_for_line, &n, err);
    if (st == VAULT_OK && !n.found && !n.other)
        *kind = "unlogged";
    if (st == VAULT_OK && !n.found)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            n.other
                ? "the log names it with another statement: changed, or "
                  "planted beside what was logged"
                : N_("no line of the log names it: planted, or never logged"));
    if (st == VAULT_OK)
        st = vlt_record_twins(v->s, r, &twins, err);
    if (st == VAULT_OK && twins > 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "stored twice: planted");
    return st;
}

/* A version withdrawn by a line with its own number, or with 0 for all that
 * were there at that moment. */
static enum vault_status
is_withdrawn(struct vlt_verify *v, const struct vlt_record_row *r, bool *out,
    struct vault_error *err)
{
    uint8_t stmt[32];

    vlt_record_stmt(stmt, &r->head);
    return vlt_record_withdrawn(v->s, &r->head.h, stmt, out, err);
}

/* What a withdrawal destroys must be gone. */
static enum vault_status
check_leftover(struct vlt_record_walk *w, const struct vlt_record_row *r,
    struct vault_error *err)
{
    uint8_t wrap[VLT_RECORD_WRAP];
    enum vault_status st;

    if (r->meta != NULL)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "declared withdrawn, and its sealed metadata are still here");
    st = vlt_wrap_get(w->v->s, r->rid, wrap, err);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    return st != VAULT_OK
        ? st
        : vlt_fail(err, VAULT_E_TAMPERED,
              "declared withdrawn, and its wrap is still here");
}

static enum vault_status
check_metadata(struct vlt_record_walk *w, const struct vlt_record_row *r,
    struct vault_error *err)
{
    uint8_t m[32];
    uint8_t wrap[VLT_RECORD_WRAP];
    bool withdrawn = false;
    enum vault_status st;

    st = is_withdrawn(w->v, r, &withdrawn, err);
    if (st != VAULT_OK)
        return st;
    if (withdrawn) {
        w->withdrawn++;
        return check_leftover(w, r, err);
    }
    if (r->meta == NULL)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "its metadata are gone, and no line of the log withdraws it");
    vlt_blake2b(m, r->meta, r->meta_len);
    if (memcmp(m, r->head.m, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the sealed metadata were changed");
    st = vlt_wrap_get(w->v->s, r->rid, wrap, err);
    if (st == VAULT_E_NOT_FOUND) {
        w->no_wrap++;
        vlt_error_clear(err);
        st = VAULT_OK;
    }
    return st;
}

/* A log proves records of its own vault only; those of others are sealed. */
static enum vault_status
check_origin(const struct vlt_verify *v, const struct vlt_record_head *h,
    struct vault_error *err)
{
    if (memcmp(h->h.origin, v->id, sizeof v->id) == 0)
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_TAMPERED,
        "its head names another vault as its origin");
}

enum vault_status
vlt_walk_record(void *ctx, const struct vlt_record_row *r,
    struct vault_error *err)
{
    struct vlt_record_walk *w = ctx;
    const char *kind = "record";
    struct vault_error why;
    enum vault_status st;

    if (r->foreign) {
        w->foreign++;
        return VAULT_OK;
    }
    w->own++;
    w->v->verdict.records++;
    vlt_error_clear(&why);
    st = check_origin(w->v, &r->head, &why);
    if (st == VAULT_OK)
        st = check_logged(w->v, r, &kind, &why);
    if (st == VAULT_OK)
        st = check_prev(w->v, &r->head, &why);
    if (st == VAULT_OK)
        st = check_metadata(w, r, &why);
    if (st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT) {
        vlt_record_mismatch(w->v, kind, r->head.h.id, r->head.h.version, &why);
        return VAULT_OK;
    }
    return vlt_judge(w->v, kind, st, &why, err);
}

/* ---- event texts ---- */

struct gone {
    struct vlt_verify *v;
    const struct vlt_leaf_row *line;
    bool withdrawn; /* a withdrawal takes its event text away */
};

/* A `withdraw` line after this one that speaks of its version. */
static enum vault_status
look_for_withdrawal(void *ctx, const struct vlt_leaf_row *r,
    struct vault_error *err)
{
    struct gone *g = ctx;

    (void)err;
    if (strcmp(r->leaf.kind, "withdraw") == 0 &&
        (r->leaf.version == 0 || r->leaf.version == g->line->leaf.version) &&
        (r->log != g->line->log || r->idx > g->line->idx))
        g->withdrawn = true;
    return VAULT_OK;
}

/*
 * Of a sealing: whether its statement is withdrawn. Of another line: whether
 * a later one withdraws the version it names. In another log nobody can say
 * what was later.
 */
static enum vault_status
is_gone(struct gone *g, struct vault_error *err)
{
    const struct vlt_leaf *l = &g->line->leaf;
    struct vlt_record_header h;

    if (!l->has_record)
        return VAULT_OK;
    if (strcmp(l->kind, "seal") != 0 && strcmp(l->kind, "take") != 0)
        return vlt_leaves_of(g->v->s, l->record, look_for_withdrawal, g, err);
    memset(&h, 0, sizeof h);
    memcpy(h.id, l->record, sizeof h.id);
    h.version = l->version;
    return vlt_record_withdrawn(g->v->s, &h, l->subject, &g->withdrawn, err);
}

/* Only withdrawing a record takes the event texts of its lines away, and
 * then it takes all that came before. */
static enum vault_status
check_event_there(struct vlt_verify *v, const struct vlt_leaf_row *r,
    struct vault_error *err)
{
    struct gone g = {v, r, false};
    bool seal =
        strcmp(r->leaf.kind, "seal") == 0 || strcmp(r->leaf.kind, "take") == 0;
    struct vault_error why;
    enum vault_status st;

    if (r->evct != NULL && !(seal && r->leaf.has_record))
        return VAULT_OK;
    st = is_gone(&g, err);
    if (st == VAULT_OK && r->evct == NULL && !g.withdrawn)
        vlt_mismatch(v, "event",
            "log %" PRIu64 ", line %" PRIu64
            ": its event is gone, and no line of the log withdraws it",
            r->log, r->idx);
    if (st != VAULT_OK || r->evct == NULL || !g.withdrawn)
        return st;
    (void)vlt_fail(&why, VAULT_E_TAMPERED,
        "declared withdrawn, and the text "
        "of its line in the log is still here");
    vlt_record_mismatch(v, "withdrawn", r->leaf.record, r->leaf.version, &why);
    return VAULT_OK;
}

/* A line of a session whose record did not come into the vault: as it was
 * taken out of the capture file, or changed there. Declared withdrawn, it is
 * told as that. */
static enum vault_status
judge_absent(struct vlt_verify *v, const struct vlt_leaf_row *r,
    struct vault_error *err)
{
    struct vlt_record_header h;
    struct vault_error why;
    bool withdrawn = false;
    enum vault_status st;

    memset(&h, 0, sizeof h);
    memcpy(h.id, r->leaf.record, sizeof h.id);
    h.version = r->leaf.version;
    st = vlt_record_withdrawn(v->s, &h, r->leaf.subject, &withdrawn, err);
    if (st != VAULT_OK)
        return st;
    if (withdrawn) {
        v->absent++;
        return VAULT_OK;
    }
    (void)vlt_fail(&why, VAULT_E_TAMPERED,
        "sealed while the vault was locked, and it did not come in: taken out "
        "of the capture file, or changed there");
    vlt_record_mismatch(v, "missing", r->leaf.record, r->leaf.version, &why);
    return VAULT_OK;
}

enum vault_status
vlt_say_missing(struct vlt_verify *v, const struct vlt_leaf *l,
    struct vault_error *err)
{
    struct vlt_version_rows rows = {0, NULL};
    struct vault_error why;
    bool here = false;
    size_t i;
    enum vault_status st = vlt_record_versions(v->s, l->record, &rows, &why);

    for (i = 0; st == VAULT_OK && i < rows.n; i++)
        here = here || rows.v[i].head.h.version == l->version;
    here = here || st == VAULT_E_TAMPERED; /* a row that cannot be read */
    vlt_version_rows_clear(&rows);
    if (st == VAULT_E_MEMORY || st == VAULT_E_IO || st == VAULT_E_CANCELLED) {
        if (err != NULL)
            *err = why;
        return st;
    }
    (void)vlt_fail(&why, VAULT_E_TAMPERED,
        here ? "logged, not withdrawn, and not here as it was logged: changed"
             : N_("logged, not withdrawn, and missing"));
    vlt_record_mismatch(v, here ? "record" : "missing", l->record, l->version,
        &why);
    return VAULT_OK;
}

enum vault_status
vlt_walk_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct vlt_verify *v = ctx;
    bool found;
    enum vault_status st = check_event_there(v, r, err);

    if (st != VAULT_OK)
        return st;
    if (!r->leaf.has_record ||
        (strcmp(r->leaf.kind, "seal") != 0 &&
            strcmp(r->leaf.kind, "take") != 0))
        return VAULT_OK;
    st = vlt_record_has_statement(v->s, r->leaf.record, r->leaf.version,
        r->leaf.subject, &found, err);
    if (st != VAULT_OK || found)
        return st;
    if (!v->capture && of_session(v, r->log))
        return judge_absent(v, r, err);
    return vlt_say_missing(v, &r->leaf, err);
}

/* Two people changed one version: shown, and no fault of the evidence. */
static enum vault_status
say_conflicts(struct vlt_verify *v, struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st;

    if (v->quick != NULL && vlt_quick_all_single(v->quick))
        return VAULT_OK;
    st = vlt_count(v->s,
        "SELECT count(*) FROM (SELECT 1 "
        "FROM record WHERE f = 0 AND id IS NOT NULL GROUP BY id, ver HAVING "
        "count(*) > 1)",
        &n, err);

    if (st == VAULT_OK && n > 0)
        vlt_not_seen(v, "conflict", n,
            "%" PRIu64 " record versions have more "
            "than one statement: changed in two places; whether a later "
            "version brings them together needs a secret",
            n);
    return st;
}

/* Row by row and line by line, each with what is told of it. */
static enum vault_status
walk_all(struct vlt_record_walk *w, struct vault_error *err)
{
    struct vlt_verify *v = w->v;
    struct vault_error why;
    enum vault_status st;
    size_t i;

    memset(w, 0, sizeof *w);
    w->v = v;
    vlt_error_clear(&why);
    st = vlt_records(v->s, 0, false, INT64_MAX, vlt_walk_record, w, &why);
    st = vlt_judge(v, "record", st, &why, err);
    for (i = 0; st == VAULT_OK && i < v->logs; i++)
        st = vlt_leaves(v->s, v->log[i].n, 0, vlt_walk_line, v, err);
    return st;
}

enum vault_status
vlt_verify_records(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_record_walk w = {v, 0, 0, 0, 0};
    uint64_t failed = v->verdict.failed;
    bool plain = false;
    enum vault_status st = VAULT_OK;

    if (v->quick != NULL) /* not when there was no log to walk */
        st = vlt_quick_records(v->quick, &w, &plain, err);
    if (plain)
        v->verdict.records += w.own;
    else if (st == VAULT_OK)
        st = walk_all(&w, err);
    if (st != VAULT_OK)
        return st;
    if (v->verdict.failed == failed)
        vlt_held(v, "record", w.own,
            "%" PRIu64 " record versions: each "
            "logged, present and unchanged since it was sealed",
            w.own);
    st = say_conflicts(v, err);
    if (st != VAULT_OK)
        return st;
    v->withdrawn = w.withdrawn;
    if (w.withdrawn > 0)
        vlt_held(v, "withdrawn", w.withdrawn,
            "%" PRIu64 " of them declared withdrawn", w.withdrawn);
    if (v->absent > 0)
        vlt_held(v, "withdrawn", v->absent,
            "%" PRIu64 " records that were sealed while the vault was locked "
            "and did not come in: declared withdrawn",
            v->absent);
    if (w.no_wrap > 0)
        vlt_not_seen(v, "wrap", w.no_wrap,
            "%" PRIu64 " records are sealed for no one: their wrap is missing",
            w.no_wrap);
    v->verdict.foreign = w.foreign;
    if (w.foreign > 0 && !v->verdict.unlocked)
        vlt_not_seen(v, "foreign", w.foreign,
            "%" PRIu64 " records of others, sealed: needs unlocking",
            w.foreign);
    return VAULT_OK;
}
