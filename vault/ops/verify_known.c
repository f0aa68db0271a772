/* SPDX-License-Identifier: Apache-2.0 */
/* verify_known.c: a capture file, held against what its vault knows of it */
#include <inttypes.h>
#include <string.h>
#include <vault/device.h>
#include "fail.h"
#include "take_in.h"
#include "text.h"
#include "verify.h"

/* Of nobody else's file does the vault know anything. */
static bool
is_ours(struct vlt_verify *v, const struct vault *c)
{
    if (memcmp(c->id, v->v->id, 16) == 0 &&
        vlt_own_card(v->v, c->card.fingerprint) != NULL)
        return true;
    if (memcmp(c->id, v->v->id, 16) == 0)
        vlt_mismatch(v, "card",
            "it seals to another key than this vault's: its card was "
            "exchanged");
    else
        vlt_not_as_asked(v, "card",
            "it seals to the card of another vault, and only that one opens "
            "it");
    return false;
}

static enum vault_status
compare(struct vlt_taking *t, bool *admit, struct vault_error *err)
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

/* A device that nobody admitted, or what does not fit. */
static enum vault_status
say_broken(struct vlt_verify *v, const struct vlt_taking *t,
    struct vault_error *err)
{
    if (t->broken.code == VAULT_E_POLICY) {
        vlt_not_as_asked(v, "device",
            "device not confirmed: this vault has admitted none that begins "
            "with its first session");
        return VAULT_OK;
    }
    return vlt_judge(v, "known", t->broken.code, &t->broken, err);
}

static void
say_sessions(struct vlt_verify *v, const struct vlt_taking *t)
{
    uint64_t known = 0, fresh = 0;
    size_t i;

    for (i = 0; i < t->whole && i < t->n; i++) {
        const struct vlt_taken_session *s = &t->at[i];

        known += s->known;
        fresh += !s->known;
        if (s->good < s->log.size)
            vlt_not_as_asked(v, "untrusted",
                "session %" PRIu32 ": its device is revoked, and lines from "
                "%" PRIu64 " on come after its last good state: untrusted",
                s->s.number, s->good);
    }
    if (t->out.older)
        vlt_not_as_asked(v, "known",
            "it ends before what the vault has of its device: an older copy, "
            "or what came later was cut off");
    if (t->broken.code == VAULT_OK)
        vlt_held(v, "device", 1, "this vault has admitted its device");
    if (t->broken.code == VAULT_OK)
        vlt_held(v, "known", known,
            "it goes on from what the vault has of its device: %" PRIu64
            " sessions are in it as they are here, %" PRIu64
            " have not come in",
            known, fresh);
}

enum vault_status
vlt_verify_known(struct vlt_verify *v, const char *path,
    struct vault_error *err)
{
    struct vault_error why;
    struct vlt_taking t;
    bool admit = false;
    enum vault_status st;

    memset(&t, 0, sizeof t);
    vlt_error_clear(&why);
    t.v = v->v;
    t.opt.keep = true;
    vlt_buf_init(&t.drawn_note, VLT_NOTE_MAX);
    st = vault_capture_look(path, &v->v->opt, &t.c, &why);
    if (st == VAULT_OK && is_ours(v, t.c)) {
        vlt_take_clear(&t);
        st = compare(&t, &admit, &why);
        if (st == VAULT_OK && t.broken.code != VAULT_OK)
            st = say_broken(v, &t, &why);
        if (st == VAULT_OK)
            say_sessions(v, &t);
    }
    vlt_take_clear(&t);
    vault_close(t.c);
    return vlt_judge(v, "known", st, &why, err);
}
