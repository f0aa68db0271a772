/* SPDX-License-Identifier: Apache-2.0 */
/* verify_new.c: judging only what came since a state that was saved */
#include "verify_new.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "utc.h"
#include "verify_since.h"

void
vlt_new_free(struct vlt_new *n)
{
    if (n == NULL)
        return;
    free(n->line);
    free(n->row);
    free(n);
}

/* ---- lines ---- */

static void
say_before(const struct vlt_new *n)
{
    const struct vlt_verifystate *s = n->was;
    char last[VLT_UTC_TEXT], whole[VLT_UTC_TEXT];

    vlt_utc_text(last, (int64_t)s->time);
    vlt_utc_text(whole, (int64_t)s->whole);
    vlt_not_seen(n->v, "before", n->old,
        "%" PRIu64 " lines and %" PRIu64
        " record versions were checked until %s and not looked at again",
        n->old, s->records, last);
    vlt_not_seen(n->v, "before", s->records,
        "whether what was checked then is still in the file, unchanged (lines, "
        "records, notes, older checkpoints, time evidence), and whether "
        "nothing was planted among it: everything was last looked at on %s",
        whole);
    if (s->withdrawn > 0)
        vlt_not_seen(n->v, "withdrawn", s->withdrawn,
            "%" PRIu64 " of them were declared withdrawn", s->withdrawn);
    if (s->untrusted > 0)
        vlt_not_as_asked(n->v, "untrusted",
            "%" PRIu64
            " record versions were untrusted when they were checked before",
            s->untrusted);
    if (s->foreign > 0)
        vlt_not_seen(n->v, "foreign", s->foreign,
            "%" PRIu64 " records of others were there before, sealed: needs "
            "unlocking",
            s->foreign);
}

static void
say_rows(const struct vlt_new *n)
{
    struct vlt_verify *v = n->v;

    vlt_held(v, "record", n->rows,
        "%zu new record versions: each logged, present and unchanged since it "
        "was sealed",
        n->rows);
    if (n->conflicts > 0)
        vlt_not_seen(v, "conflict", n->conflicts,
            "%" PRIu64 " record versions have more "
            "than one statement: changed in two places; whether a later "
            "version brings them together needs a secret",
            n->conflicts);
    if (n->withdrawn > 0)
        vlt_held(v, "withdrawn", n->withdrawn,
            "%" PRIu64 " record versions declared withdrawn since",
            n->withdrawn);
    if (n->no_wrap > 0)
        vlt_not_seen(v, "wrap", n->no_wrap,
            "%" PRIu64 " records are sealed for no one: their wrap is missing",
            n->no_wrap);
    if (n->foreign > 0)
        vlt_not_seen(v, "foreign", n->foreign,
            "%" PRIu64 " new records of others, sealed: needs unlocking",
            n->foreign);
    if (n->unknown > 0)
        vlt_not_seen(v, "leaf", n->unknown,
            "%" PRIu64 " new lines of kinds this version does not know",
            n->unknown);
}

static void
say_all(const struct vlt_new *n)
{
    struct vlt_verify *v = n->v;

    vlt_not_seen(v, "structure", 0,
        "the structure of the file as a whole: only header and schema were "
        "looked at, and what the lines below name");
    say_before(n);
    say_rows(n);
    vlt_held(v, "planted", 0, "no new rows that the log does not name");
    if (n->rows > 0)
        vlt_held(v, "body", n->bodies,
            "%" PRIu64 " sealed bodies (%" PRIu64
            " bytes) unchanged since they were sealed",
            n->bodies, n->bytes);
    vlt_not_seen(v, "witness", 0,
        "countersignatures and time evidence: they are looked at together "
        "with everything");
    vlt_not_seen(v, "replicas", 0, "other replicas: unknown");
    if (n->epochs > 0)
        vlt_held(v, "epoch", n->epochs,
            "%" PRIu64
            " new epochs, each naming a log of this vault as its writer",
            n->epochs);
}

/* ---- who signs ---- */

static enum vault_status
compare_cards(struct vlt_new *n, struct vault_error *err)
{
    struct vlt_verify *v = n->v;
    size_t i;

    if (v->cards != n->was->cards)
        return vlt_fail(err, VAULT_E_TAMPERED, "other cards");
    for (i = 0; i < v->cards; i++) {
        if (memcmp(v->card[i].fingerprint, n->was->card[i].b, 32) != 0)
            return vlt_fail(err, VAULT_E_TAMPERED, "another card");
    }
    return VAULT_OK;
}

/* A session is judged by itself; where a device is revoked, with all. */
static enum vault_status
compare_sessions(struct vlt_new *n, struct vault_error *err)
{
    struct vlt_verify *v = n->v;
    struct vlt_hash32 *revoke = NULL;
    size_t revoked = 0, i, changed = 0;
    bool same;
    enum vault_status st = vlt_revoke_hashes(v->s, &revoke, &revoked, err);

    if (st != VAULT_OK)
        return st;
    same = revoked == n->was->revoked;
    for (i = 0; same && i < revoked; i++)
        same = memcmp(revoke[i].b, n->was->revoke[i].b, 32) == 0;
    free(revoke);
    for (i = 0; i < v->logs; i++)
        changed += v->log[i].session && !vlt_as_before(v, &v->log[i]);
    if (!same || (revoked > 0 && changed > 0))
        return vlt_fail(err, VAULT_E_TAMPERED, "revocations");
    return VAULT_OK;
}

/* ---- the parts ---- */

static enum vault_status
vault_parts(struct vlt_new *n, struct vault_error *err)
{
    struct vlt_verify *v = n->v;
    enum vault_status st = vlt_verify_meta(v, err);

    if (st == VAULT_OK)
        st = vlt_verify_cards(v, err);
    if (st == VAULT_OK)
        st = compare_cards(n, err);
    if (st == VAULT_OK)
        st = vlt_new_logs(n, err);
    if (st == VAULT_OK)
        st = compare_sessions(n, err);
    if (st == VAULT_OK)
        st = vlt_verify_sessions(v, err);
    if (st == VAULT_OK)
        st = vlt_verify_joins(v, err);
    if (st == VAULT_OK)
        st = vlt_new_ids(n, err);
    if (st == VAULT_OK)
        st = vlt_new_records(n, err);
    if (st == VAULT_OK)
        st = vlt_new_rest(n, err);
    return st == VAULT_OK ? vlt_verify_sets(v, err) : st;
}

static enum vault_status
capture_parts(struct vlt_new *n, struct vault_error *err)
{
    struct vlt_verify *v = n->v;
    enum vault_status st = vlt_verify_capture_meta(v, err);

    if (st == VAULT_OK)
        st = vlt_verify_capture_card(v, err);
    if (st == VAULT_OK)
        st = compare_cards(n, err);
    if (st == VAULT_OK)
        st = vlt_verify_capture_compartments(v, err);
    if (st == VAULT_OK)
        st = vlt_new_logs(n, err);
    if (st == VAULT_OK)
        st = vlt_verify_sessions(v, err);
    if (st == VAULT_OK)
        st = vlt_new_ids(n, err);
    if (st == VAULT_OK)
        st = vlt_new_records(n, err);
    return st == VAULT_OK ? vlt_new_rest(n, err) : st;
}

static enum vault_status
in_snapshot(struct vlt_new *n, struct vault_error *err)
{
    struct vlt_verify *v = n->v;
    enum vault_status st = vlt_store_begin(v->s, false, err);

    if (st != VAULT_OK)
        return st;
    if (v->s->undone)
        st = vlt_fail(err, VAULT_E_TAMPERED, "an interrupted write");
    if (st == VAULT_OK)
        st = v->capture ? capture_parts(n, err) : vault_parts(n, err);
    if (st == VAULT_OK)
        st = vlt_verify_asked(v, err);
    if (st == VAULT_OK)
        st = vlt_checked_marks(v, err);
    vlt_store_rollback(v->s);
    return st;
}

static bool
speaks_of_evidence(enum vault_status st)
{
    return st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT ||
        st == VAULT_E_NEWER || st == VAULT_E_LIMIT || st == VAULT_E_NOT_FOUND ||
        st == VAULT_E_SLOT || st == VAULT_E_NO_KEY;
}

/*
 * Whether the state is of this file at all, and only that is asked for which
 * new lines and rows can answer. What witnesses signed rests on lines anywhere
 * in the log, a report shows all of them, and a key opens all; a pack holds no
 * bodies, so that all of it is looked at soon.
 */
static bool
fits(const struct vlt_verify *v)
{
    const struct vault_verify_options *o = v->opt;
    const struct vlt_verifystate *s = v->known;

    return memcmp(s->vault, v->id, 16) == 0 && s->logs > 0 && !v->audit &&
        s->kind == vlt_checked_kind(v) && o->key == NULL && v->keys == NULL &&
        o->policy == NULL && o->witnesses_len == 0 && o->witnessed_len == 0 &&
        o->evidence == NULL;
}

enum vault_status
vlt_verify_new(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_pending pending = {0};
    struct vault_error why;
    struct vlt_new *n;
    enum vault_status st;

    if (!fits(v))
        return VAULT_OK;
    n = calloc(1, sizeof *n);
    if (n == NULL)
        return vlt_fail_memory(err);
    n->v = v;
    n->was = v->known;
    v->fresh = n;
    v->pending = &pending;
    vlt_error_clear(&why);
    st = in_snapshot(n, &why);
    if (st == VAULT_OK)
        st = vlt_new_bodies(n, &why);
    v->pending = NULL;
    if (st == VAULT_OK && v->verdict.failed == 0 && !pending.lost) {
        v->verdict.partly = true;
        vlt_pending_tell(v, &pending);
        say_all(n);
    } else {
        vlt_verify_forget(v); /* and with it v->fresh */
        if (speaks_of_evidence(st))
            st = VAULT_OK;
        else if (st != VAULT_OK && err != NULL)
            *err = why;
    }
    free(pending.f);
    return st;
}
