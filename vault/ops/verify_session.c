/* SPDX-License-Identifier: Apache-2.0 */
/* verify_session.c: capture sessions: their chain, their device, their joining */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "hash.h"
#include "named_lines.h"
#include "note_rows.h"
#include "rows.h"
#include "sign.h"
#include "verify.h"
#include "verify_new.h"

struct sessions {
    struct vlt_verify *v;
    uint64_t n;
    uint64_t unconfirmed;
    size_t logs; /* of sessions, by device and session, then as they come */
    struct vlt_seen_log **log;
    struct vlt_named_lines joined;
};

static int
by_name(const struct vlt_seen_log *log, const uint8_t device[8],
    const uint8_t id[8])
{
    int c = memcmp(log->device, device, 8);

    return c != 0 ? c : memcmp(log->replica.replica, id, 8);
}

static int
by_session(const void *a, const void *b)
{
    const struct vlt_seen_log *x = *(struct vlt_seen_log *const *)a;
    const struct vlt_seen_log *y = *(struct vlt_seen_log *const *)b;
    int c = by_name(x, y->device, y->replica.replica);

    return c != 0 ? c : (x > y) - (x < y);
}

/* Each is looked for among all: a vault may have taken in very many. */
static enum vault_status
sort_sessions(struct sessions *x, struct vault_error *err)
{
    size_t i;

    x->log = calloc(x->v->logs + 1, sizeof(struct vlt_seen_log *));
    if (x->log == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < x->v->logs; i++) {
        if (x->v->log[i].session)
            x->log[x->logs++] = &x->v->log[i];
    }
    qsort(x->log, x->logs, sizeof(struct vlt_seen_log *), by_session);
    return VAULT_OK;
}

/* The first of those that are not before this name. */
static size_t
session_from(const struct sessions *x, const uint8_t device[8],
    const uint8_t id[8])
{
    size_t low = 0, high = x->logs;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (by_name(x->log[mid], device, id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static struct vlt_seen_log *
session_of(const struct sessions *x, const uint8_t device[8],
    const uint8_t id[8])
{
    size_t i = session_from(x, device, id);

    return i < x->logs && by_name(x->log[i], device, id) == 0 ? x->log[i]
                                                              : NULL;
}

/* ---- device notes ---- */

static enum vault_status
take_device(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    static const uint8_t lowest[8] = {0};
    struct sessions *x = ctx;
    struct vlt_verify *v = x->v;
    struct vlt_device d;
    struct vault_error why;
    enum vault_status st;
    size_t i;

    vlt_error_clear(&why);
    st = vlt_device_parse(&d, note, len, &why);
    if (st != VAULT_OK)
        return vlt_judge(v, "device", st, &why, err);
    if (vlt_audit_other(v, d.vault))
        return VAULT_OK;
    for (i = 0; i < v->cards; i++) {
        if (vlt_device_check(note, len, &v->card[i], NULL) == VAULT_OK)
            break;
    }
    if (i == v->cards) {
        vlt_mismatch(v, "planted",
            "a device note that no card of this vault signed");
        return VAULT_OK;
    }
    for (i = session_from(x, d.device, lowest);
         i < x->logs && memcmp(x->log[i]->device, d.device, 8) == 0; i++) {
        if (memcmp(x->log[i]->replica.text_hash, d.first, 32) == 0)
            x->log[i]->confirmed = true;
    }
    return VAULT_OK;
}

/* ---- the chain ---- */

static enum vault_status
checkpoint_hash(const struct vlt_seen_log *log, uint8_t out[32],
    struct vault_error *err)
{
    struct vlt_checkpoint cp;
    struct vlt_buf text;
    enum vault_status st;

    memset(&cp, 0, sizeof cp);
    vlt_buf_init(&text, VLT_NOTE_MAX);
    memcpy(cp.origin, log->origin, sizeof cp.origin);
    cp.size = log->size;
    memcpy(cp.root, log->root, 32);
    st = vlt_checkpoint_encode(&text, &cp, err);
    if (st == VAULT_OK)
        vlt_sha256(out, text.p, text.len);
    vlt_buf_clear(&text);
    return st;
}

static enum vault_status
check_follows(const struct vlt_seen_log *before, const struct vlt_session *s,
    const char *note, size_t len, struct vault_error *err)
{
    uint8_t hash[32];
    enum vault_status st = checkpoint_hash(before, hash, err);

    if (st == VAULT_OK &&
        (before->replica.number + 1 != s->number ||
            before->size != s->base.size ||
            memcmp(hash, s->base.checkpoint, 32) != 0))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "session %" PRIu32 " does not go on from the one before it",
            s->number);
    return st == VAULT_OK
        ? vlt_session_check(note, len, before->replica.log_key, err)
        : st;
}

static enum vault_status
check_chain(const struct sessions *x, const struct vlt_session *s,
    struct vlt_seen_log *log, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_verify *v = x->v;
    const struct vlt_seen_log *before =
        s->has_base ? session_of(x, s->device, s->base.replica) : NULL;
    enum vault_status st;

    if (!s->has_base)
        return vlt_session_check(note, len, NULL, err);
    if (before != NULL && before->sound) {
        st = check_follows(before, s, note, len, err);
        if (st == VAULT_OK && log != NULL && before->confirmed)
            log->confirmed = true;
        return st;
    }
    if (v->capture && before == NULL) {
        vlt_not_seen(v, "session", 1,
            "what came before session %" PRIu32
            ": not in this file; the vault that took it in knows",
            s->number);
        return VAULT_OK;
    }
    if (log != NULL && log->confirmed)
        return VAULT_OK; /* a device note begins with it */
    return vlt_fail(err, VAULT_E_TAMPERED,
        "session %" PRIu32 " follows none that is here", s->number);
}

/* What was taken in has a line of the vault's own log. */
static enum vault_status
check_joined(const struct sessions *x, const struct vlt_seen_log *log,
    struct vault_error *err)
{
    const struct vlt_verify *v = x->v;
    uint8_t hash[32];
    bool found = false;
    enum vault_status st;

    if (v->capture || !log->sound || vlt_as_before(v, log))
        return VAULT_OK;
    st = checkpoint_hash(log, hash, err);
    if (st == VAULT_OK && v->fresh != NULL)
        found = vlt_new_leaf(v->fresh, "join", hash);
    else if (st == VAULT_OK)
        found = vlt_named_lines_has(&x->joined, hash);
    if (st == VAULT_OK && !found)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "log %s: a session that no line "
            "of the vault's log took in: planted",
            log->origin);
    return st;
}

static enum vault_status
judge_session(struct sessions *x, const struct vlt_log_row *r,
    struct vault_error *err)
{
    struct vlt_seen_log *log;
    struct vlt_session s;
    enum vault_status st = vlt_session_parse(&s, r->note, r->note_len, err);

    if (st != VAULT_OK)
        return VAULT_OK; /* had its line before */
    log = session_of(x, s.device, s.session);
    if (log == NULL || log->n != r->n)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "session %" PRIu32 " is there twice", s.number);
    x->n++;
    st = check_chain(x, &s, log, r->note, r->note_len, err);
    if (st == VAULT_OK)
        st = check_joined(x, log, err);
    if (st != VAULT_OK)
        log->sound = false;
    return st;
}

/* Those of one device come in order: a session is taken in after the one
 * that it follows, and confirmed by it. */
static enum vault_status
take_session(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct sessions *x = ctx;
    struct vault_error why;

    if (!vlt_session_is(r->note, r->note_len) ||
        vlt_audit_other_log(x->v, r->origin, r->origin_len))
        return VAULT_OK;
    vlt_error_clear(&why);
    return vlt_judge(x->v, "session", judge_session(x, r, &why), &why, err);
}

/* ---- the session that is drawn, in a capture file ---- */

static enum vault_status
check_drawn(const struct sessions *x, struct vault_error *err)
{
    const struct vlt_verify *v = x->v;
    struct vlt_session s;
    struct vlt_buf note;
    uint8_t key[32], pk[32] = {0};
    bool drawn;
    enum vault_status st, has_key;
    size_t i;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_meta_load(v->s, "session", &note, NULL);
    drawn = st == VAULT_OK;
    st = VAULT_OK;
    if (drawn)
        st = vlt_session_parse(&s, (const char *)note.p, note.len, err);
    if (st == VAULT_OK && drawn &&
        (memcmp(s.vault, v->id, 16) != 0 || v->cards == 0 ||
            memcmp(s.card, v->card[0].fingerprint, 32) != 0))
        st = vlt_fail(err, VAULT_E_TAMPERED, "the next session is another's");
    if (st == VAULT_OK && drawn)
        st = check_chain(x, &s, NULL, (const char *)note.p, note.len, err);
    for (i = 0; st == VAULT_OK && drawn && i < v->logs; i++) {
        if (memcmp(v->log[i].device, s.device, 8) != 0 ||
            v->log[i].replica.number >= s.number)
            st = vlt_fail(err, VAULT_E_TAMPERED,
                "the next session does not come after those that are here");
    }
    vlt_buf_clear(&note);
    if (st != VAULT_OK)
        return st;
    has_key = vlt_meta_get(v->s, "session-key", key, sizeof key, NULL);
    if (has_key == VAULT_OK)
        vlt_sign_public(pk, key);
    vlt_wipe(key, sizeof key);
    if (has_key != VAULT_OK)
        return VAULT_OK; /* nothing can be added any more */
    if (drawn && memcmp(pk, s.log_key, 32) == 0)
        return VAULT_OK;
    for (i = 0; !drawn && i < v->logs; i++) {
        if (memcmp(pk, v->log[i].replica.log_key, 32) == 0)
            return VAULT_OK;
    }
    return vlt_fail(err, VAULT_E_TAMPERED,
        "the session key is that of no session here");
}

static enum vault_status
prepare(struct sessions *x, struct vault_error *err)
{
    enum vault_status st = sort_sessions(x, err);

    if (st == VAULT_OK && !x->v->capture && x->v->fresh == NULL)
        st = vlt_named_lines_load(x->v->s, "join", &x->joined, err);
    return st;
}

static enum vault_status
judge_all(struct sessions *x, struct vault_error *err)
{
    struct vlt_verify *v = x->v;
    struct vault_error why;
    enum vault_status st = VAULT_OK;

    if (!v->capture)
        st = vlt_notes(v->s, "device", take_device, x, err);
    if (st == VAULT_OK)
        st = vlt_logs(v->s, take_session, x, err);
    if (st == VAULT_OK && v->capture) {
        vlt_error_clear(&why);
        st = vlt_judge(v, "session", check_drawn(x, &why), &why, err);
    }
    return st;
}

static void
say_sessions(struct sessions *x, bool held)
{
    struct vlt_verify *v = x->v;
    size_t i;

    for (i = 0; i < x->logs; i++)
        x->unconfirmed += !x->log[i]->confirmed;
    if (held)
        vlt_held(v, "session", x->n,
            "%" PRIu64 " capture sessions, each signed by the one before it",
            x->n);
    if (x->unconfirmed > 0 || v->capture)
        vlt_not_seen(v, "device", x->unconfirmed,
            "device not confirmed: whose device wrote %" PRIu64
            " sessions is not said by a card here",
            x->unconfirmed);
}

enum vault_status
vlt_verify_sessions(struct vlt_verify *v, struct vault_error *err)
{
    struct sessions x = {.v = v};
    uint64_t failed = v->verdict.failed;
    enum vault_status st = prepare(&x, err);

    if (st == VAULT_OK)
        st = judge_all(&x, err);
    if (st == VAULT_OK && (x.n > 0 || v->capture))
        say_sessions(&x, v->verdict.failed == failed);
    vlt_named_lines_clear(&x.joined);
    free(x.log);
    return st;
}
