/* SPDX-License-Identifier: Apache-2.0 */
/* capture.c: a file that a locked vault seals to: made, opened, ended */
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "bytes.h"
#include "fail.h"
#include "note_rows.h"
#include "os.h"
#include "rows.h"
#include "sign.h"

/* ---- making ---- */

/* What a new capture file holds. */
struct making {
    struct vault *v;
    struct vlt_session first;
    struct vlt_logkey *key;
    struct vlt_buf session; /* its note */
    struct vlt_buf device;
    struct vlt_buf card;
};

static enum vault_status
take_card(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    struct making *m = ctx;
    struct vlt_card card;
    enum vault_status st = vlt_card_parse(&card, r->card, r->card_len, err);

    if (st != VAULT_OK ||
        memcmp(card.fingerprint, m->v->card.fingerprint, 32) != 0)
        return st;
    vlt_buf_reset(&m->card);
    vlt_buf_put(&m->card, r->card, r->card_len);
    return vlt_buf_end(&m->card, "card", err);
}

static enum vault_status
draw(struct making *m, struct vault_error *err)
{
    struct vlt_device d;
    enum vault_status st;

    m->key = vlt_logkey_new();
    if (m->key == NULL)
        return vlt_fail_memory(err);
    vlt_random(m->key->b, sizeof m->key->b);
    memcpy(m->first.vault, m->v->id, 16);
    vlt_random(m->first.device, sizeof m->first.device);
    vlt_random(m->first.session, sizeof m->first.session);
    m->first.number = 1;
    vlt_sign_public(m->first.log_key, m->key->b);
    memcpy(m->first.card, m->v->card.fingerprint, 32);
    st = vlt_session_make(&m->first, m->key, &m->session, err);
    if (st != VAULT_OK)
        return st;
    memset(&d, 0, sizeof d);
    memcpy(d.vault, m->v->id, 16);
    memcpy(d.device, m->first.device, sizeof d.device);
    memcpy(d.card, m->v->card.fingerprint, 32);
    memcpy(d.first, m->first.text_hash, 32);
    return vlt_device_make(&d, m->v->seed, &m->device, err);
}

/* The vault's word for the device comes first: a note for a file that is
 * never made harms nobody, a file without a note would not be taken in. */
static enum vault_status
note_device(struct making *m, struct vault_error *err)
{
    struct vault *v = m->v;
    int64_t version = 0;
    enum vault_status st = vlt_store_begin(v->store, true, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_store_data_version(v->store, &version, err);
    if (st == VAULT_OK && version != v->data_version)
        st = vlt_heads_check(v, err);
    if (st == VAULT_OK)
        st = vlt_need_plain(v, err);
    if (st == VAULT_OK)
        st = vlt_identities(v->store, take_card, m, err);
    if (st == VAULT_OK)
        st = draw(m, err);
    if (st == VAULT_OK)
        st = vlt_note_put(v->store, "device", (const char *)m->device.p,
            m->device.len, err);
    v->data_version = -1;
    if (st != VAULT_OK) {
        vlt_store_rollback(v->store);
        return st;
    }
    return vlt_store_commit(v->store, err);
}

static enum vault_status
fill(const struct making *m, struct vlt_store *s, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(s, true, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_meta_put(s, "kind", "capture", 7, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(s, "vault", m->v->id, sizeof m->v->id, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(s, "suite", 1, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(s, "min_reader", 1, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(s, "card", m->card.p, m->card.len, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(s, "session", m->session.p, m->session.len, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(s, "session-key", m->key->b, sizeof m->key->b, err);
    if (st == VAULT_OK)
        return vlt_store_commit(s, err);
    vlt_store_rollback(s);
    return st;
}

static enum vault_status
make_file(const struct making *m, const char *path, struct vault_error *err)
{
    struct vlt_store_options so =
        vlt_handle_store_options(m->v, VLT_STORE_WRITE);
    struct vlt_store *s = NULL;
    char *temp = NULL;
    enum vault_status st = vlt_temp_name(path, &temp, err);

    if (st == VAULT_OK)
        st = vlt_store_create(temp, VLT_PAGE, &so, &s, err);
    if (st == VAULT_OK) {
        st = fill(m, s, err);
        vlt_store_close(s);
        if (st == VAULT_OK)
            st = vlt_os_rename_new(temp, path, err);
        if (st != VAULT_OK)
            (void)!vlt_os_unlink(temp, NULL);
    }
    free(temp);
    return st;
}

enum vault_status
vault_capture_create(struct vault *v, const char *path, struct vault_error *err)
{
    struct making m;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st != VAULT_OK)
        return st;
    if (vlt_os_exists(path))
        return vlt_fail(err, VAULT_E_EXISTS,
            "%s exists already; it was not touched", path);
    memset(&m, 0, sizeof m);
    m.v = v;
    vlt_buf_init(&m.session, VLT_NOTE_MAX);
    vlt_buf_init(&m.device, VLT_NOTE_MAX);
    vlt_buf_init(&m.card, VLT_NOTE_MAX);
    st = note_device(&m, err);
    if (st == VAULT_OK)
        st = make_file(&m, path, err);
    vlt_logkey_free(m.key);
    vlt_buf_clear(&m.session);
    vlt_buf_clear(&m.device);
    vlt_buf_clear(&m.card);
    return st;
}

/* ---- opening ---- */

static enum vault_status
load_card(struct vault *v, struct vault_error *err)
{
    struct vlt_buf note;
    enum vault_status st;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_meta_load(v->store, "card", &note, err);
    if (st == VAULT_OK)
        st = vlt_card_parse(&v->card, (const char *)note.p, note.len, err);
    vlt_buf_clear(&note);
    if (st == VAULT_E_NOT_FOUND || st == VAULT_E_FORMAT ||
        (st == VAULT_OK && memcmp(v->card.vault, v->id, 16) != 0))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the card that %s seals to was changed", v->path);
    return st;
}

static enum vault_status
check_kind(struct vault *v, struct vault_error *err)
{
    char kind[7];
    uint32_t n = 0;
    enum vault_status st;

    st = vlt_meta_get(v->store, "kind", kind, sizeof kind, NULL);
    if (st != VAULT_OK || memcmp(kind, "capture", 7) != 0)
        return vlt_fail(err, VAULT_E_FORMAT, "%s is not a capture file",
            v->path);
    st = vlt_meta_get(v->store, "vault", v->id, sizeof v->id, err);
    if (st == VAULT_OK)
        st = vlt_meta_get_u32(v->store, "min_reader", &n, err);
    if (st == VAULT_OK && n > 1)
        return vlt_fail(err, VAULT_E_NEWER,
            "the capture file asks for a newer reader (%u)", n);
    if (st == VAULT_OK)
        st = vlt_meta_get_u32(v->store, "suite", &n, err);
    if (st == VAULT_OK && n != 1)
        return vlt_fail(err, VAULT_E_NEWER, "unknown suite %u", n);
    if (st == VAULT_E_NOT_FOUND)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the capture file's basic entries are missing");
    return st == VAULT_OK ? load_card(v, err) : st;
}

enum vault_status
vault_capture_open(const char *path, const struct vault_options *opt,
    struct vault **out, struct vault_error *err)
{
    struct vlt_store_options so;
    struct vault *v = NULL;
    enum vault_status st = vlt_handle_new(path, opt, &v, err);

    if (st != VAULT_OK)
        return st;
    v->capture = true;
    so = vlt_handle_store_options(v, VLT_STORE_WRITE);
    st = vlt_store_open(path, &so, &v->store, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, false, err);
    if (st == VAULT_OK) {
        st = check_kind(v, err);
        if (st == VAULT_OK)
            vlt_capture_learn(v);
        if (st == VAULT_OK)
            st = vlt_staging_mark(v, err);
        vlt_store_rollback(v->store);
    }
    if (st != VAULT_OK) {
        vault_close(v);
        return st;
    }
    *out = v;
    return VAULT_OK;
}

void
vault_capture_fingerprint(const struct vault *c, char out[VAULT_FINGERPRINT])
{
    vlt_fingerprint_text(out, c->card.fingerprint);
}

struct belonging {
    const struct vault *c;
    bool found;
};

static enum vault_status
match_card(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    struct belonging *b = ctx;
    struct vlt_card card;

    (void)err;
    if (vlt_card_parse(&card, r->card, r->card_len, NULL) == VAULT_OK &&
        memcmp(card.fingerprint, b->c->card.fingerprint, 32) == 0)
        b->found = true;
    return VAULT_OK;
}

enum vault_status
vault_capture_belongs(const struct vault *c, const char *path, bool *out,
    struct vault_error *err)
{
    struct belonging b = {c, false};
    struct vault *v = NULL;
    enum vault_status st = vault_open(path, &c->opt, &v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_store_begin(v->store, false, err);
    if (st == VAULT_OK && memcmp(v->id, c->id, sizeof v->id) == 0)
        st = vlt_identities(v->store, match_card, &b, err);
    vault_close(v);
    if (st == VAULT_OK)
        *out = b.found;
    return st;
}

enum vault_status
vault_capture_end(struct vault *c, bool *ended, struct vault_error *err)
{
    bool running = false;
    enum vault_status st;

    if (!c->capture)
        return vlt_fail(err, VAULT_E_USAGE, "%s is not a capture file",
            c->path);
    st = vlt_store_begin(c->store, true, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_capture_load(c, &running, err);
    if (st == VAULT_OK && running)
        st = vlt_capture_end_session(c, err);
    if (st != VAULT_OK || !running) {
        vlt_store_rollback(c->store);
        *ended = false;
        return st;
    }
    st = vlt_store_commit(c->store, err);
    *ended = st == VAULT_OK;
    return st;
}
