/* SPDX-License-Identifier: Apache-2.0 */
/* replica_begin.c: continuing one's own log, starting one, joining others */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "bytes.h"
#include "fail.h"
#include "log_names.h"
#include "sign.h"
#include "text.h"

/* ---- a new replica ---- */

static enum vault_status
add_bases(struct vault *v, const struct vlt_log_names *names,
    struct vlt_replica *r, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < v->logs.n; i++) {
        const struct vlt_own_log *log = &v->logs.log[i];
        bool named;

        if (log->session)
            continue; /* its own replica joined it, and numbers from 1 */
        if (log->replica.number >= r->number)
            r->number = log->replica.number + 1;
        st = vlt_log_named(v, names, log, &named, err);
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

static enum vault_status
collect_bases(struct vault *v, struct vlt_replica *r, struct vault_error *err)
{
    struct vlt_log_names names = {0, 0, NULL};
    enum vault_status st = vlt_log_names_load(v, &names, err);

    r->number = 1;
    r->base = calloc(v->logs.n + 1, sizeof *r->base);
    if (st == VAULT_OK && r->base == NULL)
        st = vlt_fail_memory(err);
    if (st == VAULT_OK)
        st = add_bases(v, &names, r, err);
    vlt_log_names_clear(&names);
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
    v->joined.n = 0; /* what the log before this one named */
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

/*
 * A state that any other log names needs no line of ours: its naming stands in
 * a newer state of that log, and so on up to one that none names. That one is
 * joined, and with it all below. Otherwise each of a thousand sessions would
 * join all before it.
 */

/* What this handle has seen named, so that a long run of actions does not read
 * its log again for each. */
static bool
seen_named(const struct vault *v, const struct vlt_own_log *log)
{
    size_t i = (size_t)(log - v->logs.log);

    return i < v->joined.n && v->joined.of[i].n == log->n &&
        memcmp(v->joined.of[i].checkpoint, log->checkpoint, 32) == 0;
}

static bool
must_join(const struct vault *v, const struct vlt_own_log *log)
{
    return log->n != v->log_n && !log->session && !seen_named(v, log);
}

static enum vault_status
keep_seen(struct vault *v, struct vault_error *err)
{
    struct vlt_joined_to *of = calloc(v->logs.n, sizeof *of);
    size_t i;

    if (of == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < v->logs.n; i++) {
        of[i].n = v->logs.log[i].n;
        memcpy(of[i].checkpoint, v->logs.log[i].checkpoint, 32);
    }
    free(v->joined.of);
    v->joined.of = of;
    v->joined.n = v->logs.n;
    return VAULT_OK;
}

static enum vault_status
join_each(struct vault *v, const struct vlt_log_names *names,
    struct vault_error *err)
{
    struct vlt_entry e = {"join", NULL, 0, NULL, NULL, -1};
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < v->logs.n; i++) {
        const struct vlt_own_log *log = &v->logs.log[i];
        bool named = true;

        if (must_join(v, log))
            st = vlt_log_named(v, names, log, &named, err);
        if (st != VAULT_OK || named)
            continue;
        e.subject = log->checkpoint;
        st = vlt_action_leaf(v, &e, err);
    }
    return st == VAULT_OK ? keep_seen(v, err) : st;
}

static enum vault_status
join_others(struct vault *v, struct vault_error *err)
{
    struct vlt_log_names names = {0, 0, NULL};
    enum vault_status st = VAULT_OK;
    size_t i = 0;

    while (i < v->logs.n && !must_join(v, &v->logs.log[i]))
        i++;
    if (i == v->logs.n)
        return VAULT_OK;
    st = vlt_log_names_load(v, &names, err);
    if (st == VAULT_OK)
        st = join_each(v, &names, err);
    vlt_log_names_clear(&names);
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
