/* SPDX-License-Identifier: Apache-2.0 */
/* capture_session.c: a capture file's sessions: begun, written, ended */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "bytes.h"
#include "clock.h"
#include "compartment_set.h"
#include "fail.h"
#include "rows.h"
#include "sign.h"

enum { SESSION_SECONDS = 12 * 3600, HOUR = 3600 };

/* ---- what the file says ---- */

static enum vault_status
load_key(struct vault *v, struct vlt_logkey *key, struct vault_error *err)
{
    enum vault_status st =
        vlt_meta_get(v->store, "session-key", key->b, sizeof key->b, err);

    if (st == VAULT_E_NOT_FOUND)
        return vlt_fail_hint(err, VAULT_E_NO_KEY,
            "unlock the vault: it makes a new capture file when this one is "
            "moved away",
            "%s has no session key any more: nothing can be sealed to it",
            v->path);
    return st;
}

/* The card may not change between showing it and sealing to it. */
static enum vault_status
check_card(struct vault *v, struct vault_error *err)
{
    struct vlt_card card;
    struct vlt_buf note;
    enum vault_status st;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_meta_load(v->store, "card", &note, err);
    if (st == VAULT_OK)
        st = vlt_card_parse(&card, (const char *)note.p, note.len, err);
    vlt_buf_clear(&note);
    if (st == VAULT_E_FORMAT || st == VAULT_E_NOT_FOUND ||
        (st == VAULT_OK &&
            memcmp(card.fingerprint, v->card.fingerprint, 32) != 0))
        st = vlt_fail_hint(err, VAULT_E_TAMPERED, VLT_CAPTURE_HINT,
            "the card in %s was exchanged while it was in use", v->path);
    return st;
}

struct finding_log {
    const uint8_t *key;
    struct vlt_own_log log;
    struct vlt_session session;
    bool found;
};

static enum vault_status
take_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct finding_log *f = ctx;
    struct vlt_session s;
    enum vault_status st = vlt_session_parse(&s, r->note, r->note_len, err);

    if (st != VAULT_OK || memcmp(s.log_key, f->key, 32) != 0)
        return st;
    f->found = true;
    f->session = s;
    f->log.n = r->n;
    vlt_name_origin(f->log.origin, s.vault, s.session);
    memcpy(f->log.replica.log_key, s.log_key, 32);
    return VAULT_OK;
}

/* The log of this key with the newest checkpoint, which must hold: nothing is
 * signed on top of what was not checked. */
static enum vault_status
load_running(struct vault *v, const uint8_t key[32], struct vault_error *err)
{
    struct finding_log f;
    enum vault_status st;

    memset(&f, 0, sizeof f);
    f.key = key;
    st = vlt_logs(v->store, take_log, &f, err);
    if (st == VAULT_OK && f.found)
        st = vlt_own_log_head(v->store, &f.log, err);
    if (st == VAULT_E_FORMAT ||
        (st == VAULT_OK &&
            (!f.found || memcmp(f.session.vault, v->id, 16) != 0 ||
                memcmp(f.session.card, v->card.fingerprint, 32) != 0)))
        st = vlt_fail_hint(err, VAULT_E_TAMPERED, VLT_CAPTURE_HINT,
            "the running session of %s was changed", v->path);
    if (st != VAULT_OK)
        return st;
    v->session = f.session;
    v->log_n = f.log.n;
    v->state.size = f.log.size;
    memcpy(v->state.root, f.log.root, 32);
    /* what the next session's note will say of this one */
    memcpy(v->session.base.replica, f.session.session, 8);
    v->session.base.size = f.log.size;
    memcpy(v->session.base.checkpoint, f.log.checkpoint, 32);
    return VAULT_OK;
}

static enum vault_status
load_drawn(struct vault *v, const struct vlt_buf *note, const uint8_t key[32],
    struct vault_error *err)
{
    struct vlt_session s;
    enum vault_status st =
        vlt_session_parse(&s, (const char *)note->p, note->len, err);

    if (st == VAULT_E_FORMAT ||
        (st == VAULT_OK &&
            (memcmp(s.log_key, key, 32) != 0 ||
                memcmp(s.vault, v->id, 16) != 0 ||
                memcmp(s.card, v->card.fingerprint, 32) != 0)))
        st = vlt_fail_hint(err, VAULT_E_TAMPERED, VLT_CAPTURE_HINT,
            "the next session of %s was changed", v->path);
    if (st != VAULT_OK)
        return st;
    v->session = s;
    v->log_n = 0;
    v->state.size = 0;
    return VAULT_OK;
}

/* Another process may have ended the session: its epoch ended with it. */
static void
use_key(struct vault *v, struct vlt_logkey *key)
{
    bool same = v->state.log != NULL &&
        vlt_equal(v->state.log->b, key->b, sizeof key->b);

    if (!same) {
        vlt_epoch_clear(&v->epoch);
        memset(&v->epoch, 0, sizeof v->epoch);
        vlt_step_free(v->step);
        v->step = NULL;
        v->next_i = 0;
    }
    vlt_logkey_free(v->state.log);
    v->state.log = key;
    memcpy(v->state.vault, v->id, 16);
    memcpy(v->state.card, v->card.fingerprint, 32);
    memcpy(v->state.replica, v->session.session, 8);
    v->state.number = v->session.number;
}

enum vault_status
vlt_capture_load(struct vault *v, bool *running, struct vault_error *err)
{
    struct vlt_logkey *key = vlt_logkey_new();
    uint8_t pk[32];
    struct vlt_buf note;
    enum vault_status st;

    if (key == NULL)
        return vlt_fail_memory(err);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = check_card(v, err);
    if (st == VAULT_OK)
        st = load_key(v, key, err);
    if (st != VAULT_OK)
        goto out;
    vlt_sign_public(pk, key->b);
    st = vlt_meta_load(v->store, "session", &note, err);
    *running = st == VAULT_E_NOT_FOUND;
    if (*running) {
        vlt_error_clear(err);
        st = load_running(v, pk, err);
    } else if (st == VAULT_OK) {
        st = load_drawn(v, &note, pk, err);
    }
    if (st == VAULT_OK) {
        use_key(v, key);
        key = NULL;
    }
out:
    vlt_logkey_free(key);
    vlt_buf_clear(&note);
    return st;
}

/* ---- beginning and ending ---- */

/* When it began, to the hour: anybody who finds the file can read it. */
static enum vault_status
is_due(struct vault *v, bool *due, struct vault_error *err)
{
    uint8_t b[8];
    int64_t age;
    enum vault_status st =
        vlt_meta_get(v->store, "session-time", b, sizeof b, err);

    *due = true; /* unknown, or the clock was put back */
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    age = vlt_now(v) - (int64_t)(vlt_load_u64(b) & INT64_MAX);
    *due = age < 0 || age >= SESSION_SECONDS;
    return st;
}

/* The latest hour that a session of this file began in. */
static enum vault_status
put_known(struct vault *v, int64_t hour, struct vault_error *err)
{
    uint8_t b[8];

    if (hour < v->clock_known && v->opt.clock_said != VAULT_CLOCK_RIGHT)
        hour = v->clock_known - v->clock_known % HOUR;
    vlt_store_u64(b, hour < 0 ? 0 : (uint64_t)hour);
    return vlt_meta_put(v->store, "session-known", b, sizeof b, err);
}

void
vlt_capture_learn(struct vault *v)
{
    static const char *const keys[] = {"session-known", "session-time"};
    uint8_t b[8];

    for (size_t i = 0; i < VLT_COUNT(keys); i++) {
        if (vlt_meta_get(v->store, keys[i], b, sizeof b, NULL) == VAULT_OK)
            vlt_clock_saw(v, (int64_t)(vlt_load_u64(b) & INT64_MAX));
    }
}

static enum vault_status
start_session(struct vault *v, struct vault_error *err)
{
    struct vlt_entry e = {"genesis", NULL, 0, v->session.text_hash, NULL, -1};
    char origin[VLT_NAME_MAX + 1];
    uint8_t time[8];
    int64_t now = vlt_now(v);
    struct vlt_buf note;
    enum vault_status st;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    vlt_name_origin(origin, v->id, v->session.session);
    vlt_store_u64(time, now < 0 ? 0 : (uint64_t)(now - now % HOUR));
    st = vlt_meta_load(v->store, "session", &note, err);
    if (st == VAULT_OK)
        st = vlt_log_put(v->store, origin, (const char *)note.p, note.len,
            &v->log_n, err);
    vlt_buf_clear(&note);
    if (st == VAULT_OK)
        st = vlt_meta_delete(v->store, "session", err);
    if (st == VAULT_OK)
        st = vlt_meta_put(v->store, "session-time", time, sizeof time, err);
    if (st == VAULT_OK)
        st = put_known(v, (int64_t)vlt_load_u64(time), err);
    if (st == VAULT_OK)
        st = vlt_action_leaf(v, &e, err);
    return st;
}

/* The next one: id, key, and a note that says how this one ended. */
static enum vault_status
draw_next(const struct vault *v, struct vlt_session *s, struct vlt_logkey *key,
    struct vault_error *err)
{
    if (v->session.number == UINT32_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "session numbers are used up");
    *s = v->session; /* vault, device, card, base */
    vlt_random(s->session, sizeof s->session);
    vlt_random(key->b, sizeof key->b);
    vlt_sign_public(s->log_key, key->b);
    s->number++;
    s->has_base = true;
    return VAULT_OK;
}

enum vault_status
vlt_capture_end_session(struct vault *v, struct vault_error *err)
{
    struct vlt_logkey *key = vlt_logkey_new();
    struct vlt_session next;
    struct vlt_buf note;
    enum vault_status st;

    if (key == NULL)
        return vlt_fail_memory(err);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = draw_next(v, &next, key, err);
    if (st == VAULT_OK)
        st = vlt_session_make(&next, v->state.log, &note, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(v->store, "session", note.p, note.len, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(v->store, "session-key", key->b, sizeof key->b, err);
    if (st == VAULT_OK)
        st = vlt_meta_delete(v->store, "session-time", err);
    vlt_buf_clear(&note);
    if (st != VAULT_OK) {
        vlt_logkey_free(key);
        return st;
    }
    v->session = next;
    v->log_n = 0;
    v->state.size = 0;
    use_key(v, key);
    return VAULT_OK;
}

/* ---- within an action ---- */

static enum vault_status
check_extensions(struct vault *v, struct vault_error *err)
{
    uint64_t must = 0;
    enum vault_status st = vlt_count(v->store,
        "SELECT count(*) FROM ext WHERE substr(k, 1, 1) = '!'", &must, err);

    v->extended = must > 0;
    return st == VAULT_OK ? vlt_need_plain(v, err) : st;
}

enum vault_status
vlt_capture_begin(struct vault *v, struct vault_error *err)
{
    bool running = false;
    bool due = false;
    enum vault_status st = vlt_staging_clear(v, err);

    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, true, err);
    if (st != VAULT_OK)
        return st;
    v->acting = true;
    vlt_action_keep(v);
    st = check_extensions(v, err);
    if (st == VAULT_OK)
        st = vlt_capture_load(v, &running, err);
    if (st == VAULT_OK && running)
        st = is_due(v, &due, err);
    if (st == VAULT_OK && due)
        st = vlt_capture_end_session(v, err);
    if (st == VAULT_OK)
        vlt_action_keep(v);
    if (st == VAULT_OK && (due || !running))
        st = start_session(v, err);
    if (st != VAULT_OK)
        vlt_action_abort(v);
    return st;
}

/* One epoch per process and 1,024 steps, sealed to the card and to whom the
 * file names as default members; of its secret only the step that comes next is kept, until it is used. */
enum vault_status
vlt_capture_epoch(struct vault *v, struct vault_error *err)
{
    uint8_t log_key[32];
    struct vlt_recipient *to = NULL;
    struct vlt_epoch epoch;
    struct vlt_e0 *e0 = NULL;
    struct vlt_step *step;
    int64_t since;
    size_t n = 0;
    enum vault_status st;

    if (v->step != NULL && v->next_i < vlt_epoch_steps(VLT_EPOCH_CAPTURE))
        return VAULT_OK;
    step = vlt_step_new();
    if (step == NULL)
        return vlt_fail_memory(err);
    memset(&epoch, 0, sizeof epoch);
    vlt_sign_public(log_key, v->state.log->b);
    st = vlt_compartment_default(v, &to, &n, &since, err);
    if (st == VAULT_OK)
        st = vlt_epoch_make(&epoch, VLT_EPOCH_CAPTURE, v->id, log_key, to, n,
            &e0, err);
    free(to);
    if (st == VAULT_OK)
        st = vlt_epoch_put(v->store, &epoch, NULL, 0, err);
    if (st != VAULT_OK) {
        vlt_epoch_clear(&epoch);
        vlt_e0_free(e0);
        vlt_step_free(step);
        return st;
    }
    vlt_epoch_step(step, &epoch, e0, 0);
    vlt_e0_free(e0);
    vlt_epoch_clear(&v->epoch);
    vlt_step_free(v->step);
    v->epoch = epoch;
    v->step = step;
    v->next_i = 0;
    return VAULT_OK;
}
