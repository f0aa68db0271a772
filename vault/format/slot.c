/* SPDX-License-Identifier: Apache-2.0 */
/* slot.c: one way to unlock (section 3), and the set of them */
#include "slot.h"
#include "bytes.h"
#include "fail.h"
#include "keyfile.h"
#include "label.h"
#include "seal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Offsets of the table in section 3. */
enum {
    AT_KIND = 4,
    AT_KDF = 5,
    AT_T = 8,
    AT_M = 12,
    AT_ID = 16,
    AT_SALT = 32,
    AT_COMMIT = 48,
    AT_NONCE = 80,
    AT_SEALED = 104,
    AD_SIZE = 16 + AT_NONCE /* vault id, bytes 0..79 */
};

static bool
has_kdf(enum vlt_slot_kind kind)
{
    return kind == VLT_SLOT_PASSPHRASE || kind == VLT_SLOT_BOTH;
}

enum vault_status
vlt_slot_decode(struct vlt_slot *out, const void *p, size_t n,
    struct vault_error *err)
{
    struct vlt_slot s = {0};
    struct vlt_reader r;
    uint8_t kind, kdf;
    bool rest_zero;

    vlt_reader_init(&r, p, n);
    vlt_read_expect(&r, "SQS1", 4);
    kind = vlt_read_u8(&r);
    kdf = vlt_read_u8(&r);
    if (r.failed)
        return vlt_fail(err, VAULT_E_SLOT, "this is not a slot");
    if (kind > VLT_SLOT_IDENTITY || kdf > 1 || vlt_read_u16(&r) != 0)
        return vlt_fail(err, VAULT_E_NEWER,
            "a slot was made by a newer version");
    if (kind == 0)
        return vlt_fail(err, VAULT_E_SLOT, "a slot has no kind");
    s.kind = (enum vlt_slot_kind)kind;
    s.cost.t = vlt_read_u32(&r);
    s.cost.m_kib = vlt_read_u32(&r);
    vlt_read_fixed(&r, s.id, sizeof s.id);
    s.len = kind == VLT_SLOT_IDENTITY ? VLT_SLOT5_SIZE : VLT_SLOT_SIZE;
    if (r.failed || n != s.len)
        return vlt_fail(err, VAULT_E_SLOT, "a slot of kind %d has %zu bytes",
            (int)kind, n);
    if ((kdf == 1) != has_kdf(s.kind) ||
        (kdf == 0 && (s.cost.t != 0 || s.cost.m_kib != 0)))
        return vlt_fail(err, VAULT_E_SLOT,
            "a slot of kind %d has KDF parameters that do not fit it",
            (int)kind);
    vlt_read_zero(&r, AT_NONCE - AT_SALT);
    rest_zero = !r.failed;
    if (kind == VLT_SLOT_IDENTITY && !rest_zero)
        return vlt_fail(err, VAULT_E_SLOT,
            "a slot of kind 5 has bytes that should be zero");
    memcpy(s.row, p, n);
    *out = s;
    return VAULT_OK;
}

enum vlt_slot_kind
vlt_offer_kind(const struct vlt_offer *o)
{
    if (o->recovery != NULL)
        return VLT_SLOT_RECOVERY;
    if (o->kem != NULL)
        return VLT_SLOT_IDENTITY;
    if (o->pass != NULL && o->keyfile != NULL)
        return VLT_SLOT_BOTH;
    if (o->keyfile != NULL)
        return VLT_SLOT_KEYFILE;
    if (o->pass != NULL)
        return VLT_SLOT_PASSPHRASE;
    return (enum vlt_slot_kind)0;
}

/* The base of section 3; the cost is judged before any work. */
static enum vault_status
make_base(struct vlt_guarded **out, const struct vlt_offer *o,
    const uint8_t salt[16], const struct vlt_cost *cost,
    struct vault_error *err)
{
    struct vlt_guarded *base;
    enum vault_status st = VAULT_OK;
    size_t at = 0;

    if (has_kdf(vlt_offer_kind(o)) && !vlt_cost_ok(cost))
        return vlt_fail(err, VAULT_E_SLOT,
            "the slot asks for t = %u, m = %u KiB, which is out of bounds",
            (unsigned)cost->t, (unsigned)cost->m_kib);
    base = vlt_guarded_new(vlt_offer_kind(o) == VLT_SLOT_BOTH ? 64 : 32);
    if (base == NULL)
        return vlt_fail_memory(err);
    if (o->recovery != NULL) {
        memcpy(base->p, o->recovery->b, 32);
        *out = base;
        return VAULT_OK;
    }
    if (o->pass != NULL) {
        st = vlt_argon2id(base->p, o->pass->p, o->pass->len, salt, cost, err);
        at = 32;
    }
    if (st == VAULT_OK && o->keyfile != NULL)
        vlt_keyfile_base(base->p + at, o->keyfile);
    if (st != VAULT_OK) {
        vlt_guarded_free(base);
        return st;
    }
    *out = base;
    return VAULT_OK;
}

/* KEK || commitment, from bytes 0..47 and the base. */
static void
derive(struct vlt_kek *kek, uint8_t commit[32], const uint8_t *row,
    const uint8_t vault[16], const uint8_t *base, size_t base_len)
{
    uint8_t prk[32], both[64];

    vlt_hkdf_extract(prk, row, AT_COMMIT, base, base_len);
    vlt_x(prk, VLT_L_SLOT, vault, 16, both, sizeof both);
    memcpy(kek->b, both, 32);
    memcpy(commit, both + 32, 32);
    vlt_wipe(prk, sizeof prk);
    vlt_wipe(both, sizeof both);
}

static void
wrap_ad(uint8_t ad[AD_SIZE], const uint8_t vault[16], const uint8_t *row)
{
    memcpy(ad, vault, 16);
    memcpy(ad + 16, row, AT_NONCE);
}

void
vlt_slot_build(struct vlt_slot *out, enum vlt_slot_kind kind,
    const struct vlt_cost *cost, const uint8_t id[16], const uint8_t salt[16],
    const uint8_t nonce[24], const uint8_t vault[16], const uint8_t *base,
    size_t base_len, const struct vlt_vmk *vmk)
{
    struct vlt_slot s = {0};
    struct vlt_kek kek;
    uint8_t ad[AD_SIZE];

    assert(kind >= VLT_SLOT_PASSPHRASE && kind <= VLT_SLOT_RECOVERY);
    assert(base_len == (kind == VLT_SLOT_BOTH ? 64 : 32));
    s.kind = kind;
    if (has_kdf(kind))
        s.cost = *cost;
    memcpy(s.id, id, sizeof s.id);
    s.len = VLT_SLOT_SIZE;
    memcpy(s.row, "SQS1", 4);
    s.row[AT_KIND] = (uint8_t)kind;
    s.row[AT_KDF] = has_kdf(kind);
    vlt_store_u32(s.row + AT_T, s.cost.t);
    vlt_store_u32(s.row + AT_M, s.cost.m_kib);
    memcpy(s.row + AT_ID, id, 16);
    memcpy(s.row + AT_SALT, salt, 16);
    derive(&kek, s.row + AT_COMMIT, s.row, vault, base, base_len);
    memcpy(s.row + AT_NONCE, nonce, 24);
    wrap_ad(ad, vault, s.row);
    vlt_seal_with(s.row + AT_SEALED, kek.b, nonce, ad, sizeof ad, vmk->b,
        sizeof vmk->b);
    vlt_wipe(&kek, sizeof kek);
    *out = s;
}

enum vault_status
vlt_slot_make(struct vlt_slot *out, const uint8_t vault[16],
    const struct vlt_offer *o, const struct vlt_cost *cost,
    const struct vlt_vmk *vmk, struct vault_error *err)
{
    struct vlt_guarded *base = NULL;
    uint8_t id[16], salt[16], nonce[24];
    enum vault_status st;

    assert(vlt_offer_kind(o) != 0 && vlt_offer_kind(o) != VLT_SLOT_IDENTITY);
    vlt_random(id, sizeof id);
    vlt_random(salt, sizeof salt);
    vlt_random(nonce, sizeof nonce);
    st = make_base(&base, o, salt, cost, err);
    if (st != VAULT_OK)
        return st;
    vlt_slot_build(out, vlt_offer_kind(o), cost, id, salt, nonce, vault,
        base->p, base->len, vmk);
    vlt_guarded_free(base);
    return VAULT_OK;
}

enum { INFO_MAX = VLT_LABEL_MAX + AD_SIZE };

/* HPKE's info of kind 5: L("slot5"), vault id, bytes 0..79. */
static size_t
card_info(uint8_t info[INFO_MAX], const uint8_t vault[16], const uint8_t *row)
{
    size_t n = vlt_label(VLT_L_SLOT5, info);

    wrap_ad(info + n, vault, row);
    return n + AD_SIZE;
}

enum vault_status
vlt_slot_make_card(struct vlt_slot *out, const uint8_t vault[16],
    const uint8_t kem[VLT_KEM_PK], const struct vlt_vmk *vmk,
    struct vault_error *err)
{
    struct vlt_slot s = {0};
    uint8_t info[INFO_MAX];
    size_t n;
    enum vault_status st;

    s.kind = VLT_SLOT_IDENTITY;
    s.len = VLT_SLOT5_SIZE;
    vlt_random(s.id, sizeof s.id);
    memcpy(s.row, "SQS1", 4);
    s.row[AT_KIND] = VLT_SLOT_IDENTITY;
    memcpy(s.row + AT_ID, s.id, sizeof s.id);
    n = card_info(info, vault, s.row);
    st = vlt_hpke_seal(s.row + AT_NONCE, kem, info, n, vmk->b, sizeof vmk->b,
        err);
    if (st == VAULT_OK)
        *out = s;
    return st;
}

/* Whoever tries the wrong key and a damaged row see the same. */
static enum vault_status
open_card(const struct vlt_slot *s, const uint8_t vault[16],
    const struct vlt_kemkey *kem, struct vlt_vmk *out, struct vault_error *err)
{
    uint8_t info[INFO_MAX];
    size_t n = card_info(info, vault, s->row);
    struct vlt_vmk *vmk = vlt_vmk_new();
    bool ok;

    if (vmk == NULL)
        return vlt_fail_memory(err);
    ok = vlt_hpke_open(vmk->b, kem->b, info, n, s->row + AT_NONCE,
        VLT_SLOT5_SIZE - AT_NONCE);
    if (ok)
        memcpy(out->b, vmk->b, sizeof out->b);
    vlt_vmk_free(vmk);
    return ok ? VAULT_OK
              : vlt_fail(err, VAULT_E_SECRET,
                    "this way to unlock is not for this vault's card");
}

enum vault_status
vlt_slot_open(const struct vlt_slot *s, const uint8_t vault[16],
    const struct vlt_offer *o, struct vlt_vmk *out, struct vault_error *err)
{
    struct vlt_guarded *base = NULL;
    struct vlt_kek kek;
    uint8_t ad[AD_SIZE], commit[32], vmk[32];
    enum vault_status st;

    if (s->kind != vlt_offer_kind(o))
        return vlt_fail(err, VAULT_E_SECRET,
            "this slot takes another kind of secret");
    if (s->kind == VLT_SLOT_IDENTITY)
        return open_card(s, vault, o->kem, out, err);
    st = make_base(&base, o, s->row + AT_SALT, &s->cost, err);
    if (st != VAULT_OK)
        return st;
    derive(&kek, commit, s->row, vault, base->p, base->len);
    wrap_ad(ad, vault, s->row);
    if (!vlt_equal(commit, s->row + AT_COMMIT, sizeof commit))
        st = vlt_fail(err, VAULT_E_SECRET, "not the secret of this slot");
    else if (!vlt_unseal_with(vmk, kek.b, s->row + AT_NONCE, ad, sizeof ad,
                 s->row + AT_SEALED, 32 + VLT_TAG))
        st = vlt_fail(err, VAULT_E_SLOT,
            "the secret is right, but this slot is damaged");
    else
        memcpy(out->b, vmk, sizeof vmk);
    vlt_wipe(vmk, sizeof vmk);
    vlt_wipe(&kek, sizeof kek);
    vlt_guarded_free(base);
    return st;
}

static int
by_id(const void *a, const void *b)
{
    const struct vlt_slot *x = a, *y = b;

    return memcmp(x->id, y->id, sizeof x->id);
}

void
vlt_slot_set_hash(uint8_t out[32], uint32_t gen, struct vlt_slot *slot,
    size_t n)
{
    struct vlt_sha256 h;
    uint8_t g[4];
    size_t i;

    if (n > 1)
        qsort(slot, n, sizeof *slot, by_id);
    vlt_store_u32(g, gen);
    vlt_label_hash_init(&h, VLT_L_SLOTS);
    vlt_sha256_update(&h, g, sizeof g);
    for (i = 0; i < n; i++)
        vlt_sha256_update(&h, slot[i].row, slot[i].len);
    vlt_sha256_final(&h, out);
}

void
vlt_slot_set_mac(uint8_t out[32], const uint8_t set_hash[32],
    const struct vlt_vmk *vmk, const uint8_t vault[16])
{
    struct vlt_cell key;

    vlt_x(vmk->b, VLT_L_SLOTS_MAC, vault, 16, key.b, sizeof key.b);
    vlt_hmac(out, key.b, sizeof key.b, set_hash, 32);
    vlt_wipe(&key, sizeof key);
}
