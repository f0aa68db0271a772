/* SPDX-License-Identifier: Apache-2.0 */
/* replica_begin.c: continuing one's own log, starting one, joining others */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "bytes.h"
#include "fail.h"
#include "sign.h"
#include "text.h"

/* ---- which states of other logs are named already ---- */

struct naming {
    const uint8_t *checkpoint;
    bool found;
    bool line; /* by a leaf, which must be in the signed tree */
    uint64_t idx;
    struct vlt_leaf leaf;
};

static enum vault_status
look_for_join(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct naming *n = ctx;

    (void)err;
    if (strcmp(r->leaf.kind, "join") == 0 &&
        memcmp(r->leaf.subject, n->checkpoint, 32) == 0) {
        n->found = true;
        n->line = true;
        n->idx = r->idx;
        n->leaf = r->leaf;
    }
    return VAULT_OK;
}

/* Whether `by` names this checkpoint in its note or in a join leaf. */
static enum vault_status
names(struct vault *v, const struct vlt_own_log *by,
    const uint8_t checkpoint[32], bool *out, struct vault_error *err)
{
    struct naming n;
    enum vault_status st = VAULT_OK;
    size_t i;

    memset(&n, 0, sizeof n);
    n.checkpoint = checkpoint;
    for (i = 0; i < by->replica.bases && !n.found; i++) {
        if (memcmp(by->replica.base[i].checkpoint, checkpoint, 32) == 0)
            n.found = true;
    }
    if (!n.found)
        st = vlt_leaves(v->store, by->n, 0, look_for_join, &n, err);
    if (st == VAULT_OK && n.line)
        st = vlt_own_leaf_check(v->store, by, n.idx, &n.leaf, err);
    *out = n.found;
    return st;
}

/* Whether any own log but itself names the newest checkpoint of `log`. */
static enum vault_status
named_by_any(struct vault *v, const struct vlt_own_log *log, bool *out,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    *out = false;
    for (i = 0; st == VAULT_OK && !*out && i < v->logs.n; i++) {
        if (v->logs.log[i].n != log->n)
            st = names(v, &v->logs.log[i], log->checkpoint, out, err);
    }
    return st;
}

/* ---- a new replica ---- */

static enum vault_status
collect_bases(struct vault *v, struct vlt_replica *r, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    r->number = 1;
    r->base = calloc(v->logs.n + 1, sizeof *r->base);
    if (r->base == NULL)
        return vlt_fail_memory(err);
    for (i = 0; st == VAULT_OK && i < v->logs.n; i++) {
        const struct vlt_own_log *log = &v->logs.log[i];
        bool named;

        if (log->session)
            continue; /* its own replica joined it, and numbers from 1 */
        if (log->replica.number >= r->number)
            r->number = log->replica.number + 1;
        st = named_by_any(v, log, &named, err);
        if (st != VAULT_OK || named)
            continue;
        if (r->bases >= VLT_REPLICA_BASES)
            return vlt_fail(err, VAULT_E_LIMIT,
                "more than %d logs that none names", (int)VLT_REPLICA_BASES);
        memcpy(r->base[r->bases].replica, log->replica.replica, 8);
        r->base[r->bases].size = log->size;
        memcpy(r->base[r->bases].checkpoint, log->checkpoint, 32);
        r->bases++;
    }
    return st;
}

/* Fresh id and log key; the state file says size 0 until the first commit. */
static enum vault_status
draw_state(struct vault *v, uint32_t number, struct vault_error *err)
{
    uint32_t slots_gen = v->state.slots_gen;
    uint32_t settings_gen = v->state.settings_gen;

    vlt_state_clear(&v->state);
    memset(&v->state, 0, sizeof v->state);
    v->state.log = vlt_logkey_new();
    if (v->state.log == NULL)
        return vlt_fail_memory(err);
    vlt_random(v->state.log->b, 32);
    vlt_random(v->state.replica, 8);
    memcpy(v->state.vault, v->id, 16);
    memcpy(v->state.card, v->card.fingerprint, 32);
    v->state.number = number;
    v->state.slots_gen = slots_gen;
    v->state.settings_gen = settings_gen;
    vlt_action_keep(v);
    return VAULT_OK;
}

static enum vault_status
put_log(struct vault *v, struct vlt_replica *r, struct vault_error *err)
{
    char origin[VLT_NAME_MAX + 1];
    struct vlt_buf note;
    enum vault_status st;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    memcpy(r->vault, v->id, 16);
    memcpy(r->replica, v->state.replica, 8);
    vlt_sign_public(r->log_key, v->state.log->b);
    memcpy(r->card, v->card.fingerprint, 32);
    st = vlt_replica_make(r, v->seed, &note, err);
    vlt_name_origin(origin, v->id, r->replica);
    if (st == VAULT_OK)
        st = vlt_log_put(v->store, origin, (const char *)note.p, note.len,
            &v->log_n, err);
    vlt_buf_clear(&note);
    return st;
}

enum vault_status
vlt_replica_start(struct vault *v, struct vault_error *err)
{
    struct vlt_replica r;
    struct vlt_entry e = {"genesis", NULL, 0, NULL, NULL, -1};
    enum vault_status st;

    memset(&r, 0, sizeof r);
    st = collect_bases(v, &r, err);
    if (st == VAULT_OK)
        st = draw_state(v, r.number, err);
    if (st == VAULT_OK)
        st = vlt_state_store(v, err); /* fails here, not after the commit */
    if (st == VAULT_OK)
        st = put_log(v, &r, err);
    e.subject = r.text_hash;
    if (st == VAULT_OK)
        st = vlt_action_leaf(v, &e, err);
    vlt_replica_clear(&r);
    return st;
}

/* ---- joining ---- */

static enum vault_status
join_others(struct vault *v, struct vault_error *err)
{
    const struct vlt_own_log *own = vlt_own_log_find(&v->logs, v->log_n);
    struct vlt_entry e = {"join", NULL, 0, NULL, NULL, -1};
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < v->logs.n; i++) {
        const struct vlt_own_log *log = &v->logs.log[i];
        bool named = true;

        if (log->n != own->n && !log->session)
            st = names(v, own, log->checkpoint, &named, err);
        if (st != VAULT_OK || named)
            continue;
        e.subject = log->checkpoint;
        st = vlt_action_leaf(v, &e, err);
    }
    return st;
}

enum vault_status
vlt_action_enter(struct vault *v, struct vault_error *err)
{
    int64_t version;
    enum vault_status st;

    assert(!v->acting && vlt_store_in_transaction(v->store));
    v->acting = true;
    vlt_action_keep(v);
    st = vlt_store_data_version(v->store, &version, err);
    if (st == VAULT_OK && version != v->data_version)
        st = vlt_heads_check(v, err);
    if (st == VAULT_OK)
        st = vlt_action_epoch_check(v, err);
    if (st == VAULT_OK)
        st = vlt_need_plain(v, err);
    if (st == VAULT_OK)
        vlt_action_keep(v);
    if (st == VAULT_OK && v->log_n == 0)
        st = vlt_replica_start(v, err);
    else if (st == VAULT_OK && v->logs.n > 1)
        st = join_others(v, err);
    if (st != VAULT_OK)
        vlt_action_abort(v);
    return st;
}

enum vault_status
vlt_action_begin(struct vault *v, struct vault_error *err)
{
    enum vault_status st;

    assert(!v->acting);
    if (v->capture)
        return vlt_capture_begin(v, err);
    st = vlt_need_unlocked(v, err);
    if (st == VAULT_OK)
        st = vlt_action_mend_state(v, err);
    if (st == VAULT_OK)
        st = vlt_staging_clear(v, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, true, err);
    return st == VAULT_OK ? vlt_action_enter(v, err) : st;
}
