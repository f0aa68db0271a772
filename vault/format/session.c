/* SPDX-License-Identifier: Apache-2.0 */
/* session.c: the notes of capture sessions and devices (section 4.3) */
#include "session.h"

#include <inttypes.h>
#include <string.h>

#include "fail.h"
#include "hash.h"
#include "lines.h"
#include "sign.h"

#define SESSION "sanduq.v1/session\n"
#define DEVICE  "sanduq.v1/device\n"

bool
vlt_session_is(const char *note, size_t len)
{
    const size_t n = sizeof SESSION - 1;

    return len >= n && memcmp(note, SESSION, n) == 0;
}

/* ---- sessions ---- */

static enum vault_status
check(const struct vlt_session *s, struct vault_error *err)
{
    if (s->number == 0)
        return vlt_fail(err, VAULT_E_FORMAT, "session note: number 0");
    if (s->has_base != (s->number > 1))
        return vlt_fail(err, VAULT_E_FORMAT,
            "session note: a device's first "
            "session has no base, and every later one has");
    if (s->has_base &&
        (s->base.size == 0 ||
            memcmp(s->base.replica, s->session, sizeof s->session) == 0))
        return vlt_fail(err, VAULT_E_FORMAT,
            "session note: a base that is none");
    return VAULT_OK;
}

static void
put_base(struct vlt_buf *out, const struct vlt_session *s)
{
    if (!s->has_base) {
        vlt_buf_put_str(out, "base -\n");
        return;
    }
    vlt_buf_put_str(out, "base ");
    vlt_lines_put_hex(out, s->base.replica, sizeof s->base.replica);
    vlt_buf_printf(out, " %" PRIu64 " ", s->base.size);
    vlt_lines_put_b64(out, s->base.checkpoint, sizeof s->base.checkpoint);
    vlt_buf_put_str(out, "\n");
}

enum vault_status
vlt_session_encode(struct vlt_buf *out, const struct vlt_session *s,
    struct vault_error *err)
{
    enum vault_status st = check(s, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_put_str(out, SESSION);
    vlt_lines_put_hex(out, s->vault, sizeof s->vault);
    vlt_buf_put_str(out, " ");
    vlt_lines_put_hex(out, s->device, sizeof s->device);
    vlt_buf_put_str(out, " ");
    vlt_lines_put_hex(out, s->session, sizeof s->session);
    vlt_buf_printf(out, " %" PRIu32 "\nlog ", s->number);
    vlt_lines_put_b64(out, s->log_key, sizeof s->log_key);
    vlt_buf_put_str(out, "\ncard ");
    vlt_lines_put_b64(out, s->card, sizeof s->card);
    vlt_buf_put_str(out, "\n");
    put_base(out, s);
    return vlt_buf_end(out, "session note", err);
}

static void
read_base(struct vlt_session *s, struct vlt_lines *l)
{
    vlt_lines_expect(l, "base ");
    if (vlt_lines_at(l, "-")) {
        vlt_lines_expect(l, "-\n");
        return;
    }
    s->has_base = true;
    vlt_lines_hex(l, s->base.replica, sizeof s->base.replica);
    vlt_lines_expect(l, " ");
    s->base.size = vlt_lines_u64(l);
    vlt_lines_expect(l, " ");
    vlt_lines_b64(l, s->base.checkpoint, sizeof s->base.checkpoint);
    vlt_lines_expect(l, "\n");
}

static enum vault_status
decode_fixed(struct vlt_session *s, struct vlt_lines *l,
    struct vault_error *err)
{
    struct vlt_buf again;
    enum vault_status st;

    vlt_lines_expect(l, SESSION);
    vlt_lines_hex(l, s->vault, sizeof s->vault);
    vlt_lines_expect(l, " ");
    vlt_lines_hex(l, s->device, sizeof s->device);
    vlt_lines_expect(l, " ");
    vlt_lines_hex(l, s->session, sizeof s->session);
    vlt_lines_expect(l, " ");
    s->number = vlt_lines_u32(l);
    vlt_lines_expect(l, "\nlog ");
    vlt_lines_b64(l, s->log_key, sizeof s->log_key);
    vlt_lines_expect(l, "\ncard ");
    vlt_lines_b64(l, s->card, sizeof s->card);
    vlt_lines_expect(l, "\n");
    read_base(s, l);
    if (l->failed)
        return vlt_lines_end(l, "session note", err);
    vlt_buf_init(&again, VLT_NOTE_MAX);
    st = vlt_session_encode(&again, s, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, l->p, l->pos, "session note", err);
    vlt_buf_clear(&again);
    return st;
}

enum vault_status
vlt_session_decode(struct vlt_session *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_session s = {0};
    struct vlt_lines l;
    enum vault_status st;

    vlt_lines_init(&l, text, len);
    st = decode_fixed(&s, &l, err);
    if (st == VAULT_OK)
        st = vlt_lines_end_ext(&l, "session note", err);
    if (st == VAULT_OK && !vlt_sign_key_ok(s.log_key))
        st = vlt_fail(err, VAULT_E_FORMAT,
            "session note: a log key that is refused");
    if (st != VAULT_OK)
        return st;
    vlt_sha256(s.text_hash, text, len);
    *out = s;
    return VAULT_OK;
}

/* Whose word a session note is: its own, or that of the one before. */
static void
signer_name(char name[VLT_NAME_MAX + 1], const struct vlt_session *s)
{
    vlt_name_origin(name, s->vault, s->has_base ? s->base.replica : s->session);
}

enum vault_status
vlt_session_make(struct vlt_session *s, const struct vlt_logkey *signer,
    struct vlt_buf *out, struct vault_error *err)
{
    char name[VLT_NAME_MAX + 1];
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VLT_NOTE_MAX);
    st = vlt_session_encode(&text, s, err);
    signer_name(name, s);
    if (st == VAULT_OK)
        st = vlt_note_sign(out, (const char *)text.p, text.len, name, signer->b,
            err);
    if (st == VAULT_OK)
        vlt_sha256(s->text_hash, text.p, text.len);
    vlt_buf_clear(&text);
    return st;
}

enum vault_status
vlt_session_parse(struct vlt_session *out, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, note, len, err);

    if (st != VAULT_OK)
        return st;
    return vlt_session_decode(out, n.text, n.text_len, err);
}

enum vault_status
vlt_session_check_as(const struct vlt_session *s, const char *note, size_t len,
    const uint8_t previous[32], struct vault_error *err)
{
    char name[VLT_NAME_MAX + 1];
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, note, len, err);

    if (st != VAULT_OK)
        return st;
    signer_name(name, s);
    return vlt_note_check(&n, name, s->has_base ? previous : s->log_key, err);
}

enum vault_status
vlt_session_check(const char *note, size_t len, const uint8_t previous[32],
    struct vault_error *err)
{
    struct vlt_session s;
    enum vault_status st = vlt_session_parse(&s, note, len, err);

    return st == VAULT_OK ? vlt_session_check_as(&s, note, len, previous, err)
                          : st;
}

/* ---- devices ---- */

enum vault_status
vlt_device_encode(struct vlt_buf *out, const struct vlt_device *d,
    struct vault_error *err)
{
    vlt_buf_put_str(out, DEVICE);
    vlt_lines_put_hex(out, d->vault, sizeof d->vault);
    vlt_buf_put_str(out, " ");
    vlt_lines_put_hex(out, d->device, sizeof d->device);
    vlt_buf_put_str(out, "\ncard ");
    vlt_lines_put_b64(out, d->card, sizeof d->card);
    vlt_buf_put_str(out, "\nfirst ");
    vlt_lines_put_b64(out, d->first, sizeof d->first);
    vlt_buf_put_str(out, "\n");
    return vlt_buf_end(out, "device note", err);
}

enum vault_status
vlt_device_decode(struct vlt_device *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_device d = {0};
    struct vlt_buf again;
    struct vlt_lines l;
    enum vault_status st;

    vlt_lines_init(&l, text, len);
    vlt_lines_expect(&l, DEVICE);
    vlt_lines_hex(&l, d.vault, sizeof d.vault);
    vlt_lines_expect(&l, " ");
    vlt_lines_hex(&l, d.device, sizeof d.device);
    vlt_lines_expect(&l, "\ncard ");
    vlt_lines_b64(&l, d.card, sizeof d.card);
    vlt_lines_expect(&l, "\nfirst ");
    vlt_lines_b64(&l, d.first, sizeof d.first);
    vlt_lines_expect(&l, "\n");
    if (l.failed)
        return vlt_lines_end(&l, "device note", err);
    vlt_buf_init(&again, VLT_NOTE_MAX);
    st = vlt_device_encode(&again, &d, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, text, l.pos, "device note", err);
    vlt_buf_clear(&again);
    if (st == VAULT_OK)
        st = vlt_lines_end_ext(&l, "device note", err);
    if (st != VAULT_OK)
        return st;
    vlt_sha256(d.text_hash, text, len);
    *out = d;
    return VAULT_OK;
}

enum vault_status
vlt_device_make(struct vlt_device *d, const struct vlt_seed *seed,
    struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_signkey *key = vlt_signkey_new();
    char name[VLT_NAME_MAX + 1];
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VLT_NOTE_MAX);
    if (key == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    st = vlt_device_encode(&text, d, err);
    if (st != VAULT_OK)
        goto out;
    vlt_identity_sign_seed(key, seed, d->vault);
    vlt_name_sign(name, d->vault);
    st = vlt_note_sign(out, (const char *)text.p, text.len, name, key->b, err);
    if (st == VAULT_OK)
        vlt_sha256(d->text_hash, text.p, text.len);
out:
    vlt_buf_clear(&text);
    vlt_signkey_free(key);
    return st;
}

enum vault_status
vlt_device_parse(struct vlt_device *out, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, note, len, err);

    if (st != VAULT_OK)
        return st;
    return vlt_device_decode(out, n.text, n.text_len, err);
}

enum vault_status
vlt_device_check(const char *note, size_t len, const struct vlt_card *card,
    struct vault_error *err)
{
    char name[VLT_NAME_MAX + 1];
    struct vlt_device d;
    struct vlt_note n;
    enum vault_status st;

    st = vlt_note_parse(&n, note, len, err);
    if (st == VAULT_OK)
        st = vlt_device_decode(&d, n.text, n.text_len, err);
    if (st != VAULT_OK)
        return st;
    vlt_name_sign(name, card->vault);
    if (memcmp(d.vault, card->vault, sizeof d.vault) != 0 ||
        memcmp(d.card, card->fingerprint, sizeof d.card) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "device note names another vault or card");
    return vlt_note_check(&n, name, card->sign, err);
}
