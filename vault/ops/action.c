/* SPDX-License-Identifier: Apache-2.0 */
/* action.c: one transaction that makes an action visible, log line included */
#include "action.h"
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "catalogue_ops.h"
#include "clock.h"
#include "compartment_set.h"
#include "content.h"
#include "event.h"
#include "fail.h"
#include "foreign.h"
#include "foreign_find.h"
#include "fresh.h"
#include "hash.h"
#include "sign.h"
#include "slot.h"

enum { EPOCH_DAYS = 30 };

/* ---- the epoch being written ---- */

static bool
usable(const struct vault *v, int64_t now, int64_t since)
{
    int64_t age = now - (int64_t)v->epoch_time;

    return v->e0 != NULL && v->epoch_gen == v->card.generation &&
        v->epoch_since == since &&
        v->next_i < vlt_epoch_steps(VLT_EPOCH_VAULT) && age >= -86400 &&
        age < (int64_t)EPOCH_DAYS * 86400;
}

static void
forget_epoch(struct vault *v)
{
    vlt_epoch_clear(&v->epoch);
    memset(&v->epoch, 0, sizeof v->epoch);
    vlt_e0_free(v->e0);
    v->e0 = NULL;
    vlt_step_free(v->step);
    v->step = NULL;
    v->next_i = 0;
}

/* The newest epoch of this log by the time sealed in its cache: the order of
 * rows is nobody's word. */
struct newest_epoch {
    struct vault *v;
    const uint8_t *writer;
    int64_t since; /* those before that are sealed to other people */
    bool found;
    uint64_t time;
    uint8_t id[16];
};

static enum vault_status
consider_epoch(void *ctx, const struct vlt_epoch_row *r,
    struct vault_error *err)
{
    struct newest_epoch *n = ctx;
    struct vlt_e0 *e0;
    uint64_t time = 0;

    if (r->epoch.kind != VLT_EPOCH_VAULT || !r->has_cache ||
        memcmp(r->epoch.writer, n->writer, 32) != 0)
        return VAULT_OK;
    e0 = vlt_e0_new();
    if (e0 == NULL)
        return vlt_fail_memory(err);
    if (vlt_epoch_cache_open(&r->epoch, r->cache, sizeof r->cache, n->v->vmk,
            e0, &time) &&
        time <= INT64_MAX && (int64_t)time > n->since &&
        (!n->found || time >= n->time)) {
        n->found = true;
        n->time = time;
        memcpy(n->id, r->epoch.id, 16);
    }
    vlt_e0_free(e0);
    return VAULT_OK;
}

/*
 * The generation of the own card that an epoch is sealed to: after a new card
 * the old epoch is not gone on with. 0: to neither of ours.
 */
static uint32_t
sealed_to(const struct vault *v, const struct vlt_epoch *e)
{
    struct vlt_e0 *e0 = NULL;
    bool newest;

    if (v->card.generation == 1)
        return 1; /* there was never another */
    newest =
        vlt_epoch_open(e, v->kem, v->card.fingerprint, &e0, NULL) == VAULT_OK;
    vlt_e0_free(e0);
    return newest ? v->card.generation : 0;
}

/* Only an E0 out of the cache may be written under, never one that came out
 * of a wrap: anybody can seal an epoch to a public card. */
static enum vault_status
continue_epoch(struct vault *v, const uint8_t writer[32], int64_t since,
    struct vault_error *err)
{
    struct newest_epoch n = {v, writer, since, false, 0, {0}};
    struct vlt_epoch_row row;
    struct vlt_e0 *e0;
    enum vault_status st = vlt_epochs(v->store, consider_epoch, &n, err);

    if (st == VAULT_OK && !n.found)
        st = vlt_fail(err, VAULT_E_NOT_FOUND, "this log has no epoch yet");
    if (st == VAULT_OK)
        st = vlt_epoch_by_id(v->store, n.id, &row, err);
    if (st != VAULT_OK)
        return st;
    e0 = vlt_e0_new();
    if (e0 == NULL ||
        !vlt_epoch_cache_open(&row.epoch, row.cache, sizeof row.cache, v->vmk,
            e0, &n.time)) {
        vlt_epoch_row_clear(&row);
        st = e0 == NULL ? vlt_fail_memory(err)
                        : vlt_fail(err, VAULT_E_TAMPERED,
                              "the cache of the newest epoch does not open");
        vlt_e0_free(e0);
        return st;
    }
    forget_epoch(v);
    v->epoch = row.epoch;
    v->e0 = e0;
    v->epoch_time = n.time;
    v->epoch_gen = sealed_to(v, &row.epoch);
    v->epoch_since = since;
    return VAULT_OK;
}

/* i goes on from the log's previous event if that lies in this epoch. */
static enum vault_status
continue_i(struct vault *v, struct vault_error *err)
{
    struct vlt_leaf_row leaf;
    struct vlt_buf evct;
    uint8_t epoch[16];
    uint32_t i = 0;
    enum vault_status st;

    v->next_i = 0;
    if (v->state.size == 0)
        return VAULT_OK;
    vlt_buf_init(&evct, VLT_EVENT_MAX);
    st = vlt_leaf_get(v->store, v->log_n, v->state.size - 1, &leaf, &evct, err);
    if (st == VAULT_OK && leaf.evct != NULL)
        st = vlt_event_peek(epoch, &i, leaf.evct, leaf.evct_len, err);
    if (st == VAULT_OK && leaf.evct != NULL &&
        memcmp(epoch, v->epoch.id, 16) == 0)
        v->next_i = i < UINT32_MAX ? i + 1 : i;
    vlt_buf_clear(&evct);
    return st;
}

static enum vault_status
new_epoch(struct vault *v, const uint8_t log_key[32], int64_t now,
    struct vault_error *err)
{
    uint8_t cell[VLT_EPOCH_CACHE];
    struct vlt_recipient *to = NULL;
    struct vlt_epoch epoch;
    struct vlt_e0 *e0 = NULL;
    int64_t since = 0;
    size_t n = 0;
    enum vault_status st = vlt_compartment_default(v, &to, &n, &since, err);

    memset(&epoch, 0, sizeof epoch);
    if (st == VAULT_OK)
        st = vlt_epoch_make(&epoch, VLT_EPOCH_VAULT, v->id, log_key, to, n, &e0,
            err);
    free(to);
    if (st != VAULT_OK)
        return st;
    vlt_epoch_cache_seal(cell, &epoch, e0, (uint64_t)now, v->vmk);
    st = vlt_epoch_put(v->store, &epoch, cell, sizeof cell, err);
    if (st != VAULT_OK) {
        vlt_epoch_clear(&epoch);
        vlt_e0_free(e0);
        return st;
    }
    forget_epoch(v);
    v->epoch = epoch;
    v->e0 = e0;
    v->epoch_time = (uint64_t)now;
    v->epoch_gen = v->card.generation;
    v->epoch_since = since;
    return VAULT_OK;
}

enum vault_status
vlt_action_epoch(struct vault *v, struct vault_error *err)
{
    uint8_t log_key[32];
    uint8_t writer[32];
    int64_t now = vlt_now(v);
    int64_t since = 0;
    enum vault_status st;

    if (v->capture)
        return vlt_capture_epoch(v, err);
    st = vlt_compartment_since(v, &since, err);
    if (st != VAULT_OK)
        return st;
    if (now < 0)
        now = 0;
    if (usable(v, now, since))
        return VAULT_OK;
    vlt_sign_public(log_key, v->state.log->b);
    vlt_sha256(writer, log_key, sizeof log_key);
    st = continue_epoch(v, writer, since, err);
    if (st == VAULT_OK)
        st = continue_i(v, err);
    if (st == VAULT_OK && usable(v, now, since))
        return VAULT_OK;
    if (st != VAULT_OK && st != VAULT_E_NOT_FOUND && st != VAULT_E_TAMPERED)
        return st;
    vlt_error_clear(err);
    return new_epoch(v, log_key, now, err);
}

enum vault_status
vlt_action_epoch_check(struct vault *v, struct vault_error *err)
{
    struct vlt_epoch_row row;
    enum vault_status st;

    if (v->e0 == NULL)
        return VAULT_OK;
    st = vlt_epoch_by_id(v->store, v->epoch.id, &row, err);
    if (st == VAULT_OK)
        vlt_epoch_row_clear(&row);
    if (st != VAULT_E_NOT_FOUND)
        return st;
    vlt_error_clear(err);
    forget_epoch(v);
    return VAULT_OK;
}

enum vault_status
vlt_action_epoch_anew(struct vault *v, struct vault_error *err)
{
    uint8_t log_key[32];
    int64_t now = vlt_now(v);

    vlt_sign_public(log_key, v->state.log->b);
    return new_epoch(v, log_key, now < 0 ? 0 : now, err);
}

void
vlt_action_wrap(const struct vault *v, uint8_t out[VLT_RECORD_WRAP],
    const struct vlt_record_head *head, const struct vlt_rk *rk)
{
    if (v->capture)
        vlt_wrap_seal_step(out, &v->epoch, v->step, v->next_i, head, rk);
    else
        vlt_wrap_seal(out, &v->epoch, v->e0, v->next_i, head, rk);
}

/* ---- leaves ---- */

/* What is known of the clock, or said of it. */
static enum vault_status
clock_fields(struct vault *v, int64_t now, struct vlt_fields *f,
    struct vault_error *err)
{
    enum vault_status st = vlt_clock_mark(v, now, "clock", "known", f, err);

    if (st == VAULT_OK && v->opt.clock_said == VAULT_CLOCK_RIGHT)
        st = vlt_fields_add_text(f, "clock", "checked", err);
    if (st == VAULT_OK)
        vlt_clock_saw(v, now);
    return st;
}

static enum vault_status
event_fields(struct vault *v, const struct vlt_entry *e,
    const struct vlt_fields *more, struct vlt_fields *f,
    struct vault_error *err)
{
    int64_t now = vlt_now(v);
    enum vault_status st;
    size_t i;

    st = vlt_fields_add_i64(f, VLT_FIELD_TIME, "time", now, err);
    if (st == VAULT_OK)
        st = clock_fields(v, now, f, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(f, "tool", "sanduq " VLT_VERSION, err);
    if (st == VAULT_OK && v->actor != NULL)
        st = vlt_fields_add_text(f, "actor", v->actor, err);
    if (st == VAULT_OK && e->reason != NULL)
        st = vlt_fields_add_text(f, "reason", e->reason, err);
    if (st == VAULT_OK && e->gen >= 0)
        st = vlt_fields_add_i64(f, VLT_FIELD_NUMBER, "gen", e->gen, err);
    for (i = 0; st == VAULT_OK && more != NULL && i < more->n; i++) {
        char name[VLT_FIELD_NAME + 1] = "";

        memcpy(name, more->f[i].name, more->f[i].name_len);
        st = vlt_fields_add(f, more->f[i].type, more->f[i].state, name,
            more->f[i].value, more->f[i].value_len, err);
    }
    return st;
}

static void
fill_leaf(struct vlt_leaf *leaf, const struct vlt_entry *e)
{
    memset(leaf, 0, sizeof *leaf);
    assert(vlt_leaf_kind_known(e->kind));
    memcpy(leaf->kind, e->kind, strlen(e->kind));
    leaf->has_record = e->record != NULL;
    if (leaf->has_record)
        memcpy(leaf->record, e->record, 16);
    leaf->version = leaf->has_record ? e->version : 0;
    memcpy(leaf->subject, e->subject, 32);
}

/* Store the leaf with its sealed event and what it completes of the tree. */
static enum vault_status
put_leaf(struct vault *v, const struct vlt_leaf *leaf,
    const struct vlt_salts *salts, const struct vlt_fields *f,
    struct vault_error *err)
{
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    struct vlt_buf evct;
    uint8_t hash[32];
    enum vault_status st;

    vlt_buf_init(&evct, VLT_EVENT_MAX);
    vlt_leaf_text_hash(hash, leaf);
    st = v->capture ? vlt_event_seal_step(&evct, &v->epoch, v->step, v->next_i,
                          hash, salts, f, err)
                    : vlt_event_seal(&evct, &v->epoch, v->e0, v->next_i, hash,
                          salts, f, err);
    if (st == VAULT_OK)
        st = vlt_leaf_put(v->store, v->log_n, v->state.size, leaf, evct.p,
            evct.len, err);
    vlt_buf_clear(&evct);
    if (st != VAULT_OK)
        return st;
    vlt_log_tree_io(&tree, v->store, v->log_n, true, &io);
    st = vlt_tree_appended(&io, v->state.size, err);
    if (st != VAULT_OK)
        return st;
    v->state.size++;
    if (v->capture)
        vlt_epoch_next(v->step, &v->epoch, v->next_i);
    v->next_i++;
    return VAULT_OK;
}

enum vault_status
vlt_action_leaf(struct vault *v, const struct vlt_entry *e,
    struct vault_error *err)
{
    return vlt_action_leaf_with(v, e, NULL, err);
}

enum vault_status
vlt_action_leaf_with(struct vault *v, const struct vlt_entry *e,
    const struct vlt_fields *more, struct vault_error *err)
{
    struct vlt_salts *salts = NULL;
    struct vlt_fields f;
    struct vlt_leaf leaf;
    enum vault_status st;

    assert(v->acting);
    vlt_fields_init(&f);
    st = vlt_action_epoch(v, err);
    if (st != VAULT_OK)
        return st;
    salts = vlt_salts_new();
    if (salts == NULL)
        return vlt_fail_memory(err);
    vlt_random(salts->b, sizeof salts->b);
    st = event_fields(v, e, more, &f, err);
    fill_leaf(&leaf, e);
    if (st == VAULT_OK)
        st = vlt_event_root(leaf.event, &f, salts, err);
    if (st == VAULT_OK)
        st = put_leaf(v, &leaf, salts, &f, err);
    vlt_salts_free(salts);
    vlt_fields_clear(&f);
    return st;
}

enum vault_status
vlt_action_slots_changed(struct vault *v, uint32_t gen, struct vault_error *err)
{
    return vlt_action_slots_changed_with(v, gen, NULL, err);
}

enum vault_status
vlt_action_slots_changed_with(struct vault *v, uint32_t gen,
    const struct vlt_fields *more, struct vault_error *err)
{
    struct vlt_slot_set set;
    struct vlt_entry e = {"slots", NULL, 0, NULL, NULL, gen};
    uint8_t hash[32], mac[32];
    enum vault_status st = vlt_slots_load(v->store, false, &set, err);

    if (st != VAULT_OK)
        return st;
    vlt_slot_set_hash(hash, gen, set.slot, set.n);
    vlt_slot_set_mac(mac, hash, v->vmk, v->id);
    st = vlt_meta_put_u32(v->store, "slots-gen", gen, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(v->store, "slots-mac", mac, sizeof mac, err);
    e.subject = hash;
    if (st == VAULT_OK)
        st = vlt_action_leaf_with(v, &e, more, err);
    if (st == VAULT_OK)
        v->state.slots_gen = gen;
    return st;
}

/* ---- begin, commit, abort ---- */

static enum vault_status
sign_checkpoint(struct vault *v, struct vlt_buf *note, struct vault_error *err)
{
    struct vlt_checkpoint cp;
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    struct vlt_buf text;
    enum vault_status st;

    memset(&cp, 0, sizeof cp);
    vlt_buf_init(&text, VLT_NOTE_MAX);
    vlt_name_origin(cp.origin, v->id, v->state.replica);
    cp.size = v->state.size;
    vlt_log_tree_io(&tree, v->store, v->log_n, true, &io);
    st = vlt_tree_root(&io, cp.size, cp.root, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_encode(&text, &cp, err);
    if (st == VAULT_OK)
        st = vlt_note_sign(note, (const char *)text.p, text.len, cp.origin,
            v->state.log->b, err);
    if (st == VAULT_OK)
        memcpy(v->state.root, cp.root, 32);
    vlt_buf_clear(&text);
    return st;
}

enum vault_status
vlt_action_commit(struct vault *v, struct vault_error *err)
{
    struct vlt_buf note;
    enum vault_status st;

    assert(v->acting);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_catalogue_follow(v, err);
    if (st == VAULT_OK)
        st = sign_checkpoint(v, &note, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_put(v->store, v->log_n, v->state.size,
            (const char *)note.p, note.len, err);
    vlt_buf_clear(&note);
    if (st == VAULT_OK)
        st = vlt_store_commit(v->store, err);
    if (st != VAULT_OK) {
        vlt_action_abort(v);
        return st;
    }
    v->acting = false;
    vlt_foreign_forget(v);
    vlt_hidden_forget(v);
    vlt_action_keep(v);
    v->data_version = -1; /* the heads are read anew before the next use */
    /* what was stored is stored; nothing more before this is mended */
    v->state_behind = vlt_state_store(v, &v->warning) != VAULT_OK;
    return VAULT_OK;
}

enum vault_status
vlt_action_mend_state(struct vault *v, struct vault_error *err)
{
    if (v->state_behind && vlt_state_store(v, err) != VAULT_OK)
        return vlt_fail_hint(err, VAULT_E_IO,
            "make room there, or use --no-state",
            "this machine's memory of the vault cannot be written (%s)",
            v->warning.message);
    v->state_behind = false;
    return VAULT_OK;
}

void
vlt_action_keep(struct vault *v)
{
    v->kept.size = v->state.size;
    memcpy(v->kept.root, v->state.root, sizeof v->kept.root);
    v->kept.slots_gen = v->state.slots_gen;
    v->kept.settings_gen = v->state.settings_gen;
}

static void
go_back(struct vault *v)
{
    v->state.size = v->kept.size;
    memcpy(v->state.root, v->kept.root, sizeof v->state.root);
    v->state.slots_gen = v->kept.slots_gen;
    v->state.settings_gen = v->kept.settings_gen;
}

void
vlt_action_abort(struct vault *v)
{
    if (!v->acting)
        return;
    v->acting = false;
    v->batch_lost = v->batch;
    vlt_fresh_forget(v);
    vlt_foreign_forget(v);
    vlt_hidden_forget(v);
    vlt_store_rollback(v->store);
    go_back(v);
    /* what was counted on may not have happened: all of it is read anew */
    forget_epoch(v);
    vlt_compartments_forget(v);
    vlt_compartments_epochs_forget(v);
    v->data_version = -1;
    v->log_n = 0;
    v->joined.n = 0;
}
