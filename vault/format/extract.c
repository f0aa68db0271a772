/* SPDX-License-Identifier: Apache-2.0 */
/* extract.c: some fields of a record, proved to belong to it (section 9.2) */
#include "extract.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bucket.h"
#include "extract_parts.h"
#include "fail.h"
#include "label.h"
#include "seal.h"

enum { FLAG_BODY = 1, FLAG_RAW = 2 };
static const uint8_t magic[4] = {'S', 'Q', 'X', '1'};

void
vlt_extract_init(struct vlt_extract *x)
{
    memset(x, 0, sizeof *x);
    vlt_fields_init(&x->fields);
}

void
vlt_extract_clear(struct vlt_extract *x)
{
    if (x->salt != NULL)
        vlt_wipe(x->salt, x->fields.n * sizeof *x->salt);
    vlt_kb_free(x->kb);
    vlt_fields_clear(&x->fields);
    free(x->index);
    free(x->salt);
    free(x->rest);
    vlt_extract_init(x);
}

/* The key that seals the extract of one record version. */
static void
extract_key(struct vlt_cell *key, const struct vlt_record_head *head,
    const struct vlt_xk *xk)
{
    uint8_t stmt[32];

    vlt_record_stmt(stmt, head);
    vlt_x(xk->b, VLT_L_EXTRACT, stmt, sizeof stmt, key->b, sizeof key->b);
}

static uint8_t
log2_of(unsigned t)
{
    uint8_t k = 0;

    while (t >>= 1)
        k++;
    return k;
}

static void
put_field(struct vlt_buf *out, const struct vlt_extract *x, size_t k)
{
    const struct vlt_field *f = &x->fields.f[k];

    vlt_buf_put_u16(out, x->index[k]);
    vlt_buf_put(out, x->salt[k].b, sizeof x->salt[k].b);
    vlt_buf_put_u8(out, f->type);
    vlt_buf_put_u8(out, f->state);
    vlt_buf_put_u8(out, f->name_len);
    vlt_buf_put(out, f->name, f->name_len);
    vlt_buf_put_u32(out, f->value_len);
    vlt_buf_put(out, f->value, f->value_len);
}

static void
put_plain(struct vlt_buf *out, const struct vlt_extract *x)
{
    size_t k, rest = x->leaves - x->fields.n;

    vlt_buf_put(out, magic, sizeof magic);
    vlt_buf_put_u8(out,
        (uint8_t)((x->has_body ? FLAG_BODY : 0) |
            (x->body_raw ? FLAG_RAW : 0)));
    vlt_buf_put_u8(out, log2_of(x->leaves));
    vlt_buf_put_u16(out, (uint16_t)x->fields.n);
    if (x->has_body) {
        vlt_buf_put(out, x->kb->b, sizeof x->kb->b);
        vlt_buf_put_u64(out, x->body_stored);
        vlt_buf_put_u64(out, x->body_original);
    }
    for (k = 0; k < x->fields.n; k++)
        put_field(out, x, k);
    if (rest > 0)
        vlt_buf_put(out, x->rest, rest * sizeof *x->rest);
}

enum vault_status
vlt_extract_write(struct vlt_buf *out, const struct vlt_record_head *head,
    const struct vlt_extract *x, const struct vlt_xk *xk,
    struct vault_error *err)
{
    struct vlt_buf plain;
    struct vlt_cell key;
    size_t padded;
    uint8_t *room = NULL;
    enum vault_status st;

    vlt_buf_init(&plain, VLT_META_MAX);
    put_plain(&plain, x);
    st = vlt_buf_end(&plain, "extract", err);
    if (st == VAULT_OK) {
        padded = vlt_bucket(plain.len, VLT_EXTRACT_LEAST, VLT_META_MAX);
        vlt_buf_put_zero(&plain, padded - plain.len);
        st = vlt_buf_end(&plain, "extract", err);
    }
    if (st == VAULT_OK) {
        room = vlt_buf_room(out, plain.len + VLT_TAG);
        st = vlt_buf_end(out, "extract", err);
    }
    if (st == VAULT_OK) {
        extract_key(&key, head, xk);
        vlt_seal_once(room, key.b, plain.p, plain.len);
        vlt_wipe(&key, sizeof key);
    }
    vlt_buf_clear(&plain);
    return st;
}

/* The head: magic, flags, T, n and what says how a body is read. */
static enum vault_status
read_head(struct vlt_extract *x, size_t *n, struct vlt_reader *r,
    struct vault_error *err)
{
    uint8_t flags, log2;

    vlt_read_expect(r, magic, sizeof magic);
    flags = vlt_read_u8(r);
    log2 = vlt_read_u8(r);
    *n = vlt_read_u16(r);
    if (r->failed)
        return vlt_fail(err, VAULT_E_TAMPERED, "an extract is malformed");
    if ((flags & ~(FLAG_BODY | FLAG_RAW)) != 0)
        return vlt_fail(err, VAULT_E_NEWER,
            "an extract was made by a newer version");
    x->has_body = (flags & FLAG_BODY) != 0;
    x->body_raw = (flags & FLAG_RAW) != 0;
    if (log2 < 3 || log2 > 10 || *n > 1U << log2)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an extract shows %zu fields of 2^%d leaves", *n, (int)log2);
    if (x->body_raw && !x->has_body)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an extract says how a body is stored that it does not show");
    x->leaves = 1U << log2;
    if (!x->has_body)
        return VAULT_OK;
    x->kb = vlt_kb_new();
    if (x->kb == NULL)
        return vlt_fail_memory(err);
    vlt_read_fixed(r, x->kb->b, sizeof x->kb->b);
    x->body_stored = vlt_read_u64(r);
    x->body_original = vlt_read_u64(r);
    return VAULT_OK;
}

static enum vault_status
read_field(struct vlt_extract *x, size_t k, struct vlt_reader *r,
    struct vault_error *err)
{
    struct vlt_field f;
    enum vault_status st;

    x->index[k] = vlt_read_u16(r);
    vlt_read_fixed(r, x->salt[k].b, sizeof x->salt[k].b);
    st = vlt_field_read(&f, r, err);
    if (st == VAULT_OK &&
        (x->index[k] >= x->leaves || (k > 0 && x->index[k] <= x->index[k - 1])))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the places of an extract's fields do not ascend");
    if (st == VAULT_OK)
        st = vlt_fields_append(&x->fields, &f, err);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "a field of an extract is malformed or out of order");
    return st;
}

/* Everything, to the last zero. */
static enum vault_status
read_plain(struct vlt_extract *x, const uint8_t *p, size_t len,
    struct vault_error *err)
{
    struct vlt_reader r;
    size_t n, k, used;
    enum vault_status st;

    vlt_reader_init(&r, p, len);
    st = read_head(x, &n, &r, err);
    if (st == VAULT_OK)
        st = vlt_extract_reserve(x, n, err);
    for (k = 0; st == VAULT_OK && k < n; k++)
        st = read_field(x, k, &r, err);
    if (st != VAULT_OK)
        return st;
    if (n < x->leaves)
        vlt_read_fixed(&r, x->rest, (x->leaves - n) * sizeof *x->rest);
    used = len - vlt_read_left(&r);
    vlt_read_zero(&r, vlt_read_left(&r));
    if (r.failed || vlt_bucket(used, VLT_EXTRACT_LEAST, VLT_META_MAX) != len)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an extract is malformed or has another length than it needs");
    return VAULT_OK;
}

enum vault_status
vlt_extract_open(struct vlt_extract *out, const void *p, size_t n,
    const struct vlt_record_head *head, const struct vlt_xk *xk,
    struct vault_error *err)
{
    struct vlt_extract x;
    struct vlt_cell key;
    struct vlt_buf plain;
    uint8_t *room;
    bool sound;
    enum vault_status st;

    if (n < VLT_EXTRACT_LEAST + VLT_TAG || n > VLT_EXTRACT_MAX)
        return vlt_fail(err, VAULT_E_TAMPERED, "an extract has %zu bytes", n);
    vlt_extract_init(&x);
    vlt_buf_init(&plain, VLT_META_MAX);
    room = vlt_buf_room(&plain, n - VLT_TAG);
    if (room == NULL)
        return vlt_fail_memory(err);
    extract_key(&key, head, xk);
    sound = vlt_unseal_once(room, key.b, p, n);
    vlt_wipe(&key, sizeof key);
    if (sound)
        st = read_plain(&x, plain.p, plain.len, err);
    else
        st = vlt_fail(err, VAULT_E_TAMPERED, "an extract does not open");
    if (st == VAULT_OK)
        st = vlt_extract_check(&x, head, err);
    if (st == VAULT_OK) {
        *out = x;
        vlt_extract_init(&x); /* the caller's from here on */
    }
    vlt_extract_clear(&x);
    vlt_buf_clear(&plain);
    return st;
}
