/* SPDX-License-Identifier: Apache-2.0 */
/* event.c: the sealed text of a custody leaf (section 7.2) */
#include "event.h"
#include "bucket.h"
#include "bytes.h"
#include "fail.h"
#include "label.h"
#include "seal.h"

#include <assert.h>
#include <string.h>

enum { PUBLIC = 20, LEAST = 256, MOST = 16384, SALTS = 32 };

/* X(Ei, "event-key", epoch id || i). */
static void
step_key(struct vlt_cell *key, const struct vlt_epoch *e,
    const struct vlt_step *step, uint32_t i)
{
    uint8_t ctx[PUBLIC];

    memcpy(ctx, e->id, sizeof e->id);
    vlt_store_u32(ctx + 16, i);
    vlt_x(step->b, VLT_L_EVENT_KEY, ctx, sizeof ctx, key->b, sizeof key->b);
}

static void
event_key(struct vlt_cell *key, const struct vlt_epoch *e,
    const struct vlt_e0 *e0, uint32_t i)
{
    struct vlt_step step;

    vlt_epoch_step(&step, e, e0, i);
    step_key(key, e, &step, i);
    vlt_wipe(&step, sizeof step);
}

enum vault_status
vlt_event_seal(struct vlt_buf *out, const struct vlt_epoch *e,
    const struct vlt_e0 *e0, uint32_t i, const uint8_t leaf_hash[32],
    const struct vlt_salts *salts, const struct vlt_fields *l,
    struct vault_error *err)
{
    struct vlt_step step;
    enum vault_status st;

    vlt_epoch_step(&step, e, e0, i);
    st = vlt_event_seal_step(out, e, &step, i, leaf_hash, salts, l, err);
    vlt_wipe(&step, sizeof step);
    return st;
}

/* Public part and cell of a padded plain text. */
static enum vault_status
seal_plain(struct vlt_buf *out, const struct vlt_epoch *e,
    const struct vlt_step *step, uint32_t i, const uint8_t leaf_hash[32],
    const struct vlt_buf *plain, struct vault_error *err)
{
    struct vlt_cell key;
    uint8_t *sealed;
    enum vault_status st;

    vlt_buf_put(out, e->id, sizeof e->id);
    vlt_buf_put_u32(out, i);
    sealed = vlt_buf_room(out, plain->len + VLT_SEAL_EXTRA);
    st = vlt_buf_end(out, "log entry", err);
    if (st != VAULT_OK || sealed == NULL)
        return st;
    step_key(&key, e, step, i);
    vlt_seal(sealed, key.b, leaf_hash, 32, plain->p, plain->len);
    vlt_wipe(&key, sizeof key);
    return VAULT_OK;
}

enum vault_status
vlt_event_seal_step(struct vlt_buf *out, const struct vlt_epoch *e,
    const struct vlt_step *step, uint32_t i, const uint8_t leaf_hash[32],
    const struct vlt_salts *salts, const struct vlt_fields *l,
    struct vault_error *err)
{
    struct vlt_buf plain;
    size_t padded = vlt_bucket(SALTS + l->bytes, LEAST, MOST);
    enum vault_status st;

    assert(i < vlt_epoch_steps(e->kind));
    if (padded == 0)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the text of a log entry is longer than %d bytes",
            (int)(MOST - SALTS));
    vlt_buf_init(&plain, MOST);
    vlt_buf_put(&plain, salts->b, sizeof salts->b);
    st = vlt_fields_encode(&plain, l, err);
    if (st != VAULT_OK)
        goto out;
    vlt_buf_put_zero(&plain, padded - plain.len);
    st = vlt_buf_end(&plain, "log entry", err);
    if (st != VAULT_OK)
        goto out;
    st = seal_plain(out, e, step, i, leaf_hash, &plain, err);
out:
    vlt_buf_clear(&plain);
    return st;
}

enum vault_status
vlt_event_peek(uint8_t epoch[16], uint32_t *i, const void *p, size_t n,
    struct vault_error *err)
{
    const size_t extra = PUBLIC + VLT_SEAL_EXTRA;
    const uint8_t *b = p;

    if (n < extra + LEAST || vlt_bucket(n - extra, LEAST, MOST) != n - extra)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the sealed text of a log entry cannot have %zu bytes", n);
    memcpy(epoch, b, 16);
    *i = vlt_load_u32(b + 16);
    return VAULT_OK;
}

/* salt seed || field list || zeros, in the smallest size that holds it. */
static enum vault_status
decode_plain(struct vlt_fields *out, struct vlt_salts *salts,
    const struct vlt_buf *plain, struct vault_error *err)
{
    struct vlt_fields l;
    struct vlt_reader r;
    enum vault_status st;

    vlt_reader_init(&r, plain->p, plain->len);
    vlt_read_fixed(&r, salts->b, sizeof salts->b);
    st = vlt_fields_decode(&l, &r, err);
    if (st != VAULT_OK)
        return st;
    if (vlt_bucket(SALTS + l.bytes, LEAST, MOST) != plain->len)
        st = vlt_fail(err, VAULT_E_FORMAT,
            "the text of a log entry is padded too far");
    vlt_read_zero(&r, vlt_read_left(&r));
    if (st == VAULT_OK)
        st = vlt_read_end(&r, "log entry", err);
    if (st != VAULT_OK) {
        vlt_fields_clear(&l);
        return st;
    }
    *out = l;
    return VAULT_OK;
}

static enum vault_status
unseal(struct vlt_buf *plain, const uint8_t *p, size_t n,
    const struct vlt_epoch *e, const struct vlt_e0 *e0,
    const uint8_t leaf_hash[32], struct vault_error *err)
{
    struct vlt_cell key;
    uint8_t epoch[16], *room;
    uint32_t i;
    bool ok;
    enum vault_status st = vlt_event_peek(epoch, &i, p, n, err);

    if (st != VAULT_OK)
        return st;
    if (memcmp(epoch, e->id, sizeof epoch) != 0 ||
        i >= vlt_epoch_steps(e->kind))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the text of a log entry names another epoch, or a step that it "
            "does not have");
    room = vlt_buf_room(plain, n - PUBLIC - VLT_SEAL_EXTRA);
    if (room == NULL)
        return vlt_buf_end(plain, "log entry", err);
    event_key(&key, e, e0, i);
    ok = vlt_unseal(room, key.b, leaf_hash, 32, p + PUBLIC, n - PUBLIC);
    vlt_wipe(&key, sizeof key);
    if (!ok)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the text of a log entry does not open");
    return VAULT_OK;
}

/* The plain text as it was sealed, and its field list, against `event`. */
static enum vault_status
open_plain(struct vlt_buf *plain, struct vlt_fields *out, const void *p,
    size_t n, const struct vlt_epoch *e, const struct vlt_e0 *e0,
    const uint8_t leaf_hash[32], const uint8_t event[32],
    struct vault_error *err)
{
    struct vlt_fields l;
    struct vlt_salts *salts = vlt_salts_new();
    uint8_t root[32];
    enum vault_status st;

    vlt_fields_init(&l);
    if (salts == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    st = unseal(plain, p, n, e, e0, leaf_hash, err);
    if (st == VAULT_OK)
        st = decode_plain(&l, salts, plain, err);
    if (st == VAULT_OK)
        st = vlt_event_root(root, &l, salts, err);
    if (st != VAULT_OK)
        goto out;
    if (memcmp(root, event, sizeof root) != 0) {
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the text of a log entry is not the one the log names");
        goto out;
    }
    *out = l;
    vlt_fields_init(&l); /* the caller's from here on */
out:
    vlt_fields_clear(&l);
    vlt_salts_free(salts);
    return st;
}

enum vault_status
vlt_event_open(struct vlt_fields *out, const void *p, size_t n,
    const struct vlt_epoch *e, const struct vlt_e0 *e0,
    const uint8_t leaf_hash[32], const uint8_t event[32],
    struct vault_error *err)
{
    struct vlt_buf plain;
    enum vault_status st;

    vlt_buf_init(&plain, MOST);
    st = open_plain(&plain, out, p, n, e, e0, leaf_hash, event, err);
    vlt_buf_clear(&plain);
    return st;
}

enum vault_status
vlt_event_reseal(struct vlt_buf *out, const void *p, size_t n,
    const struct vlt_epoch *from, const struct vlt_e0 *from_e0,
    const uint8_t leaf_hash[32], const uint8_t event[32],
    const struct vlt_epoch *to, const struct vlt_e0 *to_e0, uint32_t i,
    struct vault_error *err)
{
    struct vlt_buf plain;
    struct vlt_fields l;
    struct vlt_step step;
    enum vault_status st;

    vlt_buf_init(&plain, MOST);
    st = open_plain(&plain, &l, p, n, from, from_e0, leaf_hash, event, err);
    if (st == VAULT_OK) {
        vlt_fields_clear(&l);
        vlt_epoch_step(&step, to, to_e0, i);
        st = seal_plain(out, to, &step, i, leaf_hash, &plain, err);
        vlt_wipe(&step, sizeof step);
    }
    vlt_buf_clear(&plain);
    return st;
}
