/* SPDX-License-Identifier: Apache-2.0 */
/* take_in.c: what was sealed while the vault was locked comes into it */
#include "take_in.h"
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "hash.h"
#include "note_rows.h"
#include "record_rows.h"

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
    uint64_t records = t->out.records;
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
        t->out.records = records;
        return st;
    }
    t->out.sessions++;
    s->known = true;
    return VAULT_OK;
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

/* Only sessions that have ended are taken in: their key is gone. */
static enum vault_status
load_ended(struct vlt_taking *t, bool *admit, struct vault_error *err)
{
    bool ended;
    enum vault_status st = vlt_take_load(t, err);

    if (st == VAULT_OK)
        st = vlt_read_begin(t->v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_take_compare(t, admit, err);
    vlt_store_rollback(t->v->store);
    if (st != VAULT_OK || !t->running)
        return st;
    st = vault_capture_end(t->c, &ended, err);
    if (st == VAULT_OK)
        st = vlt_take_load(t, err);
    if (st == VAULT_OK)
        st = vlt_read_begin(t->v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_take_compare(t, admit, err);
    vlt_store_rollback(t->v->store);
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

static enum vault_status
take_all(struct vlt_taking *t, struct vault_error *err)
{
    bool admit = false;
    size_t n, i;
    enum vault_status st = load_ended(t, &admit, err);

    if (st != VAULT_OK)
        return st;
    n = t->n - (t->running ? 1 : 0); /* one that began meanwhile stays */
    if (t->n == 0 && admit && t->has_drawn)
        return admit_empty(t, err);
    for (i = 0; st == VAULT_OK && i < n; i++) {
        if (t->at[i].known)
            continue;
        st = take_one(t, &t->at[i], admit, err);
        admit = false;
    }
    /* what came in is taken out of the file, whatever stopped the rest */
    for (i = 0; i < n && t->at[i].known; i++) {
        enum vault_status cleared =
            clear_one(t, &t->at[i], st == VAULT_OK ? err : NULL);

        if (cleared != VAULT_OK)
            return st == VAULT_OK ? cleared : st;
    }
    /* its pages are zeroed and used again; cutting the file off would leave,
     * after a power cut, one that is longer than its header says */
    return st;
}

static enum vault_status
check_card(const struct vlt_taking *t, struct vault_error *err)
{
    if (memcmp(t->c->card.fingerprint, t->v->card.fingerprint, 32) == 0)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_TAMPERED,
        "what was sealed to it can be read by whoever has that other key; "
        "move it away: the next unlocking makes a new one",
        "%s seals to another key than this vault's", t->c->path);
}

enum vault_status
vault_take_in(struct vault *v, const char *path, bool admit,
    struct vault_taken *out, struct vault_error *err)
{
    struct vlt_taking t;
    enum vault_status st = vlt_need_unlocked(v, err);

    memset(&t, 0, sizeof t);
    memset(out, 0, sizeof *out);
    if (st == VAULT_OK)
        st = vault_capture_open(path, &v->opt, &t.c, err);
    if (st != VAULT_OK)
        return st;
    t.v = v;
    t.admit = admit;
    vlt_buf_init(&t.drawn_note, VLT_NOTE_MAX);
    t.c->kem = v->kem; /* lent, to open what was sealed to our card */
    st = check_card(&t, err);
    if (st == VAULT_OK)
        st = take_all(&t, err);
    t.c->kem = NULL;
    *out = t.out;
    vlt_take_clear(&t);
    vault_close(t.c);
    return st;
}
