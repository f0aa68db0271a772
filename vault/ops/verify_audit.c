/* SPDX-License-Identifier: Apache-2.0 */
/* verify_audit.c: an audit pack: heads and lines, each against the other */
#include <inttypes.h>
#include <string.h>
#include "audit_rows.h"
#include "bytes.h"
#include "fail.h"
#include "nmark.h"
#include "record_rows.h"
#include "stamp_rows.h"
#include "verify_ids.h"

bool
vlt_origin_of(const uint8_t vault[16], const char *origin, size_t len)
{
    static const uint8_t none[8];
    char name[VLT_NAME_MAX + 1];

    /* all but the 16 digits of the replica */
    vlt_name_origin(name, vault, none);
    return len == strlen(name) && memcmp(name, origin, len - 16) == 0;
}

bool
vlt_audit_other(const struct vlt_verify *v, const uint8_t vault[16])
{
    return v->audit && memcmp(vault, v->id, 16) != 0;
}

bool
vlt_audit_other_log(const struct vlt_verify *v, const char *origin, size_t len)
{
    return v->audit && !vlt_origin_of(v->id, origin, len);
}

/* ---- meta, and what it never holds ---- */

static const struct {
    const char *k;
    size_t n;
} entries[] = {
    {"kind", 5},
    {"vault", 16},
    {"suite", 4},
    {"min_reader", 4},
};

static enum vault_status
take_meta(void *ctx, const char *k, const uint8_t *v, size_t n,
    struct vault_error *err)
{
    unsigned *seen = ctx;
    size_t i;

    (void)v; /* looked at before */
    for (i = 0; i < VLT_COUNT(entries); i++) {
        if (strcmp(entries[i].k, k) != 0)
            continue;
        *seen |= 1u << i;
        return n == entries[i].n ? VAULT_OK
                                 : vlt_fail(err, VAULT_E_TAMPERED,
                                       "the entry %s has another length", k);
    }
    return vlt_fail(err, VAULT_E_TAMPERED, "an unknown entry in meta");
}

enum vault_status
vlt_verify_audit_meta(struct vlt_verify *v, struct vault_error *err)
{
    unsigned seen = 0;
    uint64_t must = 0;
    enum vault_status st = vlt_meta_each(v->s, take_meta, &seen, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(entries); i++) {
        if ((seen & 1u << i) == 0)
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

static void
say_planted(void *ctx, const char *what, uint64_t n)
{
    vlt_mismatch(ctx, "planted",
        "planted: %-s, which an audit pack never holds: %" PRIu64, what, n);
}

enum vault_status
vlt_verify_audit_planted(struct vlt_verify *v, struct vault_error *err)
{
    uint64_t failed = v->verdict.failed;
    uint64_t n = 0;
    enum vault_status st = vlt_audit_planted(v->s, say_planted, v, err);

    if (st == VAULT_OK)
        st = vlt_attachments_unnamed(v->s, &n, err);
    if (st == VAULT_OK && n > 0)
        vlt_mismatch(v, "planted", "attachments that no line names: %" PRIu64,
            n);
    if (st == VAULT_OK && v->verdict.failed == failed)
        vlt_held(v, "planted", 0,
            "nothing sealed is in it, and no row that belongs to nothing");
    return st;
}

/* ---- records ---- */

struct records {
    struct vlt_verify *v;
    uint64_t own;
    uint64_t withdrawn;
    uint64_t missing; /* named by a line, and not here */
};

static bool
seals(const struct vlt_leaf *l)
{
    return strcmp(l->kind, "seal") == 0 || strcmp(l->kind, "take") == 0;
}

static enum vault_status
check_before(const struct vlt_id_seen *i, const struct vlt_record_head *head,
    struct vault_error *err)
{
    bool found = true;

    if (head->h.version > 1)
        (void)vlt_id_rows(i, head->h.version - 1, head->h.prev, &found);
    return found
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_TAMPERED, "the version before it is missing");
}

static enum vault_status
judge_head(struct records *w, const struct vlt_record_head *head,
    const char **kind, struct vault_error *err)
{
    struct vlt_id_seen *i = NULL;
    uint8_t stmt[32];
    bool withdrawn = false;
    enum vault_status st = vlt_id_look(w->v, head->h.id, &i, err);

    if (st != VAULT_OK)
        return st;
    vlt_record_stmt(stmt, head);
    st = vlt_check_logged(i, head, stmt, kind, err);
    if (st == VAULT_OK)
        st = check_before(i, head, err);
    if (st == VAULT_OK)
        st = vlt_id_withdrawn(w->v, i, head->h.version, stmt, &withdrawn, err);
    w->withdrawn += withdrawn;
    return st;
}

static enum vault_status
take_head(void *ctx, uint64_t rid, const struct vlt_record_head *head,
    bool meta, struct vault_error *err)
{
    struct records *w = ctx;
    const char *kind = "record";
    struct vault_error why;
    enum vault_status st;

    (void)rid;
    (void)meta; /* planted, and said before */
    if (memcmp(head->h.origin, w->v->id, 16) != 0)
        return VAULT_OK;
    w->own++;
    w->v->verdict.records++;
    vlt_error_clear(&why);
    st = judge_head(w, head, &kind, &why);
    if (st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT) {
        vlt_record_mismatch(w->v, kind, head->h.id, head->h.version, &why);
        return VAULT_OK;
    }
    return vlt_judge(w->v, kind, st, &why, err);
}

/* ---- lines ---- */

/* What a session sealed and never came into the vault can be declared
 * withdrawn; everything else that is named is here, withdrawn or not. */
static enum vault_status
judge_missing(struct records *w, struct vlt_id_seen *i,
    const struct vlt_leaf_row *r, struct vault_error *err)
{
    const struct vlt_seen_log *log = vlt_seen_log_find(w->v, r->log);
    bool withdrawn = false;
    enum vault_status st = VAULT_OK;

    if (log != NULL && log->session)
        st = vlt_id_withdrawn(w->v, i, r->leaf.version, r->leaf.subject,
            &withdrawn, err);
    if (st != VAULT_OK)
        return st;
    if (withdrawn) {
        w->v->absent++;
        return VAULT_OK;
    }
    w->missing++;
    return vlt_say_missing(w->v, i, &r->leaf, err);
}

static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct records *w = ctx;
    struct vlt_id_seen *i = NULL;
    bool found = false;
    enum vault_status st;

    if (!r->leaf.has_record || !seals(&r->leaf))
        return VAULT_OK;
    st = vlt_id_look(w->v, r->leaf.record, &i, err);
    if (st == VAULT_OK)
        (void)vlt_id_rows(i, r->leaf.version, r->leaf.subject, &found);
    return st != VAULT_OK || found ? st : judge_missing(w, i, r, err);
}

/* ---- what to say ---- */

static void
say_records(const struct records *w, bool held)
{
    struct vlt_verify *v = w->v;

    if (held)
        vlt_held(v, "record", w->own,
            "%" PRIu64 " record versions: each logged, as its head says, and "
            "none that the log names is missing",
            w->own);
    v->withdrawn = w->withdrawn;
    if (w->withdrawn > 0)
        vlt_held(v, "withdrawn", w->withdrawn,
            "%" PRIu64 " of them declared withdrawn", w->withdrawn);
    if (v->absent > 0)
        vlt_held(v, "withdrawn", v->absent,
            "%" PRIu64 " records that were sealed while the vault was locked "
            "and did not come in: declared withdrawn",
            v->absent);
}

enum vault_status
vlt_verify_audit_records(struct vlt_verify *v, struct vault_error *err)
{
    struct records w = {v, 0, 0, 0};
    uint64_t failed = v->verdict.failed;
    struct vault_error why;
    enum vault_status st;
    size_t i;

    vlt_error_clear(&why);
    st = vlt_audit_heads(v->s, 0, take_head, &w, &why);
    st = vlt_judge(v, "record", st, &why, err);
    for (i = 0; st == VAULT_OK && i < v->logs; i++)
        st = vlt_leaves(v->s, v->log[i].n, 0, take_line, &w, err);
    if (st == VAULT_OK)
        say_records(&w, v->verdict.failed == failed);
    return st;
}

void
vlt_verify_audit_limits(struct vlt_verify *v)
{
    vlt_not_seen(v, "content", v->verdict.records,
        "whether the sealed records are still in the vault, unchanged, and "
        "what they hold: an audit pack has only their heads");
    vlt_not_seen(v, "slots", 0,
        "ways to unlock, settings, recipients: they are not in an audit pack");
}
