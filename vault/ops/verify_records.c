/* SPDX-License-Identifier: Apache-2.0 */
/* verify_records.c: each record against the log, each line against records */
#include <inttypes.h>
#include <string.h>
#include "fail.h"
#include "hash.h"
#include "nmark.h"
#include "verify_ids.h"
#include "verify_quick.h"

/* ---- one record ---- */

/* The previous version's statement must be here (section 6.5). */
static enum vault_status
check_prev(const struct vlt_id_seen *i, const struct vlt_record_head *h,
    struct vault_error *err)
{
    bool found = true;

    if (h->h.version > 1)
        (void)vlt_id_rows(i, h->h.version - 1, h->h.prev, &found);
    return found
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_TAMPERED, "the version before it is missing");
}

/* Whose key lay in clear in a capture file. */
static bool
of_session(const struct vlt_verify *v, uint64_t log)
{
    const struct vlt_seen_log *l = vlt_seen_log_find(v, log);

    return l != NULL && l->session;
}

enum vault_status
vlt_check_logged(const struct vlt_id_seen *i, const struct vlt_record_head *h,
    const uint8_t stmt[32], const char **kind, struct vault_error *err)
{
    bool other, own;

    if (!vlt_id_named(i, stmt)) {
        other = vlt_id_named_otherwise(i, h->h.version);
        if (!other)
            *kind = "unlogged";
        return vlt_fail(err, VAULT_E_TAMPERED,
            other
                ? "the log names it with another statement: changed, or "
                  "planted beside what was logged"
                : N_("no line of the log names it: planted, or never logged"));
    }
    return vlt_id_rows(i, h->h.version, stmt, &own) > 1
        ? vlt_fail(err, VAULT_E_TAMPERED, "stored twice: planted")
        : VAULT_OK;
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
    bool withdrawn, struct vault_error *err)
{
    uint8_t m[32];
    uint8_t wrap[VLT_RECORD_WRAP];
    enum vault_status st;

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

/* Against the other rows of its id, and the lines. */
static enum vault_status
judge_row(struct vlt_record_walk *w, const struct vlt_record_row *r,
    const char **kind, struct vault_error *err)
{
    struct vlt_id_seen *i = NULL;
    bool withdrawn = false;
    uint8_t stmt[32];
    enum vault_status st = check_origin(w->v, &r->head, err);

    if (st == VAULT_OK)
        st = vlt_id_look(w->v, r->head.h.id, &i, err);
    if (st != VAULT_OK)
        return st;
    vlt_record_stmt(stmt, &r->head);
    st = vlt_check_logged(i, &r->head, stmt, kind, err);
    if (st == VAULT_OK)
        st = check_prev(i, &r->head, err);
    /* a version withdrawn by a line with its own number, or with 0 for all
     * that were there at that moment */
    if (st == VAULT_OK)
        st =
            vlt_id_withdrawn(w->v, i, r->head.h.version, stmt, &withdrawn, err);
    return st == VAULT_OK ? check_metadata(w, r, withdrawn, err) : st;
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
    st = judge_row(w, r, &kind, &why);
    if (st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT) {
        vlt_record_mismatch(w->v, kind, r->head.h.id, r->head.h.version, &why);
        return VAULT_OK;
    }
    return vlt_judge(w->v, kind, st, &why, err);
}

/* ---- event texts ---- */

static bool
seals(const struct vlt_leaf *l)
{
    return strcmp(l->kind, "seal") == 0 || strcmp(l->kind, "take") == 0;
}

/*
 * Of a sealing: whether its statement is withdrawn. Of another line: whether
 * a later one withdraws the version it names. In another log nobody can say
 * what was later.
 */
static enum vault_status
is_gone(struct vlt_verify *v, const struct vlt_leaf_row *r, bool *out,
    struct vault_error *err)
{
    const struct vlt_leaf *l = &r->leaf;
    struct vlt_id_seen *i = NULL;
    enum vault_status st;

    *out = false;
    if (!l->has_record)
        return VAULT_OK;
    st = vlt_id_look(v, l->record, &i, err);
    if (st == VAULT_OK && seals(l))
        st = vlt_id_withdrawn(v, i, l->version, l->subject, out, err);
    else if (st == VAULT_OK)
        *out = vlt_id_withdrawn_after(i, l->version, r->log, r->idx);
    return st;
}

/* Only withdrawing a record takes the event texts of its lines away, and
 * then it takes all that came before. */
static enum vault_status
check_event_there(struct vlt_verify *v, const struct vlt_leaf_row *r,
    struct vault_error *err)
{
    struct vault_error why;
    bool withdrawn;
    enum vault_status st;

    if (r->evct != NULL && !(seals(&r->leaf) && r->leaf.has_record))
        return VAULT_OK;
    st = is_gone(v, r, &withdrawn, err);
    if (st == VAULT_OK && r->evct == NULL && !withdrawn)
        vlt_mismatch(v, "event",
            "log %" PRIu64 ", line %" PRIu64
            ": its event is gone, and no line of the log withdraws it",
            r->log, r->idx);
    if (st != VAULT_OK || r->evct == NULL || !withdrawn)
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
judge_absent(struct vlt_verify *v, struct vlt_id_seen *i,
    const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct vault_error why;
    bool withdrawn = false;
    enum vault_status st = vlt_id_withdrawn(v, i, r->leaf.version,
        r->leaf.subject, &withdrawn, err);

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
vlt_say_missing(struct vlt_verify *v, struct vlt_id_seen *seen,
    const struct vlt_leaf *l, struct vault_error *err)
{
    const struct vlt_version_rows *rows;
    struct vault_error why;
    bool here = false;
    size_t i;
    enum vault_status st = vlt_id_versions(v, seen, &rows, &why);

    for (i = 0; st == VAULT_OK && i < rows->n && !here; i++)
        here = rows->v[i].head.h.version == l->version;
    here = here || st == VAULT_E_TAMPERED; /* a row that cannot be read */
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
    struct vlt_id_seen *i = NULL;
    bool found = false;
    enum vault_status st = check_event_there(v, r, err);

    if (st != VAULT_OK || !r->leaf.has_record || !seals(&r->leaf))
        return st;
    st = vlt_id_look(v, r->leaf.record, &i, err);
    if (st == VAULT_OK)
        (void)vlt_id_rows(i, r->leaf.version, r->leaf.subject, &found);
    if (st != VAULT_OK || found)
        return st;
    if (!v->capture && of_session(v, r->log))
        return judge_absent(v, i, r, err);
    return vlt_say_missing(v, i, &r->leaf, err);
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
