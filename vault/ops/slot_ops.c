/* SPDX-License-Identifier: Apache-2.0 */
/* slot_ops.c: ways to unlock: listing, adding, exchanging, removing */
#include <string.h>
#include "fail.h"
#include "slot_change.h"

enum vault_status
vault_slots(struct vault *v,
    int (*fn)(void *ctx, const struct vault_slot *slot), void *ctx,
    struct vault_error *err)
{
    struct vlt_slot_set set;
    struct vault_slot out;
    enum vault_status st = vlt_store_begin(v->store, false, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    st = vlt_slots_load(v->store, true, &set, err);
    vlt_store_rollback(v->store);
    for (i = 0; st == VAULT_OK && i < set.n; i++) {
        const struct vlt_slot *s = &set.slot[i];

        memset(&out, 0, sizeof out);
        memcpy(out.id, s->id, 16);
        out.kind = (enum vault_slot_kind)s->kind;
        out.cost.passes = s->cost.t;
        out.cost.memory_kib = s->cost.m_kib;
        out.cost_ok =
            (s->cost.t == 0 && s->cost.m_kib == 0) || vlt_cost_ok(&s->cost);
        out.opened = v->vmk != NULL && memcmp(v->slot, s->id, 16) == 0;
        if (fn(ctx, &out) != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    if (st == VAULT_OK && set.damaged > 0)
        st = vlt_fail(err, VAULT_E_SLOT, "%zu slots are damaged", set.damaged);
    return st;
}

static enum vault_status
judge(const struct vlt_slot_set *set, const struct vlt_slot_change *c,
    struct vault_error *err)
{
    bool found = c->remove == NULL;
    size_t i;

    for (i = 0; i < set->n; i++) {
        if (c->remove == NULL || memcmp(set->slot[i].id, c->remove, 16) != 0)
            continue;
        if (c->only_kind != 0 && set->slot[i].kind != c->only_kind)
            return vlt_fail(err, VAULT_E_USAGE,
                "the way to unlock that is to go is of another kind");
        found = true;
    }
    if (!found)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no such slot");
    if (c->add == NULL && set->n <= 1)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            "add another way to unlock first",
            "this is the only way to unlock the vault");
    if (c->remove == NULL && set->n >= VLT_SLOT_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "there are %d slots already",
            (int)VLT_SLOT_MAX);
    return VAULT_OK;
}

enum vault_status
vlt_slot_change_in(struct vault *v, const struct vlt_slot_change *c,
    struct vault_error *err)
{
    struct vlt_slot_set set;
    uint32_t gen = 0;
    enum vault_status st = vlt_slots_load(v->store, false, &set, err);

    if (st == VAULT_OK)
        st = judge(&set, c, err);
    if (st == VAULT_OK && c->remove != NULL)
        st = vlt_slot_delete(v->store, c->remove, err);
    if (st == VAULT_OK && c->add != NULL)
        st = vlt_slot_put(v->store, c->add, err);
    if (st == VAULT_OK)
        st = vlt_meta_get_u32(v->store, "slots-gen", &gen, err);
    if (st == VAULT_OK && gen == UINT32_MAX)
        st = vlt_fail(err, VAULT_E_LIMIT, "the slots were changed too often");
    if (st == VAULT_OK)
        st = vlt_action_slots_changed_with(v, gen + 1, c->more, err);
    return st;
}

/* Another way took the place of the one that opened this handle. */
static void
replaced(struct vault *v, const struct vlt_slot_change *c)
{
    if (c->add != NULL && c->remove != NULL &&
        memcmp(v->slot, c->remove, 16) == 0)
        memcpy(v->slot, c->add->id, 16);
}

enum vault_status
vlt_slot_change(struct vault *v, const struct vlt_slot_change *c,
    struct vault_error *err)
{
    enum vault_status st = vlt_action_begin(v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_slot_change_in(v, c, err);
    if (st != VAULT_OK) {
        vlt_action_abort(v);
        return st;
    }
    st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        replaced(v, c);
    return st;
}

static enum vault_status
make_slot(struct vault *v, const struct vault_key *key,
    const struct vault_cost *cost, struct vlt_slot *out,
    struct vault_error *err)
{
    struct vlt_offer offer = {.pass = key->pass, .keyfile = key->keyfile};
    struct vlt_cost c = {cost->passes, cost->memory_kib};
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st != VAULT_OK)
        return st;
    if (vlt_offer_kind(&offer) == 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "neither a passphrase nor a key file was given");
    if (key->pass != NULL && !vlt_cost_ok(&c))
        return vlt_fail(err, VAULT_E_USAGE,
            "the cost of unlocking lies outside the bounds");
    return vlt_slot_make(out, v->id, &offer, &c, v->vmk, err);
}

enum vault_status
vault_slot_add(struct vault *v, const struct vault_key *key,
    const struct vault_cost *cost, uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    struct vlt_slot slot;
    struct vlt_slot_change c = {.add = &slot};
    enum vault_status st = make_slot(v, key, cost, &slot, err);

    if (st == VAULT_OK)
        st = vlt_slot_change(v, &c, err);
    if (st == VAULT_OK)
        memcpy(id, slot.id, 16);
    return st;
}

enum vault_status
vault_slot_change(struct vault *v, const uint8_t old[VAULT_ID],
    const struct vault_key *key, const struct vault_cost *cost,
    uint8_t id[VAULT_ID], struct vault_error *err)
{
    struct vlt_slot slot;
    struct vlt_slot_change c = {.add = &slot, .remove = old};
    enum vault_status st = make_slot(v, key, cost, &slot, err);

    if (st == VAULT_OK)
        st = vlt_slot_change(v, &c, err);
    if (st == VAULT_OK)
        memcpy(id, slot.id, 16);
    return st;
}

enum vault_status
vault_slot_remove(struct vault *v, const uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    struct vlt_slot_change c = {.remove = id};
    enum vault_status st = vlt_need_unlocked(v, err);

    return st == VAULT_OK ? vlt_slot_change(v, &c, err) : st;
}
