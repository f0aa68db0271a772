/* SPDX-License-Identifier: Apache-2.0 */
/* create.c: making a vault: identity, slot, log, complete before it has a name */
#include <string.h>
#include "action.h"
#include "bytes.h"
#include "capture_create.h"
#include "cell.h"
#include "fail.h"
#include "hash.h"
#include "os.h"
#include "slot.h"

static enum vault_status
put_basics(struct vault *v, struct vault_error *err)
{
    struct vlt_store *s = v->store;
    enum vault_status st = vlt_meta_put(s, "kind", "vault", 5, err);

    if (st == VAULT_OK)
        st = vlt_meta_put(s, "vault", v->id, sizeof v->id, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(s, "suite", 1, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(s, "min_reader", 1, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(s, "settings-gen", 1, err);
    return st;
}

static enum vault_status
put_identity(struct vault *v, struct vault_error *err)
{
    struct vlt_identity_row row;
    uint8_t cell[VLT_SEED_CELL];
    struct vlt_buf note;
    enum vault_status st;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    memset(&v->card, 0, sizeof v->card);
    memcpy(v->card.vault, v->id, 16);
    v->card.generation = 1;
    st = vlt_card_make(&v->card, v->seed, NULL, &note, err);
    if (st == VAULT_OK) {
        vlt_seed_seal(cell, v->seed, v->vmk, v->id, 1, v->card.fingerprint);
        row = (struct vlt_identity_row){1, (const char *)note.p, note.len, cell,
            sizeof cell};
        st = vlt_identity_put(v->store, &row, err);
    }
    vlt_buf_clear(&note);
    vlt_identity_kem_seed(v->kem, v->seed, v->id);
    return st;
}

static enum vault_status
put_slot(struct vault *v, const struct vault_key *key,
    const struct vault_cost *cost, struct vault_error *err)
{
    struct vlt_offer offer = vlt_key_offer(key);
    struct vlt_cost c = {cost->passes, cost->memory_kib};
    struct vlt_slot slot;
    enum vault_status st;

    st = vlt_slot_make(&slot, v->id, &offer, &c, v->vmk, err);
    if (st == VAULT_OK)
        st = vlt_slot_put(v->store, &slot, err);
    if (st == VAULT_OK)
        memcpy(v->slot, slot.id, 16);
    return st;
}

/* Leaves of init, in the order of docs/format.md. */
static enum vault_status
put_leaves(struct vault *v, struct vault_error *err)
{
    struct vlt_entry card = {"card", NULL, 0, v->card.fingerprint, NULL, -1};
    uint8_t hash[32];
    struct vlt_entry settings = {"settings", NULL, 0, hash, NULL, 1};
    uint32_t gen = 0;
    enum vault_status st = vlt_replica_start(v, err);

    if (st == VAULT_OK)
        st = vlt_action_leaf(v, &card, err);
    if (st == VAULT_OK)
        st = vlt_action_slots_changed(v, 1, err);
    if (st == VAULT_OK)
        st = vlt_settings_hash_now(v->store, hash, &gen, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf(v, &settings, err);
    v->state.settings_gen = 1;
    return st;
}

static enum vault_status
fill(struct vault *v, const struct vault_key *key,
    const struct vault_cost *cost, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(v->store, true, err);

    if (st != VAULT_OK)
        return st;
    v->acting = true;
    st = put_basics(v, err);
    if (st == VAULT_OK)
        st = put_identity(v, err);
    if (st == VAULT_OK)
        st = put_slot(v, key, cost, err);
    if (st == VAULT_OK)
        st = put_leaves(v, err);
    if (st == VAULT_OK)
        return vlt_action_commit(v, err);
    vlt_action_abort(v);
    return st;
}

static enum vault_status
draw(struct vault *v, struct vault_error *err)
{
    v->vmk = vlt_vmk_new();
    v->seed = vlt_seed_new();
    v->kem = vlt_kemkey_new();
    if (v->vmk == NULL || v->seed == NULL || v->kem == NULL)
        return vlt_fail_memory(err);
    vlt_random(v->vmk->b, 32);
    vlt_random(v->seed->b, 32);
    vlt_random(v->id, sizeof v->id);
    return VAULT_OK;
}

/* Where a vault and, beside it, its capture file are made. */
struct places {
    const char *path;
    const char *capture; /* or NULL */
    struct vlt_temp temp;
    struct vlt_temp capture_temp;
};

/* Both are complete. The capture file gets its name first: what there is for
 * a moment, if the program ends here, is a file that nothing was sealed to. */
static enum vault_status
name_both(const struct places *p, const struct vault_options *opt,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (p->capture != NULL)
        st = vlt_os_rename_new(p->capture_temp.name, p->capture, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_os_rename_new(p->temp.name, p->path, err);
    if (st != VAULT_OK && p->capture != NULL)
        (void)!vlt_capture_make_way(p->capture, p->path, opt, NULL);
    return st;
}

/* Filled under temporary names, closed (one file each), then named. */
static enum vault_status
make(struct vault *v, struct places *p, const struct vault_key *key,
    const struct vault_cost *cost, struct vault_error *err)
{
    struct vlt_store_options so = vlt_handle_store_options(v, VLT_STORE_WRITE);
    enum vault_status st;

    st = vlt_store_create(p->temp.name, VLT_PAGE, &so, &v->store, err);
    if (st != VAULT_OK)
        return st;
    st = fill(v, key, cost, err);
    if (st == VAULT_OK && p->capture != NULL)
        st = vlt_capture_prepare(v, p->capture, &p->capture_temp, err);
    vlt_store_close(v->store);
    v->store = NULL;
    if (st == VAULT_OK)
        st = name_both(p, &v->opt, err);
    if (st == VAULT_OK)
        return vlt_store_open(p->path, &so, &v->store, err);
    (void)!vlt_os_unlink(p->temp.name, NULL);
    if (p->capture_temp.name != NULL)
        (void)!vlt_os_unlink(p->capture_temp.name, NULL);
    return st;
}

static enum vault_status
check_new(const char *path, const struct vault_key *key,
    const struct vault_cost *cost, struct vault_error *err)
{
    struct vlt_offer offer = vlt_key_offer(key);
    struct vlt_cost c = {cost->passes, cost->memory_kib};

    if (vlt_offer_kind(&offer) == 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "neither a passphrase nor a key file was given");
    if (offer.pass != NULL && !vlt_cost_ok(&c))
        return vlt_fail(err, VAULT_E_USAGE,
            "the cost of unlocking lies outside the bounds");
    if (vlt_os_exists(path))
        return vlt_fail_hint(err, VAULT_E_EXISTS, "choose another name",
            "%s exists already; it was not touched", path);
    return VAULT_OK;
}

static enum vault_status
create(struct places *p, const struct vault_key *key,
    const struct vault_cost *cost, const struct vault_options *opt,
    struct vault **out, struct vault_error *err)
{
    struct vault *v = NULL;
    enum vault_status st = check_new(p->path, key, cost, err);

    if (st == VAULT_OK && p->capture != NULL)
        st = vlt_capture_make_way(p->capture, p->path, opt, err);
    if (st == VAULT_OK && p->capture != NULL)
        vlt_temp_sweep(p->capture);
    if (st == VAULT_OK)
        st = vlt_handle_new(p->path, opt, &v, err);
    if (st == VAULT_OK)
        st = draw(v, err);
    if (st == VAULT_OK)
        st = vlt_temp_begin(p->path, &p->temp, err);
    if (st == VAULT_OK)
        st = make(v, p, key, cost, err);
    vlt_temp_end(&p->temp);
    vlt_temp_end(&p->capture_temp);
    if (st != VAULT_OK) {
        vault_close(v);
        return st;
    }
    *out = v;
    return VAULT_OK;
}

enum vault_status
vault_create(const char *path, const struct vault_key *key,
    const struct vault_cost *cost, const struct vault_options *opt,
    struct vault **out, struct vault_error *err)
{
    struct places p = {.path = path};

    return create(&p, key, cost, opt, out, err);
}

enum vault_status
vault_create_with_capture(const char *path, const char *capture,
    const struct vault_key *key, const struct vault_cost *cost,
    const struct vault_options *opt, struct vault **out,
    struct vault_error *err)
{
    struct places p = {.path = path, .capture = capture};

    return create(&p, key, cost, opt, out, err);
}
