/* SPDX-License-Identifier: Apache-2.0 */
/* epoch.c: the public part of an epoch, its steps and its cache (section 5) */
#include "epoch.h"
#include "fail.h"
#include "hash.h"
#include "label.h"
#include "seal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { R = 32, CACHE_AD = VLT_EPOCH_HEAD + 32 };

void
vlt_epoch_clear(struct vlt_epoch *e)
{
    free(e->rcpt);
    free(e->wraps);
    memset(e, 0, sizeof *e);
}

uint32_t
vlt_epoch_padded(enum vlt_epoch_kind kind, uint32_t recipients)
{
    if (recipients <= 2 && kind != VLT_EPOCH_BUNDLE)
        return 2;
    if (recipients <= 4)
        return 4;
    assert(recipients <= UINT32_MAX - 3);
    return (recipients + 3) / 4 * 4;
}

static bool
is_chain(enum vlt_epoch_kind kind)
{
    return kind == VLT_EPOCH_CAPTURE || kind == VLT_EPOCH_COMPARTMENT;
}

uint32_t
vlt_epoch_steps(enum vlt_epoch_kind kind)
{
    return is_chain(kind) ? VLT_STEPS_CHAIN : VLT_STEPS_VAULT;
}

static enum vault_status
decode_header(struct vlt_epoch *e, const void *head, size_t n,
    struct vault_error *err)
{
    struct vlt_reader r;
    uint8_t kind, zero[3];
    uint32_t suite;
    enum vault_status st;

    vlt_reader_init(&r, head, n);
    vlt_read_expect(&r, "SQE1", 4);
    kind = vlt_read_u8(&r);
    vlt_read_fixed(&r, zero, sizeof zero);
    vlt_read_fixed(&r, e->vault, sizeof e->vault);
    vlt_read_fixed(&r, e->id, sizeof e->id);
    vlt_read_fixed(&r, e->writer, sizeof e->writer);
    e->n = vlt_read_u32(&r);
    suite = vlt_read_u32(&r);
    (void)vlt_read_span(&r, 32); /* the commitment */
    st = vlt_read_end(&r, "epoch head", err);
    if (st != VAULT_OK)
        return st;
    if (kind > VLT_EPOCH_COMPARTMENT || suite != 1 ||
        (zero[0] | zero[1] | zero[2]) != 0)
        return vlt_fail(err, VAULT_E_NEWER,
            "an epoch was made by a newer version");
    if (kind == 0)
        return vlt_fail(err, VAULT_E_FORMAT, "an epoch has no kind");
    e->kind = (enum vlt_epoch_kind)kind;
    memcpy(e->head, head, sizeof e->head);
    return VAULT_OK;
}

enum vault_status
vlt_epoch_decode(struct vlt_epoch *out, const void *head, size_t head_len,
    const void *rcpt, size_t rcpt_len, const void *wraps, size_t wraps_len,
    struct vault_error *err)
{
    struct vlt_epoch e = {0};
    enum vault_status st;

    st = decode_header(&e, head, head_len, err);
    if (st != VAULT_OK)
        return st;
    if (e.n > VLT_EPOCH_WRAPS_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "an epoch has more than %d wraps",
            (int)VLT_EPOCH_WRAPS_MAX);
    if (e.n == 0 || vlt_epoch_padded(e.kind, e.n) != e.n)
        return vlt_fail(err, VAULT_E_FORMAT,
            "an epoch of kind %d cannot have %u wraps", (int)e.kind,
            (unsigned)e.n);
    if (rcpt_len != (size_t)e.n * R ||
        wraps_len != (size_t)e.n * VLT_EPOCH_WRAP)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the lists of an epoch have %zu and %zu bytes for %u wraps",
            rcpt_len, wraps_len, (unsigned)e.n);
    e.rcpt = vlt_memdup(rcpt, rcpt_len);
    e.wraps = vlt_memdup(wraps, wraps_len);
    if (e.rcpt == NULL || e.wraps == NULL) {
        vlt_epoch_clear(&e);
        return vlt_fail_memory(err);
    }
    *out = e;
    return VAULT_OK;
}

void
vlt_epoch_rcpt_hash(uint8_t out[32], const struct vlt_epoch *e)
{
    const struct vlt_part part = {e->rcpt, (size_t)e->n * R};

    vlt_label_hash(out, VLT_L_RCPTS, &part, 1);
}

void
vlt_epoch_row_hash(uint8_t out[32], const struct vlt_epoch *e)
{
    uint8_t rcpt[32], wraps[32];
    const struct vlt_part part[] = {
        {e->head, sizeof e->head},
        {rcpt, sizeof rcpt},
        {wraps, sizeof wraps},
    };

    vlt_epoch_rcpt_hash(rcpt, e);
    vlt_sha256(wraps, e->wraps, (size_t)e->n * VLT_EPOCH_WRAP);
    vlt_sha256_parts(out, part, VLT_COUNT(part));
}

bool
vlt_epoch_commit_ok(const struct vlt_epoch *e, const struct vlt_e0 *e0)
{
    uint8_t commit[32];

    vlt_x(e0->b, VLT_L_EPOCH_COMMIT, e->head, VLT_EPOCH_HEADER, commit,
        sizeof commit);
    return vlt_equal(commit, e->head + VLT_EPOCH_HEADER, sizeof commit);
}

void
vlt_epoch_next(struct vlt_step *step, const struct vlt_epoch *e, uint32_t i)
{
    uint8_t ctx[20], next[32];

    assert(is_chain(e->kind));
    memcpy(ctx, e->id, sizeof e->id);
    vlt_store_u32(ctx + 16, i);
    vlt_x(step->b, VLT_L_NEXT, ctx, sizeof ctx, next, sizeof next);
    memcpy(step->b, next, sizeof next);
    vlt_wipe(next, sizeof next);
}

void
vlt_epoch_step(struct vlt_step *out, const struct vlt_epoch *e,
    const struct vlt_e0 *e0, uint32_t i)
{
    uint32_t at;

    assert(i < vlt_epoch_steps(e->kind));
    memcpy(out->b, e0->b, sizeof out->b);
    for (at = 0; is_chain(e->kind) && at < i; at++)
        vlt_epoch_next(out, e, at);
}

static void
cache_ad(uint8_t ad[CACHE_AD], const struct vlt_epoch *e)
{
    memcpy(ad, e->head, VLT_EPOCH_HEAD);
    vlt_epoch_rcpt_hash(ad + VLT_EPOCH_HEAD, e);
}

static void
cache_key(struct vlt_cell *key, const struct vlt_epoch *e,
    const struct vlt_vmk *vmk)
{
    vlt_x(vmk->b, VLT_L_EPOCH_CACHE, e->vault, sizeof e->vault, key->b,
        sizeof key->b);
}

void
vlt_epoch_cache_seal(uint8_t out[VLT_EPOCH_CACHE], const struct vlt_epoch *e,
    const struct vlt_e0 *e0, uint64_t time, const struct vlt_vmk *vmk)
{
    struct vlt_cell key;
    uint8_t ad[CACHE_AD], plain[40];

    cache_key(&key, e, vmk);
    cache_ad(ad, e);
    memcpy(plain, e0->b, sizeof e0->b);
    vlt_store_u64(plain + 32, time);
    vlt_seal(out, key.b, ad, sizeof ad, plain, sizeof plain);
    vlt_wipe(plain, sizeof plain);
    vlt_wipe(&key, sizeof key);
}

bool
vlt_epoch_cache_open(const struct vlt_epoch *e, const uint8_t *cell, size_t len,
    const struct vlt_vmk *vmk, struct vlt_e0 *e0, uint64_t *time)
{
    struct vlt_cell key;
    struct vlt_e0 found;
    uint8_t ad[CACHE_AD], plain[40];
    bool ok;

    if (len != VLT_EPOCH_CACHE)
        return false;
    cache_key(&key, e, vmk);
    cache_ad(ad, e);
    ok = vlt_unseal(plain, key.b, ad, sizeof ad, cell, len);
    memcpy(found.b, plain, sizeof found.b);
    ok = ok && vlt_epoch_commit_ok(e, &found);
    if (ok) {
        memcpy(e0->b, found.b, sizeof found.b);
        *time = vlt_load_u64(plain + 32);
    }
    vlt_wipe(&found, sizeof found);
    vlt_wipe(plain, sizeof plain);
    vlt_wipe(&key, sizeof key);
    return ok;
}
