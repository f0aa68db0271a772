/* SPDX-License-Identifier: Apache-2.0 */
/* meta.c: a record's sealed metadata (section 6.2) */
#include "meta.h"
#include "bucket.h"
#include "bytes.h"
#include "fail.h"
#include "pack.h"

#include <assert.h>
#include <string.h>

enum {
    FORM = 1,        /* first byte */
    FLAG_PACKED = 1, /* the block is a zstd frame */
    FLAG_RAW = 2,    /* segments hold the original bytes */
    BUCKET_LEAST = 1024,
    LEVEL = 9
};

/* The head's numbers. */
struct head {
    uint8_t form;
    uint8_t flags;
    uint16_t reserved;
    uint32_t stored;
    uint32_t plain;
};

void
vlt_meta_init(struct vlt_meta *m)
{
    memset(m, 0, sizeof *m);
    vlt_fields_init(&m->fields);
}

void
vlt_meta_clear(struct vlt_meta *m)
{
    vlt_salts_free(m->salts);
    vlt_kb_free(m->kb);
    vlt_fields_clear(&m->fields);
    vlt_meta_init(m);
}

static size_t
bucket(size_t stored)
{
    return vlt_bucket(VLT_META_HEAD + stored, BUCKET_LEAST, VLT_META_MAX);
}

static void
put_all(struct vlt_buf *out, const struct vlt_meta *m, uint8_t flags,
    const struct vlt_buf *block, size_t plain, size_t padded)
{
    if (m->body_raw)
        flags |= FLAG_RAW;
    vlt_buf_put_u8(out, FORM);
    vlt_buf_put_u8(out, flags);
    vlt_buf_put_u16(out, 0);
    vlt_buf_put(out, m->salts->b, sizeof m->salts->b);
    if (m->kb != NULL)
        vlt_buf_put(out, m->kb->b, sizeof m->kb->b);
    else
        vlt_buf_put_zero(out, sizeof m->kb->b);
    vlt_buf_put_u64(out, m->body_stored);
    vlt_buf_put_u64(out, m->body_original);
    vlt_buf_put_u32(out, (uint32_t)block->len);
    vlt_buf_put_u32(out, (uint32_t)plain);
    vlt_buf_put(out, block->p, block->len);
    vlt_buf_put_zero(out, padded - VLT_META_HEAD - block->len);
}

enum vault_status
vlt_meta_encode(struct vlt_buf *out, const struct vlt_meta *m,
    struct vault_error *err)
{
    struct vlt_buf plain, packed;
    const struct vlt_buf *block = &plain;
    size_t padded, better = 0;
    enum vault_status st;

    assert(m->salts != NULL);
    assert(m->kb != NULL ||
        (!m->body_raw && m->body_stored == 0 && m->body_original == 0));
    vlt_buf_init(&plain, VLT_META_MAX);
    vlt_buf_init(&packed, VLT_META_MAX);
    st = vlt_fields_encode(&plain, &m->fields, err);
    if (st != VAULT_OK)
        goto out;
    padded = bucket(plain.len);
    if (padded != BUCKET_LEAST) {
        st = vlt_pack(&packed, plain.p, plain.len, LEVEL, err);
        if (st == VAULT_OK)
            better = bucket(packed.len);
        else if (st != VAULT_E_LIMIT)
            goto out;
    }
    if (better != 0 && (padded == 0 || better < padded)) {
        block = &packed;
        padded = better;
    }
    if (padded == 0) {
        st = vlt_fail(err, VAULT_E_LIMIT,
            "the fields of one record are longer than %d bytes",
            (int)VLT_META_MAX);
        goto out;
    }
    put_all(out, m, block == &packed ? FLAG_PACKED : 0, block, plain.len,
        padded);
    st = vlt_buf_end(out, "metadata", err);
out:
    vlt_buf_clear(&packed);
    vlt_buf_clear(&plain);
    return st;
}

/* Everything of the head that can be judged without the block. */
static enum vault_status
check_head(const struct head *h, size_t n, struct vault_error *err)
{
    if (h->form != FORM || (h->flags & ~(FLAG_PACKED | FLAG_RAW)) != 0 ||
        h->reserved != 0)
        return vlt_fail(err, VAULT_E_NEWER,
            "metadata was made by a newer version");
    if (h->plain > VLT_META_MAX || h->stored > n - VLT_META_HEAD ||
        bucket(h->stored) != n ||
        ((h->flags & FLAG_PACKED) == 0 && h->stored != h->plain))
        return vlt_fail(err, VAULT_E_FORMAT,
            "metadata has lengths that do not fit");
    return VAULT_OK;
}

/* KB and the lengths of the body against the record's header. */
static enum vault_status
check_body(const struct vlt_meta *m, const struct vlt_record_header *h,
    struct vault_error *err)
{
    static const uint8_t zeros[32];
    bool kb = !vlt_equal(m->kb->b, zeros, sizeof zeros);

    if (kb != (h->body_version != 0))
        return vlt_fail(err, VAULT_E_FORMAT,
            "metadata has a body key where there is no body, or none");
    if (h->body_version == 0) {
        if (m->body_raw || m->body_stored != 0 || m->body_original != 0)
            return vlt_fail(err, VAULT_E_FORMAT,
                "metadata has lengths of a body that is not there");
        return VAULT_OK;
    }
    if ((m->body_raw ? m->body_stored != m->body_original
                     : m->body_stored == 0) ||
        !vlt_body_padding_fits(h->body_padded, m->body_stored))
        return vlt_fail(err, VAULT_E_FORMAT,
            "metadata has body lengths that do not fit");
    return VAULT_OK;
}

/* The field `body`: with segments exactly one, with a hash. */
static enum vault_status
check_body_field(const struct vlt_meta *m, const struct vlt_record_header *h,
    struct vault_error *err)
{
    const struct vlt_field *f = vlt_fields_find(&m->fields, "body");

    if (h->body_version != 0 &&
        (f == NULL || f->state != VLT_STATE_VALUE || f->value_len != 32))
        return vlt_fail(err, VAULT_E_FORMAT,
            "metadata lacks the hash of its body");
    return VAULT_OK;
}

static enum vault_status
decode_block(struct vlt_fields *out, const struct head *h, const uint8_t *block,
    struct vault_error *err)
{
    struct vlt_buf plain;
    struct vlt_reader r;
    enum vault_status st = VAULT_OK;

    vlt_buf_init(&plain, h->plain);
    vlt_reader_init(&r, block, h->stored);
    if ((h->flags & FLAG_PACKED) != 0) {
        st = vlt_unpack(&plain, block, h->stored, h->plain, err);
        vlt_reader_init(&r, plain.p, plain.len);
    }
    if (st == VAULT_OK)
        st = vlt_fields_decode(out, &r, err);
    if (st == VAULT_OK) {
        st = vlt_read_end(&r, "field list", err);
        if (st != VAULT_OK)
            vlt_fields_clear(out);
    }
    vlt_buf_clear(&plain);
    return st;
}

enum vault_status
vlt_meta_decode(struct vlt_meta *out, const void *p, size_t n,
    const struct vlt_record_header *h, struct vault_error *err)
{
    struct vlt_meta m;
    struct head head;
    struct vlt_reader r;
    const uint8_t *block;
    enum vault_status st;

    if (n != h->meta_padded || n < VLT_META_HEAD)
        return vlt_fail(err, VAULT_E_FORMAT,
            "metadata has %zu bytes, its header says %u", n,
            (unsigned)h->meta_padded);
    vlt_meta_init(&m);
    m.salts = vlt_salts_new();
    m.kb = vlt_kb_new();
    if (m.salts == NULL || m.kb == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    vlt_reader_init(&r, p, n);
    head.form = vlt_read_u8(&r);
    head.flags = vlt_read_u8(&r);
    head.reserved = vlt_read_u16(&r);
    vlt_read_fixed(&r, m.salts->b, sizeof m.salts->b);
    vlt_read_fixed(&r, m.kb->b, sizeof m.kb->b);
    m.body_stored = vlt_read_u64(&r);
    m.body_original = vlt_read_u64(&r);
    head.stored = vlt_read_u32(&r);
    head.plain = vlt_read_u32(&r);
    m.body_raw = (head.flags & FLAG_RAW) != 0;
    st = check_head(&head, n, err);
    if (st == VAULT_OK)
        st = check_body(&m, h, err);
    if (st != VAULT_OK)
        goto out;
    block = vlt_read_span(&r, head.stored);
    vlt_read_zero(&r, vlt_read_left(&r));
    st = vlt_read_end(&r, "metadata", err);
    if (st == VAULT_OK)
        st = decode_block(&m.fields, &head, block, err);
    if (st == VAULT_OK)
        st = check_body_field(&m, h, err);
    if (st != VAULT_OK)
        goto out;
    if (h->body_version == 0) {
        vlt_kb_free(m.kb);
        m.kb = NULL;
    }
    *out = m;
    vlt_meta_init(&m); /* the caller's from here on */
out:
    vlt_meta_clear(&m);
    return st;
}

bool
vlt_meta_body(const struct vlt_meta *m, const struct vlt_record_header *h,
    struct vlt_body_commit *out)
{
    const struct vlt_field *f = vlt_fields_find(&m->fields, "body");

    if (f == NULL || f->state != VLT_STATE_VALUE)
        return false;
    if (h->body_version == 0) {
        out->original_len = f->value_len;
        vlt_sha256(out->sha256, f->value, f->value_len);
        return true;
    }
    if (f->value_len != sizeof out->sha256)
        return false;
    out->original_len = m->body_original;
    memcpy(out->sha256, f->value, sizeof out->sha256);
    return true;
}
