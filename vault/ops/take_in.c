/* SPDX-License-Identifier: Apache-2.0 */
/* take_in.c: what was sealed while the vault was locked comes into it */
#include "take_in.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vault/device.h>
#include "fail.h"
#include "hash.h"
#include "note_rows.h"
#include "os.h"
#include "record_rows.h"
#include "rows.h"

enum { PIECE = 64 }; /* segments deleted in one transaction */

/* ---- into the vault: one transaction per session ---- */

static bool
has_come(const struct vlt_taking *t, const struct vlt_taken_session *s)
{
    size_t i;

    for (i = 0; i < t->v->logs.n; i++) {
        if (strcmp(t->v->logs.log[i].origin, s->log.origin) == 0)
            return true;
    }
    return false;
}

static enum vault_status
take_in_action(struct vlt_taking *t, struct vlt_taken_session *s, bool admit,
    struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(t->c->store, false, err);

    if (st != VAULT_OK)
        return st;
    if (admit)
        st = vlt_take_admit(t->v, &s->s, err);
    if (st == VAULT_OK)
        st = vlt_take_session(t, s, err);
    vlt_store_rollback(t->c->store);
    return st;
}

static enum vault_status
take_one(struct vlt_taking *t, struct vlt_taken_session *s, bool admit,
    struct vault_error *err)
{
    struct vault_taken before = t->out;
    enum vault_status st = vlt_action_begin(t->v, err);

    if (st != VAULT_OK)
        return st;
    if (has_come(t, s)) { /* through another process, just now */
        vlt_action_abort(t->v);
        return vlt_fail_hint(err, VAULT_E_BUSY, "try again in a moment",
            "another program is taking in the capture file");
    }
    st = take_in_action(t, s, admit, err);
    if (st == VAULT_OK)
        st = vlt_action_commit(t->v, err);
    else
        vlt_action_abort(t->v);
    if (st != VAULT_OK) {
        t->out = before;
        return st;
    }
    t->out.sessions++;
    s->known = true;
    return VAULT_OK;
}

/* Its first lines' records, each by itself: the session does not come in as a
 * whole, now or ever. */
static enum vault_status
take_part(struct vlt_taking *t, struct vlt_taken_session *s, uint64_t lines,
    struct vault_error *err)
{
    struct vault_taken before = t->out;
    enum vault_status st = vlt_action_begin(t->v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_store_begin(t->c->store, false, err);
    if (st == VAULT_OK)
        st = vlt_take_lines(t, s, lines, err);
    vlt_store_rollback(t->c->store);
    if (st == VAULT_OK && t->out.records > before.records)
        st = vlt_action_commit(t->v, err);
    else
        vlt_action_abort(t->v);
    if (st != VAULT_OK)
        t->out = before;
    return st;
}

/* One that came in before, of which something stayed here: it may have been
 * mended, or what came in was not removed yet. */
static enum vault_status
take_more(struct vlt_taking *t, struct vlt_taken_session *s,
    struct vault_error *err)
{
    uint64_t before = t->out.records;
    bool more = false;
    enum vault_status st = vlt_store_begin(t->c->store, false, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_read_begin(t->v, err);
    if (st == VAULT_OK)
        st = vlt_take_look(t, s, &more, err);
    vlt_store_rollback(t->v->store);
    /* a damaged file may show at the second look what it did not at the first:
     * nothing is stored but within an action */
    if (st == VAULT_OK) {
        st = vlt_action_begin(t->v, err);
        if (st == VAULT_OK) {
            st = vlt_take_rest(t, s, err);
            if (st == VAULT_OK && (more || t->out.records != before))
                st = vlt_action_commit(t->v, err);
            else
                vlt_action_abort(t->v);
        }
    }
    vlt_store_rollback(t->c->store);
    return st;
}

/* ---- out of the file, once it is in the vault for good ---- */

static enum vault_status
drop_segments(struct vlt_store *s, uint64_t rid, struct vault_error *err)
{
    uint64_t n = PIECE;
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK && n == PIECE) {
        st = vlt_store_begin(s, true, err);
        if (st != VAULT_OK)
            return st;
        st = vlt_segments_delete(s, rid, PIECE, &n, err);
        if (st == VAULT_OK && n < PIECE)
            st = vlt_staging_delete(s, rid, err);
        if (st == VAULT_OK)
            st = vlt_store_commit(s, err);
        else
            vlt_store_rollback(s);
    }
    return st;
}

static enum vault_status
clear_one(struct vlt_taking *t, const struct vlt_taken_session *s,
    struct vault_error *err)
{
    struct vlt_store *store = t->c->store;
    uint64_t *rid = NULL;
    size_t n = 0, i;
    uint8_t writer[32];
    enum vault_status st = vlt_store_begin(store, true, err);

    if (st != VAULT_OK)
        return st;
    vlt_sha256(writer, s->s.log_key, 32);
    st = vlt_session_forget(store, s->log.n, writer, &rid, &n, err);
    if (st == VAULT_OK)
        st = vlt_store_commit(store, err);
    else
        vlt_store_rollback(store);
    for (i = 0; st == VAULT_OK && i < n; i++)
        st = drop_segments(store, rid[i], err);
    free(rid);
    if (st == VAULT_OK)
        t->out.cleared++;
    return st;
}

/* ---- the whole ---- */

static enum vault_status
load_and_compare(struct vlt_taking *t, bool *admit, struct vault_error *err)
{
    enum vault_status st = vlt_take_load(t, err);

    if (st == VAULT_OK)
        st = vlt_read_begin(t->v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_take_compare(t, admit, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(t->c->store, false, err);
    if (st == VAULT_OK)
        st = vlt_take_limits(t, err);
    vlt_store_rollback(t->c->store);
    vlt_store_rollback(t->v->store);
    return st;
}

/* Only sessions that have ended are taken in: their key is gone. */
static enum vault_status
load_ended(struct vlt_taking *t, bool *admit, struct vault_error *err)
{
    struct vault_error why;
    bool ended;
    enum vault_status st = load_and_compare(t, admit, err);

    if (st != VAULT_OK || !t->running || t->whole < t->n || t->opt.keep)
        return st;
    vlt_error_clear(&why);
    st = vault_capture_end(t->c, &ended, &why);
    if (st == VAULT_OK)
        return load_and_compare(t, admit, err);
    if (st == VAULT_E_TAMPERED || st == VAULT_E_NO_KEY) {
        vlt_take_break(t, t->n - 1, &why);
        return VAULT_OK;
    }
    if (err != NULL)
        *err = why;
    return st;
}

/* A new file without a session, whose device the vault does not know yet. */
static enum vault_status
admit_empty(struct vlt_taking *t, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(t->v->store, true, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_need_plain(t->v, err);
    if (st == VAULT_OK)
        st = vlt_take_admit(t->v, &t->drawn, err);
    t->v->data_version = -1;
    if (st == VAULT_OK)
        return vlt_store_commit(t->v->store, err);
    vlt_store_rollback(t->v->store);
    return st;
}

/* What is wrong with a session's lines keeps it out, and what follows it. */
bool
vlt_take_keeps_out(enum vault_status st)
{
    return st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT ||
        st == VAULT_E_NEWER || st == VAULT_E_NOT_FOUND || st == VAULT_E_NO_KEY;
}

static bool
is_untrusted(const struct vlt_taking *t, const struct vlt_taken_session *s)
{
    return s->good < s->log.size && !s->known && !t->opt.untrusted;
}

/* What a revoked device signed up to its last good state; the rest stays. */
static enum vault_status
take_good(struct vlt_taking *t, struct vlt_taken_session *s,
    struct vault_error *err)
{
    t->out.beyond += s->log.size - (s->good > 1 ? s->good : 1);
    return s->good > 1 ? take_part(t, s, s->good, err) : VAULT_OK;
}

/* One that has not ended, and whose key is in the copy. */
static enum vault_status
take_running(struct vlt_taking *t, struct vlt_taken_session *s,
    struct vault_error *err)
{
    if (!t->opt.keep || s->known)
        return VAULT_OK;
    if (s->good < s->log.size)
        return take_good(t, s, err);
    if (t->opt.unfinished)
        return take_part(t, s, s->log.size, err);
    t->out.waiting = s->log.size - 1;
    return VAULT_OK;
}

static enum vault_status
take_session(struct vlt_taking *t, struct vlt_taken_session *s, bool admit,
    struct vault_error *err)
{
    enum vault_status st;

    if (t->running && s == &t->at[t->n - 1])
        return take_running(t, s, err); /* it may have begun meanwhile */
    if (s->known)
        return take_more(t, s, err);
    if (is_untrusted(t, s))
        return take_good(t, s, err);
    st = take_one(t, s, admit, err);
    if (st == VAULT_OK && s->good < s->log.size)
        t->out.beyond += s->log.size - (s->good > 1 ? s->good : 1);
    return st;
}

static enum vault_status
take_sessions(struct vlt_taking *t, bool admit, struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < t->whole && i < t->n; i++) {
        vlt_error_clear(&why);
        st = take_session(t, &t->at[i], admit, &why);
        admit = false; /* only the first one can be */
        if (vlt_take_keeps_out(st)) {
            vlt_take_break(t, i, &why);
            return VAULT_OK;
        }
    }
    if (st != VAULT_OK && err != NULL)
        *err = why;
    return st;
}

/* What came in is taken out of the file; a session of which something stays,
 * with all its lines. */
static enum vault_status
clear_sessions(struct vlt_taking *t, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    bool stays = false;
    size_t i;

    if (t->opt.keep)
        return VAULT_OK;
    for (i = 0; st == VAULT_OK && i < t->whole && t->at[i].known; i++) {
        /* one that goes leaves no gap before one that stays */
        stays = stays || t->at[i].bad > 0;
        if (!stays)
            st = clear_one(t, &t->at[i], err);
    }
    /* its pages are zeroed and used again; cutting the file off would leave,
     * after a power cut, one that is longer than its header says */
    return st == VAULT_OK && stays ? vlt_take_empty(t, err) : st;
}

static enum vault_status
take_all(struct vlt_taking *t, struct vault_error *err)
{
    struct vault_error ignored;
    bool admit = false;
    enum vault_status st = load_ended(t, &admit, err);

    if (st != VAULT_OK)
        return st;
    if (t->n == 0 && t->broken.code == VAULT_OK && admit && t->has_drawn)
        return admit_empty(t, err);
    st = take_sessions(t, admit, err);
    if (st != VAULT_OK) { /* what came in goes, whatever stopped the rest */
        (void)!clear_sessions(t, &ignored);
        return st;
    }
    if (!t->opt.admit || t->broken.code == VAULT_OK)
        st = vlt_take_unnamed(t, err);
    if (st == VAULT_OK)
        st = clear_sessions(t, err);
    if (st == VAULT_OK && t->opt.admit && t->broken.code != VAULT_OK)
        st = vlt_take_salvage(t, err);
    return st;
}

/* A file whose card or vault was exchanged may hold what was sealed before. */
static enum vault_status
check_card(const struct vlt_taking *t, struct vault_error *err)
{
    char key[VLT_FINGERPRINT_TEXT];

    if (vlt_own_card(t->v, t->c->card.fingerprint) != NULL &&
        memcmp(t->c->id, t->v->id, 16) == 0)
        return VAULT_OK;
    if (t->opt.keep && memcmp(t->c->id, t->v->id, 16) != 0) {
        vlt_fingerprint_text(key, t->c->card.fingerprint);
        return vlt_fail_hint(err, VAULT_E_NO_KEY,
            "its owner takes it into that vault and shares the records",
            "another organisation's capture file: it seals to the card %s, "
            "and only that vault opens it",
            key);
    }
    if (t->opt.keep)
        return vlt_fail_hint(err, VAULT_E_TAMPERED,
            "what was sealed to it can be read by whoever has that other key",
            "%s seals to another key than this vault's: its card was "
            "exchanged",
            t->c->path);
    return vlt_fail_hint(err, VAULT_E_TAMPERED,
        "what was sealed to it can be read by whoever has that other key; "
        "sanduq capture admit takes in what was sealed to this vault, puts "
        "the file aside and makes a new one",
        "%s seals to another key than this vault's", t->c->path);
}

/* With a person's decision also what does not open as it should. */
static enum vault_status
open_file(struct vlt_taking *t, const char *path, struct vault_error *err)
{
    if (t->opt.keep)
        return vault_capture_look(path, &t->v->opt, &t->c, err);
    return t->opt.admit ? vlt_capture_open_any(path, &t->v->opt, &t->c, err)
                        : vault_capture_open(path, &t->v->opt, &t->c, err);
}

/* What holds in it, under a card that is not ours: record by record. */
static enum vault_status
take_checked(struct vlt_taking *t, struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st = check_card(t, &why);

    vlt_take_clear(t);
    if (st == VAULT_OK)
        return take_all(t, err);
    if (!t->opt.admit) {
        if (err != NULL)
            *err = why;
        return st;
    }
    vlt_take_break(t, 0, &why);
    t->c->card = t->v->card; /* what is ours was sealed to that */
    return vlt_take_salvage(t, err);
}

enum vault_status
vault_take_in(struct vault *v, const char *path,
    const struct vault_take_options *opt, struct vault_taken *out,
    struct vault_error *err)
{
    struct vlt_taking t;
    struct vault_error why;
    enum vault_status st = vlt_need_unlocked(v, err);

    memset(&t, 0, sizeof t);
    memset(out, 0, sizeof *out);
    if (st != VAULT_OK)
        return st;
    t.v = v;
    if (opt != NULL)
        t.opt = *opt;
    if (t.opt.keep && t.opt.admit)
        return vlt_fail(err, VAULT_E_USAGE,
            "a copy is not put aside, so it cannot be admitted");
    vlt_buf_init(&t.drawn_note, VLT_NOTE_MAX);
    vlt_error_clear(&why);
    st = open_file(&t, path, &why);
    if (st == VAULT_OK) {
        t.c->keys = v; /* lent, to open what was sealed to our cards */
        st = take_checked(&t, &why);
        if (vlt_take_keeps_out(st) &&
            (t.opt.admit || check_card(&t, NULL) == VAULT_OK)) {
            vlt_take_break(&t, 0, &why); /* its tables do not hold */
            st = VAULT_OK;
        }
    } else if (st == VAULT_E_TAMPERED && t.opt.admit) {
        vlt_take_break(&t, 0, &why); /* no tables at all */
        st = VAULT_OK;
    }
    if (st != VAULT_OK && err != NULL)
        *err = why;
    if (st == VAULT_OK)
        st = vlt_take_conclude(&t, path, err);
    *out = t.out;
    vlt_take_clear(&t);
    vault_close(t.c);
    return st;
}
