/* SPDX-License-Identifier: Apache-2.0 */
/* withdraw.c: declaring a record withdrawn, and destroying what opens it */
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "catalogue_ops.h"
#include "fail.h"
#include "foreign.h"
#include "history.h"
#include "sealed_away.h"
#include "sealer.h"
#include "withdrawing.h"

/* One withdrawal on its way. */
struct work {
    struct vault *v;
    const uint8_t *id;
    uint32_t version; /* 0: all */
    const char *reason;
    struct vlt_history h;
    struct vault_withdrawal done;
};

static bool
meant(const struct work *w, const struct vlt_version *x)
{
    return w->version == 0 || x->row.head.h.version == w->version;
}

/* Nothing is destroyed of a record whose rows do not fit the log: they may
 * be evidence of who changed them. */
static enum vault_status
check(const struct work *w, struct vault_error *err)
{
    size_t there = 0;
    size_t standing = 0;
    size_t i;

    if (w->h.planted)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "no line of the log names this record as it is stored");
    for (i = 0; i < w->h.n; i++) {
        there += meant(w, &w->h.v[i]);
        standing += meant(w, &w->h.v[i]) && !w->h.v[i].withdrawn;
    }
    if (there == 0)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "this record has no version %u",
            (unsigned)w->version);
    if (standing == 0)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "it is withdrawn already");
    return VAULT_OK;
}

/* ---- what goes ---- */

static enum vault_status
destroy_body(struct work *w, const struct vlt_version *x,
    struct vault_error *err)
{
    struct vlt_store *s = w->v->store;
    uint64_t n = 0;
    enum vault_status st = vlt_segment_count(s, x->row.rid, &n, err);

    if (st != VAULT_OK || n == 0)
        return st;
    if (vlt_history_body_needed(&w->h, x)) {
        w->done.kept++;
        return VAULT_OK;
    }
    w->done.bodies++;
    w->done.bytes += x->row.head.h.body_padded;
    return vlt_segments_destroy(s, x->row.rid, err);
}

/* The bodies too of versions that were withdrawn before, when the last one
 * that needed them goes now. */
static enum vault_status
destroy_bodies(struct work *w, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < w->h.n; i++) {
        if (w->h.v[i].withdrawn)
            st = destroy_body(w, &w->h.v[i], err);
    }
    return st;
}

static enum vault_status
destroy_keys(struct work *w, struct vault_error *err)
{
    struct vlt_store *s = w->v->store;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < w->h.n; i++) {
        struct vlt_version *x = &w->h.v[i];

        if (!meant(w, x))
            continue;
        w->done.versions += !x->withdrawn;
        x->withdrawn = true;
        st = vlt_away_destroy(s, x->row.rid, err);
        if (st == VAULT_OK)
            st = vlt_meta_destroy(s, x->row.rid, err);
        if (st == VAULT_OK)
            st = vlt_extracts_destroy(s, x->row.rid, err);
    }
    return st;
}

/* ---- the lines ---- */

static enum vault_status
log_all(struct work *w, struct vault_error *err)
{
    struct vlt_version_rows rows;
    uint8_t subject[32];
    struct vlt_entry e = {"withdraw", w->id, 0, subject, w->reason, -1};
    enum vault_status st = vlt_record_versions(w->v->store, w->id, &rows, err);

    if (st != VAULT_OK)
        return st;
    vlt_withdrawal_subject(&rows, subject);
    vlt_version_rows_clear(&rows);
    return vlt_action_leaf(w->v, &e, err);
}

/* Of a conflict both statements. */
static enum vault_status
log_version(struct work *w, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < w->h.n; i++) {
        const struct vlt_version *x = &w->h.v[i];
        struct vlt_entry e = {"withdraw", w->id, w->version, x->row.stmt,
            w->reason, -1};

        if (meant(w, x) && !x->withdrawn)
            st = vlt_action_leaf(w->v, &e, err);
    }
    return st;
}

/* A copy of somebody else's record: nothing is declared, only destroyed. */
static enum vault_status
drop_copies(struct work *w, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    w->done.foreign = true;
    for (i = 0; st == VAULT_OK && i < w->h.n; i++) {
        const struct vlt_version *x = &w->h.v[i];

        if (!meant(w, x) || x->withdrawn || (x->head_only && w->version == 0))
            continue;
        w->done.versions++;
        if (x->row.meta &&
            x->row.head.h.body_version == x->row.head.h.version) {
            w->done.bodies++;
            w->done.bytes += x->row.head.h.body_padded;
        }
        st = vlt_foreign_drop(w->v, w->id, x->row.stmt, w->reason, err);
    }
    if (st == VAULT_OK && w->done.versions == 0)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "the copy of it is destroyed already");
    return st;
}

/* Event texts go first: the lines that say it now keep theirs. */
static enum vault_status
act(struct work *w, struct vault_error *err)
{
    enum vault_status st = vlt_history_load(w->v, w->id, &w->h, err);

    if (st == VAULT_OK && w->h.foreign)
        return drop_copies(w, err);
    if (st == VAULT_OK)
        st = check(w, err);
    if (st == VAULT_OK)
        st = vlt_events_destroy(w->v->store, w->id, w->version, &w->done.events,
            err);
    if (st == VAULT_OK)
        st = w->version == 0 ? log_all(w, err) : log_version(w, err);
    if (st == VAULT_OK) /* while it can still be opened */
        st = vlt_catalogue_remove(w->v, w->id, err);
    if (st == VAULT_OK)
        st = destroy_keys(w, err);
    if (st == VAULT_OK)
        st = destroy_bodies(w, err);
    return st;
}

enum vault_status
vlt_withdraw_within(struct vault *v, const uint8_t id[VAULT_ID],
    uint32_t version, const char *reason, struct vault_withdrawal *out,
    struct vault_error *err)
{
    struct work w = {v, id, version, reason, {0}, {0}};
    enum vault_status st = act(&w, err);

    vlt_history_clear(&w.h);
    if (st == VAULT_OK)
        *out = w.done;
    return st;
}

enum vault_status
vault_withdraw(struct vault *v, const uint8_t id[VAULT_ID], uint32_t version,
    const char *reason, struct vault_withdrawal *out, struct vault_error *err)
{
    struct vault_withdrawal done;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK && reason != NULL)
        st = vlt_reason_check(reason, err);
    if (st == VAULT_OK && v->acting)
        st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        st = vlt_action_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_withdraw_within(v, id, version, reason, &done, err);
    if (st != VAULT_OK) {
        vlt_action_abort(v);
        return st;
    }
    st = vlt_action_commit(v, err);
    if (st != VAULT_OK)
        return st;
    /* The zeros are on the disk; what is left of it is only room, and stays:
     * SQLite cuts a file after the commit, and a power cut between the two
     * would leave a longer one than its header says. */
    *out = done;
    return VAULT_OK;
}
