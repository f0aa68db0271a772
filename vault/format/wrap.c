/* SPDX-License-Identifier: Apache-2.0 */
/* wrap.c: a record key sealed under a step of an epoch (section 6.1) */
#include "extract.h"
#include "fail.h"
#include "label.h"
#include "seal.h"

#include <assert.h>
#include <string.h>

enum { PUBLIC = 24, AD_SIZE = VLT_RECORD_HEADER + 32 + PUBLIC };

enum vault_status
vlt_wrap_decode(struct vlt_wrap *out, const void *p, size_t n,
    struct vault_error *err)
{
    struct vlt_wrap w;
    struct vlt_reader r;
    uint32_t use;
    enum vault_status st;

    vlt_reader_init(&r, p, n);
    vlt_read_fixed(&r, w.epoch, sizeof w.epoch);
    w.i = vlt_read_u32(&r);
    use = vlt_read_u32(&r);
    (void)vlt_read_span(&r, VLT_RECORD_WRAP - PUBLIC);
    st = vlt_read_end(&r, "wrap", err);
    if (st != VAULT_OK)
        return st;
    if (use > VLT_WRAP_XK)
        return vlt_fail(err, VAULT_E_NEWER,
            "a wrap was made by a newer version");
    if (use == 0)
        return vlt_fail(err, VAULT_E_FORMAT, "a wrap has no use");
    w.use = (enum vlt_wrap_use)use;
    *out = w;
    return VAULT_OK;
}

/* AD = record header || commit || epoch id || i || use (the row's first). */
static void
wrap_ad(uint8_t ad[AD_SIZE], const struct vlt_record_head *r,
    const uint8_t row[PUBLIC])
{
    vlt_record_header_encode(ad, &r->h);
    memcpy(ad + VLT_RECORD_HEADER, r->commit, sizeof r->commit);
    memcpy(ad + VLT_RECORD_HEADER + 32, row, PUBLIC);
}

/* Wi = X(Ei, "wrap", epoch id || i). */
static void
step_key(struct vlt_cell *key, const struct vlt_epoch *e,
    const struct vlt_step *step, uint32_t i)
{
    uint8_t ctx[20];

    memcpy(ctx, e->id, sizeof e->id);
    vlt_store_u32(ctx + 16, i);
    vlt_x(step->b, VLT_L_WRAP, ctx, sizeof ctx, key->b, sizeof key->b);
}

static void
wrap_key(struct vlt_cell *key, const struct vlt_epoch *e,
    const struct vlt_e0 *e0, uint32_t i)
{
    struct vlt_step step;

    vlt_epoch_step(&step, e, e0, i);
    step_key(key, e, &step, i);
    vlt_wipe(&step, sizeof step);
}

void
vlt_wrap_seal(uint8_t out[VLT_RECORD_WRAP], const struct vlt_epoch *e,
    const struct vlt_e0 *e0, uint32_t i, const struct vlt_record_head *r,
    const struct vlt_rk *rk)
{
    struct vlt_step step;

    vlt_epoch_step(&step, e, e0, i);
    vlt_wrap_seal_step(out, e, &step, i, r, rk);
    vlt_wipe(&step, sizeof step);
}

/* A row of this use under Ei. */
static void
seal_row(uint8_t out[VLT_RECORD_WRAP], const struct vlt_epoch *e,
    const struct vlt_step *step, uint32_t i, const struct vlt_record_head *r,
    enum vlt_wrap_use use, const uint8_t secret[32])
{
    struct vlt_cell key;
    uint8_t ad[AD_SIZE];

    assert(i < vlt_epoch_steps(e->kind));
    memcpy(out, e->id, sizeof e->id);
    vlt_store_u32(out + 16, i);
    vlt_store_u32(out + 20, use);
    wrap_ad(ad, r, out);
    step_key(&key, e, step, i);
    vlt_seal(out + PUBLIC, key.b, ad, sizeof ad, secret, 32);
    vlt_wipe(&key, sizeof key);
}

void
vlt_wrap_seal_step(uint8_t out[VLT_RECORD_WRAP], const struct vlt_epoch *e,
    const struct vlt_step *step, uint32_t i, const struct vlt_record_head *r,
    const struct vlt_rk *rk)
{
    seal_row(out, e, step, i, r, VLT_WRAP_RK, rk->b);
}

void
vlt_wrap_seal_xk(uint8_t out[VLT_RECORD_WRAP], const struct vlt_epoch *e,
    const struct vlt_e0 *e0, uint32_t i, const struct vlt_record_head *r,
    const struct vlt_xk *xk)
{
    struct vlt_step step;

    vlt_epoch_step(&step, e, e0, i);
    seal_row(out, e, &step, i, r, VLT_WRAP_XK, xk->b);
    vlt_wipe(&step, sizeof step);
}

/* Whether the public part allows an attempt. */
static enum vault_status
check_public(const struct vlt_wrap *w, const struct vlt_epoch *e,
    enum vlt_wrap_use use, struct vault_error *err)
{
    if (w->use != use)
        return vlt_fail(err, VAULT_E_FORMAT,
            use == VLT_WRAP_RK ? "a wrap is not for the key of a record"
                               : "a wrap is not for the key of an extract");
    if (memcmp(w->epoch, e->id, sizeof w->epoch) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "a wrap belongs to another epoch");
    if (w->i >= vlt_epoch_steps(e->kind))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "a wrap names step %u, which its epoch does not have",
            (unsigned)w->i);
    return VAULT_OK;
}

/* The 32 bytes in a row of this use. */
static enum vault_status
open_row(uint8_t secret[32], const uint8_t *row, size_t n,
    const struct vlt_epoch *e, const struct vlt_e0 *e0,
    const struct vlt_record_head *r, enum vlt_wrap_use use,
    struct vault_error *err)
{
    struct vlt_wrap w;
    struct vlt_cell key;
    uint8_t ad[AD_SIZE];
    enum vault_status st;

    st = vlt_wrap_decode(&w, row, n, err);
    if (st == VAULT_OK)
        st = check_public(&w, e, use, err);
    if (st != VAULT_OK)
        return st;
    wrap_ad(ad, r, row);
    wrap_key(&key, e, e0, w.i);
    if (!vlt_unseal(secret, key.b, ad, sizeof ad, row + PUBLIC, n - PUBLIC))
        st = vlt_fail(err, VAULT_E_TAMPERED, "a wrap does not open");
    vlt_wipe(&key, sizeof key);
    return st;
}

enum vault_status
vlt_wrap_open(const uint8_t *row, size_t n, const struct vlt_epoch *e,
    const struct vlt_e0 *e0, const struct vlt_record_head *r, struct vlt_rk *rk,
    struct vlt_kmeta *kmeta, struct vault_error *err)
{
    struct vlt_rk found;
    struct vlt_kmeta km = {{0}};
    uint8_t header[VLT_RECORD_HEADER], commit[32];
    enum vault_status st;

    st = open_row(found.b, row, n, e, e0, r, VLT_WRAP_RK, err);
    if (st != VAULT_OK)
        return st;
    vlt_record_header_encode(header, &r->h);
    vlt_record_keys(&km, commit, &found, header);
    if (vlt_equal(commit, r->commit, sizeof commit)) {
        *rk = found;
        *kmeta = km;
    } else {
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the key in a wrap is not the one its record names");
    }
    vlt_wipe(&found, sizeof found);
    vlt_wipe(&km, sizeof km);
    return st;
}

enum vault_status
vlt_wrap_open_xk(const uint8_t *row, size_t n, const struct vlt_epoch *e,
    const struct vlt_e0 *e0, const struct vlt_record_head *r, struct vlt_xk *xk,
    struct vault_error *err)
{
    struct vlt_xk found;
    enum vault_status st;

    st = open_row(found.b, row, n, e, e0, r, VLT_WRAP_XK, err);
    if (st == VAULT_OK)
        *xk = found;
    vlt_wipe(&found, sizeof found);
    return st;
}
