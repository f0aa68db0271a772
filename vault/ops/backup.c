/* SPDX-License-Identifier: Apache-2.0 */
/* backup.c: complete copies, kits, and what is put back from them */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "cell.h"
#include "copy.h"
#include "fail.h"
#include "handle.h"
#include "hash.h"
#include "os.h"
#include "text.h"

/* ---- a complete copy ---- */

struct copying {
    const struct vault_options *opt;
};

static int
on_page(void *ctx, uint64_t done, uint64_t total)
{
    struct copying *c = ctx;

    return !vlt_progress(c->opt, done, total, false);
}

/* Copy s to a new file: under a temporary name until it is complete. */
static enum vault_status
copy_to(struct vlt_store *s, const char *path,
    const struct vault_options *opt, struct vault_error *err)
{
    struct copying c = {opt};
    char *temp = NULL;
    enum vault_status st;

    if (vlt_os_exists(path))
        return vlt_fail_hint(err, VAULT_E_EXISTS, "choose another name",
            "%s exists already; it was not touched", path);
    st = vlt_temp_name(path, &temp, err);
    if (st == VAULT_OK)
        st = vlt_store_copy(s, temp, on_page, &c, err);
    if (st == VAULT_OK)
        st = vlt_os_rename_new(temp, path, err);
    if (st != VAULT_OK && temp != NULL)
        (void)!vlt_os_unlink(temp, NULL);
    free(temp);
    return st;
}

enum vault_status
vault_backup(struct vault *v, const char *path, struct vault_error *err)
{
    return copy_to(v->store, path, &v->opt, err);
}

static int
count_failed(void *ctx, const struct vault_finding *f)
{
    struct vault_finding *first = ctx;

    if (f->level == VAULT_FAILED && first->level != VAULT_FAILED)
        *first = *f;
    return 0;
}

enum vault_status
vault_restore(const char *from, const char *to,
    const struct vault_options *opt, struct vault_error *err)
{
    static const struct vault_options none;
    struct vlt_store_options so = {VLT_STORE_READ, 0, NULL, NULL};
    struct vault_verify_options vo;
    struct vault_verdict verdict;
    struct vault_finding first;
    struct vlt_store *s = NULL;
    enum vault_status st;

    memset(&vo, 0, sizeof vo);
    memset(&first, 0, sizeof first);
    if (vlt_os_exists(to))
        return vlt_fail_hint(err, VAULT_E_EXISTS, "choose another name",
            "%s exists already; it was not touched", to);
    st = vault_verify(from, &vo, count_failed, &first, &verdict, err);
    if (st == VAULT_E_TAMPERED && first.level == VAULT_FAILED)
        return vlt_fail_hint(err, st,
            "see all of it: sanduq verify; nothing was written",
            "the copy does not match: %s", first.text.message);
    if (st == VAULT_OK)
        st = vlt_store_open(from, &so, &s, err);
    if (st == VAULT_OK)
        st = copy_to(s, to, opt != NULL ? opt : &none, err);
    vlt_store_close(s);
    return st;
}

/* ---- kits ---- */

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
    vlt_store_rollback(v->store);
    return st == VAULT_OK ? vlt_store_commit(kit, err) : st;
}

enum vault_status
vault_backup_kit(struct vault *v, const char *path, struct vault_error *err)
{
    struct vlt_store_options so = vlt_handle_store_options(v,
        VLT_STORE_WRITE);
    struct vlt_store *kit = NULL;
    char *temp = NULL;
    enum vault_status st;

    if (vlt_os_exists(path))
        return vlt_fail_hint(err, VAULT_E_EXISTS, "choose another name",
            "%s exists already; it was not touched", path);
    st = vlt_temp_name(path, &temp, err);
    if (st == VAULT_OK)
        st = vlt_store_create(temp, VLT_PAGE_SMALL, &so, &kit, err);
    if (st == VAULT_OK)
        st = fill_kit(v, kit, err);
    vlt_store_close(kit);
    if (st == VAULT_OK)
        st = vlt_os_rename_new(temp, path, err);
    if (st != VAULT_OK && temp != NULL)
        (void)!vlt_os_unlink(temp, NULL);
    free(temp);
    return st;
}

/* ---- putting a kit back ---- */

struct back {
    struct vlt_store *vault;
    uint8_t id[16];
};

static enum vault_status
put_back_identity(void *ctx, const struct vlt_identity_row *r,
    struct vault_error *err)
{
    struct back *b = ctx;

    return r->seed == NULL ? VAULT_OK : vlt_identity_put(b->vault, r, err);
}

static enum vault_status
put_back_epoch(void *ctx, const struct vlt_epoch_row *r,
    struct vault_error *err)
{
    struct back *b = ctx;
    enum vault_status st = vlt_epoch_delete(b->vault, r->epoch.id, err);

    if (st == VAULT_OK)
        st = vlt_epoch_put_at(b->vault, r->e, &r->epoch,
            r->has_cache ? r->cache : NULL, sizeof r->cache, err);
    return st;
}

static enum vault_status
check_pair(struct vlt_store *kit, struct vlt_store *vault, struct back *b,
    struct vault_error *err)
{
    char kind[3];
    uint8_t other[16];
    enum vault_status st;

    if (vlt_meta_get(kit, "kind", kind, sizeof kind, NULL) != VAULT_OK ||
        memcmp(kind, "kit", 3) != 0)
        return vlt_fail(err, VAULT_E_FORMAT, "this is no kit");
    st = vlt_meta_get(kit, "vault", b->id, sizeof b->id, err);
    if (st == VAULT_OK)
        st = vlt_meta_get(vault, "vault", other, sizeof other, err);
    if (st == VAULT_OK && memcmp(b->id, other, 16) != 0)
        st = vlt_fail(err, VAULT_E_USAGE, "this kit is of another vault");
    return st;
}

static enum vault_status
put_back(struct vlt_store *kit, struct vlt_store *vault,
    struct vault_error *err)
{
    struct back b = {vault, {0}};
    uint32_t kit_gen = 0, gen = 0;
    enum vault_status st = check_pair(kit, vault, &b, err);

    if (st == VAULT_OK)
        st = vlt_meta_get_u32(kit, "slots-gen", &kit_gen, err);
    if (st == VAULT_OK)
        st = vlt_meta_get_u32(vault, "slots-gen", &gen, err);
    /* an older kit's slots would not fit the log: its way in is refused */
    if (st == VAULT_OK && kit_gen != gen)
        st = vlt_fail_hint(err, VAULT_E_USAGE,
            "use a kit made after the last change of passphrase or key file",
            "the kit's ways to unlock are of another generation (%u, not %u)",
            kit_gen, gen);
    if (st == VAULT_OK)
        st = vlt_slots_clear(vault, err);
    if (st == VAULT_OK)
        st = give_slots(kit, vault, err);
    if (st == VAULT_OK)
        st = vlt_identities(kit, put_back_identity, &b, err);
    if (st == VAULT_OK)
        st = vlt_epochs(kit, put_back_epoch, &b, err);
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
        if (memcmp(hash, r->epoch.writer, 32) == 0 &&
            memcmp(r->epoch.vault, w->vault, 16) == 0)
            return VAULT_OK;
    }
    return vlt_fail(err, VAULT_E_TAMPERED,
        "the kit brings an epoch that no log of this vault wrote");
}

static enum vault_status
check_slots_named(struct vlt_store *s, const struct vlt_own_logs *logs,
    struct vault_error *err)
{
    struct vlt_leaf_row leaf;
    uint8_t now[32];
    uint32_t gen = 0;
    enum vault_status st = vlt_slots_hash_now(s, now, &gen, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < logs->n; i++) {
        st = vlt_leaf_last_scan(s, logs->log[i].n, "slots", &leaf, NULL, err);
        if (st == VAULT_OK && memcmp(leaf.leaf.subject, now, 32) == 0)
            return VAULT_OK;
        if (st == VAULT_E_NOT_FOUND)
            st = VAULT_OK;
    }
    return st != VAULT_OK ? st : vlt_fail(err, VAULT_E_TAMPERED,
        "the kit's ways to unlock are not those that the vault's log names");
}

static enum vault_status
check_result(struct vault *v, struct vault_error *err)
{
    struct vlt_own_logs logs = {0, NULL};
    struct writers w = {&logs, v->id};
    enum vault_status st = vlt_own_logs_load(v->store, v->id, &logs, err);

    if (st == VAULT_OK)
        st = vlt_identities(v->store, check_card_named, v->store, err);
    if (st == VAULT_OK)
        st = check_slots_named(v->store, &logs, err);
    if (st == VAULT_OK)
        st = vlt_epochs(v->store, check_epoch_writer, &w, err);
    vlt_own_logs_clear(&logs);
    return st;
}

enum vault_status
vault_restore_kit(const char *kit_path, const char *path,
    const struct vault_options *opt, struct vault_error *err)
{
    struct vlt_store_options ro = {VLT_STORE_READ, 0, NULL, NULL};
    struct vlt_store *kit = NULL;
    struct vault *v = NULL;
    enum vault_status st = vault_open(path, opt, &v, err);

    if (st == VAULT_OK)
        st = vlt_store_open(kit_path, &ro, &kit, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(kit, false, err);
    if (st == VAULT_OK)
        st = vlt_store_quick_check(kit, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, true, err);
    if (st == VAULT_OK) {
        st = put_back(kit, v->store, err);
        if (st == VAULT_OK)
            st = check_result(v, err);
        if (st == VAULT_OK)
            st = vlt_store_commit(v->store, err);
    }
    vlt_store_close(kit);
    vault_close(v);
    return st;
}
