/* SPDX-License-Identifier: Apache-2.0 */
/* device_intro.c: what two people compare before a device is admitted */
#include "device_intro.h"
#include <string.h>
#include "action.h"
#include "fail.h"
#include "fingerprint.h"
#include "hash.h"
#include "rows.h"
#include "text.h"

#define CODE "sqd"

enum { CODE_BYTES = VAULT_DEVICE + VAULT_HASH, CODE_MAX = 256 };

void
vlt_device_intro_texts(struct vault_device_intro *d)
{
    uint8_t code[CODE_BYTES];

    memcpy(code, d->id, VAULT_DEVICE);
    memcpy(code + VAULT_DEVICE, d->first, VAULT_HASH);
    vlt_bech32(d->code, CODE, code, sizeof code);
    vlt_hex(d->hex, d->id, VAULT_DEVICE);
    vlt_fingerprint_text(d->letters, d->first);
    vlt_fingerprint_digits(d->digits, d->first);
}

/* ---- of a capture file ---- */

struct earliest {
    bool found;
    struct vlt_session s;
    struct vlt_buf note;
};

static enum vault_status
consider(struct earliest *e, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_session s;
    enum vault_status st = vlt_session_parse(&s, note, len, err);

    if (st != VAULT_OK || (e->found && s.number >= e->s.number))
        return st;
    e->found = true;
    e->s = s;
    vlt_buf_reset(&e->note);
    vlt_buf_put(&e->note, note, len);
    return vlt_buf_end(&e->note, "note", err);
}

static enum vault_status
take_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    return consider(ctx, r->note, r->note_len, err);
}

static enum vault_status
find_earliest(struct vault *c, struct earliest *e, struct vault_error *err)
{
    struct vlt_buf drawn;
    enum vault_status st = vlt_logs(c->store, take_log, e, err);

    vlt_buf_init(&drawn, VLT_NOTE_MAX);
    if (st == VAULT_OK)
        st = vlt_meta_load(c->store, "session", &drawn, err);
    if (st == VAULT_OK)
        st = consider(e, (const char *)drawn.p, drawn.len, err);
    else if (st == VAULT_E_NOT_FOUND)
        st = VAULT_OK; /* one runs: it is among the logs */
    vlt_buf_clear(&drawn);
    if (st == VAULT_E_FORMAT)
        return vlt_fail(err, VAULT_E_TAMPERED, "a session of %s was changed",
            c->path);
    if (st == VAULT_OK && !e->found)
        st = vlt_fail(err, VAULT_E_NO_KEY,
            "%s holds no session, and none is drawn: nothing introduces its "
            "device",
            c->path);
    return st;
}

enum vault_status
vault_device_intro(struct vault *c,
    void (*fn)(void *ctx, const struct vault_device_intro *intro), void *ctx,
    struct vault_error *err)
{
    struct vault_device_intro d;
    struct earliest e;
    enum vault_status st;

    if (!c->capture)
        return vlt_fail(err, VAULT_E_USAGE, "%s is not a capture file",
            c->path);
    memset(&e, 0, sizeof e);
    memset(&d, 0, sizeof d);
    vlt_buf_init(&e.note, VLT_NOTE_MAX);
    st = vlt_store_begin(c->store, false, err);
    if (st != VAULT_OK)
        return st;
    st = find_earliest(c, &e, err);
    vlt_store_rollback(c->store);
    if (st == VAULT_OK) {
        memcpy(d.id, e.s.device, sizeof d.id);
        memcpy(d.first, e.s.text_hash, sizeof d.first);
        vlt_device_intro_texts(&d);
        d.note = (const char *)e.note.p;
        d.note_len = e.note.len;
        vlt_error_clear(err);
        fn(ctx, &d);
    }
    vlt_buf_clear(&e.note);
    return st;
}

/* ---- as it came to the vault's side ---- */

static enum vault_status
read_note(const char *p, size_t n, struct vault_device_intro *out,
    struct vault_error *err)
{
    struct vlt_session s;
    enum vault_status st = vlt_session_parse(&s, p, n, err);

    if (st == VAULT_OK && !s.has_base)
        st = vlt_session_check(p, n, NULL, err);
    if (st != VAULT_OK)
        return st;
    memcpy(out->id, s.device, sizeof out->id);
    memcpy(out->first, s.text_hash, sizeof out->first);
    out->note = p;
    out->note_len = n;
    return VAULT_OK;
}

/* Typed or sent: spaces, dashes and line ends do not matter. */
static enum vault_status
read_code(const char *p, size_t n, struct vault_device_intro *out,
    struct vault_error *err)
{
    uint8_t code[CODE_BYTES];
    char text[CODE_MAX];
    size_t len = 0;
    size_t i;

    for (i = 0; i < n && len < sizeof text; i++) {
        if (strchr(" -\t\r\n", p[i]) == NULL)
            text[len++] = p[i];
        else if (p[i] == 0)
            break;
    }
    if (i < n || !vlt_unbech32(code, sizeof code, CODE, text, len))
        return vlt_fail_hint(err, VAULT_E_FORMAT,
            "a code begins with sqd1 and has 74 characters; the last six "
            "find a letter that was mistaken",
            "that introduces no device: neither its file nor its code");
    memcpy(out->id, code, VAULT_DEVICE);
    memcpy(out->first, code + VAULT_DEVICE, VAULT_HASH);
    return VAULT_OK;
}

enum vault_status
vault_device_read(const void *p, size_t n, struct vault_device_intro *out,
    struct vault_error *err)
{
    struct vault_device_intro d;
    enum vault_status st;

    memset(&d, 0, sizeof d);
    st = vlt_session_is(p, n) ? read_note(p, n, &d, err)
                              : read_code(p, n, &d, err);
    if (st != VAULT_OK)
        return st;
    vlt_device_intro_texts(&d);
    *out = d;
    return VAULT_OK;
}

/* ---- what a capture file says of itself ---- */

bool
vault_is_capture(const struct vault *v)
{
    return v->capture;
}

static enum vault_status
count_file(struct vault *c, struct vault_capture_info *out,
    struct vault_error *err)
{
    enum vault_status st = vlt_count(c->store,
        "SELECT count(*) FROM record WHERE meta IS NOT NULL", &out->records,
        err);

    if (st == VAULT_OK)
        st = vlt_count(c->store, "SELECT count(*) FROM log", &out->sessions,
            err);
    return st == VAULT_OK ? vlt_store_bytes(c->store, &out->bytes, err) : st;
}

/* The session that runs or comes next; nothing when the key is gone. */
static enum vault_status
tell_session(struct vault *c, struct vault_capture_info *out,
    struct vault_error *err)
{
    bool running = false;
    enum vault_status st = vlt_capture_load(c, &running, err);

    if (st == VAULT_E_NO_KEY) {
        vlt_error_clear(err);
        out->locked = true;
        return VAULT_OK;
    }
    if (st != VAULT_OK)
        return st;
    vlt_hex(out->device, c->session.device, VAULT_DEVICE);
    out->number = c->session.number;
    out->running = running;
    if (running) {
        vlt_hex(out->session, c->session.session, 8);
        out->size = c->state.size;
    }
    return VAULT_OK;
}

enum vault_status
vault_capture_info(struct vault *c, struct vault_capture_info *out,
    struct vault_error *err)
{
    struct vault_capture_info info;
    enum vault_status st;

    if (!c->capture)
        return vlt_fail(err, VAULT_E_USAGE, "%s is not a capture file",
            c->path);
    memset(&info, 0, sizeof info);
    memcpy(info.vault, c->id, sizeof info.vault);
    info.generation = c->card.generation;
    memcpy(info.key, c->card.fingerprint, sizeof info.key);
    vlt_fingerprint_text(info.fingerprint, c->card.fingerprint);
    st = vlt_store_begin(c->store, false, err);
    if (st != VAULT_OK)
        return st;
    st = count_file(c, &info, err);
    if (st == VAULT_OK)
        st = tell_session(c, &info, err);
    vlt_store_rollback(c->store);
    if (st == VAULT_OK)
        *out = info;
    return st;
}
