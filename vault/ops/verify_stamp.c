/* SPDX-License-Identifier: Apache-2.0 */
/* verify_stamp.c: time evidence beside the states of the logs in a container */
#include "nmark.h"
#include "verify_stamp.h"
#include <vault/evidence.h>
#include <inttypes.h>
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"
#include "stamp_claim.h"
#include "stamp_rows.h"
#include "utc.h"

/* Each of so many has lines of its own; the others are counted. */
enum { TOLD = 20 };

struct judging {
    struct vlt_verify *v;
    const struct vlt_stamp_judge *by;
    struct vlt_stamp_lines lines;
    struct vlt_stamp_state at;
    uint64_t held, failed, unread, apart;
};

/* ---- what is said ---- */

static void
say_held(struct judging *j, const struct vlt_attachment_row *r,
    const struct vlt_stamp_claim *c, const struct vlt_stamped *at)
{
    char when[VLT_UTC_TEXT];

    j->held++;
    j->v->verdict.stamps++;
    if (j->held > TOLD)
        return;
    vlt_held(j->v, "stamp", 1,
        "time evidence (%s) is over this very state of log %s: its first "
        "%" PRIu64 " lines, of %" PRIu64,
        r->kind, j->at.point.origin, r->size, at->lines);
    if (strcmp(r->kind, "tsr") != 0)
        return;
    vlt_utc_text(when, c->time);
    vlt_not_seen(j->v, "stamp", 1,
        "that token claims %s (policy %s, serial %s): whether its issuer "
        "signed that is not judged here",
        when, c->policy, c->serial);
}

static void
say_failed(struct judging *j, const struct vlt_attachment_row *r,
    const char *why)
{
    if (j->failed++ < TOLD)
        vlt_mismatch(j->v, "stamp",
            "time evidence (%s) beside log %s at %" PRIu64 ": %-s", r->kind,
            j->at.point.origin, r->size, why);
}

/* Nothing ever takes evidence away that a line names. */
static void
say_missing(struct judging *j)
{
    uint64_t n = 0;
    size_t i;

    for (i = 0; i < j->lines.n; i++)
        n += !j->lines.line[i].here;
    if (n > 0)
        vlt_mismatch(j->v, "stamp",
            "time evidence that the log names is not here: %" PRIu64
            " pieces were taken away",
            n);
}

static void
say_counts(struct judging *j)
{
    struct vlt_verify *v = j->v;

    if (j->held > TOLD)
        vlt_held(v, "stamp", j->held - TOLD,
            "%" PRIu64 " more like these, each over the very state of the log "
            "it stands beside",
            j->held - TOLD);
    if (j->failed > TOLD)
        vlt_mismatch(v, "stamp",
            "%" PRIu64 " more that are not about the state they stand beside",
            j->failed - TOLD);
    if (j->unread > 0)
        vlt_not_seen(v, "stamp", j->unread,
            "%" PRIu64 " pieces of time evidence of other kinds: kept, and "
            "not read by this version",
            j->unread);
    if (j->apart > 0)
        vlt_not_seen(v, "stamp", j->apart,
            "%" PRIu64 " pieces of time evidence stand beside states that do "
            "not hold: nothing follows from them",
            j->apart);
    if (j->held == 0)
        return;
    vlt_not_seen(v, "stamp", j->held,
        "time evidence speaks of a log up to the state it is over, and of no "
        "later line");
    vlt_not_seen(v, "stamp", j->held,
        "whether it is what its issuers signed, stock tools judge: sanduq log "
        "stamp export DIR FILE, then openssl ts -verify -data STATE.txt -in "
        "TOKEN.tsr -CAfile AUTHORITY.pem, or ots verify -f STATE.txt "
        "PROOF.ots");
}

/* ---- the facts ---- */

static enum vault_status
give_fact(struct judging *j, const struct vlt_attachment_row *r,
    enum vault_evidence_state state, int64_t time, struct vault_error *err)
{
    const struct vault_verify_options *o = j->v->opt;
    struct vault_evidence e;

    if (o->evidence == NULL)
        return VAULT_OK;
    memset(&e, 0, sizeof e);
    e.kind = VAULT_EV_STAMP;
    e.state = state;
    e.origin = j->at.point.origin;
    e.size = r->size;
    memcpy(e.hash, j->at.point.root, sizeof e.hash);
    e.own = !j->v->bundle;
    e.note = r->b;
    e.note_len = r->b_len;
    e.word = r->kind;
    e.time = time;
    return o->evidence(j->v->ctx, &e) == 0
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
}

/* ---- one of them ---- */

static enum vault_status
judge_claim(struct judging *j, const struct vlt_attachment_row *r, bool named,
    struct vault_error *err)
{
    struct vlt_stamp_claim c;
    struct vlt_stamped at = {false, 0};
    enum vault_status st =
        vlt_stamp_claim_read(&c, r->kind, r->b, r->b_len, NULL);

    if (st != VAULT_OK) {
        say_failed(j, r, N_("it is malformed"));
        return give_fact(j, r, VAULT_EV_FAILED, -1, err);
    }
    if (!c.known && vlt_stamp_claim_fits(r->b, r->b_len)) {
        say_failed(j, r, "it is of another kind than is said of it");
        return give_fact(j, r, VAULT_EV_FAILED, -1, err);
    }
    if (!c.known) {
        j->unread++;
        return give_fact(j, r, VAULT_EV_UNKNOWN, -1, err);
    }
    if (memcmp(c.imprint, j->at.hash, sizeof c.imprint) != 0) {
        say_failed(j, r, N_("it is about something else"));
        return give_fact(j, r, VAULT_EV_FAILED, c.time, err);
    }
    j->by->state(j->by->ctx, r->log, r->size, j->at.hash, &at);
    if (!at.holds) {
        j->apart++;
        return give_fact(j, r, VAULT_EV_UNKNOWN, c.time, err);
    }
    if (!named) /* told as planted, with the other rows */
        return give_fact(j, r, VAULT_EV_FAILED, c.time, err);
    say_held(j, r, &c, &at);
    return give_fact(j, r, VAULT_EV_HELD, c.time, err);
}

static enum vault_status
judge_one(void *ctx, const struct vlt_attachment_row *r,
    struct vault_error *err)
{
    struct judging *j = ctx;
    struct vlt_stamp_line *line = vlt_stamp_line_of(&j->lines, r->b, r->b_len);
    bool named = !j->by->lines || (line != NULL && !line->here);
    enum vault_status st;

    if (j->v->stopped)
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    if (line != NULL)
        line->here = true; /* it names one row */
    st = vlt_stamp_state_load(&j->at, j->by->s, r->log, r->size, err);
    if (st == VAULT_E_NOT_FOUND || st == VAULT_E_TAMPERED) {
        vlt_error_clear(err); /* told as planted, or with its log */
        return VAULT_OK;
    }
    return st == VAULT_OK ? judge_claim(j, r, named, err) : st;
}

enum vault_status
vlt_verify_stamps_by(struct vlt_verify *v, const struct vlt_stamp_judge *by,
    struct vault_error *err)
{
    struct judging j;
    enum vault_status st = VAULT_OK;

    memset(&j, 0, sizeof j);
    j.v = v;
    j.by = by;
    vlt_buf_init(&j.at.note, VLT_NOTE_MAX);
    if (by->lines)
        st = vlt_stamp_lines_load(by->s, &j.lines, err);
    if (st == VAULT_OK)
        st = vlt_attachments(by->s, judge_one, &j, err);
    if (st == VAULT_OK) {
        say_missing(&j);
        say_counts(&j);
    }
    vlt_stamp_lines_clear(&j.lines);
    vlt_buf_clear(&j.at.note);
    return st;
}

/* ---- a vault ---- */

/* Every stored checkpoint of a sound log was compared with its leaves. */
static void
seen_state(void *ctx, uint64_t n, uint64_t size, const uint8_t hash[32],
    struct vlt_stamped *out)
{
    const struct vlt_seen_log *log = vlt_seen_log_find(ctx, n);

    (void)hash;
    if (log == NULL)
        return;
    out->holds = log->sound && size <= log->size;
    out->lines = log->size;
}

enum vault_status
vlt_verify_stamps(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_stamp_judge by = {v->s, seen_state, v, true};

    return vlt_verify_stamps_by(v, &by, err);
}

/* ---- a bundle ---- */

/* It has no leaves: a state counts that its log's key signed. */
static void
bundle_state(void *ctx, uint64_t n, uint64_t size, const uint8_t hash[32],
    struct vlt_stamped *out)
{
    const struct vlt_bundle *b = ctx;
    const struct vlt_bundle_log *log = vlt_bundle_log(b, n);
    const struct vlt_bundle_point *point = vlt_bundle_point_find(b, n, size);

    if (log == NULL || point == NULL || log->fault != VLT_LOG_SOUND)
        return;
    out->holds = memcmp(point->hash, hash, sizeof point->hash) == 0;
    out->lines = log->size;
}

enum vault_status
vlt_verify_bundle_stamps(struct vlt_verify *v, struct vlt_bundle *b,
    struct vault_error *err)
{
    struct vlt_stamp_judge by = {b->store, bundle_state, b, false};

    return vlt_verify_stamps_by(v, &by, err);
}
