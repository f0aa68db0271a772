/* SPDX-License-Identifier: Apache-2.0 */
/* record.c: header, row head and keys of a record version (section 6) */
#include "record.h"
#include "fail.h"
#include "label.h"
#include "pack.h"

#include <inttypes.h>
#include <string.h>

static const uint8_t zeros[32];

void
vlt_record_header_encode(uint8_t out[VLT_RECORD_HEADER],
    const struct vlt_record_header *h)
{
    memset(out, 0, VLT_RECORD_HEADER);
    memcpy(out, "SQR1", 4);
    out[4] = 1;  /* suite */
    out[5] = 16; /* log2 of VLT_CHUNK */
    memcpy(out + 8, h->origin, 16);
    memcpy(out + 24, h->id, 16);
    vlt_store_u32(out + 40, h->version);
    vlt_store_u32(out + 44, h->meta_padded);
    vlt_store_u64(out + 48, h->body_padded);
    vlt_store_u32(out + 56, h->body_version);
    memcpy(out + 64, h->prev, 32);
}

/* What section 6.1 and 17 ask of the values, without a key. */
static enum vault_status
check_values(const struct vlt_record_header *h, struct vault_error *err)
{
    bool has_prev = memcmp(h->prev, zeros, sizeof h->prev) != 0;

    if (h->version == 0)
        return vlt_fail(err, VAULT_E_FORMAT, "a record has version 0");
    if (has_prev != (h->version > 1))
        return vlt_fail(err, VAULT_E_FORMAT,
            "version %u of a record does not fit its previous statement",
            (unsigned)h->version);
    if (h->meta_padded < 1024 || h->meta_padded > VLT_META_MAX ||
        (h->meta_padded & (h->meta_padded - 1)) != 0)
        return vlt_fail(err, VAULT_E_FORMAT, "metadata cannot have %u bytes",
            (unsigned)h->meta_padded);
    if (h->body_version > h->version)
        return vlt_fail(err, VAULT_E_FORMAT,
            "version %u of a record has the body of version %u",
            (unsigned)h->version, (unsigned)h->body_version);
    if (h->body_version == 0 ? h->body_padded != 0
                             : !vlt_body_padding_ok(h->body_padded))
        return vlt_fail(err, VAULT_E_FORMAT,
            "a body cannot have %" PRIu64 " bytes", h->body_padded);
    return VAULT_OK;
}

enum vault_status
vlt_record_header_decode(struct vlt_record_header *out, const void *p, size_t n,
    struct vault_error *err)
{
    struct vlt_record_header h;
    struct vlt_reader r;
    uint8_t suite, chunk;
    uint16_t flags;
    uint32_t reserved;
    enum vault_status st;

    vlt_reader_init(&r, p, n);
    vlt_read_expect(&r, "SQR1", 4);
    suite = vlt_read_u8(&r);
    chunk = vlt_read_u8(&r);
    flags = vlt_read_u16(&r);
    vlt_read_fixed(&r, h.origin, sizeof h.origin);
    vlt_read_fixed(&r, h.id, sizeof h.id);
    h.version = vlt_read_u32(&r);
    h.meta_padded = vlt_read_u32(&r);
    h.body_padded = vlt_read_u64(&r);
    h.body_version = vlt_read_u32(&r);
    reserved = vlt_read_u32(&r);
    vlt_read_fixed(&r, h.prev, sizeof h.prev);
    st = vlt_read_end(&r, "record header", err);
    if (st != VAULT_OK)
        return st;
    if (suite != 1 || chunk != 16 || flags != 0 || reserved != 0)
        return vlt_fail(err, VAULT_E_NEWER,
            "a record was made by a newer version");
    st = check_values(&h, err);
    if (st != VAULT_OK)
        return st;
    *out = h;
    return VAULT_OK;
}

uint64_t
vlt_segments(uint64_t body_padded)
{
    return body_padded / VLT_SEGMENT + (body_padded % VLT_SEGMENT != 0);
}

size_t
vlt_segment_size(uint64_t body_padded, uint64_t i)
{
    uint64_t left;
    size_t plain;

    if (i >= vlt_segments(body_padded))
        return 0;
    left = body_padded - i * VLT_SEGMENT;
    plain = left < VLT_SEGMENT ? (size_t)left : VLT_SEGMENT;
    return plain +
        (plain + VLT_CHUNK - 1) / VLT_CHUNK * (VLT_CHUNK_SEALED - VLT_CHUNK);
}

void
vlt_record_head_encode(uint8_t out[VLT_RECORD_HEAD],
    const struct vlt_record_head *r)
{
    vlt_record_header_encode(out, &r->h);
    memcpy(out + 96, r->commit, 32);
    memcpy(out + 128, r->content, 32);
    memcpy(out + 160, r->m, 32);
    memcpy(out + 192, r->b, 32);
}

enum vault_status
vlt_record_head_decode(struct vlt_record_head *out, const void *p, size_t n,
    struct vault_error *err)
{
    struct vlt_record_head h;
    struct vlt_reader r;
    enum vault_status st;

    vlt_reader_init(&r, p, n);
    vlt_read_fixed(&r, h.header, sizeof h.header);
    vlt_read_fixed(&r, h.commit, sizeof h.commit);
    vlt_read_fixed(&r, h.content, sizeof h.content);
    vlt_read_fixed(&r, h.m, sizeof h.m);
    vlt_read_fixed(&r, h.b, sizeof h.b);
    st = vlt_read_end(&r, "record head", err);
    if (st != VAULT_OK)
        return st;
    st = vlt_record_header_decode(&h.h, h.header, sizeof h.header, err);
    if (st != VAULT_OK)
        return st;
    if ((h.h.body_version == 0) != (memcmp(h.b, zeros, sizeof h.b) == 0))
        return vlt_fail(err, VAULT_E_FORMAT,
            "a record head has a body hash that does not fit its header");
    *out = h;
    return VAULT_OK;
}

void
vlt_record_statement(struct vlt_statement *out, const struct vlt_record_head *r)
{
    uint8_t header[VLT_RECORD_HEADER];
    const struct vlt_part part[] = {
        {header, sizeof header},
        {r->commit, sizeof r->commit},
        {r->m, sizeof r->m},
        {r->b, sizeof r->b},
    };

    vlt_record_header_encode(header, &r->h);
    memset(out, 0, sizeof *out);
    memcpy(out->origin, r->h.origin, sizeof out->origin);
    memcpy(out->record, r->h.id, sizeof out->record);
    out->version = r->h.version;
    memcpy(out->content, r->content, sizeof out->content);
    vlt_label_hash(out->cipher, VLT_L_CIPHER, part, VLT_COUNT(part));
    memcpy(out->key, r->commit, sizeof out->key);
    out->has_prev = r->h.version > 1;
    memcpy(out->prev, r->h.prev, sizeof out->prev);
}

void
vlt_record_stmt(uint8_t out[32], const struct vlt_record_head *r)
{
    struct vlt_statement s;

    vlt_record_statement(&s, r);
    vlt_statement_hash(out, &s);
}

void
vlt_record_keys(struct vlt_kmeta *kmeta, uint8_t commit[32],
    const struct vlt_rk *rk, const uint8_t header[VLT_RECORD_HEADER])
{
    uint8_t hash[32], both[64];

    vlt_sha256(hash, header, VLT_RECORD_HEADER);
    vlt_x(rk->b, VLT_L_RECORD, hash, sizeof hash, both, sizeof both);
    memcpy(kmeta->b, both, 32);
    memcpy(commit, both + 32, 32);
    vlt_wipe(both, sizeof both);
}

void
vlt_segments_hash_init(struct vlt_segments_hash *s)
{
    vlt_label_hash_init(&s->h, VLT_L_SEGMENTS);
    s->n = 0;
}

void
vlt_segments_hash_add(struct vlt_segments_hash *s, const void *segment,
    size_t n)
{
    uint8_t seg[32];

    vlt_blake2b(seg, segment, n);
    vlt_segments_hash_join(s, seg);
}

void
vlt_segments_hash_join(struct vlt_segments_hash *s, const uint8_t seg[32])
{
    vlt_sha256_update(&s->h, seg, 32);
    s->n++;
}

void
vlt_segments_hash_final(struct vlt_segments_hash *s, uint8_t out[32])
{
    vlt_sha256_final(&s->h, out);
    if (s->n == 0)
        memset(out, 0, 32);
}
