/* SPDX-License-Identifier: Apache-2.0 */
/* cell.c: sealed cells of the vault's own rows (sections 8.3 and 8.4) */
#include "cell.h"
#include "bucket.h"
#include "fail.h"
#include "label.h"
#include "seal.h"

#include <assert.h>
#include <string.h>

enum {
    OBJECT_LEAST = 256,
    OBJECT_MOST = 1024 * 1024,
    OBJECT_HEAD = 4,
    ROW_AD = 32,
    LOCAL_AD = ROW_AD + 8,
    SEED_AD = 4 + 32
};

static void
seed_ad(uint8_t ad[SEED_AD], uint32_t gen, const uint8_t card[32])
{
    vlt_store_u32(ad, gen);
    memcpy(ad + 4, card, 32);
}

void
vlt_seed_seal(uint8_t out[VLT_SEED_CELL], const struct vlt_seed *s,
    const struct vlt_vmk *vmk, const uint8_t vault[16], uint32_t gen,
    const uint8_t card[32])
{
    struct vlt_cell key;
    uint8_t ad[SEED_AD];

    seed_ad(ad, gen, card);
    vlt_x(vmk->b, VLT_L_SEED, vault, 16, key.b, sizeof key.b);
    vlt_seal(out, key.b, ad, sizeof ad, s->b, sizeof s->b);
    vlt_wipe(&key, sizeof key);
}

bool
vlt_seed_open(struct vlt_seed *out, const void *p, size_t n,
    const struct vlt_vmk *vmk, const uint8_t vault[16], uint32_t gen,
    const uint8_t card[32])
{
    struct vlt_cell key;
    uint8_t ad[SEED_AD], seed[32];
    bool ok;

    if (n != VLT_SEED_CELL)
        return false;
    seed_ad(ad, gen, card);
    vlt_x(vmk->b, VLT_L_SEED, vault, 16, key.b, sizeof key.b);
    ok = vlt_unseal(seed, key.b, ad, sizeof ad, p, n);
    if (ok)
        memcpy(out->b, seed, sizeof seed);
    vlt_wipe(seed, sizeof seed);
    vlt_wipe(&key, sizeof key);
    return ok;
}

size_t
vlt_row_ad(uint8_t out[ROW_AD], const char *table, uint64_t row)
{
    size_t n = strlen(table) + 1;

    assert(n + 8 <= ROW_AD);
    memcpy(out, table, n);
    vlt_store_u64(out + n, row);
    return n + 8;
}

enum vault_status
vlt_object_encode(struct vlt_buf *out, const void *p, size_t n,
    struct vault_error *err)
{
    size_t padded;

    if (n > OBJECT_MOST - OBJECT_HEAD)
        return vlt_fail(err, VAULT_E_LIMIT,
            "%zu bytes are too long for one row", n);
    padded = vlt_bucket(OBJECT_HEAD + n, OBJECT_LEAST, OBJECT_MOST);
    vlt_buf_put_u32(out, (uint32_t)n);
    vlt_buf_put(out, p, n);
    vlt_buf_put_zero(out, padded - OBJECT_HEAD - n);
    return vlt_buf_end(out, "object", err);
}

enum vault_status
vlt_object_decode(const void *p, size_t n, const uint8_t **bytes, size_t *len,
    struct vault_error *err)
{
    struct vlt_reader r;
    const uint8_t *b;
    uint32_t l;
    enum vault_status st;

    vlt_reader_init(&r, p, n);
    l = vlt_read_u32(&r);
    b = vlt_read_span(&r, l);
    vlt_read_zero(&r, vlt_read_left(&r));
    st = vlt_read_end(&r, "object", err);
    if (st != VAULT_OK)
        return st;
    if (vlt_bucket(OBJECT_HEAD + (size_t)l, OBJECT_LEAST, OBJECT_MOST) != n)
        return vlt_fail(err, VAULT_E_FORMAT,
            "an object of %u bytes is stored in %zu", (unsigned)l, n);
    *bytes = b;
    *len = l;
    return VAULT_OK;
}

static size_t
local_ad(uint8_t ad[LOCAL_AD], uint64_t id, uint64_t rev)
{
    size_t n = vlt_row_ad(ad, "local", id);

    vlt_store_u64(ad + n, rev);
    return n + 8;
}

static void
local_key(struct vlt_cell *key, const struct vlt_vmk *vmk,
    const uint8_t vault[16])
{
    vlt_x(vmk->b, VLT_L_LOCAL, vault, 16, key->b, sizeof key->b);
}

enum vault_status
vlt_local_seal(struct vlt_buf *out, const struct vlt_fields *l,
    const struct vlt_vmk *vmk, const uint8_t vault[16], uint64_t id,
    uint64_t rev, struct vault_error *err)
{
    struct vlt_buf list, object;
    struct vlt_cell key;
    uint8_t ad[LOCAL_AD], *room;
    size_t ad_len = local_ad(ad, id, rev);
    enum vault_status st;

    vlt_buf_init(&list, OBJECT_MOST);
    vlt_buf_init(&object, OBJECT_MOST);
    st = vlt_fields_encode(&list, l, err);
    if (st == VAULT_OK)
        st = vlt_object_encode(&object, list.p, list.len, err);
    if (st != VAULT_OK)
        goto out;
    room = vlt_buf_room(out, object.len + VLT_SEAL_EXTRA);
    st = vlt_buf_end(out, "local row", err);
    if (st != VAULT_OK || room == NULL)
        goto out;
    local_key(&key, vmk, vault);
    vlt_seal(room, key.b, ad, ad_len, object.p, object.len);
    vlt_wipe(&key, sizeof key);
out:
    vlt_buf_clear(&object);
    vlt_buf_clear(&list);
    return st;
}

/* The object of an opened row: one field list and nothing else. */
static enum vault_status
decode_local(struct vlt_fields *out, const struct vlt_buf *object,
    struct vault_error *err)
{
    struct vlt_fields l;
    struct vlt_reader r;
    const uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st;

    st = vlt_object_decode(object->p, object->len, &p, &n, err);
    if (st != VAULT_OK)
        return st;
    vlt_reader_init(&r, p, n);
    st = vlt_fields_decode(&l, &r, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_read_end(&r, "local row", err);
    if (st != VAULT_OK) {
        vlt_fields_clear(&l);
        return st;
    }
    *out = l;
    return VAULT_OK;
}

enum vault_status
vlt_local_open(struct vlt_fields *out, const void *p, size_t n,
    const struct vlt_vmk *vmk, const uint8_t vault[16], uint64_t id,
    uint64_t rev, struct vault_error *err)
{
    struct vlt_buf object;
    struct vlt_cell key;
    uint8_t ad[LOCAL_AD], *room;
    size_t ad_len = local_ad(ad, id, rev);
    enum vault_status st;

    if (n < OBJECT_LEAST + VLT_SEAL_EXTRA || n > OBJECT_MOST + VLT_SEAL_EXTRA)
        return vlt_fail(err, VAULT_E_FORMAT,
            "a local row cannot have %zu bytes", n);
    vlt_buf_init(&object, OBJECT_MOST);
    room = vlt_buf_room(&object, n - VLT_SEAL_EXTRA);
    if (room == NULL)
        return vlt_buf_end(&object, "local row", err);
    local_key(&key, vmk, vault);
    if (vlt_unseal(room, key.b, ad, ad_len, p, n))
        st = decode_local(out, &object, err);
    else
        st = vlt_fail(err, VAULT_E_TAMPERED, "a local row does not open");
    vlt_wipe(&key, sizeof key);
    vlt_buf_clear(&object);
    return st;
}

void
vlt_foreign_cell_seal(uint8_t *out, const struct vlt_vmk *vmk,
    const uint8_t vault[16], const char *table, uint64_t row, const void *p,
    size_t n)
{
    struct vlt_cell key;
    uint8_t ad[ROW_AD];
    size_t ad_len = vlt_row_ad(ad, table, row);

    vlt_x(vmk->b, VLT_L_FOREIGN, vault, 16, key.b, sizeof key.b);
    vlt_seal(out, key.b, ad, ad_len, p, n);
    vlt_wipe(&key, sizeof key);
}

bool
vlt_foreign_cell_open(uint8_t *out, const struct vlt_vmk *vmk,
    const uint8_t vault[16], const char *table, uint64_t row, const void *p,
    size_t n)
{
    struct vlt_cell key;
    uint8_t ad[ROW_AD];
    size_t ad_len = vlt_row_ad(ad, table, row);
    bool ok;

    if (n < VLT_SEAL_EXTRA)
        return false;
    vlt_x(vmk->b, VLT_L_FOREIGN, vault, 16, key.b, sizeof key.b);
    ok = vlt_unseal(out, key.b, ad, ad_len, p, n);
    vlt_wipe(&key, sizeof key);
    return ok;
}

void
vlt_settings_hash_init(struct vlt_settings_hash *s, uint32_t gen)
{
    uint8_t b[4];

    vlt_store_u32(b, gen);
    vlt_label_hash_init(&s->h, VLT_L_SETTINGS);
    vlt_sha256_update(&s->h, b, sizeof b);
}

void
vlt_settings_hash_add(struct vlt_settings_hash *s, uint64_t id, uint64_t rev,
    const void *b, size_t n)
{
    uint8_t row[8 + 8 + 32];

    vlt_store_u64(row, id);
    vlt_store_u64(row + 8, rev);
    vlt_sha256(row + 16, b, n);
    vlt_sha256_update(&s->h, row, sizeof row);
}

void
vlt_settings_hash_final(struct vlt_settings_hash *s, uint8_t out[32])
{
    vlt_sha256_final(&s->h, out);
}
