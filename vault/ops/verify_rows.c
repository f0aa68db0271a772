/* SPDX-License-Identifier: Apache-2.0 */
/* verify_rows.c: records against the log, and rows that nothing names */
#include <inttypes.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "hash.h"
#include "record_rows.h"
#include "verify.h"

/* ---- meta and ext ---- */

static const struct {
    const char *k;
    size_t n;
    bool needed;
} entries[] = {
    {"kind", 5, true},
    {"vault", 16, true},
    {"suite", 4, true},
    {"min_reader", 4, true},
    {"slots-gen", 4, true},
    {"slots-mac", 32, true},
    {"settings-gen", 4, true},
    {"catalogue-gen", 4, false},
    {"catalogue", 72, false},
};

struct meta_walk {
    unsigned seen;
};

static enum vault_status
take_meta(void *ctx, const char *k, const uint8_t *v, size_t n,
    struct vault_error *err)
{
    struct meta_walk *w = ctx;
    size_t i;

    for (i = 0; i < VLT_COUNT(entries); i++) {
        if (strcmp(entries[i].k, k) != 0)
            continue;
        w->seen |= 1u << i;
        if (n != entries[i].n)
            return vlt_fail(err, VAULT_E_TAMPERED,
                "the entry %s has another length", k);
        if ((strcmp(k, "suite") == 0 || strcmp(k, "min_reader") == 0) &&
            vlt_load_u32(v) != 1)
            return vlt_fail(err, VAULT_E_NEWER,
                "%s is %u: made by a newer program", k, vlt_load_u32(v));
        return VAULT_OK;
    }
    return vlt_fail(err, VAULT_E_TAMPERED, "an unknown entry in meta");
}

enum vault_status
vlt_verify_meta(struct vlt_verify *v, struct vault_error *err)
{
    struct meta_walk w = {0};
    uint64_t must = 0;
    enum vault_status st = vlt_meta_each(v->s, take_meta, &w, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(entries); i++) {
        if (entries[i].needed && (w.seen & 1u << i) == 0)
            st = vlt_fail(err, VAULT_E_TAMPERED, "the entry %s is missing",
                entries[i].k);
    }
    if (st == VAULT_OK)
        st = vlt_count(v->s,
            "SELECT count(*) FROM ext WHERE substr(k, 1, 1) = '!'", &must, err);
    if (st == VAULT_OK && must > 0)
        vlt_not_seen(v, "extension", must,
            "extensions of a newer program "
            "that this one does not understand: %" PRIu64,
            must);
    return st;
}

/* ---- records ---- */

struct record_walk {
    struct vlt_verify *v;
    uint64_t foreign;
    uint64_t withdrawn;
    uint64_t no_wrap;
    uint64_t own;
};

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
    bool found;
};

/* In a vault a record that came from a session counts by its `take` line:
 * otherwise one that did not hold could be planted later. */
static enum vault_status
look_for_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct naming *n = ctx;
    bool seal = strcmp(r->leaf.kind, "seal") == 0;

    (void)err;
    if ((seal || strcmp(r->leaf.kind, "take") == 0) &&
        memcmp(r->leaf.subject, n->stmt, 32) == 0 &&
        (n->v->capture || !of_session(n->v, r->log)))
        n->found = true;
    return VAULT_OK;
}

static enum vault_status
check_logged(struct vlt_verify *v, const struct vlt_record_row *r,
    struct vault_error *err)
{
    uint8_t stmt[32];
    struct naming n = {v, stmt, false};
    uint64_t twins = 0;
    enum vault_status st;

    vlt_record_stmt(stmt, &r->head);
    st = vlt_leaves_of(v->s, r->head.h.id, look_for_line, &n, err);
    if (st == VAULT_OK && !n.found)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "no line of the log names this "
            "record as it is stored: changed or planted");
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
check_leftover(struct record_walk *w, const struct vlt_record_row *r,
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
check_metadata(struct record_walk *w, const struct vlt_record_row *r,
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

static enum vault_status
take_record(void *ctx, const struct vlt_record_row *r, struct vault_error *err)
{
    struct record_walk *w = ctx;
    struct vault_error why;
    enum vault_status st;

    if (r->foreign) {
        w->foreign++;
        return VAULT_OK;
    }
    w->own++;
    w->v->verdict.records++;
    vlt_error_clear(&why);
    st = check_logged(w->v, r, &why);
    if (st == VAULT_OK)
        st = check_prev(w->v, &r->head, &why);
    if (st == VAULT_OK)
        st = check_metadata(w, r, &why);
    if (st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT) {
        vlt_record_mismatch(w->v, "record", r->head.h.id, r->head.h.version,
            &why);
        return VAULT_OK;
    }
    return vlt_judge(w->v, "record", st, &why, err);
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
    vlt_record_mismatch(v, "record", r->leaf.record, r->leaf.version, &why);
    return VAULT_OK;
}

/* A `seal` or `take` line whose record is not here. */
static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct vlt_verify *v = ctx;
    struct vault_error why;
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
    (void)vlt_fail(&why, VAULT_E_TAMPERED,
        "logged, not withdrawn, and missing or changed");
    vlt_record_mismatch(v, "record", r->leaf.record, r->leaf.version, &why);
    return VAULT_OK;
}

/* Two people changed one version: shown, and no fault of the evidence. */
static enum vault_status
say_conflicts(struct vlt_verify *v, struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st = vlt_count(v->s,
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

enum vault_status
vlt_verify_records(struct vlt_verify *v, struct vault_error *err)
{
    struct record_walk w = {v, 0, 0, 0, 0};
    uint64_t failed = v->verdict.failed;
    struct vault_error why;
    enum vault_status st = VAULT_OK;
    size_t i;

    vlt_error_clear(&why);
    st = vlt_records(v->s, 0, false, INT64_MAX, take_record, &w, &why);
    st = vlt_judge(v, "record", st, &why, err);
    for (i = 0; st == VAULT_OK && i < v->logs; i++)
        st = vlt_leaves(v->s, v->log[i].n, 0, take_line, v, err);
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

/* ---- rows that nothing names ---- */

static const struct {
    const char *sql;
    const char *what;
} planted[] = {
    {"SELECT count(*) FROM wrap WHERE rid NOT IN (SELECT rid FROM record)",
        "wraps of no record"},
    {"SELECT count(*) FROM segment WHERE rid NOT IN (SELECT rid FROM record) "
     "AND rid NOT IN (SELECT rid FROM staging)",
        "segments of no record"},
    {"SELECT count(*) FROM staging WHERE rid IN (SELECT rid FROM record)",
        "staged rows that are records"},
    {"SELECT count(*) FROM extract WHERE rid NOT IN "
     "(SELECT rid FROM record WHERE f = 1)",
        "extracts of no foreign record"},
    {"SELECT count(*) FROM leaf WHERE log NOT IN (SELECT n FROM log)",
        "lines of no log"},
    {"SELECT count(*) FROM node WHERE log NOT IN (SELECT n FROM log)",
        "nodes of no log"},
    {"SELECT count(*) FROM node WHERE lvl NOT IN (4, 8, 12, 16, 20, 24, 28, "
     "32, 36, 40, 44, 48, 52, 56, 60) OR idx < 0",
        "nodes of levels that are not stored"},
    {"SELECT count(*) FROM node WHERE idx >= "
     "(SELECT max(size) FROM checkpoint WHERE checkpoint.log = node.log) "
     ">> lvl",
        "nodes beyond the checkpoint"},
    {"SELECT count(*) FROM leaf WHERE idx < 0", "lines before the first"},
    {"SELECT count(*) FROM checkpoint WHERE log NOT IN (SELECT n FROM log)",
        "checkpoints of no log"},
    {"SELECT count(*) FROM attachment WHERE log NOT IN (SELECT n FROM log)",
        "attachments of no log"},
    {"SELECT count(*) FROM attachment WHERE NOT EXISTS (SELECT 1 FROM "
     "checkpoint AS c WHERE c.log = attachment.log AND "
     "c.size = attachment.size)",
        "attachments of no checkpoint"},
    {"SELECT count(*) FROM proof", "proofs, which a vault never holds"},
    {"SELECT count(*) FROM note WHERE f = 0 AND kind NOT IN "
     "('device', 'revoke')",
        "notes of a kind that a vault never holds"},
    {"SELECT count(*) FROM note WHERE f NOT IN (0, 1) OR "
     "(f = 1 AND kind <> '') OR (f = 0 AND n >= 4294967296) OR n < 1",
        "malformed notes"},
    {"SELECT count(*) FROM record WHERE f NOT IN (0, 1) OR "
     "(f = 1 AND (id IS NOT NULL OR ver IS NOT NULL))",
        "malformed records"},
    {"SELECT count(*) FROM record WHERE rid < 1 OR "
     "rid = 9223372036854775807",
        "records with row numbers that are never given"},
    {"SELECT count(*) FROM staging WHERE rid < 1 OR "
     "rid = 9223372036854775807",
        "staged rows with numbers that are never given"},
};

static enum vault_status
check_attached(struct vlt_verify *v, struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st;

    /* time evidence and revocations come with later steps; what stands here
     * must be named by a line of the log */
    st = vlt_count_unlogged(v->s, "attachment", "stamp", &n, err);
    if (st == VAULT_OK && n > 0)
        vlt_mismatch(v, "planted", "attachments that no line names: %" PRIu64,
            n);
    if (st == VAULT_OK)
        st = vlt_count_unlogged(v->s, "note", "revoke", &n, err);
    if (st == VAULT_OK && n > 0)
        vlt_mismatch(v, "planted", "revocations that no line names: %" PRIu64,
            n);
    return st;
}

enum vault_status
vlt_verify_planted(struct vlt_verify *v, struct vault_error *err)
{
    uint64_t failed = v->verdict.failed;
    enum vault_status st = VAULT_OK;
    uint64_t n;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(planted); i++) {
        st = vlt_count(v->s, planted[i].sql, &n, err);
        if (st == VAULT_OK && n > 0)
            vlt_mismatch(v, "planted", "%s: %" PRIu64, planted[i].what, n);
    }
    if (st == VAULT_OK)
        st = check_attached(v, err);
    if (st == VAULT_OK && v->verdict.failed == failed)
        vlt_held(v, "planted", 0, "no rows that the log does not name");
    return st;
}
