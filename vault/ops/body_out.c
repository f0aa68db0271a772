/* SPDX-License-Identifier: Apache-2.0 */
/* body_out.c: a body on its way out of segments */
#include "body_out.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "pack.h"
#include "seal.h"

struct stream {
    const struct vlt_body_out *b;
    struct vlt_unpacker *unpacker;
    struct vlt_segments_hash hash;
    uint8_t *segment;
    uint64_t chunk;  /* next */
    uint64_t chunks; /* of the padded stream */
    uint64_t done;   /* bytes of the padded stream */
};

static bool
zeros(const uint8_t *p, size_t n)
{
    uint8_t any = 0;

    while (n-- > 0)
        any |= *p++;
    return any == 0;
}

/* n authenticated bytes at s->done: content first, then padding. */
static enum vault_status
take(struct stream *s, const uint8_t *p, size_t n, struct vault_error *err)
{
    uint64_t left = s->b->meta->body_stored > s->done
        ? s->b->meta->body_stored - s->done
        : 0;
    size_t content = left < n ? (size_t)left : n;

    s->done += n;
    if (!zeros(p + content, n - content))
        return vlt_fail(err, VAULT_E_TAMPERED, "the padding is not zero");
    return content == 0 ? VAULT_OK
                        : vlt_unpacker_put(s->unpacker, p, content, err);
}

static enum vault_status
open_segment(struct stream *s, size_t len, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t at = 0;

    while (st == VAULT_OK && at < len) {
        size_t n = len - at < VLT_CHUNK_SEALED ? len - at : VLT_CHUNK_SEALED;
        uint8_t *p = s->segment + at;

        if (n <= VLT_TAG ||
            !vlt_chunk_open(p, s->b->meta->kb->b, s->chunk,
                s->chunk + 1 == s->chunks, p, n))
            return vlt_fail(err, VAULT_E_TAMPERED,
                "part %" PRIu64 " of the body does not open", s->chunk);
        st = take(s, p, n - VLT_TAG, err);
        s->chunk++;
        at += n;
    }
    return st;
}

static enum vault_status
all_segments(struct stream *s, struct vault_error *err)
{
    uint64_t padded = s->b->head->h.body_padded;
    uint64_t count = vlt_segments(padded);
    enum vault_status st = VAULT_OK;
    uint64_t i;

    for (i = 0; st == VAULT_OK && i < count; i++) {
        size_t len = vlt_segment_size(padded, i);

        st = s->b->fetch(s->b->fetch_ctx, i, s->segment, len, err);
        if (st == VAULT_E_NOT_FOUND)
            st = vlt_fail(err, VAULT_E_TAMPERED,
                "segment %" PRIu64 " of the body is missing", i);
        if (st != VAULT_OK)
            return st;
        vlt_segments_hash_add(&s->hash, s->segment, len);
        st = open_segment(s, len, err);
        if (st == VAULT_OK && s->b->opt != NULL &&
            !vlt_progress(s->b->opt, s->done, padded, false))
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    return st;
}

enum vault_status
vlt_body_stream(const struct vlt_body_out *b, struct vault_error *err)
{
    struct stream s;
    uint8_t hash[32];
    enum vault_status st;

    memset(&s, 0, sizeof s);
    s.b = b;
    s.chunks = (b->head->h.body_padded + VLT_CHUNK - 1) / VLT_CHUNK;
    vlt_segments_hash_init(&s.hash);
    s.segment = malloc(VLT_SEGMENT_SEALED);
    if (s.segment == NULL)
        return vlt_fail_memory(err);
    st = vlt_unpacker_new(&s.unpacker, b->meta->body_raw, b->meta->body_stored,
        b->meta->body_original, b->write, b->write_ctx, err);
    if (st == VAULT_OK)
        st = all_segments(&s, err);
    if (st == VAULT_OK)
        st = vlt_unpacker_finish(s.unpacker, b->body->sha256, err);
    vlt_segments_hash_final(&s.hash, hash);
    if (st == VAULT_OK && memcmp(hash, b->head->b, 32) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the sealed body is not the one that was logged");
    vlt_unpacker_free(s.unpacker);
    vlt_wipe(s.segment, VLT_SEGMENT_SEALED);
    free(s.segment);
    return st;
}
