/* SPDX-License-Identifier: Apache-2.0 */
/* device_ops.c: a capture device is admitted, or revoked from a state on */
#include <inttypes.h>
#include <string.h>
#include "action.h"
#include "bytes.h"
#include "device_intro.h"
#include "device_limit.h"
#include "fail.h"
#include "note_rows.h"
#include "own_revoke.h"
#include "sealer.h"
#include "take_in.h"

/* ---- what the vault knows of a device ---- */

struct knowing {
    const struct vault *v;
    const uint8_t *device;
    const uint8_t *first; /* or NULL */
    bool any;             /* a note names the device */
    bool same;            /* by this first session */
};

static enum vault_status
take_note(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct knowing *k = ctx;
    const struct vlt_card *card;
    struct vlt_device d;

    (void)err;
    if (vlt_device_parse(&d, note, len, NULL) != VAULT_OK ||
        memcmp(d.device, k->device, sizeof d.device) != 0)
        return VAULT_OK;
    card = vlt_own_card(k->v, d.card);
    if (card == NULL || vlt_device_check(note, len, card, NULL) != VAULT_OK)
        return VAULT_OK;
    k->any = true;
    k->same = k->same ||
        (k->first != NULL && memcmp(d.first, k->first, sizeof d.first) == 0);
    return VAULT_OK;
}

/* A session of it by number; 0: the newest. NULL: none. */
static const struct vlt_own_log *
session_of(const struct vault *v, const uint8_t device[8], uint32_t number)
{
    const struct vlt_own_log *best = NULL;
    size_t i;

    for (i = 0; i < v->logs.n; i++) {
        const struct vlt_own_log *log = &v->logs.log[i];

        if (!log->session || memcmp(log->device, device, 8) != 0 ||
            (number != 0 && log->replica.number != number))
            continue;
        if (best == NULL || log->replica.number > best->replica.number)
            best = log;
    }
    return best;
}

/* ---- admitting ---- */

/* Whether the session is one of those that the vault has, or comes next. */
static bool
goes_on(const struct vault *v, const struct vault_device_intro *d)
{
    struct vlt_session s;
    size_t i;

    for (i = 0; i < v->logs.n; i++) {
        if (v->logs.log[i].session &&
            memcmp(v->logs.log[i].device, d->id, 8) == 0 &&
            memcmp(v->logs.log[i].replica.text_hash, d->first, 32) == 0)
            return true;
    }
    return d->note != NULL &&
        vlt_session_parse(&s, d->note, d->note_len, NULL) == VAULT_OK &&
        s.has_base && vlt_own_session_number(v, s.device, s.base.replica) != 0;
}

static enum vault_status
check_note(const struct vault *v, const struct vault_device_intro *d,
    struct vault_error *err)
{
    struct vlt_session s;
    enum vault_status st = vlt_session_parse(&s, d->note, d->note_len, err);

    if (st != VAULT_OK)
        return st;
    if (memcmp(s.vault, v->id, sizeof s.vault) != 0 ||
        vlt_own_card(v, s.card) == NULL)
        return vlt_fail(err, VAULT_E_POLICY,
            "the device seals to another card than this vault's: nothing of "
            "it could be opened here");
    if (memcmp(s.device, d->id, sizeof s.device) != 0 ||
        memcmp(s.text_hash, d->first, sizeof s.text_hash) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the session note is another device's");
    return VAULT_OK;
}

static enum vault_status
check_revoked(struct vault *v, const uint8_t device[8], struct vault_error *err)
{
    struct vlt_device_limits limits;
    enum vault_status st = vlt_device_limits_own(v, &limits, err);
    bool revoked;

    if (st != VAULT_OK)
        return st;
    revoked = vlt_device_limited(&limits, v->id, device);
    vlt_device_limits_clear(&limits);
    return revoked ? vlt_fail_hint(err, VAULT_E_POLICY,
                         "sanduq capture init makes a new device, whose "
                         "file is received under its own name",
                         "the device is revoked: it is not admitted again")
                   : VAULT_OK;
}

static enum vault_status
admit(struct vault *v, const struct vault_device_intro *d, bool *changed,
    struct vault_error *err)
{
    struct knowing k = {v, d->id, d->first, false, false};
    struct vlt_session s;
    enum vault_status st = VAULT_OK;

    if (d->note != NULL)
        st = check_note(v, d, err);
    if (st == VAULT_OK)
        st = check_revoked(v, d->id, err);
    if (st == VAULT_OK)
        st = vlt_notes(v->store, "device", take_note, &k, err);
    if (st != VAULT_OK)
        return st;
    *changed = !k.same && !goes_on(v, d);
    if (!*changed)
        return VAULT_OK;
    if (k.any || session_of(v, d->id, 0) != NULL)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "this vault knows a device of that id which begins with another "
            "session: one of the two was substituted");
    memset(&s, 0, sizeof s);
    memcpy(s.device, d->id, sizeof s.device);
    memcpy(s.text_hash, d->first, sizeof s.text_hash);
    return vlt_take_admit(v, &s, err);
}

enum vault_status
vault_device_admit(struct vault *v, const struct vault_device_intro *intro,
    bool *changed, struct vault_error *err)
{
    bool now = false;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, true, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_heads_check(v, err);
    if (st == VAULT_OK)
        st = vlt_need_plain(v, err);
    if (st == VAULT_OK)
        st = vlt_own_card_usable(v, err);
    if (st == VAULT_OK)
        st = admit(v, intro, &now, err);
    v->data_version = -1;
    if (st == VAULT_OK && now)
        st = vlt_store_commit(v->store, err);
    else
        vlt_store_rollback(v->store);
    if (st == VAULT_OK)
        *changed = now;
    return st;
}

/* ---- the last good state ---- */

static enum vault_status
by_number(struct vault *v, const uint8_t device[8],
    const struct vault_device_last *last, struct vlt_base_line *out,
    struct vault_error *err)
{
    const struct vlt_own_log *log = session_of(v, device, last->number);
    uint64_t size;

    if (log == NULL)
        return vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            "receive what there is of it first, or say that nothing it ever "
            "signed is to be trusted",
            "no such session of that device came into the vault");
    size = last->size == VAULT_DEVICE_ALL ? log->size : last->size;
    if (size > log->size)
        return vlt_fail(err, VAULT_E_USAGE,
            "session %" PRIu32 " has %" PRIu64 " lines, not %" PRIu64,
            log->replica.number, log->size, size);
    memcpy(out->replica, log->replica.replica, sizeof out->replica);
    out->size = size;
    return vlt_log_state_hash(v->store, log, size, out->checkpoint, err);
}

static const struct vlt_own_log *
log_of_origin(const struct vault *v, const uint8_t device[8],
    const char *origin)
{
    size_t i;

    for (i = 0; i < v->logs.n; i++) {
        if (v->logs.log[i].session &&
            memcmp(v->logs.log[i].device, device, 8) == 0 &&
            strcmp(v->logs.log[i].origin, origin) == 0)
            return &v->logs.log[i];
    }
    return NULL;
}

static enum vault_status
by_checkpoint(struct vault *v, const uint8_t device[8],
    const struct vault_device_last *last, struct vlt_base_line *out,
    struct vault_error *err)
{
    const struct vlt_own_log *log;
    struct vlt_checkpoint cp;
    struct vlt_note note;
    uint8_t hash[32];
    enum vault_status st =
        vlt_note_parse(&note, last->checkpoint, last->checkpoint_len, err);

    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&cp, note.text, note.text_len, err);
    if (st != VAULT_OK)
        return st;
    log = log_of_origin(v, device, cp.origin);
    if (log == NULL || cp.size == 0 || cp.size > log->size)
        return vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            "receive a copy of the device's file that has it first",
            "the state that this checkpoint signs did not come into the "
            "vault");
    st = vlt_note_check(&note, log->origin, log->replica.log_key, err);
    if (st == VAULT_OK)
        st = vlt_log_state_hash(v->store, log, cp.size, hash, err);
    if (st != VAULT_OK)
        return st;
    vlt_note_text_hash(out->checkpoint, &note);
    if (memcmp(hash, out->checkpoint, sizeof hash) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the checkpoint and the log that came in are two histories");
    memcpy(out->replica, log->replica.replica, sizeof out->replica);
    out->size = cp.size;
    return VAULT_OK;
}

/* ---- revoking ---- */

static enum vault_status
find_device(struct vault *v, const uint8_t device[8], struct vault_error *err)
{
    struct knowing k = {v, device, NULL, false, false};
    enum vault_status st = vlt_notes(v->store, "device", take_note, &k, err);

    if (st == VAULT_OK && !k.any && session_of(v, device, 0) == NULL)
        st = vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            "sanduq device list shows those that are known",
            "this vault knows no device of that id");
    return st;
}

static enum vault_status
revoke(struct vault *v, const uint8_t device[8],
    const struct vault_device_last *last, const char *reason,
    struct vault_error *err)
{
    struct vlt_revoke r;
    struct vlt_buf note;
    struct vlt_entry e = {"revoke", NULL, 0, r.text_hash, reason, -1};
    enum vault_status st = find_device(v, device, err);

    memset(&r, 0, sizeof r);
    memcpy(r.vault, v->id, sizeof r.vault);
    memcpy(r.device, device, sizeof r.device);
    r.is_device = true;
    r.has_last = !last->none;
    if (st == VAULT_OK && r.has_last)
        st = last->checkpoint != NULL
            ? by_checkpoint(v, device, last, &r.last, err)
            : by_number(v, device, last, &r.last, err);
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_revoke_make(&r, v->seed, &note, err);
    if (st == VAULT_OK)
        st = vlt_note_put(v->store, "revoke", (const char *)note.p, note.len,
            err);
    if (st == VAULT_OK)
        st = vlt_action_leaf(v, &e, err);
    if (st == VAULT_OK)
        st = vlt_device_limit_keep(v, vlt_buf_cstr(&note), err);
    vlt_buf_clear(&note);
    return st;
}

enum vault_status
vault_device_revoke(struct vault *v, const uint8_t id[VAULT_DEVICE],
    const struct vault_device_last *last, const char *reason,
    struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK && reason != NULL)
        st = vlt_reason_check(reason, err);
    if (st == VAULT_OK && v->acting)
        st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        st = vlt_action_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_own_card_usable(v, err);
    if (st == VAULT_OK)
        st = revoke(v, id, last, reason, err);
    if (st == VAULT_OK)
        return vlt_action_commit(v, err);
    vlt_action_abort(v);
    return st;
}
