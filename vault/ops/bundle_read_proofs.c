/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_read_proofs.c: what lies in a log of its origin, and whole bodies */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"

/* ---- proofs: a path each; the checkpoints' signatures were checked ---- */

static void
make_leaf(struct vlt_leaf *leaf, const struct vlt_bundle_item *of,
    const struct vlt_proof_seen *r)
{
    memset(leaf, 0, sizeof *leaf);
    memcpy(leaf->kind, r->kind, sizeof leaf->kind);
    leaf->has_record = true;
    memcpy(leaf->record, of->id, 16);
    leaf->version = of->version;
    memcpy(leaf->subject, of->stmt, 32);
    memcpy(leaf->event, r->event, 32);
}

static enum vlt_proof_fault
judge_proof(const struct vlt_bundle *b, const struct vlt_bundle_log *log,
    const struct vlt_bundle_item *of, const struct vlt_proof_seen *r)
{
    const struct vlt_bundle_point *point;
    struct vlt_leaf leaf;
    uint8_t hash[32];

    if (log == NULL || log->fault != VLT_LOG_SOUND)
        return VLT_PROOF_LOG;
    point = vlt_bundle_point_find(b, log->n, r->size);
    if (point == NULL)
        return VLT_PROOF_LOG;
    if (memcmp(log->vault, of->origin, 16) != 0)
        return VLT_PROOF_OTHER;
    /* sessions take nothing in */
    if (strcmp(r->kind, "seal") != 0 &&
        (log->session || strcmp(r->kind, "take") != 0))
        return VLT_PROOF_PLACE;
    make_leaf(&leaf, of, r);
    vlt_leaf_text_hash(hash, &leaf);
    return vlt_inclusion_ok(r->idx, r->size, hash, r->path, r->n, point->root)
        ? VLT_PROOF_HOLDS
        : VLT_PROOF_PLACE;
}

/* A fault stays; of those that hold, a replica's says more than a session's,
 * whose key lay in clear for a while. */
static bool
counts_more(const struct vlt_bundle *b, const struct vlt_bundle_item *at,
    enum vlt_proof_fault fault, const struct vlt_bundle_log *log)
{
    const struct vlt_bundle_log *now;

    if (at->proof == VLT_PROOF_NONE)
        return true;
    if (at->proof != VLT_PROOF_HOLDS)
        return false;
    if (fault != VLT_PROOF_HOLDS)
        return true;
    now = vlt_bundle_log(b, at->log);
    return now != NULL && now->session && !log->session;
}

static enum vault_status
take_proof(void *ctx, const struct vlt_proof_seen *r, struct vault_error *err)
{
    struct vlt_bundle *b = ctx;
    struct vlt_bundle_item *at = vlt_bundle_item(b, r->rid);
    const struct vlt_bundle_log *log = vlt_bundle_log(b, r->log);
    enum vlt_proof_fault fault;

    if (at == NULL || log == NULL)
        return vlt_fail(err, VAULT_E_TAMPERED, "planted: a proof of nothing");
    fault = judge_proof(b, log, at, r);
    if (counts_more(b, at, fault, log)) {
        at->proof = fault;
        at->log = r->log;
        at->idx = r->idx;
    }
    return vlt_bundle_poll(b, err);
}

enum vlt_proof_fault
vlt_bundle_judge_proof(const struct vlt_bundle *b,
    const struct vlt_bundle_item *of, const struct vlt_proof_seen *r)
{
    return judge_proof(b, vlt_bundle_log(b, r->log), of, r);
}

enum vault_status
vlt_bundle_prove(struct vlt_bundle *b, struct vault_error *err)
{
    return vlt_bundle_proofs(b->store, take_proof, b, err);
}

/* ---- bodies: all segments of a row, or none ---- */

static enum vault_status
hash_segments(struct vlt_bundle *b, struct vlt_bundle_item *at,
    uint8_t *segment, struct vault_error *err)
{
    struct vlt_segments_hash hash;
    uint64_t i, n = vlt_segments(at->body_padded);
    uint8_t got[32];
    enum vault_status st = VAULT_OK;

    vlt_segments_hash_init(&hash);
    for (i = 0; st == VAULT_OK && i < n; i++) {
        size_t len = vlt_segment_size(at->body_padded, i);

        b->in->polls = 0;
        st = vlt_bundle_poll(b, err);
        if (st == VAULT_OK)
            st = vlt_segment_get(b->store, at->rid, i, segment, len, err);
        if (st == VAULT_OK)
            vlt_segments_hash_add(&hash, segment, len);
        b->in->done += len;
    }
    vlt_segments_hash_final(&hash, got);
    if (st == VAULT_E_NOT_FOUND || st == VAULT_E_TAMPERED) {
        vlt_error_clear(err);
        at->body_bad = true;
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        at->body_bad = memcmp(got, at->b, 32) != 0;
    return st;
}

static enum vault_status
judge_segments(struct vlt_bundle *b, struct vlt_bundle_item *at,
    uint8_t *segment, struct vault_error *err)
{
    bool own = at->body_version == at->version;
    uint64_t n = 0;
    enum vault_status st = vlt_segment_count(b->store, at->rid, &n, err);

    if (st != VAULT_OK || n == 0)
        return st;
    at->segments = n;
    if (!own || n != vlt_segments(at->body_padded)) {
        at->body_bad = true;
        return VAULT_OK;
    }
    return hash_segments(b, at, segment, err);
}

enum vault_status
vlt_bundle_bodies(struct vlt_bundle *b, struct vault_error *err)
{
    uint8_t *segment = malloc(VLT_SEGMENT_SEALED);
    enum vault_status st;
    size_t i;

    if (segment == NULL)
        return vlt_fail_memory(err);
    st = vlt_store_bytes(b->store, &b->in->total, err);
    for (i = 0; st == VAULT_OK && i < b->in->items; i++) {
        st = judge_segments(b, &b->in->item[i], segment, err);
        if (st == VAULT_OK)
            st = vlt_bundle_poll(b, err);
    }
    free(segment);
    return st;
}
