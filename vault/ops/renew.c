/* SPDX-License-Identifier: Apache-2.0 */
/* renew.c: a new vault file, with new keys, out of an unlocked vault */
#include "renew.h"
#include <string.h>
#include "bytes.h"
#include "cell.h"
#include "fail.h"
#include "os.h"
#include "rows.h"
#include "sealer.h"
#include "slot.h"
#include "tempname.h"
#include "renewing.h"
#include "verify.h"

/* ---- what there must be ---- */

static enum vault_status
check_way(const struct vlt_renew_way *way, struct vault_error *err)
{
    struct vlt_cost c;

    if ((way->key != NULL) == (way->card != NULL))
        return vlt_fail(err, VAULT_E_USAGE,
            "a way to unlock is a key or a card");
    if (way->key == NULL || way->key->pass == NULL)
        return VAULT_OK;
    if (way->cost != NULL) {
        c = (struct vlt_cost){way->cost->passes, way->cost->memory_kib};
        if (vlt_cost_ok(&c))
            return VAULT_OK;
    }
    return vlt_fail(err, VAULT_E_USAGE,
        "the cost of unlocking lies outside the bounds");
}

static enum vault_status
check(struct vault *v, const char *path, const struct vlt_renew_options *o,
    struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);
    size_t i;

    if (st == VAULT_OK && (o->ways == 0 || o->ways > VLT_SLOT_MAX))
        st = vlt_fail(err, VAULT_E_USAGE,
            "the new file needs a way to unlock it, and at most %d",
            (int)VLT_SLOT_MAX);
    for (i = 0; st == VAULT_OK && i < o->ways; i++)
        st = check_way(&o->way[i], err);
    if (st == VAULT_OK && o->reason != NULL)
        st = vlt_reason_check(o->reason, err);
    if (st == VAULT_OK && vlt_os_exists(path))
        st = vlt_fail_hint(err, VAULT_E_EXISTS, "choose another name",
            "%s exists already; it was not touched", path);
    if (st == VAULT_OK && v->card.has_next)
        st = vlt_fail(err, VAULT_E_POLICY,
            "the next card was fixed when this one was made, and is held "
            "elsewhere");
    if (st == VAULT_OK && v->card.generation == UINT32_MAX)
        st = vlt_fail(err, VAULT_E_LIMIT, "there were too many cards");
    return st;
}

/* ---- a successor that was made before ---- */

static enum vault_status
check_first(struct vlt_renewing *n, struct vault_error *err)
{
    bool made = false;
    enum vault_status st =
        n->o->again ? VAULT_OK : vlt_renew_made(n->v, &made, err);

    if (st == VAULT_OK && made)
        st = vlt_fail_hint(err, VAULT_E_POLICY,
            "go on with that file; a second one is made with --again, and "
            "whoever sees both cards refuses both",
            "a file with the next card was made from this vault already");
    return st;
}

/* ---- the new file's own rows ---- */

/* Gens go on above those of the old lines, where these come along. */
static enum vault_status
next_gen(struct vlt_renewing *n, const char *k, uint32_t *gen,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    *gen = 0;
    if (n->o->records == VLT_RENEW_ALL)
        st = vlt_meta_get_u32(n->v->store, k, gen, err);
    if (st == VAULT_OK && *gen == UINT32_MAX)
        st = vlt_fail(err, VAULT_E_LIMIT, "too many changes");
    ++*gen;
    return st;
}

static enum vault_status
draw(struct vlt_renewing *n, struct vault_error *err)
{
    struct vault *w = n->w;

    w->vmk = vlt_vmk_new();
    w->seed = vlt_seed_new();
    w->kem = vlt_kemkey_new();
    if (w->vmk == NULL || w->seed == NULL || w->kem == NULL)
        return vlt_fail_memory(err);
    vlt_random(w->vmk->b, sizeof w->vmk->b);
    vlt_random(w->seed->b, sizeof w->seed->b);
    vlt_identity_kem_seed(w->kem, w->seed, n->v->id);
    memcpy(w->id, n->v->id, sizeof w->id);
    w->clock_known = n->v->clock_known;
    return VAULT_OK;
}

static enum vault_status
put_meta(struct vlt_renewing *n, struct vault_error *err)
{
    struct vlt_store *s = n->w->store;
    uint32_t gen = 0;
    enum vault_status st = vlt_meta_put(s, "kind", "vault", 5, err);

    if (st == VAULT_OK)
        st = vlt_meta_put(s, "vault", n->w->id, sizeof n->w->id, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(s, "suite", 1, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(s, "min_reader", 1, err);
    if (st == VAULT_OK)
        st = next_gen(n, "settings-gen", &gen, err);
    return st == VAULT_OK ? vlt_meta_put_u32(s, "settings-gen", gen, err) : st;
}

/* Cards before it: public, without their secret unless that is to stay. */
static enum vault_status
put_past_card(void *ctx, const struct vlt_identity_row *r,
    struct vault_error *err)
{
    struct vlt_renewing *n = ctx;
    struct vlt_identity_row row = *r;
    struct vlt_card card;
    struct vlt_seed *seed = NULL;
    uint8_t cell[VLT_SEED_CELL];
    enum vault_status st = vlt_card_parse(&card, r->card, r->card_len, err);

    row.seed = NULL;
    row.seed_len = 0;
    if (st == VAULT_OK && n->o->keep_seeds && r->seed != NULL) {
        seed = vlt_seed_new();
        if (seed == NULL)
            st = vlt_fail_memory(err);
        else if (!vlt_seed_open(seed, r->seed, r->seed_len, n->v->vmk, n->v->id,
                     r->gen, card.fingerprint))
            st = vlt_fail(err, VAULT_E_TAMPERED,
                "the vault's card or its sealed secret was changed");
        if (st == VAULT_OK) {
            vlt_seed_seal(cell, seed, n->w->vmk, n->w->id, r->gen,
                card.fingerprint);
            row.seed = cell;
            row.seed_len = sizeof cell;
        }
    }
    vlt_seed_free(seed);
    return st == VAULT_OK ? vlt_identity_put(n->w->store, &row, err) : st;
}

static enum vault_status
put_new_card(struct vlt_renewing *n, struct vault_error *err)
{
    struct vlt_identity_row row;
    struct vault *w = n->w;
    uint8_t cell[VLT_SEED_CELL];
    struct vlt_card card;
    struct vlt_buf note;
    enum vault_status st;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    memset(&card, 0, sizeof card);
    memcpy(card.vault, w->id, sizeof card.vault);
    card.generation = n->v->card.generation + 1;
    card.has_prev = true;
    memcpy(card.prev, n->v->card.fingerprint, sizeof card.prev);
    st = vlt_card_make(&card, w->seed, n->v->seed, &note, err);
    if (st == VAULT_OK) {
        vlt_seed_seal(cell, w->seed, w->vmk, w->id, card.generation,
            card.fingerprint);
        row = (struct vlt_identity_row){card.generation, (const char *)note.p,
            note.len, cell, sizeof cell};
        st = vlt_identity_put(w->store, &row, err);
    }
    vlt_buf_clear(&note);
    n->done.generation = card.generation;
    memcpy(n->done.card, card.fingerprint, sizeof n->done.card);
    return st == VAULT_OK ? vlt_identity_load(w, err) : st;
}

static enum vault_status
put_slots(struct vlt_renewing *n, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < n->o->ways; i++) {
        const struct vlt_renew_way *way = &n->o->way[i];
        struct vlt_slot slot;

        st = vlt_renew_slot(n->w, way, &slot, err);
        if (st == VAULT_OK)
            st = vlt_slot_put(n->w->store, &slot, err);
        if (st == VAULT_OK)
            memcpy(n->done.slot[n->done.slots++], slot.id, 16);
    }
    if (st == VAULT_OK)
        memcpy(n->w->slot, n->done.slot[0], 16);
    return st;
}

/* ---- its lines ---- */

static enum vault_status
settings_line(struct vlt_renewing *n, struct vault_error *err)
{
    uint8_t hash[32];
    struct vlt_entry e = {"settings", NULL, 0, hash, NULL, 0};
    uint32_t gen = 0;
    enum vault_status st = vlt_settings_hash_now(n->w->store, hash, &gen, err);

    e.gen = gen;
    if (st == VAULT_OK)
        st = vlt_action_leaf(n->w, &e, err);
    if (st == VAULT_OK)
        n->w->state.settings_gen = gen;
    return st;
}

/* Where no old line names the older cards, the new log does. */
static enum vault_status
card_lines(struct vlt_renewing *n, struct vault_error *err)
{
    struct vlt_entry e = {"card", NULL, 0, NULL, NULL, -1};
    enum vault_status st = VAULT_OK;
    size_t i = n->o->records == VLT_RENEW_ALL ? 0 : n->w->pasts;

    for (; st == VAULT_OK && i > 0; i--) {
        e.subject = n->w->past[i - 1].card.fingerprint;
        st = vlt_action_leaf(n->w, &e, err);
    }
    e.subject = n->w->card.fingerprint;
    return st == VAULT_OK ? vlt_action_leaf(n->w, &e, err) : st;
}

static enum vault_status
put_lines(struct vlt_renewing *n, struct vault_error *err)
{
    uint32_t gen = 0;
    enum vault_status st = vlt_replica_start(n->w, err);

    if (st == VAULT_OK)
        st = card_lines(n, err);
    if (st == VAULT_OK)
        st = next_gen(n, "slots-gen", &gen, err);
    if (st == VAULT_OK)
        st = vlt_action_slots_changed(n->w, gen, err);
    return st == VAULT_OK ? settings_line(n, err) : st;
}

static enum vault_status
fill_in(struct vlt_renewing *n, struct vault_error *err)
{
    bool all = n->o->records == VLT_RENEW_ALL;
    enum vault_status st = put_meta(n, err);

    if (st == VAULT_OK)
        st = vlt_identities(n->v->store, put_past_card, n, err);
    if (st == VAULT_OK)
        st = put_new_card(n, err);
    if (st == VAULT_OK)
        st = put_slots(n, err);
    if (st == VAULT_OK && all)
        st = vlt_renew_rows(n, err);
    if (st == VAULT_OK && all)
        st = vlt_own_logs_load(n->w->store, n->w->id, &n->w->logs, err);
    if (st == VAULT_OK)
        st = put_lines(n, err);
    if (st == VAULT_OK && all)
        st = vlt_renew_seals(n, err);
    if (st == VAULT_OK && n->o->records == VLT_RENEW_CHOSEN)
        st = vlt_renew_chosen(n, err);
    if (st == VAULT_OK)
        st = vlt_rekey_leaf(n->w, "3", n->o->reason, err);
    return st;
}

/* One transaction; the old vault stands still meanwhile. */
static enum vault_status
fill(struct vlt_renewing *n, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(n->w->store, true, err);

    if (st != VAULT_OK)
        return st;
    n->w->acting = true;
    st = fill_in(n, err);
    if (st == VAULT_OK)
        return vlt_action_commit(n->w, err);
    vlt_action_abort(n->w);
    return st;
}

/* ---- looked at before it has a name ---- */

struct looking {
    const struct vault *v;
    struct vault_finding first;
};

static int
on_finding(void *ctx, const struct vault_finding *f)
{
    struct looking *l = ctx;

    if (f->level == VAULT_FAILED && l->first.level != VAULT_FAILED)
        l->first = *f;
    return 0;
}

static int
on_progress(void *ctx, const struct vault_progress *p)
{
    struct looking *l = ctx;

    return l->v->opt.progress == NULL ? 0
                                      : l->v->opt.progress(l->v->opt.ctx, p);
}

static enum vault_status
look(struct vlt_renewing *n, const char *name, struct vault_error *err)
{
    struct looking l = {.v = n->v};
    struct vault_verify_options vo = {.progress = on_progress};
    struct vault_verdict verdict;
    enum vault_status st =
        vlt_verify_file(name, n->w, &vo, on_finding, &l, &verdict, err);

    if (st == VAULT_OK && !verdict.unlocked)
        st = vlt_fail(err, VAULT_E_TAMPERED, "it does not open");
    if (st == VAULT_E_TAMPERED)
        return vlt_fail_hint(err, st,
            "see all of it in this vault: sanduq verify; nothing was written",
            "the new file does not hold: %s",
            l.first.level == VAULT_FAILED ? l.first.text.message
                                          : "it does not open");
    return st;
}

/* ---- the old vault ---- */

/* No other program writes between the copy and the line about it. */
static enum vault_status
hold(struct vault *v, struct vault_error *err)
{
    int64_t version;
    enum vault_status st = VAULT_OK;

    if (v->acting)
        st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, true, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_store_data_version(v->store, &version, err);
    if (st == VAULT_OK && version != v->data_version)
        st = vlt_heads_check(v, err);
    if (st == VAULT_OK)
        st = vlt_need_plain(v, err);
    if (st != VAULT_OK)
        vlt_store_rollback(v->store);
    return st;
}

/* Whose card each slot was made to: the slot does not say. */
static enum vault_status
add_ways(const struct vlt_renewing *n, struct vlt_fields *l,
    struct vault_error *err)
{
    uint8_t ways[VLT_SLOT_MAX * VLT_RENEW_TO];
    size_t i, len = 0;

    for (i = 0; i < n->done.slots; i++) {
        if (n->o->way[i].card == NULL)
            continue;
        memcpy(ways + len, n->done.slot[i], 16);
        memcpy(ways + len + 16, n->o->way[i].card->vault, 16);
        len += VLT_RENEW_TO;
    }
    return len == 0 ? VAULT_OK
                    : vlt_fields_add(l, VLT_FIELD_BYTES, VLT_STATE_VALUE,
                          "ways", ways, len, err);
}

static enum vault_status
note_line(struct vlt_renewing *n, struct vault_error *err)
{
    static const uint8_t zeros[32];
    struct vlt_entry e = {"note", NULL, 0, zeros, n->o->reason, -1};
    struct vlt_fields l;
    enum vault_status st;

    vlt_fields_init(&l);
    st = vlt_fields_add_text(&l, "action", n->o->action, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(&l, VLT_FIELD_NUMBER, "generation",
            n->done.generation, err);
    if (st == VAULT_OK)
        st = vlt_fields_add(&l, VLT_FIELD_BYTES, VLT_STATE_VALUE, "card",
            n->done.card, sizeof n->done.card, err);
    if (st == VAULT_OK)
        st = add_ways(n, &l, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf_with(n->v, &e, &l, err);
    vlt_fields_clear(&l);
    return st;
}

/* What was written since it was copied is not in the new file: then the new
 * file goes, not that. */
static enum vault_status
note(struct vlt_renewing *n, int64_t version, struct vault_error *err)
{
    int64_t now;
    enum vault_status st = vlt_action_begin(n->v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_store_data_version(n->v->store, &now, err);
    if (st == VAULT_OK && now != version)
        st = vlt_fail_hint(err, VAULT_E_BUSY, "try again; nothing was changed",
            "another program wrote to the vault meanwhile");
    if (st == VAULT_OK)
        st = note_line(n, err);
    if (st == VAULT_OK)
        return vlt_action_commit(n->v, err);
    vlt_action_abort(n->v);
    return st;
}

/* ---- the whole ---- */

static enum vault_status
copy(struct vlt_renewing *n, int64_t *version, struct vault_error *err)
{
    enum vault_status st = hold(n->v, err);

    if (st != VAULT_OK)
        return st;
    st = check_first(n, err);
    if (st == VAULT_OK)
        st = fill(n, err);
    if (st == VAULT_OK)
        st = vlt_store_data_version(n->v->store, version, err);
    vlt_store_rollback(n->v->store);
    return st;
}

static enum vault_status
make(struct vlt_renewing *n, const char *path, const char *name,
    struct vault_error *err)
{
    struct vlt_store_options so =
        vlt_handle_store_options(n->w, VLT_STORE_WRITE);
    int64_t version = 0;
    enum vault_status st = draw(n, err);

    if (st == VAULT_OK)
        st = vlt_store_create(name, VLT_PAGE, &so, &n->w->store, err);
    if (st != VAULT_OK)
        return st;
    st = copy(n, &version, err);
    if (st == VAULT_OK)
        st = vlt_store_bytes(n->w->store, &n->done.file_bytes, err);
    vlt_store_close(n->w->store);
    n->w->store = NULL;
    if (st == VAULT_OK)
        st = look(n, name, err);
    if (st == VAULT_OK)
        st = note(n, version, err);
    if (st == VAULT_OK)
        st = vlt_os_rename_new(name, path, err);
    if (st == VAULT_OK)
        return vlt_store_open(path, &so, &n->w->store, err);
    (void)!vlt_os_destroy(name, NULL);
    (void)!vlt_state_remove(n->w, NULL);
    return st;
}

enum vault_status
vlt_renew_write(struct vault *v, const char *path,
    const struct vlt_renew_options *o, struct vlt_renewed *out,
    struct vault **opened, struct vault_error *err)
{
    struct vlt_renewing n = {.v = v, .o = o};
    struct vault_options opt = v->opt;
    struct vlt_temp temp;
    enum vault_status st = check(v, path, o, err);

    opt.no_state = opt.no_state || o->no_state;
    if (st == VAULT_OK)
        st = vlt_handle_new(path, &opt, &n.w, err);
    if (st != VAULT_OK)
        return st;
    n.r.from = v;
    n.r.to = n.w;
    st = vlt_temp_begin(path, &temp, err);
    if (st == VAULT_OK) {
        st = make(&n, path, temp.name, err);
        vlt_temp_end(&temp);
    }
    n.done.wraps = n.r.wraps;
    if (st == VAULT_OK)
        *out = n.done;
    if (st == VAULT_OK && opened != NULL)
        *opened = n.w;
    else
        vault_close(n.w);
    return st;
}
