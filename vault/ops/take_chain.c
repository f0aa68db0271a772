/* SPDX-License-Identifier: Apache-2.0 */
/* take_chain.c: a capture file's sessions, and what the vault knows of them */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "device_limit.h"
#include "fail.h"
#include "note_rows.h"
#include "rows.h"
#include "take_in.h"

enum { SESSIONS_MAX = 1 << 20 };

#define ADMIT                                                                \
    "sanduq verify says what does not match; sanduq capture admit takes in " \
    "what holds by itself and puts the file aside"
#define COPY \
    "sanduq verify says what does not match; ask whoever has the device"

void
vlt_take_break(struct vlt_taking *t, size_t i, const struct vault_error *why)
{
    if (i < t->whole)
        t->whole = i;
    if (t->broken.code != VAULT_OK)
        return;
    t->broken = *why;
    if (t->broken.code != VAULT_E_POLICY)
        t->broken.code = VAULT_E_TAMPERED;
    if (t->opt.keep && t->broken.code == VAULT_E_TAMPERED)
        t->broken.hint = COPY; /* a copy is not put aside */
    else if (t->broken.hint == NULL)
        t->broken.hint = ADMIT;
}

/* Trouble with the file that a break is made of; the rest ends the work. */
static bool
is_fault(enum vault_status st)
{
    return st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT ||
        st == VAULT_E_NOT_FOUND || st == VAULT_E_LIMIT || st == VAULT_E_NEWER ||
        st == VAULT_E_POLICY;
}

/* ---- reading ---- */

static enum vault_status
add_log(struct vlt_taking *t, const struct vlt_log_row *r,
    struct vault_error *err)
{
    struct vlt_taken_session *more, *s;
    enum vault_status st;

    if (t->n >= SESSIONS_MAX)
        return vlt_fail(err, VAULT_E_TAMPERED, "too many sessions");
    more = realloc(t->at, (t->n + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    t->at = more;
    s = &more[t->n];
    memset(s, 0, sizeof *s);
    s->good = UINT64_MAX;
    st = vlt_session_parse(&s->s, r->note, r->note_len, err);
    if (st != VAULT_OK)
        return st;
    vlt_name_origin(s->log.origin, t->c->id, s->s.session);
    if (memcmp(s->s.vault, t->c->id, 16) != 0 ||
        memcmp(s->s.card, t->c->card.fingerprint, 32) != 0 ||
        strlen(s->log.origin) != r->origin_len ||
        memcmp(s->log.origin, r->origin, r->origin_len) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "session %" PRIu32 " is another vault's", s->s.number);
    s->log.n = r->n;
    s->log.session = true;
    memcpy(s->log.replica.log_key, s->s.log_key, 32);
    vlt_buf_init(&s->note, VLT_NOTE_MAX);
    t->n++; /* cleared by vlt_take_clear from here on */
    vlt_buf_put(&s->note, r->note, r->note_len);
    return vlt_buf_end(&s->note, "note", err);
}

/* A log that is none of a session's is told and passed over: the sessions
 * vouch for each other. */
static enum vault_status
take_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct vlt_taking *t = ctx;
    struct vault_error why;
    enum vault_status st;

    vlt_error_clear(&why);
    st = add_log(t, r, &why);
    if (is_fault(st)) {
        vlt_take_break(t, SIZE_MAX, &why);
        return VAULT_OK;
    }
    if (st != VAULT_OK && err != NULL)
        *err = why;
    return st;
}

static int
by_number(const void *a, const void *b)
{
    const struct vlt_taken_session *x = a, *y = b;

    return x->s.number < y->s.number ? -1 : x->s.number > y->s.number;
}

/* Whether `next` goes on from a session that ended in this state. */
static enum vault_status
follows(const struct vlt_session *next, const struct vlt_buf *note,
    const struct vlt_session *before, const struct vlt_own_log *log,
    struct vault_error *err)
{
    if (!next->has_base || next->number != before->number + 1 ||
        memcmp(next->device, before->device, 8) != 0 ||
        memcmp(next->base.replica, before->session, 8) != 0 ||
        next->base.size != log->size ||
        memcmp(next->base.checkpoint, log->checkpoint, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "session %" PRIu32 " does not go on from the one before it",
            next->number);
    return vlt_session_check((const char *)note->p, note->len, before->log_key,
        err);
}

static enum vault_status
load_drawn(struct vlt_taking *t, struct vault_error *err)
{
    uint8_t key[32];
    enum vault_status st;

    st = vlt_meta_load(t->c->store, "session", &t->drawn_note, err);
    if (st == VAULT_E_NOT_FOUND) {
        /* none is drawn: the key, if there is one, is that of a session */
        st = vlt_meta_get(t->c->store, "session-key", key, sizeof key, err);
        /* of a copy anybody can have taken the key out: that a session has
         * ended is said by the note of the next one, which it signed */
        t->running = st == VAULT_OK || t->opt.keep;
        vlt_wipe(key, sizeof key);
        if (st == VAULT_E_NOT_FOUND) {
            vlt_error_clear(err);
            st = VAULT_OK;
        }
        return st;
    }
    if (st == VAULT_OK)
        st = vlt_session_parse(&t->drawn, (const char *)t->drawn_note.p,
            t->drawn_note.len, err);
    t->has_drawn = st == VAULT_OK;
    return st;
}

static enum vault_status
check_session(struct vlt_taking *t, size_t i, struct vault_error *err)
{
    enum vault_status st = vlt_own_log_head(t->c->store, &t->at[i].log, err);

    if (st == VAULT_OK && i > 0)
        st = follows(&t->at[i].s, &t->at[i].note, &t->at[i - 1].s,
            &t->at[i - 1].log, err);
    return st;
}

static enum vault_status
check_drawn(struct vlt_taking *t, struct vault_error *err)
{
    enum vault_status st = load_drawn(t, err);

    if (st == VAULT_OK && t->has_drawn && t->n > 0 && t->whole == t->n)
        st = follows(&t->drawn, &t->drawn_note, &t->at[t->n - 1].s,
            &t->at[t->n - 1].log, err);
    if (st == VAULT_OK && t->running && t->n == 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "a session that is not here");
    if (st != VAULT_OK)
        t->has_drawn = false;
    return st;
}

static enum vault_status
load(struct vlt_taking *t, struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st = vlt_logs(t->c->store, take_log, t, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    if (t->n > 1)
        qsort(t->at, t->n, sizeof *t->at, by_number);
    t->whole = t->n;
    vlt_error_clear(&why);
    for (i = 0; st == VAULT_OK && i < t->n; i++)
        st = check_session(t, i, &why);
    if (is_fault(st)) {
        vlt_take_break(t, i - 1, &why);
        st = VAULT_OK;
    }
    vlt_error_clear(&why);
    if (st == VAULT_OK)
        st = check_drawn(t, &why);
    if (is_fault(st)) {
        vlt_take_break(t, t->n, &why);
        st = VAULT_OK;
    }
    if (st != VAULT_OK && err != NULL)
        *err = why;
    return st;
}

enum vault_status
vlt_take_load(struct vlt_taking *t, struct vault_error *err)
{
    enum vault_status st;

    vlt_take_clear(t);
    st = vlt_store_begin(t->c->store, false, err);
    if (st != VAULT_OK)
        return st;
    st = load(t, err);
    vlt_store_rollback(t->c->store);
    return st;
}

void
vlt_take_clear(struct vlt_taking *t)
{
    size_t i;

    for (i = 0; i < t->n; i++)
        vlt_buf_clear(&t->at[i].note);
    free(t->at);
    t->at = NULL;
    t->n = 0;
    t->whole = SIZE_MAX;
    memset(&t->broken, 0, sizeof t->broken);
    t->running = false;
    t->has_drawn = false;
    vlt_buf_clear(&t->drawn_note);
    vlt_buf_init(&t->drawn_note, VLT_NOTE_MAX);
}

/* ---- against what the vault knows ---- */

static const struct vlt_own_log *
find(const struct vault *v, const struct vlt_session *s, const uint8_t id[8])
{
    size_t i;

    for (i = 0; i < v->logs.n; i++) {
        const struct vlt_own_log *log = &v->logs.log[i];

        if (log->session && memcmp(log->device, s->device, 8) == 0 &&
            memcmp(log->replica.replica, id, 8) == 0)
            return log;
    }
    return NULL;
}

/* The device's highest session that the vault has; 0: none. */
static uint32_t
highest(const struct vault *v, const struct vlt_session *s)
{
    uint32_t n = 0;
    size_t i;

    for (i = 0; i < v->logs.n; i++) {
        const struct vlt_own_log *log = &v->logs.log[i];

        if (log->session && memcmp(log->device, s->device, 8) == 0 &&
            log->replica.number > n)
            n = log->replica.number;
    }
    return n;
}

/* A copy that was made while the session ran, which has come in since: what
 * it has of it is the beginning of what the vault has. */
static bool
is_beginning(const struct vlt_taking *t, size_t i,
    const struct vlt_own_log *log)
{
    const struct vlt_taken_session *s = &t->at[i];
    uint8_t hash[32];

    return t->opt.keep && t->running && i == t->n - 1 &&
        log->size >= s->log.size &&
        vlt_log_state_hash(t->v->store, log, s->log.size, hash, NULL) ==
        VAULT_OK &&
        memcmp(hash, s->log.checkpoint, sizeof hash) == 0;
}

static void
mark_known(struct vlt_taking *t)
{
    struct vault_error why;
    size_t i;

    for (i = 0; i < t->whole; i++) {
        struct vlt_taken_session *s = &t->at[i];
        const struct vlt_own_log *log = find(t->v, &s->s, s->s.session);

        if (log == NULL)
            continue;
        if ((i == 0 || t->at[i - 1].known) && is_beginning(t, i, log)) {
            t->out.older = true;
            s->known = true;
            s->vault_log = log->n;
            continue;
        }
        if ((i > 0 && !t->at[i - 1].known) || (t->running && i == t->n - 1) ||
            log->size != s->log.size ||
            memcmp(log->root, s->log.root, 32) != 0) {
            (void)vlt_fail(&why, VAULT_E_TAMPERED,
                "session %" PRIu32 " is not as it was taken in before: an "
                "older copy of the capture file, or another history",
                s->s.number);
            vlt_take_break(t, i, &why);
            return;
        }
        s->known = true;
        s->vault_log = log->n;
    }
}

struct naming {
    const struct vault *v;
    const struct vlt_session *first;
    bool found;
    bool other; /* the device, by another session */
};

static enum vault_status
take_device(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct naming *n = ctx;
    const struct vlt_card *card;
    struct vlt_device d;

    (void)err;
    if (vlt_device_parse(&d, note, len, NULL) != VAULT_OK ||
        memcmp(d.device, n->first->device, 8) != 0)
        return VAULT_OK;
    card = vlt_own_card(n->v, d.card); /* of whatever generation signed it */
    if (card == NULL || vlt_device_check(note, len, card, NULL) != VAULT_OK)
        return VAULT_OK;
    if (memcmp(d.first, n->first->text_hash, 32) == 0)
        n->found = true;
    else
        n->other = true;
    return VAULT_OK;
}

/* A first session, or one whose predecessor the vault does not have. */
static enum vault_status
check_anchor(struct vlt_taking *t, const struct vlt_session *first,
    const struct vlt_buf *note, bool *admit, struct vault_error *err)
{
    struct naming n = {t->v, first, false, false};
    uint32_t known = highest(t->v, first);
    enum vault_status st =
        vlt_notes(t->v->store, "device", take_device, &n, err);

    if (st == VAULT_OK && !first->has_base)
        st = vlt_session_check((const char *)note->p, note->len, NULL, err);
    if (st != VAULT_OK)
        return st;
    if (n.other && !n.found && !first->has_base)
        return vlt_fail_hint(err, VAULT_E_TAMPERED, ADMIT,
            "the device begins with another first session than the one that "
            "was admitted: it was substituted");
    if (known >= first->number)
        return vlt_fail_hint(err, VAULT_E_TAMPERED, ADMIT,
            "an older copy of the capture file was put back: it is at "
            "session %" PRIu32 ", and session %" PRIu32 " was taken in",
            first->number, known);
    /* an empty file too: what is sealed to it later would come in unasked,
     * and that it begins late tells of sessions that the vault has lost */
    *admit = !n.found;
    if (n.found || t->opt.admit)
        return VAULT_OK;
    if (known > 0)
        return vlt_fail_hint(err, VAULT_E_TAMPERED,
            "if the vault was put back from an older copy, that is why: "
            "sanduq capture admit takes in what is there",
            "sessions %" PRIu32 " to %" PRIu32 " of this capture file never "
            "came into the vault",
            known + 1, first->number - 1);
    return vlt_fail_hint(err, VAULT_E_POLICY,
        t->opt.keep ? "compare the hash of its first session with whoever has "
                      "the device; sanduq device admit"
                    : "if you know where it comes from: sanduq capture admit",
        "the capture file was not made by this vault; nothing was taken in");
}

/* Whether the first one that the vault does not have goes on from what it
 * has. *first, of the file's sessions: t->n for the drawn one. */
static enum vault_status
check_first(struct vlt_taking *t, size_t at, bool *admit,
    struct vault_error *err)
{
    const struct vlt_session *first = at < t->n ? &t->at[at].s : &t->drawn;
    const struct vlt_buf *note = at < t->n ? &t->at[at].note : &t->drawn_note;
    const struct vlt_own_log *before = NULL;
    struct vlt_session as = {0};

    if (first->has_base)
        before = find(t->v, first, first->base.replica);
    if (before == NULL || highest(t->v, first) >= first->number)
        return check_anchor(t, first, note, admit, err);
    as.number = before->replica.number;
    memcpy(as.device, before->device, 8);
    memcpy(as.session, before->replica.replica, 8);
    memcpy(as.log_key, before->replica.log_key, 32);
    return follows(first, note, &as, before, err);
}

/*
 * What the device would go on with has come into the vault already: the file
 * is older than what was taken in. Of a copy that is told; a device that goes
 * on from there would sign two histories.
 */
static bool
is_older(struct vlt_taking *t, size_t known)
{
    const struct vlt_session *last = t->n > 0 ? &t->at[t->n - 1].s
        : t->has_drawn                        ? &t->drawn
                                              : NULL;
    struct vault_error why;

    if (known != t->n || last == NULL || t->broken.code != VAULT_OK)
        return false;
    if (t->opt.keep && t->n > 0 && highest(t->v, last) > last->number) {
        t->out.older = true;
        return true;
    }
    if (!t->has_drawn || find(t->v, &t->drawn, t->drawn.session) == NULL)
        return false;
    if (t->opt.keep) {
        t->out.older = true;
        return true;
    }
    (void)vlt_fail(&why, VAULT_E_TAMPERED,
        "an older copy of the capture file was put back: session %" PRIu32
        ", which it would begin, was taken in already",
        t->drawn.number);
    vlt_take_break(t, t->n, &why);
    return true;
}

enum vault_status
vlt_take_compare(struct vlt_taking *t, bool *admit, struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st;
    size_t i = 0;

    *admit = false;
    mark_known(t);
    while (i < t->whole && t->at[i].known)
        i++;
    if (is_older(t, i))
        return VAULT_OK;
    /* what follows a known session of the file was compared at loading; what
     * is broken is not looked at */
    if (i > 0 || i > t->whole || (i == t->n && !t->has_drawn) ||
        (i == t->whole && t->whole < t->n))
        return VAULT_OK;
    vlt_error_clear(&why);
    st = check_first(t, i, admit, &why);
    if (is_fault(st)) {
        vlt_take_break(t, i, &why);
        return VAULT_OK;
    }
    if (st != VAULT_OK && err != NULL)
        *err = why;
    return st;
}

enum vault_status
vlt_take_admit(struct vault *v, const struct vlt_session *first,
    struct vault_error *err)
{
    struct vlt_device d;
    struct vlt_buf note;
    enum vault_status st;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    memset(&d, 0, sizeof d);
    memcpy(d.vault, v->id, 16);
    memcpy(d.device, first->device, sizeof d.device);
    memcpy(d.card, v->card.fingerprint, 32);
    memcpy(d.first, first->text_hash, 32);
    st = vlt_device_make(&d, v->seed, &note, err);
    if (st == VAULT_OK)
        st = vlt_note_put(v->store, "device", (const char *)note.p, note.len,
            err);
    vlt_buf_clear(&note);
    return st;
}
