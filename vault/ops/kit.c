/* SPDX-License-Identifier: Apache-2.0 */
/* kit.c: what opens a vault on another medium, and putting it back */
#include <vault/panic.h>
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "cell.h"
#include "destroy_rows.h"
#include "fail.h"
#include "hash.h"
#include "os.h"
#include "settings.h"
#include "tempname.h"
#include "unlock.h"

/* ---- making one ---- */

static enum vault_status
put_kit_basics(struct vlt_store *kit, const struct vault *v,
    struct vault_error *err)
{
    enum vault_status st = vlt_meta_put(kit, "kind", "kit", 3, err);

    if (st == VAULT_OK)
        st = vlt_meta_put(kit, "vault", v->id, sizeof v->id, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(kit, "suite", 1, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(kit, "min_reader", 1, err);
    return st;
}

static enum vault_status
give_identity(void *ctx, const struct vlt_identity_row *r,
    struct vault_error *err)
{
    return vlt_identity_put(ctx, r, err);
}

static enum vault_status
give_epoch(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err)
{
    return vlt_epoch_put(ctx, &r->epoch, r->has_cache ? r->cache : NULL,
        sizeof r->cache, err);
}

static enum vault_status
give_slots(struct vlt_store *from, struct vlt_store *to,
    struct vault_error *err)
{
    uint8_t mac[32];
    uint32_t gen = 0;
    struct vlt_slot_set set;
    enum vault_status st = vlt_slots_load(from, false, &set, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < set.n; i++)
        st = vlt_slot_put(to, &set.slot[i], err);
    if (st == VAULT_OK)
        st = vlt_meta_get_u32(from, "slots-gen", &gen, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(to, "slots-gen", gen, err);
    if (st == VAULT_OK)
        st = vlt_meta_get(from, "slots-mac", mac, sizeof mac, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(to, "slots-mac", mac, sizeof mac, err);
    return st;
}

static enum vault_status
give_setting(void *ctx, uint64_t id, uint64_t rev, const uint8_t *b, size_t n,
    struct vault_error *err)
{
    return vlt_local_put(ctx, id, rev, b, n, err);
}

static enum vault_status
give_settings(struct vlt_store *from, struct vlt_store *to,
    struct vault_error *err)
{
    uint32_t gen = 0;
    enum vault_status st = vlt_meta_get_u32(from, "settings-gen", &gen, err);

    if (st == VAULT_OK)
        st = vlt_meta_put_u32(to, "settings-gen", gen, err);
    return st == VAULT_OK ? vlt_locals(from, give_setting, to, err) : st;
}

static enum vault_status
fill_kit(struct vault *v, struct vlt_store *kit, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(kit, true, err);

    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, false, err);
    if (st == VAULT_OK)
        st = put_kit_basics(kit, v, err);
    if (st == VAULT_OK)
        st = give_slots(v->store, kit, err);
    if (st == VAULT_OK)
        st = vlt_identities(v->store, give_identity, kit, err);
    if (st == VAULT_OK)
        st = vlt_epochs(v->store, give_epoch, kit, err);
    if (st == VAULT_OK)
        st = give_settings(v->store, kit, err);
    vlt_store_rollback(v->store);
    return st == VAULT_OK ? vlt_store_commit(kit, err) : st;
}

enum vault_status
vault_backup_kit(struct vault *v, const char *path, struct vault_error *err)
{
    struct vlt_store_options so = vlt_handle_store_options(v, VLT_STORE_WRITE);
    struct vlt_store *kit = NULL;
    struct vlt_temp temp;
    enum vault_status st;

    if (vlt_os_exists(path))
        return vlt_fail_hint(err, VAULT_E_EXISTS, "choose another name",
            "%s exists already; it was not touched", path);
    st = vlt_temp_begin(path, &temp, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_store_create(temp.name, VLT_PAGE_SMALL, &so, &kit, err);
    if (st == VAULT_OK)
        st = fill_kit(v, kit, err);
    vlt_store_close(kit);
    if (st == VAULT_OK)
        st = vlt_os_rename_new(temp.name, path, err);
    if (st != VAULT_OK)
        (void)!vlt_os_unlink(temp.name, NULL);
    vlt_temp_end(&temp);
    return st;
}

/* ---- putting a kit back ---- */

/*
 * Nobody signs a kit: whoever had it in hand may have changed it. So it is
 * opened with the secret first, and only what opens goes into the vault.
 */
struct back {
    struct vault *kit; /* its slots opened: vmk, seed, kem */
    struct vault *vault;
    bool gone; /* nothing was left in the vault that opens it */
    struct vault_restored out;
};

static enum vault_status
put_back_identity(void *ctx, const struct vlt_identity_row *r,
    struct vault_error *err)
{
    struct back *b = ctx;

    return r->seed == NULL ? VAULT_OK
                           : vlt_identity_put(b->vault->store, r, err);
}

static enum vault_status
put_back_missing(struct vlt_store *s, const struct vlt_epoch_row *r,
    struct vault_error *err)
{
    struct vlt_epoch_row there;
    bool needed = false;
    enum vault_status st = vlt_epoch_by_id(s, r->epoch.id, &there, err);

    if (st == VAULT_OK)
        vlt_epoch_row_clear(&there);
    if (st != VAULT_E_NOT_FOUND)
        return st;
    st = vlt_epoch_needed(s, r->epoch.id, &needed, err);
    if (st != VAULT_OK || !needed)
        return st;
    return vlt_epoch_put_at(s, r->e, &r->epoch, NULL, 0, err);
}

static enum vault_status
put_back_epoch(void *ctx, const struct vlt_epoch_row *r,
    struct vault_error *err)
{
    struct back *b = ctx;
    struct vlt_store *s = b->vault->store;
    struct vlt_e0 *e0 = NULL;
    bool needed = false;
    enum vault_status st;

    st = vlt_epoch_row_open(b->kit, r, &e0, err);
    vlt_e0_free(e0);
    /* A compartment without this vault: only its members can tell whether
     * this row is better than the one that is there, if one is. */
    if (st == VAULT_E_NO_KEY && r->epoch.kind == VLT_EPOCH_COMPARTMENT)
        return put_back_missing(s, r, err);
    if (st != VAULT_OK)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an epoch of the kit does not open");
    /* one that new keys took the place of does not come back */
    st = vlt_epoch_needed(s, r->epoch.id, &needed, err);
    if (st != VAULT_OK || !needed)
        return st;
    st = vlt_epoch_delete(s, r->epoch.id, err);
    if (st == VAULT_OK)
        st = vlt_epoch_put_at(s, r->e, &r->epoch,
            r->has_cache ? r->cache : NULL, sizeof r->cache, err);
    return st;
}

static enum vault_status
check_pair(struct vault *kit, struct vault *vault, struct vault_error *err)
{
    char kind[3];
    enum vault_status st;

    if (vlt_meta_get(kit->store, "kind", kind, sizeof kind, NULL) != VAULT_OK ||
        memcmp(kind, "kit", 3) != 0)
        return vlt_fail(err, VAULT_E_FORMAT, "this is no kit");
    st = vlt_meta_get(kit->store, "vault", kit->id, sizeof kit->id, err);
    if (st == VAULT_OK && memcmp(kit->id, vault->id, 16) != 0)
        st = vlt_fail(err, VAULT_E_USAGE, "this kit is of another vault");
    return st;
}

/* They count as the set of the newest generation until the line about them
 * raises it. */
static enum vault_status
date_slots(struct vault *v, uint32_t gen, struct vault_error *err)
{
    uint8_t hash[32], mac[32];
    enum vault_status st = vlt_meta_put_u32(v->store, "slots-gen", gen, err);

    if (st == VAULT_OK)
        st = vlt_slots_hash_now(v->store, hash, &gen, err);
    if (st != VAULT_OK)
        return st;
    vlt_slot_set_mac(mac, hash, v->vmk, v->id);
    return vlt_meta_put(v->store, "slots-mac", mac, sizeof mac, err);
}

static enum vault_status
put_back(struct back *b, struct vault_error *err)
{
    struct vlt_store *kit = b->kit->store;
    struct vlt_store *vault = b->vault->store;
    enum vault_status st = vlt_slots_clear(vault, err);

    if (st == VAULT_OK)
        st = give_slots(kit, vault, err);
    if (st == VAULT_OK)
        st = vlt_identity_load(b->kit, err); /* opened before it is given */
    if (st == VAULT_OK)
        st = vlt_identities(kit, put_back_identity, b, err);
    if (st == VAULT_OK)
        st = vlt_epochs(kit, put_back_epoch, b, err);
    return st;
}

/* ---- nothing is put back that the vault's own log does not name ---- */

static enum vault_status
check_card_named(void *ctx, const struct vlt_identity_row *r,
    struct vault_error *err)
{
    struct vlt_store *s = ctx;
    struct vlt_card card;
    bool found = false;
    enum vault_status st = vlt_card_parse(&card, r->card, r->card_len, err);

    if (st == VAULT_OK)
        st = vlt_leaf_exists(s, "card", NULL, card.fingerprint, &found, err);
    if (st == VAULT_OK && !found)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the kit brings a card that the vault's log does not name");
    return st;
}

struct writers {
    const struct vlt_own_logs *logs;
    const uint8_t *vault;
};

static enum vault_status
check_epoch_writer(void *ctx, const struct vlt_epoch_row *r,
    struct vault_error *err)
{
    const struct writers *w = ctx;
    uint8_t hash[32];
    size_t i;

    for (i = 0; i < w->logs->n; i++) {
        vlt_sha256(hash, w->logs->log[i].replica.log_key, 32);
        if ((!w->logs->log[i].session ||
                r->epoch.kind == VLT_EPOCH_COMPARTMENT) &&
            memcmp(hash, r->epoch.writer, 32) == 0 &&
            memcmp(r->epoch.vault, w->vault, 16) == 0)
            return VAULT_OK;
    }
    return vlt_fail(err, VAULT_E_TAMPERED,
        "the kit brings an epoch that no log of this vault wrote");
}

/*
 * What the file says of its generations is worth nothing here: whoever had it
 * may have changed them. The log decides. An older kit's slots do not fit it;
 * where no other way in is left they come back all the same, with a line of
 * their own.
 */
static enum vault_status
judge_slots(struct back *b, const struct vlt_own_logs *logs,
    struct vault_error *err)
{
    uint8_t now[32], want[32];
    uint32_t kit_gen = 0, gen = 0;
    enum vault_status st =
        vlt_slots_hash_now(b->vault->store, now, &kit_gen, err);

    if (st == VAULT_OK)
        st = vlt_set_newest(b->vault, logs, "slots", &gen, want, err);
    if (st != VAULT_OK || memcmp(now, want, 32) == 0)
        return st;
    if (kit_gen == gen)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the kit's ways to unlock are not those that the vault's log "
            "names");
    b->out.older_slots = b->gone && kit_gen < gen;
    return b->out.older_slots
        ? date_slots(b->vault, gen, err)
        : vlt_fail_hint(err, VAULT_E_USAGE,
              "use a kit made after the last change of passphrase or key file",
              "the kit's ways to unlock are of another generation (%u, not %u)",
              kit_gen, gen);
}

/*
 * Settings that panic destroyed: those of the kit when they are of the newest
 * generation (unlocking compares them with the log), else none, and a line
 * that says so. Settings that are here stay.
 */
static enum vault_status
put_back_settings(struct back *b, const struct vlt_own_logs *logs,
    struct vault_error *err)
{
    struct vlt_store *s = b->vault->store;
    uint8_t now[32], want[32];
    uint32_t gen = 0, kit_gen = 0;
    uint64_t rows = 0;
    enum vault_status st;

    st = vlt_count(s, "SELECT count(*) FROM local", &rows, err);
    if (st != VAULT_OK || rows > 0 || !b->gone)
        return st;
    st = vlt_set_newest(b->vault, logs, "settings", &gen, want, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(s, "settings-gen", gen, err);
    if (st == VAULT_OK)
        st = vlt_settings_hash_now(s, now, &gen, err);
    if (st != VAULT_OK || memcmp(now, want, 32) == 0)
        return st;
    if (vlt_meta_get_u32(b->kit->store, "settings-gen", &kit_gen, NULL) ==
            VAULT_OK &&
        kit_gen == gen)
        return vlt_locals(b->kit->store, give_setting, s, err);
    b->out.settings_lost = true;
    return VAULT_OK;
}

static enum vault_status
check_result(struct back *b, struct vault_error *err)
{
    struct vault *v = b->vault;
    struct vlt_own_logs logs = {0, NULL};
    struct writers w = {&logs, v->id};
    enum vault_status st = vlt_own_logs_load(v->store, v->id, &logs, err);

    if (st == VAULT_OK)
        st = vlt_identities(v->store, check_card_named, v->store, err);
    if (st == VAULT_OK)
        st = vlt_epochs(v->store, check_epoch_writer, &w, err);
    if (st == VAULT_OK)
        st = vlt_identity_load(v, err);
    if (st == VAULT_OK)
        st = judge_slots(b, &logs, err);
    if (st == VAULT_OK)
        st = put_back_settings(b, &logs, err);
    vlt_own_logs_clear(&logs);
    v->slots_lost = b->out.older_slots;
    v->settings_lost = b->out.settings_lost;
    return st == VAULT_OK ? vlt_unlock_check(v, err) : st;
}

/* Without the lines about them the sets would not fit the log. */
static enum vault_status
log_losses(struct back *b, struct vault_error *err)
{
    struct vault *v = b->vault;
    uint32_t gen = 0;
    enum vault_status st = vlt_action_enter(v, err);

    if (st != VAULT_OK)
        return st;
    if (b->out.older_slots) {
        st = vlt_meta_get_u32(v->store, "slots-gen", &gen, err);
        if (st == VAULT_OK)
            st = vlt_action_slots_changed(v, gen + 1, err);
    }
    if (st == VAULT_OK && b->out.settings_lost)
        st = vlt_settings_changed(v, err);
    if (st == VAULT_OK)
        return vlt_action_commit(v, err);
    vlt_action_abort(v);
    return st;
}

/* The vault as it would be must unlock with what the kit opened with. */
static enum vault_status
judged(struct back *b, struct vault_error *err)
{
    struct vault *v = b->vault;
    enum vault_status st = vlt_store_begin(v->store, true, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_keys_gone(v->store, &b->gone, err);
    if (st == VAULT_OK)
        st = vlt_secrets_new(v, err);
    if (st == VAULT_OK) {
        memcpy(v->vmk->b, b->kit->vmk->b, sizeof v->vmk->b);
        st = put_back(b, err);
    }
    if (st == VAULT_OK)
        st = check_result(b, err);
    if (st == VAULT_OK)
        return b->out.older_slots || b->out.settings_lost
            ? log_losses(b, err)
            : vlt_store_commit(v->store, err);
    vlt_store_rollback(v->store);
    return st;
}

static enum vault_status
open_kit(struct back *b, const char *path, const struct vault_options *opt,
    const struct vault_key *key, struct vault_error *err)
{
    struct vlt_store_options ro;
    enum vault_status st = vlt_handle_new(path, opt, &b->kit, err);

    if (st != VAULT_OK)
        return st;
    ro = vlt_handle_store_options(b->kit, VLT_STORE_READ);
    st = vlt_store_open(path, &ro, &b->kit->store, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(b->kit->store, false, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_store_quick_check(b->kit->store, err);
    if (st == VAULT_OK)
        st = check_pair(b->kit, b->vault, err);
    vlt_store_rollback(b->kit->store);
    if (st == VAULT_OK)
        st = vlt_kit_unlock(b->kit, key, err);
    return st;
}

enum vault_status
vault_restore_keys(const char *kit, const char *path,
    const struct vault_key *key, const struct vault_options *opt,
    struct vault_restored *out, struct vault_error *err)
{
    struct back b = {NULL, NULL, false, {false, false}};
    enum vault_status st = vault_open(path, opt, &b.vault, err);

    if (st == VAULT_OK)
        st = open_kit(&b, kit, opt, key, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(b.kit->store, false, err);
    if (st == VAULT_OK)
        st = judged(&b, err);
    vault_close(b.kit);
    vault_close(b.vault);
    if (st == VAULT_OK)
        *out = b.out;
    return st;
}

enum vault_status
vault_restore_kit(const char *kit, const char *path,
    const struct vault_key *key, const struct vault_options *opt,
    struct vault_error *err)
{
    struct vault_restored done;

    return vault_restore_keys(kit, path, key, opt, &done, err);
}
