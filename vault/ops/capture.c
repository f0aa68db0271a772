/* SPDX-License-Identifier: Apache-2.0 */
/* capture.c: a file that a locked vault seals to: opened, ended */
#include <string.h>
#include <vault/device.h>
#include "action.h"
#include "bytes.h"
#include "fail.h"
#include "rows.h"

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
        st = vlt_fail_hint(err, VAULT_E_TAMPERED, VLT_CAPTURE_HINT,
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
    return st;
}

/* *card: what is wrong with whom it seals to; the file is open all the same. */
static enum vault_status
open_file(const char *path, enum vlt_store_mode mode,
    const struct vault_options *opt, struct vault **out,
    struct vault_error *card, struct vault_error *err)
{
    struct vlt_store_options so;
    struct vault *v = NULL;
    enum vault_status st = vlt_handle_new(path, opt, &v, err);

    if (st != VAULT_OK)
        return st;
    v->capture = true;
    so = vlt_handle_store_options(v, mode);
    st = vlt_store_open(path, &so, &v->store, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, false, err);
    if (st == VAULT_OK) {
        st = check_kind(v, err);
        if (st == VAULT_OK && load_card(v, card) != VAULT_OK &&
            card->code != VAULT_E_TAMPERED) {
            st = card->code;
            if (err != NULL)
                *err = *card;
        }
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

enum vault_status
vlt_capture_open_any(const char *path, const struct vault_options *opt,
    struct vault **out, struct vault_error *err)
{
    struct vault_error card;

    vlt_error_clear(&card);
    return open_file(path, VLT_STORE_WRITE, opt, out, &card, err);
}

static enum vault_status
open_sound(const char *path, enum vlt_store_mode mode,
    const struct vault_options *opt, struct vault **out,
    struct vault_error *err)
{
    struct vault_error card;
    enum vault_status st;

    vlt_error_clear(&card);
    st = open_file(path, mode, opt, out, &card, err);
    if (st != VAULT_OK || card.code == VAULT_OK)
        return st;
    vault_close(*out);
    *out = NULL;
    if (err != NULL)
        *err = card;
    return card.code;
}

enum vault_status
vault_capture_look(const char *path, const struct vault_options *opt,
    struct vault **out, struct vault_error *err)
{
    return open_sound(path, VLT_STORE_READ, opt, out, err);
}

enum vault_status
vault_capture_open(const char *path, const struct vault_options *opt,
    struct vault **out, struct vault_error *err)
{
    return open_sound(path, VLT_STORE_WRITE, opt, out, err);
}

void
vault_capture_fingerprint(const struct vault *c, char out[VAULT_FINGERPRINT])
{
    vlt_fingerprint_text(out, c->card.fingerprint);
}

enum vault_status
vault_capture_count(struct vault *c, uint64_t *records, struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st;

    if (!c->capture)
        return vlt_fail(err, VAULT_E_USAGE, "%s is not a capture file",
            c->path);
    st = vlt_store_begin(c->store, false, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_count(c->store,
        "SELECT count(*) FROM record WHERE meta IS NOT NULL", &n, err);
    vlt_store_rollback(c->store);
    if (st == VAULT_OK)
        *records = n;
    return st;
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
