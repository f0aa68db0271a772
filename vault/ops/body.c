/* SPDX-License-Identifier: Apache-2.0 */
/* body.c: a record's body on its way into segments */
#include "body.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "fail.h"
#include "record_rows.h"
#include "seal.h"

enum { LEVEL = 3 }; /* zstd's own default: speed before size */

void
vlt_body_init(struct vlt_body *b, struct vault *v)
{
    memset(b, 0, sizeof *b);
    b->v = v;
    vlt_buf_init(&b->sample, VLT_BODY_SAMPLE);
    vlt_segments_hash_init(&b->hash);
}

void
vlt_body_clear(struct vlt_body *b)
{
    size_t i;

    vlt_buf_clear(&b->sample);
    vlt_packer_free(b->packer);
    vlt_kb_free(b->kb);
    if (b->chunk != NULL)
        vlt_wipe(b->chunk, VLT_CHUNK);
    free(b->chunk);
    free(b->segment);
    for (i = 0; i < VLT_BODY_HELD; i++)
        free(b->hold[i]);
    vlt_os_unlock(b->lock);
    memset(b, 0, sizeof *b);
}

/* ---- staging ---- */

/* Between two transactions another program may have cleared it, and given
 * the row number to a body of its own. */
static enum vault_status
still_ours(struct vlt_body *b, struct vault_error *err)
{
    bool same = false;
    enum vault_status st =
        vlt_staging_same(b->v->store, b->rid, b->staged, b->first, &same, err);

    if (st == VAULT_OK && !same)
        st = vlt_fail_hint(err, VAULT_E_BUSY, "add it once more",
            "another program took back what was staged of this body");
    return st;
}

/* A row of its own, under a lock that tells other processes of this machine
 * that somebody is at it. */
static enum vault_status
stage_first(struct vlt_body *b, struct vault_error *err)
{
    struct vault *v = b->v;
    enum vault_status st = VAULT_OK;

    if (b->lock == NULL)
        st = vlt_staging_lock(v, &b->lock, err);
    if (st == VAULT_OK)
        st = vlt_record_next_rid(v->store, &b->rid, err);
    if (st == VAULT_OK)
        st = vlt_staging_put(v->store, b->rid, err);
    return st;
}

static enum vault_status
stage_in(struct vlt_body *b, struct vault_error *err)
{
    struct vlt_store *s = b->v->store;
    enum vault_status st;
    size_t i;

    st = b->rid == 0 ? stage_first(b, err) : still_ours(b, err);
    for (i = 0; st == VAULT_OK && i < b->held; i++)
        st = vlt_segment_put(s, b->rid, b->staged + i, b->hold[i],
            b->hold_len[i], err);
    return st;
}

/* Everything held, in one transaction that takes no longer than the disk. */
static enum vault_status
stage_held(struct vlt_body *b, struct vault_error *err)
{
    struct vault *v = b->v;
    enum vault_status st = VAULT_OK;
    size_t i;

    /* a batch cannot span the short transactions */
    if (v->acting)
        st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        st = vlt_staging_clear(v, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, true, err);
    if (st != VAULT_OK)
        return st;
    st = stage_in(b, err);
    if (st != VAULT_OK) {
        vlt_store_rollback(v->store);
        return st;
    }
    st = vlt_store_commit(v->store, err);
    if (st != VAULT_OK)
        return st;
    if (b->staged == 0)
        memcpy(b->first, b->hold[0], sizeof b->first);
    b->staged += b->held;
    for (i = 0; i < b->held; i++) {
        free(b->hold[i]);
        b->hold[i] = NULL;
    }
    b->held = 0;
    return VAULT_OK;
}

/* ---- chunks and segments ---- */

static enum vault_status
end_segment(struct vlt_body *b, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    vlt_segments_hash_add(&b->hash, b->segment, b->segment_len);
    b->segments++;
    b->stored += b->segment_len;
    if (b->held == VLT_BODY_HELD)
        st = stage_held(b, err);
    if (st != VAULT_OK)
        return st;
    b->hold[b->held] = b->segment;
    b->hold_len[b->held++] = b->segment_len;
    b->segment_len = 0;
    b->segment = malloc(VLT_SEGMENT_SEALED);
    if (b->segment == NULL)
        return vlt_fail_memory(err);
    if (!vlt_progress(&b->v->opt, b->chunks * VLT_CHUNK, 0, false))
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    return VAULT_OK;
}

static enum vault_status
end_chunk(struct vlt_body *b, bool final, struct vault_error *err)
{
    vlt_chunk_seal(b->segment + b->segment_len, b->kb->b, b->chunks, final,
        b->chunk, b->chunk_len);
    b->segment_len += b->chunk_len + VLT_TAG;
    b->chunk_len = 0;
    b->chunks++;
    if (!final && b->chunks % VLT_SEGMENT_CHUNKS != 0)
        return VAULT_OK;
    return end_segment(b, err);
}

/* A full chunk is sealed only when more follows: the last one is marked. */
static enum vault_status
put_stream(struct vlt_body *b, const uint8_t *p, size_t n,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK && n > 0) {
        size_t room = VLT_CHUNK - b->chunk_len;
        size_t take = n < room ? n : room;

        if (room == 0) {
            st = end_chunk(b, false, err);
            continue;
        }
        if (p != NULL) {
            memcpy(b->chunk + b->chunk_len, p, take);
            p += take;
        } else {
            memset(b->chunk + b->chunk_len, 0, take);
        }
        b->chunk_len += take;
        n -= take;
    }
    return st;
}

static enum vault_status
emit(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    return put_stream(ctx, p, n, err);
}

static enum vault_status
start_packing(struct vlt_body *b, struct vault_error *err)
{
    enum vault_status st;

    b->kb = vlt_kb_new();
    b->chunk = malloc(VLT_CHUNK);
    b->segment = malloc(VLT_SEGMENT_SEALED);
    if (b->kb == NULL || b->chunk == NULL || b->segment == NULL)
        return vlt_fail_memory(err);
    vlt_random(b->kb->b, sizeof b->kb->b);
    b->raw = !vlt_shrinks(b->sample.p, b->sample.len);
    st = vlt_packer_new(&b->packer, b->raw, LEVEL, emit, b, err);
    if (st == VAULT_OK)
        st = vlt_packer_put(b->packer, b->sample.p, b->sample.len, err);
    vlt_buf_clear(&b->sample);
    return st;
}

bool
vlt_body_small(const struct vlt_body *b)
{
    return b->packer == NULL;
}

enum vault_status
vlt_body_write(struct vlt_body *b, const void *p, size_t n,
    struct vault_error *err)
{
    const uint8_t *at = p;
    size_t take;
    enum vault_status st;

    b->any = true;
    if (b->packer == NULL) {
        take = VLT_BODY_SAMPLE - b->sample.len;
        if (take > n)
            take = n;
        vlt_buf_put(&b->sample, at, take);
        st = vlt_buf_end(&b->sample, "body", err);
        at += take;
        n -= take;
        if (st == VAULT_OK && n > 0)
            st = start_packing(b, err);
        if (st != VAULT_OK || n == 0)
            return st;
    }
    return vlt_packer_put(b->packer, at, n, err);
}

/* Zeros up to the padded length, and the last chunk. */
static enum vault_status
pad(struct vlt_body *b, struct vault_error *err)
{
    uint64_t left;
    enum vault_status st = VAULT_OK;

    b->padded = vlt_padme(b->stream_len < 4096 ? 4096 : b->stream_len);
    left = b->padded - b->stream_len;
    while (st == VAULT_OK && left > 0) {
        size_t take = left < VLT_SEGMENT ? (size_t)left : VLT_SEGMENT;

        st = put_stream(b, NULL, take, err);
        left -= take;
    }
    if (st == VAULT_OK)
        st = end_chunk(b, true, err);
    return st;
}

enum vault_status
vlt_body_finish(struct vlt_body *b, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (b->packer == NULL)
        st = start_packing(b, err);
    if (st == VAULT_OK)
        st = vlt_packer_finish(b->packer, &b->stream_len, &b->original_len,
            b->sha256, err);
    if (st == VAULT_OK)
        st = pad(b, err);
    if (st != VAULT_OK)
        return st;
    vlt_segments_hash_final(&b->hash, b->b);
    return VAULT_OK;
}

enum vault_status
vlt_body_put(struct vlt_body *b, uint64_t rid, struct vault_error *err)
{
    struct vlt_store *s = b->v->store;
    enum vault_status st = VAULT_OK;
    size_t i;

    assert(b->rid == 0 || rid == b->rid);
    if (b->rid != 0)
        st = still_ours(b, err);
    for (i = 0; st == VAULT_OK && i < b->held; i++)
        st = vlt_segment_put(s, rid, b->staged + i, b->hold[i], b->hold_len[i],
            err);
    if (st == VAULT_OK && b->rid != 0)
        st = vlt_staging_delete(s, rid, err);
    return st;
}
