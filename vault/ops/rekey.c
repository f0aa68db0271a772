/* SPDX-License-Identifier: Apache-2.0 */
/* rekey.c: new epochs and a new catalogue key, in place (level 2) */
#include <vault/rekey.h>
#include <stdlib.h>
#include <string.h>
#include "catalogue_ops.h"
#include "epochset.h"
#include "fail.h"
#include "reseal.h"
#include "rows.h"
#include "sealer.h"
#include "withdrawing.h"

/* Rekeying on its way. */
struct work {
    struct vault *v;
    bool forget; /* the secrets of older cards */
    struct vlt_reseal r;
    struct vault_rekeyed done;
};

/* ---- what stands is sealed again ---- */

/* What a withdrawal should have taken does not survive: its wrap stays under
 * an epoch that goes, and verify names it as before. */
static enum vault_status
one_wrap(struct work *w, struct vlt_wrapped_row *row, bool extract,
    struct vault_error *err)
{
    struct vlt_record_head head;
    uint8_t stmt[32];
    bool gone = false;
    bool left = true;
    enum vault_status st = vlt_wrapped_head(w->v, row, &head, err);

    if (st == VAULT_OK && !row->foreign) {
        vlt_record_stmt(stmt, &head);
        st = vlt_record_withdrawn(w->v->store, &head.h, stmt, &gone, err);
    }
    if (st == VAULT_OK && !gone)
        st = vlt_reseal_wrap(&w->r, &head, row->wrap, &left, err);
    w->done.wraps_left += left && !gone;
    if (st == VAULT_OK && !left)
        st = extract
            ? vlt_extract_wrap_replace(w->v->store, row->x, row->wrap, err)
            : vlt_wrap_replace(w->v->store, row->rid, row->wrap, err);
    return st == VAULT_OK ? vlt_reseal_tick(&w->r, err) : st;
}

static enum vault_status
all_wraps(struct work *w, struct vault_error *err)
{
    struct vlt_wrapped_row row = {.rid = 0};
    bool found = true;
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK) {
        st = vlt_wrap_after(w->v->store, row.rid, &row, &found, err);
        if (st != VAULT_OK || !found)
            break;
        st = one_wrap(w, &row, false, err);
    }
    row.x = 0;
    while (st == VAULT_OK) {
        st = vlt_extract_wrap_after(w->v->store, row.x, &row, &found, err);
        if (st != VAULT_OK || !found)
            break;
        st = one_wrap(w, &row, true, err);
    }
    return st;
}

static enum vault_status
put_event(void *ctx, uint64_t log, uint64_t idx, const struct vlt_buf *evct,
    struct vault_error *err)
{
    struct work *w = ctx;

    return vlt_event_replace(w->v->store, log, idx, evct->p, evct->len, err);
}

/* ---- what goes ---- */

/* Epochs of which no key is here hold what only others can open: they stay. */
static enum vault_status
destroy_epochs(struct work *w, const struct vlt_epoch_mark *old, size_t n,
    struct vault_error *err)
{
    const struct vlt_open_epoch *o;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < n; i++) {
        st = vlt_epoch_secret(w->v, old[i].id, &o, err);
        if (st == VAULT_E_NO_KEY) {
            vlt_error_clear(err);
            w->done.epochs_left++;
            st = VAULT_OK;
            continue;
        }
        if (st == VAULT_OK)
            st = vlt_epoch_destroy(w->v->store, old[i].id, err);
        w->done.epochs_gone += st == VAULT_OK;
    }
    return st;
}

/* The commit, or the next reader, makes it anew under a new key. */
static enum vault_status
destroy_catalogue(struct vault *v, struct vault_error *err)
{
    static const uint8_t zeros[72];
    uint8_t cell[72];
    enum vault_status st = vlt_catalogue_clear(v->store, err);

    if (st == VAULT_OK)
        st = vlt_meta_get(v->store, "catalogue", cell, sizeof cell, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(v->store, "catalogue", zeros, sizeof zeros, err);
    if (st == VAULT_OK)
        st = vlt_meta_delete(v->store, "catalogue", err);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        st = VAULT_OK;
    }
    return st;
}

/* After the epochs: none that stays opens by them. The ways to unlock are of
 * the next generation, so that no kit made before brings them back. */
static enum vault_status
forget_seeds(struct work *w, struct vault_error *err)
{
    uint32_t gen = 0;
    enum vault_status st = vlt_identity_seeds_destroy(w->v->store,
        w->v->card.generation, &w->done.seeds_gone, err);

    if (st == VAULT_OK && w->done.seeds_gone == 0)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "no secret of an older card is here");
    if (st == VAULT_OK)
        st = vlt_meta_get_u32(w->v->store, "slots-gen", &gen, err);
    if (st == VAULT_OK && gen == UINT32_MAX)
        st = vlt_fail(err, VAULT_E_LIMIT, "the slots were changed too often");
    return st == VAULT_OK ? vlt_action_slots_changed(w->v, gen + 1, err) : st;
}

/* ---- the whole, within an action ---- */

static enum vault_status
rekey(struct work *w, const char *reason, struct vault_error *err)
{
    struct vlt_epoch_mark *old = NULL;
    size_t n = 0;
    enum vault_status st =
        vlt_epoch_marks(w->v->store, VLT_EPOCHS_MAX, &old, &n, err);

    w->r.from = w->r.to = w->v;
    if (st == VAULT_OK)
        st = vlt_action_epoch_anew(w->v, err);
    if (st == VAULT_OK)
        st = all_wraps(w, err);
    if (st == VAULT_OK)
        st = vlt_reseal_events(&w->r, put_event, w, err);
    if (st == VAULT_OK)
        st = destroy_epochs(w, old, n, err);
    if (st == VAULT_OK)
        st = destroy_catalogue(w->v, err);
    if (st == VAULT_OK && w->forget)
        st = forget_seeds(w, err);
    if (st == VAULT_OK)
        st = vlt_rekey_leaf(w->v, "2", reason, err);
    w->done.wraps = w->r.wraps;
    w->done.events = w->r.events;
    free(old);
    return st;
}

static enum vault_status
begin(struct vault *v, const char *reason, struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK && reason != NULL)
        st = vlt_reason_check(reason, err);
    if (st == VAULT_OK && v->acting)
        st = vlt_action_commit(v, err);
    return st == VAULT_OK ? vlt_action_begin(v, err) : st;
}

static enum vault_status
finish(struct vault *v, enum vault_status st, struct vault_error *err)
{
    if (st != VAULT_OK) {
        vlt_action_abort(v);
        vlt_epochs_forget(v);
        return st;
    }
    st = vlt_action_commit(v, err);
    vlt_epochs_forget(v); /* the secrets of what was destroyed, too */
    return st;
}

static enum vault_status
run(struct work *w, const char *reason, struct vault_rekeyed *out,
    struct vault_error *err)
{
    enum vault_status st = begin(w->v, reason, err);

    if (st != VAULT_OK)
        return st;
    st = finish(w->v, rekey(w, reason, err), err);
    if (st == VAULT_OK)
        *out = w->done;
    return st;
}

enum vault_status
vault_rekey(struct vault *v, const char *reason, struct vault_rekeyed *out,
    struct vault_error *err)
{
    struct work w = {.v = v};

    return run(&w, reason, out, err);
}

/* The handle keeps no key of them either: it is read anew. */
enum vault_status
vault_rekey_forget(struct vault *v, const char *reason,
    struct vault_rekeyed *out, struct vault_error *err)
{
    struct work w = {.v = v, .forget = true};
    enum vault_status st = run(&w, reason, out, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < v->pasts; i++) {
        vlt_kemkey_free(v->past[i].kem);
        v->past[i].kem = NULL;
    }
    return st;
}

enum vault_status
vault_withdraw_rekey(struct vault *v, const uint8_t id[VAULT_ID],
    uint32_t version, const char *reason, struct vault_withdrawal *withdrawn,
    struct vault_rekeyed *out, struct vault_error *err)
{
    struct vault_withdrawal gone;
    struct work w = {.v = v};
    enum vault_status st = begin(v, reason, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_withdraw_within(v, id, version, reason, &gone, err);
    if (st == VAULT_OK)
        st = rekey(&w, reason, err);
    st = finish(v, st, err);
    if (st == VAULT_OK) {
        *withdrawn = gone;
        *out = w.done;
    }
    return st;
}
