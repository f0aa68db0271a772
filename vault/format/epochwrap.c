/* SPDX-License-Identifier: Apache-2.0 */
/* epochwrap.c: an epoch sealed to its recipients, and opened by one (s. 5) */
#include "epoch.h"
#include "fail.h"
#include "hash.h"
#include "label.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    R = 32,
    T = 32, /* t_j */
    INFO_MAX = VLT_LABEL_MAX + VLT_EPOCH_HEAD + 32,
    PLAIN = 64 /* E0 || t_j */
};

_Static_assert(PLAIN + VLT_HPKE_EXTRA == VLT_EPOCH_WRAP, "size of a wrap");

static size_t
wrap_info(uint8_t info[INFO_MAX], const struct vlt_epoch *e)
{
    size_t n = vlt_label(VLT_L_EPOCH, info);

    memcpy(info + n, e->head, VLT_EPOCH_HEAD);
    n += VLT_EPOCH_HEAD;
    vlt_epoch_rcpt_hash(info + n, e);
    return n + 32;
}

/* r_j = H(L("rcpt") || epoch id || t_j || fingerprint). */
static void
receipt(uint8_t out[R], const struct vlt_epoch *e, const uint8_t t[T],
    const uint8_t fingerprint[32])
{
    const struct vlt_part part[] = {
        {e->id, sizeof e->id},
        {t, T},
        {fingerprint, 32},
    };

    vlt_label_hash(out, VLT_L_RCPT, part, VLT_COUNT(part));
}

/* Uniform below bound: draws beyond the last whole multiple are repeated. */
static uint32_t
random_below(uint32_t bound)
{
    uint32_t limit = UINT32_MAX - UINT32_MAX % bound, v;

    do
        vlt_random(&v, sizeof v);
    while (v >= limit);
    return v % bound;
}

/* place[j] = which recipient (or, from n on, which padding) stands at j. */
static void
shuffle(uint32_t *place, uint32_t n)
{
    uint32_t i, j, held;

    for (i = 0; i < n; i++)
        place[i] = i;
    for (i = n; i > 1; i--) {
        j = random_below(i);
        held = place[i - 1];
        place[i - 1] = place[j];
        place[j] = held;
    }
}

static void
build_head(struct vlt_epoch *e, const struct vlt_e0 *e0)
{
    uint8_t *h = e->head;

    memcpy(h, "SQE1", 4);
    h[4] = (uint8_t)e->kind;
    memcpy(h + 8, e->vault, 16);
    memcpy(h + 24, e->id, 16);
    memcpy(h + 40, e->writer, 32);
    vlt_store_u32(h + 72, e->n);
    vlt_store_u32(h + 76, 1); /* suite */
    vlt_x(e0->b, VLT_L_EPOCH_COMMIT, h, VLT_EPOCH_HEADER, h + VLT_EPOCH_HEADER,
        32);
}

/* To a throw-away key go random bytes; nobody can tell. */
static enum vault_status
seal_padding(uint8_t out[VLT_EPOCH_WRAP], const uint8_t *info, size_t info_len,
    struct vault_error *err)
{
    struct vlt_kemkey *key = vlt_kemkey_new();
    uint8_t pk[VLT_KEM_PK], plain[PLAIN];
    enum vault_status st;

    if (key == NULL)
        return vlt_fail_memory(err);
    vlt_random(key->b, sizeof key->b);
    vlt_kem_public(pk, key->b);
    vlt_random(plain, sizeof plain);
    st = vlt_hpke_seal(out, pk, info, info_len, plain, sizeof plain, err);
    vlt_kemkey_free(key);
    return st;
}

static enum vault_status
seal_all(struct vlt_epoch *e, const struct vlt_e0 *e0,
    const struct vlt_recipient *to, size_t n, const uint32_t *place,
    const struct vlt_guarded *t, struct vault_error *err)
{
    struct vlt_guarded *plain = vlt_guarded_new(PLAIN);
    uint8_t info[INFO_MAX];
    size_t info_len = wrap_info(info, e);
    enum vault_status st = VAULT_OK;
    uint32_t j;

    if (plain == NULL)
        return vlt_fail_memory(err);
    memcpy(plain->p, e0->b, sizeof e0->b);
    for (j = 0; j < e->n && st == VAULT_OK; j++) {
        uint8_t *wrap = e->wraps + (size_t)j * VLT_EPOCH_WRAP;

        memcpy(plain->p + 32, t->p + (size_t)j * T, T);
        if (place[j] < n)
            st = vlt_hpke_seal(wrap, to[place[j]].kem, info, info_len, plain->p,
                PLAIN, err);
        else
            st = seal_padding(wrap, info, info_len, err);
    }
    vlt_guarded_free(plain);
    return st;
}

/* With kind, vault, id, writer and n set: everything that is drawn. */
static enum vault_status
fill(struct vlt_epoch *e, const struct vlt_e0 *e0,
    const struct vlt_recipient *to, size_t n, struct vault_error *err)
{
    struct vlt_guarded *t = vlt_guarded_new((size_t)e->n * T);
    uint32_t *place = calloc(e->n, sizeof *place);
    enum vault_status st;
    uint32_t j;

    e->rcpt = calloc(e->n, R);
    e->wraps = calloc(e->n, VLT_EPOCH_WRAP);
    if (t == NULL || place == NULL || e->rcpt == NULL || e->wraps == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    build_head(e, e0);
    shuffle(place, e->n);
    vlt_random(t->p, t->len);
    for (j = 0; j < e->n; j++) {
        uint8_t *r = e->rcpt + (size_t)j * R;

        if (place[j] < n)
            receipt(r, e, t->p + (size_t)j * T, to[place[j]].fingerprint);
        else
            vlt_random(r, R);
    }
    st = seal_all(e, e0, to, n, place, t, err);
out:
    if (place != NULL)
        vlt_wipe(place, e->n * sizeof *place);
    free(place);
    vlt_guarded_free(t);
    return st;
}

enum vault_status
vlt_epoch_make(struct vlt_epoch *out, enum vlt_epoch_kind kind,
    const uint8_t vault[16], const uint8_t writer_pk[32],
    const struct vlt_recipient *to, size_t n, struct vlt_e0 **e0,
    struct vault_error *err)
{
    struct vlt_epoch e = {0};
    struct vlt_e0 *secret;
    enum vault_status st;

    assert(kind >= VLT_EPOCH_VAULT && kind <= VLT_EPOCH_COMPARTMENT);
    assert(n >= 1);
    if (n > VLT_EPOCH_WRAPS_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "more than %d recipients",
            (int)VLT_EPOCH_WRAPS_MAX);
    secret = vlt_e0_new();
    if (secret == NULL)
        return vlt_fail_memory(err);
    vlt_random(secret->b, sizeof secret->b);
    e.kind = kind;
    memcpy(e.vault, vault, sizeof e.vault);
    vlt_random(e.id, sizeof e.id);
    vlt_sha256(e.writer, writer_pk, 32);
    e.n = vlt_epoch_padded(kind, (uint32_t)n);
    st = fill(&e, secret, to, n, err);
    if (st != VAULT_OK) {
        vlt_epoch_clear(&e);
        vlt_e0_free(secret);
        return st;
    }
    *out = e;
    *e0 = secret;
    return VAULT_OK;
}

/* What was opened from wrap j: E0 || t_j. */
static enum vault_status
judge(const struct vlt_epoch *e, uint32_t j, const struct vlt_e0 *e0,
    const uint8_t t[T], const uint8_t fingerprint[32], struct vault_error *err)
{
    uint8_t r[R];

    if (!vlt_epoch_commit_ok(e, e0))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "wrap %u of an epoch opens, but its commitment does not fit",
            (unsigned)j);
    receipt(r, e, t, fingerprint);
    if (!vlt_equal(r, e->rcpt + (size_t)j * R, R))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "wrap %u of an epoch opens, but was not sealed for this recipient",
            (unsigned)j);
    return VAULT_OK;
}

enum vault_status
vlt_epoch_open(const struct vlt_epoch *e, const struct vlt_kemkey *kem,
    const uint8_t fingerprint[32], struct vlt_e0 **out, struct vault_error *err)
{
    struct vlt_guarded *plain = vlt_guarded_new(PLAIN);
    struct vlt_e0 *e0 = vlt_e0_new();
    uint8_t info[INFO_MAX];
    size_t info_len = wrap_info(info, e);
    enum vault_status st;
    uint32_t j;

    if (plain == NULL || e0 == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    for (j = 0; j < e->n; j++)
        if (vlt_hpke_open(plain->p, kem->b, info, info_len,
                e->wraps + (size_t)j * VLT_EPOCH_WRAP, VLT_EPOCH_WRAP))
            break;
    if (j == e->n) {
        st = vlt_fail(err, VAULT_E_NO_KEY,
            "no wrap of this epoch is for this key");
        goto out;
    }
    memcpy(e0->b, plain->p, sizeof e0->b);
    st = judge(e, j, e0, plain->p + 32, fingerprint, err);
    if (st != VAULT_OK)
        goto out;
    *out = e0;
    e0 = NULL;
out:
    vlt_e0_free(e0);
    vlt_guarded_free(plain);
    return st;
}
