/* SPDX-License-Identifier: Apache-2.0 */
/* unlock.c: from what the user offers to a handle that may seal */
#include <string.h>
#include "bytes.h"
#include "destroy_rows.h"
#include "fail.h"
#include "handle.h"
#include "identity_keys.h"
#include "slot.h"
#include "unlock.h"

enum { SUM_KIB_PASSES = 64 * 1024 * 1024 }; /* 64 GiB of t x m */

/* What trying the slots came to. */
struct trial {
    bool kit; /* there is no log to compare the slots with */
    struct vlt_offer offer;
    struct vault *hq; /* another vault whose keys are tried, or NULL */
    const uint8_t *only;
    size_t tried;           /* slots of the right kind */
    size_t refused;         /* cost outside the bounds, or damaged */
    struct vault_error why; /* the first refusal */
    bool opened;
    uint8_t slot[16];
};

static enum vlt_slot_kind
kind_of(const struct trial *t)
{
    return t->hq != NULL ? VLT_SLOT_IDENTITY : vlt_offer_kind(&t->offer);
}

static bool
wanted(const struct trial *t, const struct vlt_slot *s)
{
    if (s->kind != kind_of(t))
        return false;
    return t->only == NULL || memcmp(t->only, s->id, 16) == 0;
}

/* Bounds before any work: a file may not make us pay more than this. */
static enum vault_status
judge_cost(const struct trial *t, const struct vlt_slot_set *set,
    struct vault_error *err)
{
    uint64_t sum = 0;
    size_t i;

    for (i = 0; i < set->n; i++) {
        if (wanted(t, &set->slot[i]) && vlt_cost_ok(&set->slot[i].cost))
            sum += (uint64_t)set->slot[i].cost.t * set->slot[i].cost.m_kib;
    }
    if (sum > SUM_KIB_PASSES)
        return vlt_fail_hint(err, VAULT_E_LIMIT,
            "name the slot to try (--slot ID; see: sanduq key list)",
            "trying every slot would cost too much");
    return VAULT_OK;
}

static void
refuse(struct trial *t, const struct vault_error *why)
{
    if (t->refused++ == 0)
        t->why = *why;
}

/* A slot of kind 5, and where its secret goes. */
struct by_card {
    const struct vault *v;
    const struct vlt_slot *slot;
    struct vlt_vmk *vmk;
    bool opened;
};

static enum vault_status
try_generation(void *ctx, const struct vlt_kemkey *kem,
    const uint8_t fingerprint[32], struct vault_error *err)
{
    struct by_card *b = ctx;
    struct vlt_offer offer = {.kem = kem};
    enum vault_status st;

    (void)fingerprint;
    if (b->opened)
        return VAULT_OK;
    st = vlt_slot_open(b->slot, b->v->id, &offer, b->vmk, err);
    b->opened = st == VAULT_OK;
    return st == VAULT_E_SECRET ? VAULT_OK : st;
}

/* The slot may be to any generation of that vault's card. */
static enum vault_status
try_slot(const struct vault *v, const struct trial *t,
    const struct vlt_slot *slot, struct vlt_vmk *vmk, struct vault_error *why)
{
    struct by_card b = {v, slot, vmk, false};
    enum vault_status st;

    if (t->hq == NULL)
        return vlt_slot_open(slot, v->id, &t->offer, vmk, why);
    st = vlt_kem_keys(t->hq, try_generation, &b, why);
    if (st == VAULT_OK && !b.opened)
        st = vlt_fail(why, VAULT_E_SECRET, "not for this vault's card");
    return st;
}

static enum vault_status
try_slots(const struct vault *v, const struct vlt_slot_set *set,
    struct trial *t, struct vlt_vmk *vmk, struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st;
    size_t i;

    for (i = 0; i < set->n && !t->opened; i++) {
        if (!wanted(t, &set->slot[i]))
            continue;
        t->tried++;
        st = try_slot(v, t, &set->slot[i], vmk, &why);
        if (st == VAULT_OK) {
            t->opened = true;
            memcpy(t->slot, set->slot[i].id, 16);
        } else if (st == VAULT_E_SLOT || st == VAULT_E_NEWER) {
            refuse(t, &why);
        } else if (st != VAULT_E_SECRET) {
            if (err != NULL)
                *err = why;
            return st;
        }
    }
    return VAULT_OK;
}

static enum vault_status
wrong_secret(enum vlt_slot_kind kind, struct vault_error *err)
{
    switch (kind) {
    case VLT_SLOT_KEYFILE:
        return vlt_fail(err, VAULT_E_SECRET,
            "this key file does not open the vault");
    case VLT_SLOT_RECOVERY:
        return vlt_fail_hint(err, VAULT_E_SECRET,
            "a newer set may have been dealt since; or they are of another "
            "vault",
            "these shares do not open the vault");
    case VLT_SLOT_IDENTITY:
        return vlt_fail(err, VAULT_E_SECRET,
            "the card of that vault does not open this one");
    case VLT_SLOT_PASSPHRASE:
    case VLT_SLOT_BOTH:
        break;
    }
    return vlt_fail_hint(err, VAULT_E_SECRET,
        "check the keyboard layout and Caps Lock", "wrong passphrase");
}

/*
 * No slot opened. Say which of three it is: a slot that cannot be right, slots
 * that differ from what the log says, or a wrong passphrase.
 */
static enum vault_status
explain(struct vault *v, const struct vlt_slot_set *set, const struct trial *t,
    struct vault_error *err)
{
    uint8_t now[32];
    uint32_t gen;
    struct vlt_own_logs logs = {0, NULL};
    struct vlt_leaf_row leaf;
    bool fits = t->kit;
    bool gone = false;
    size_t i;

    if (vlt_keys_gone(v->store, &gone, NULL) == VAULT_OK && gone && t->kit)
        return vlt_fail_hint(err, VAULT_E_NO_KEY, "take another kit",
            "this kit holds nothing any more that opens the vault (panic)");
    if (gone)
        return vlt_fail_hint(err, VAULT_E_NO_KEY,
            "sanduq restore --kit KIT puts a kit's keys back; or go on with a "
            "copy kept elsewhere",
            "what opened this vault was destroyed in this file (panic): no "
            "passphrase or key file opens it any more");
    if (t->refused > 0) {
        if (err != NULL)
            *err = t->why;
        return t->why.code;
    }
    if (!fits && vlt_slots_hash_now(v->store, now, &gen, NULL) == VAULT_OK &&
        vlt_own_logs_load(v->store, v->id, &logs, NULL) == VAULT_OK) {
        for (i = 0; i < logs.n; i++) {
            if (!logs.log[i].session &&
                vlt_leaf_last(v->store, logs.log[i].n, "slots", &leaf, NULL,
                    NULL) == VAULT_OK &&
                memcmp(leaf.leaf.subject, now, 32) == 0)
                fits = true;
        }
    }
    vlt_own_logs_clear(&logs);
    if (!fits || set->damaged > 0)
        return vlt_fail_hint(err, VAULT_E_SLOT,
            "a copy of the file made earlier may still open",
            "the slots were damaged or changed outside this program");
    if (t->tried == 0)
        return vlt_fail_hint(err, VAULT_E_NO_KEY,
            "see who can unlock: sanduq key list",
            "no slot of this vault takes what was offered");
    return wrong_secret(kind_of(t), err);
}

/* The slots are tried outside any transaction: it takes a second or more. */
static enum vault_status
open_slots(struct vault *v, struct trial *t, struct vlt_vmk *vmk,
    struct vault_error *err)
{
    struct vlt_slot_set set;
    enum vault_status st = vlt_store_begin(v->store, false, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_slots_load(v->store, true, &set, err);
    vlt_store_rollback(v->store);
    if (st == VAULT_OK)
        st = judge_cost(t, &set, err);
    if (st == VAULT_OK)
        st = try_slots(v, &set, t, vmk, err);
    if (st != VAULT_OK || t->opened)
        return st;
    st = vlt_store_begin(v->store, false, err);
    if (st != VAULT_OK)
        return st;
    st = explain(v, &set, t, err);
    vlt_store_rollback(v->store);
    return st;
}

/* A VMK under which the MAC fails is no unlock. */
static enum vault_status
check_mac(struct vault *v, struct vault_error *err)
{
    uint8_t hash[32], mac[32], want[32];
    uint32_t gen;
    enum vault_status st = vlt_slots_hash_now(v->store, hash, &gen, err);

    if (st == VAULT_OK)
        st = vlt_meta_get(v->store, "slots-mac", want, sizeof want, err);
    if (st == VAULT_OK) {
        vlt_slot_set_mac(mac, hash, v->vmk, v->id);
        if (vlt_equal(mac, want, 32))
            return VAULT_OK;
    }
    if (st == VAULT_E_IO || st == VAULT_E_MEMORY || st == VAULT_E_BUSY)
        return st;
    return vlt_fail_hint(err, VAULT_E_TAMPERED,
        "do not go on with this file: compare it with a copy, and keep both",
        "the slots were changed outside this program");
}

enum vault_status
vlt_read_begin(struct vault *v, struct vault_error *err)
{
    int64_t version;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, false, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_store_data_version(v->store, &version, err);
    if (st == VAULT_OK && version != v->data_version)
        st = vlt_heads_check(v, err);
    if (st != VAULT_OK)
        vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vlt_unlock_check(struct vault *v, struct vault_error *err)
{
    enum vault_status st = check_mac(v, err);

    if (st == VAULT_OK)
        st = vlt_identity_load(v, err);
    if (st == VAULT_OK)
        st = vlt_heads_check(v, err);
    return st;
}

static enum vault_status
in_snapshot(struct vault *v,
    enum vault_status (*check)(struct vault *v, struct vault_error *err),
    struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(v->store, false, err);

    if (st != VAULT_OK)
        return st;
    st = check(v, err);
    vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vlt_secrets_new(struct vault *v, struct vault_error *err)
{
    enum vault_status st = vlt_need_vault(v, err);

    if (st != VAULT_OK)
        return st;
    vault_lock(v);
    v->vmk = vlt_vmk_new();
    v->seed = vlt_seed_new();
    v->kem = vlt_kemkey_new();
    if (v->vmk != NULL && v->seed != NULL && v->kem != NULL)
        return VAULT_OK;
    vault_lock(v);
    return vlt_fail_memory(err);
}

static enum vault_status
unlock_with(struct vault *v, const struct vault_key *key, struct trial *t,
    enum vault_status (*check)(struct vault *v, struct vault_error *err),
    struct vault_error *err)
{
    enum vault_status st;

    t->offer = vlt_key_offer(key);
    t->hq = key->hq;
    if (kind_of(t) == 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "neither a passphrase nor a key file was given");
    st = vlt_secrets_new(v, err);
    if (st == VAULT_OK)
        st = open_slots(v, t, v->vmk, err);
    if (st == VAULT_OK)
        st = in_snapshot(v, check, err);
    if (st != VAULT_OK) {
        vault_lock(v);
        return st;
    }
    memcpy(v->slot, t->slot, 16);
    return VAULT_OK;
}

enum vault_status
vlt_kit_unlock(struct vault *v, const struct vault_key *key,
    struct vault_error *err)
{
    struct trial t;

    memset(&t, 0, sizeof t);
    t.kit = true;
    return unlock_with(v, key, &t, check_mac, err);
}

enum vault_status
vault_unlock(struct vault *v, const struct vault_key *key, const uint8_t *slot,
    struct vault_error *err)
{
    struct trial t;

    memset(&t, 0, sizeof t);
    t.only = slot;
    return unlock_with(v, key, &t, vlt_unlock_check, err);
}
