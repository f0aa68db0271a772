/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.c: what a bundle says to its recipients (section 9.1) */
#include "manifest.h"

#include "bucket.h"
#include "fail.h"
#include "label.h"
#include "seal.h"

enum { LEAST = 1024 };

static void
manifest_key(struct vlt_cell *key, const struct vlt_epoch *e,
    const struct vlt_e0 *e0)
{
    vlt_x(e0->b, VLT_L_MANIFEST, e->id, sizeof e->id, key->b, sizeof key->b);
}

enum vault_status
vlt_manifest_seal(struct vlt_buf *out, const struct vlt_epoch *e,
    const struct vlt_e0 *e0, const struct vlt_fields *l,
    struct vault_error *err)
{
    struct vlt_buf plain;
    struct vlt_cell key;
    size_t padded;
    uint8_t *room;
    enum vault_status st;

    vlt_buf_init(&plain, VLT_MANIFEST_MAX);
    st = vlt_fields_encode(&plain, l, err);
    if (st == VAULT_OK) {
        padded = vlt_bucket(plain.len, LEAST, VLT_MANIFEST_MAX);
        vlt_buf_put_zero(&plain, padded - plain.len);
        st = vlt_buf_end(&plain, "manifest", err);
    }
    if (st == VAULT_OK) {
        room = vlt_buf_room(out, plain.len + VLT_SEAL_EXTRA);
        manifest_key(&key, e, e0);
        if (room != NULL)
            vlt_seal(room, key.b, e->head, VLT_EPOCH_HEADER, plain.p,
                plain.len);
        vlt_wipe(&key, sizeof key);
        st = vlt_buf_end(out, "manifest", err);
    }
    vlt_buf_clear(&plain);
    return st;
}

static enum vault_status
decode(struct vlt_fields *out, const uint8_t *p, size_t n,
    struct vault_error *err)
{
    struct vlt_reader r;
    size_t used;
    enum vault_status st;

    vlt_reader_init(&r, p, n);
    st = vlt_fields_decode(out, &r, err);
    if (st != VAULT_OK)
        return st;
    used = n - vlt_read_left(&r);
    vlt_read_zero(&r, vlt_read_left(&r));
    st = vlt_read_end(&r, "manifest", err);
    if (st == VAULT_OK && vlt_bucket(used, LEAST, VLT_MANIFEST_MAX) != n)
        st = vlt_fail(err, VAULT_E_FORMAT,
            "the manifest of a bundle has another length than it needs");
    if (st != VAULT_OK)
        vlt_fields_clear(out);
    return st;
}

enum vault_status
vlt_manifest_open(struct vlt_fields *out, const void *p, size_t n,
    const struct vlt_epoch *e, const struct vlt_e0 *e0, struct vault_error *err)
{
    struct vlt_buf plain;
    struct vlt_cell key;
    uint8_t *room;
    enum vault_status st;

    if (n < LEAST + VLT_SEAL_EXTRA || n > VLT_MANIFEST_MAX + VLT_SEAL_EXTRA)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the manifest of a bundle has %zu bytes", n);
    vlt_buf_init(&plain, VLT_MANIFEST_MAX);
    room = vlt_buf_room(&plain, n - VLT_SEAL_EXTRA);
    if (room == NULL)
        return vlt_fail_memory(err);
    manifest_key(&key, e, e0);
    if (vlt_unseal(room, key.b, e->head, VLT_EPOCH_HEADER, p, n))
        st = decode(out, plain.p, plain.len, err);
    else
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the manifest of a bundle does not open");
    vlt_wipe(&key, sizeof key);
    vlt_buf_clear(&plain);
    return st;
}
