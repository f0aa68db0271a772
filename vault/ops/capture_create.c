/* SPDX-License-Identifier: Apache-2.0 */
/* capture_create.c: making a capture file, and making room for a new one */
#include "capture_create.h"
#include <string.h>
#include <vault/device.h>
#include "action.h"
#include "bytes.h"
#include "compartment_set.h"
#include "fail.h"
#include "note_rows.h"
#include "os.h"
#include "rows.h"
#include "sign.h"

/* What a new capture file holds. */
struct making {
    struct vault *v;
    struct vlt_session first;
    struct vlt_logkey *key;
    struct vlt_buf session; /* its note */
    struct vlt_buf device;
    struct vlt_buf card;
    struct vlt_buf compartments; /* empty: none */
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

/* The device and its first session. */
static enum vault_status
draw(struct making *m, struct vault_error *err)
{
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
    return vlt_session_make(&m->first, m->key, &m->session, err);
}

static enum vault_status
draw_noted(struct making *m, struct vault_error *err)
{
    struct vlt_device d;
    enum vault_status st = draw(m, err);

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
        st = vlt_compartments_text(v, &m->compartments, err);
    if (st == VAULT_OK)
        st = draw_noted(m, err);
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
        st = m->compartments.len == 0
            ? VAULT_OK
            : vlt_meta_put(s, "compartments", m->compartments.p,
                  m->compartments.len, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(s, "session", m->session.p, m->session.len, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(s, "session-key", m->key->b, sizeof m->key->b, err);
    if (st == VAULT_OK)
        return vlt_store_commit(s, err);
    vlt_store_rollback(s);
    return st;
}

/* Filled, closed (one file), and not named yet. */
static enum vault_status
make_file(const struct making *m, const char *temp, struct vault_error *err)
{
    struct vlt_store_options so =
        vlt_handle_store_options(m->v, VLT_STORE_WRITE);
    struct vlt_store *s = NULL;
    enum vault_status st = vlt_store_create(temp, VLT_PAGE, &so, &s, err);

    if (st != VAULT_OK)
        return st;
    st = fill(m, s, err);
    vlt_store_close(s);
    if (st != VAULT_OK)
        (void)!vlt_os_unlink(temp, NULL);
    return st;
}

static void
making_init(struct making *m, struct vault *v)
{
    memset(m, 0, sizeof *m);
    m->v = v;
    vlt_buf_init(&m->session, VLT_NOTE_MAX);
    vlt_buf_init(&m->device, VLT_NOTE_MAX);
    vlt_buf_init(&m->card, VLT_NOTE_MAX);
    vlt_buf_init(&m->compartments, VLT_NOTE_MAX);
}

static void
making_clear(struct making *m)
{
    vlt_logkey_free(m->key);
    vlt_buf_clear(&m->session);
    vlt_buf_clear(&m->device);
    vlt_buf_clear(&m->card);
    vlt_buf_clear(&m->compartments);
}

enum vault_status
vlt_capture_prepare(struct vault *v, const char *path, struct vlt_temp *out,
    struct vault_error *err)
{
    struct vlt_temp temp;
    struct making m;
    enum vault_status st = vlt_temp_begin(path, &temp, err);

    if (st != VAULT_OK)
        return st;
    making_init(&m, v);
    st = note_device(&m, err);
    if (st == VAULT_OK)
        st = make_file(&m, temp.name, err);
    making_clear(&m);
    if (st == VAULT_OK)
        *out = temp;
    else
        vlt_temp_end(&temp);
    return st;
}

static enum vault_status
give_name(struct vlt_temp *temp, const char *path, struct vault_error *err)
{
    enum vault_status st = vlt_os_rename_new(temp->name, path, err);

    if (st != VAULT_OK)
        (void)!vlt_os_unlink(temp->name, NULL);
    vlt_temp_end(temp);
    return st;
}

enum vault_status
vault_capture_create(struct vault *v, const char *path, struct vault_error *err)
{
    struct vlt_temp temp;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st != VAULT_OK)
        return st;
    if (vlt_os_exists(path))
        return vlt_fail(err, VAULT_E_EXISTS,
            "%s exists already; it was not touched", path);
    st = vlt_capture_prepare(v, path, &temp, err);
    return st == VAULT_OK ? give_name(&temp, path, err) : st;
}

/* ---- on a machine without a vault ---- */

/* The card as it was given, for a handle that has no file yet. */
static enum vault_status
take_given(struct making *m, const void *card, size_t n,
    struct vault_error *err)
{
    enum vault_status st = vlt_card_parse(&m->v->card, card, n, err);

    if (st != VAULT_OK)
        return st;
    memcpy(m->v->id, m->v->card.vault, sizeof m->v->id);
    vlt_buf_put(&m->card, card, n);
    return vlt_buf_end(&m->card, "card", err);
}

static enum vault_status
make_for_card(struct vault *v, const char *path, const void *card, size_t n,
    struct vault_error *err)
{
    struct vlt_temp temp;
    struct making m;
    enum vault_status st;

    making_init(&m, v);
    st = take_given(&m, card, n, err);
    if (st == VAULT_OK)
        st = draw(&m, err);
    if (st == VAULT_OK)
        st = vlt_temp_begin(path, &temp, err);
    if (st == VAULT_OK) {
        st = make_file(&m, temp.name, err);
        if (st == VAULT_OK)
            st = give_name(&temp, path, err);
        else
            vlt_temp_end(&temp);
    }
    making_clear(&m);
    return st;
}

enum vault_status
vault_device_create(const char *path, const void *card, size_t n,
    const struct vault_options *opt, struct vault_error *err)
{
    struct vault *v = NULL;
    enum vault_status st;

    if (vlt_os_exists(path))
        return vlt_fail(err, VAULT_E_EXISTS,
            "%s exists already; it was not touched", path);
    st = vlt_handle_new(path, opt, &v, err);
    if (st == VAULT_OK)
        st = make_for_card(v, path, card, n, err);
    vault_close(v);
    return st;
}

/* ---- one that an interrupted making left ---- */

/* Nothing waits in it. */
static enum vault_status
check_empty(struct vault *c, struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st = vlt_count(c->store,
        "SELECT (SELECT count(*) FROM log) + (SELECT count(*) FROM record) + "
        "(SELECT count(*) FROM segment) + (SELECT count(*) FROM staging) + "
        "(SELECT count(*) FROM leaf) + (SELECT count(*) FROM ext)",
        &n, err);

    if (st == VAULT_OK && n > 0)
        st = vlt_fail(err, VAULT_E_EXISTS, "%s was in use", c->path);
    return st;
}

/* Nothing was ever sealed to it, and nobody is at it. */
static enum vault_status
check_unused(struct vault *c, struct vault_error *err)
{
    struct vlt_session s;
    struct vlt_buf note;
    enum vault_status st = check_empty(c, err);

    vlt_buf_init(&note, VLT_NOTE_MAX);
    if (st == VAULT_OK)
        st = vlt_meta_load(c->store, "session", &note, err);
    if (st == VAULT_OK)
        st = vlt_session_parse(&s, (const char *)note.p, note.len, err);
    if (st == VAULT_OK && (s.has_base || s.number != 1))
        st = vlt_fail(err, VAULT_E_EXISTS, "%s was in use", c->path);
    vlt_buf_clear(&note);
    return st;
}

/* Whoever has the file open finds no key in it any more: what he would seal
 * to a name that is gone, he is told, was not sealed. */
static enum vault_status
retire(struct vault *c,
    enum vault_status (*check)(struct vault *c, struct vault_error *err),
    struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(c->store, true, err);

    if (st != VAULT_OK)
        return st;
    st = check(c, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(c->store, "session-key", (const uint8_t[32]){0}, 32,
            err);
    if (st == VAULT_OK)
        st = vlt_meta_delete(c->store, "session-key", err);
    if (st == VAULT_OK)
        return vlt_store_commit(c->store, err);
    vlt_store_rollback(c->store);
    return st;
}

struct finishing {
    struct vault *c;
    const char *path;
    bool done;
};

static enum vault_status
finish_one(void *ctx, const char *name, struct vault_error *err)
{
    struct finishing *f = ctx;
    bool ours = false;

    (void)err;
    if (!f->done &&
        vault_capture_belongs(f->c, name, &ours, NULL) == VAULT_OK && ours)
        f->done = vlt_os_rename_new(name, f->path, NULL) == VAULT_OK;
    return VAULT_OK;
}

enum vault_status
vlt_capture_make_way(const char *path, const char *vault,
    const struct vault_options *opt, struct vault_error *err)
{
    struct finishing f = {NULL, vault, false};
    enum vault_status st;

    if (!vlt_os_exists(path))
        return VAULT_OK;
    st = vault_capture_open(path, opt, &f.c, NULL);
    if (st == VAULT_OK) {
        st = retire(f.c, check_unused, NULL);
        if (st != VAULT_OK) /* somebody has sealed to it: it is needed */
            (void)!vlt_temp_left(vault, finish_one, &f, NULL);
        vault_close(f.c);
        if (st == VAULT_OK)
            return vlt_os_unlink(path, err);
    }
    if (f.done)
        return vlt_fail_hint(err, VAULT_E_EXISTS,
            "its key is the one that was given then; choose another name for "
            "another vault",
            "%s was being made when the program was interrupted, and %s is in "
            "use: the making was completed",
            vault, path);
    return vlt_fail_hint(err, VAULT_E_EXISTS,
        "it may hold records of another vault of that name; move it away, or "
        "choose another name",
        "%s is there already", path);
}

/* ---- one that seals to an older card ---- */

static bool
is_older(const struct vault *v, const struct vault *c)
{
    return memcmp(c->id, v->id, sizeof v->id) == 0 &&
        memcmp(c->card.fingerprint, v->card.fingerprint, 32) != 0 &&
        vlt_own_card(v, c->card.fingerprint) != NULL;
}

enum vault_status
vault_capture_renew(struct vault *v, const char *path, bool *renewed,
    struct vault_error *err)
{
    struct vault *c = NULL;
    bool retired = false;
    enum vault_status st = vlt_need_unlocked(v, err);

    *renewed = false;
    if (st != VAULT_OK || !vlt_os_exists(path))
        return st;
    st = vault_capture_open(path, &v->opt, &c, err);
    if (st != VAULT_OK)
        return st;
    if (is_older(v, c)) {
        st = retire(c, check_empty, err);
        retired = st == VAULT_OK;
        if (st == VAULT_E_EXISTS) { /* something waits, or is sealed now */
            vlt_error_clear(err);
            st = VAULT_OK;
        }
    }
    vault_close(c);
    if (retired)
        st = vlt_os_unlink(path, err);
    if (retired && st == VAULT_OK)
        st = vault_capture_create(v, path, err);
    *renewed = retired && st == VAULT_OK;
    return st;
}
