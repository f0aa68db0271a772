/* SPDX-License-Identifier: Apache-2.0 */
/* fault_world.c: a small vault and things to do to it */
#include <vault/cards.h>
#include <vault/compartments.h>
#include <vault/rekey.h>
#include "fault_world.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "circle.h"
#include "fault_body.h"
#include "fault_vfs.h"

static struct vault_options
options(const struct fault_world *w)
{
    struct vault_options o;

    memset(&o, 0, sizeof o);
    o.state_dir = w->state;
    return o;
}

static _Noreturn void
stop(const char *what, const struct vault_error *err)
{
    fprintf(stderr, "%s: %s\n", what, err->message);
    abort();
}

static enum vault_status
opened(struct fault_world *w, struct vault **out, struct vault_error *err)
{
    struct vault_options o = options(w);
    struct vault *v = NULL;
    enum vault_status st = vault_open(w->vault, &o, &v, err);

    if (st == VAULT_OK)
        st = vault_unlock(v, w->key[0], NULL, err);
    if (st != VAULT_OK) {
        vault_close(v);
        return st;
    }
    *out = v;
    return VAULT_OK;
}

static enum vault_status
seal(struct vault *v, const char *name, size_t n, uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    uint8_t piece[65536];
    struct vault_sealed sealed;
    struct vault_sealer *s = NULL;
    size_t at = 0;
    size_t len;
    enum vault_status st = vault_seal_begin(v, "file", &s, err);

    if (st != VAULT_OK)
        return st;
    st = vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "file.name", name,
        strlen(name), err);
    for (; st == VAULT_OK && at < n; at += len) {
        len = n - at < sizeof piece ? n - at : sizeof piece;
        fault_body(name, at, piece, len);
        st = vault_seal_write(s, piece, len, err);
    }
    if (st != VAULT_OK) {
        vault_seal_abort(s);
        return st;
    }
    st = vault_seal_commit(s, &sealed, err);
    if (st == VAULT_OK)
        memcpy(id, sealed.id, VAULT_ID);
    return st;
}

/* ---- the actions ---- */

static enum vault_status
add(struct vault *v, const char *name, size_t n, struct fault_outcome *o)
{
    enum vault_status st = seal(v, name, n, o->id[o->ids], &o->err);

    if (st == VAULT_OK)
        o->ids++;
    return st;
}

static enum vault_status
batch(struct vault *v, struct fault_outcome *o)
{
    static const char *const name[] = {"new-0", "new-1", "new-2", "new-3",
        "new-4"};
    enum vault_status st = vault_batch_begin(v, &o->err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    for (i = 0; st == VAULT_OK && i < 5; i++)
        st = add(v, name[i], FAULT_BODY_SMALL, o);
    if (st == VAULT_OK)
        return vault_batch_end(v, &o->err);
    vault_batch_abort(v);
    return st;
}

/* Its keys are gone before the commit: all of it or none must be there. */
static enum vault_status
seal_away(struct vault *v, struct fault_outcome *o)
{
    struct vault_sealed sealed;
    struct vault_sealer *s = NULL;
    enum vault_status st = vault_seal_begin(v, "file", &s, &o->err);

    if (st == VAULT_OK)
        st = vault_seal_compartment(s, "others", false, &o->err);
    if (st != VAULT_OK) {
        vault_seal_abort(s);
        return st;
    }
    st = vault_seal_commit(s, &sealed, &o->err);
    if (st == VAULT_OK)
        memcpy(o->id[o->ids++], sealed.id, VAULT_ID);
    return st;
}

static enum vault_status
away(struct vault *v, struct fault_outcome *o)
{
    enum vault_status st = vault_batch_begin(v, &o->err);

    if (st != VAULT_OK)
        return st;
    st = seal_away(v, o);
    if (st == VAULT_OK)
        st = add(v, "new-0", FAULT_BODY_SMALL, o);
    if (st == VAULT_OK)
        return vault_batch_end(v, &o->err);
    vault_batch_abort(v);
    return st;
}

static enum vault_status
amend(struct fault_world *w, struct vault *v, struct fault_outcome *o)
{
    struct vault_sealed sealed;
    struct vault_sealer *s = NULL;
    enum vault_status st = vault_amend_begin(v, w->old1, NULL, &s, &o->err);

    if (st == VAULT_OK)
        st = vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "note", "second", 6,
            &o->err);
    if (st != VAULT_OK) {
        vault_seal_abort(s);
        return st;
    }
    st = vault_seal_commit(s, &sealed, &o->err);
    if (st == VAULT_OK)
        memcpy(o->id[o->ids++], w->old1, VAULT_ID);
    return st;
}

static enum vault_status
receive(struct fault_world *w, struct vault *v, struct fault_outcome *o)
{
    const char *path = w->bundle;
    struct vault_shares *shares = vault_shares_new();
    struct vault_receive_result done;
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < 2; i++)
        st = vault_shares_add(shares, w->share[i], strlen(w->share[i]), NULL,
            &o->err);
    if (st == VAULT_OK)
        st = circle_receive_with(v, &path, 1, shares, &done, &o->err);
    vault_shares_free(shares);
    if (st != VAULT_OK)
        return st;
    memcpy(o->id, w->given, sizeof w->given);
    o->ids = 2;
    return VAULT_OK;
}

static enum vault_status
rekey_new(struct fault_world *w, struct vault *v, struct fault_outcome *o)
{
    struct vault_way way = {.key = w->key[2]};
    struct vault_rekey_options opt = {.way = &way, .ways = 1};
    struct vault_rekeyed done;

    return vault_rekey_new(v, w->renewed, &opt, &done, &o->err);
}

static enum vault_status
act(struct fault_world *w, struct vault *v, enum fault_action a,
    struct fault_outcome *o)
{
    struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    struct vault_withdrawal gone;
    struct vault_rekeyed rekeyed;
    uint8_t id[VAULT_ID];

    switch (a) {
    case FAULT_ADD_SMALL:
        return add(v, "new-0", FAULT_BODY_SMALL, o);
    case FAULT_ADD_MIDDLE:
        return add(v, "new-0", FAULT_BODY_MIDDLE, o);
    case FAULT_ADD_STAGED:
        return add(v, "new-0", FAULT_BODY_LARGE, o);
    case FAULT_BATCH:
        return batch(v, o);
    case FAULT_SLOT_ADD:
        return vault_slot_add(v, w->key[2], &cost, id, &o->err);
    case FAULT_SLOT_CHANGE:
        return vault_slot_change(v, w->slot1, w->key[2], &cost, id, &o->err);
    case FAULT_SLOT_REMOVE:
        return vault_slot_remove(v, w->slot1, &o->err);
    case FAULT_AMEND:
        return amend(w, v, o);
    case FAULT_WITHDRAW:
        return vault_withdraw(v, w->old1, 0, "asked", &gone, &o->err);
    case FAULT_RECEIVE:
        return receive(w, v, o);
    case FAULT_AWAY:
        return away(v, o);
    case FAULT_RENEW:
        return vault_card_renew(v, "lost", &o->err);
    case FAULT_REKEY:
        return vault_rekey(v, "asked", &rekeyed, &o->err);
    case FAULT_REKEY_NEW:
        return rekey_new(w, v, o);
    case FAULT_INIT:
    case FAULT_ACTIONS:
    default:
        abort();
    }
}

static enum vault_status
make(struct fault_world *w, struct vault **out, struct vault_error *err)
{
    struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    struct vault_options o = options(w);

    return vault_create(w->vault, w->key[0], &cost, &o, out, err);
}

static void
do_it(struct fault_world *w, enum fault_action a, enum fault_kind kind,
    unsigned n, bool retry, struct fault_outcome *o)
{
    struct vault *v = NULL;
    struct vault_error err;

    if (a == FAULT_INIT) {
        fault_disk_plan(kind, n);
        o->st = make(w, &v, &o->err);
    } else {
        if (opened(w, &v, &err) != VAULT_OK)
            stop("the vault before does not open", &err);
        fault_disk_plan(kind, n);
        o->st = act(w, v, a, o);
    }
    if (retry && v != NULL && o->st != VAULT_OK && !fault_disk_dead()) {
        o->again = true;
        o->again_st = seal(v, "again", FAULT_BODY_SMALL, o->id[4], &err);
    }
    vault_close(v);
}

struct fault_wreck *
fault_world_run(struct fault_world *w, enum fault_action a,
    enum fault_kind kind, unsigned n, bool retry, struct fault_outcome *out,
    bool *hit)
{
    static const struct folder_image nothing;
    struct fault_wreck *wreck;

    memset(out, 0, sizeof *out);
    folder_image_lay(a == FAULT_INIT ? &nothing : &w->before, w->folder);
    fault_disk_begin(w->folder);
    do_it(w, a, kind, n, retry, out);
    *hit = fault_disk_hit();
    wreck = fault_disk_end();
    fault_disk_plan(FAULT_NONE, 0);
    return wreck;
}

struct fault_wreck *
fault_world_restart(struct fault_world *w, unsigned n, bool *hit)
{
    struct fault_wreck *wreck;
    struct vault *v = NULL;
    struct vault_error err;
    enum vault_status st;

    fault_disk_begin(w->folder);
    fault_disk_plan(FAULT_CUT, n);
    st = opened(w, &v, &err);
    *hit = fault_disk_hit();
    if (st == VAULT_OK)
        vault_close(v);
    *hit = fault_disk_hit();
    wreck = fault_disk_end();
    fault_disk_plan(FAULT_NONE, 0);
    return wreck;
}

void
fault_world_old_state(const struct fault_world *w)
{
    const struct folder_file *old;
    struct folder_image now;
    uint8_t *p;
    size_t i;

    folder_image_load(&now, w->folder);
    for (i = 0; i < w->before.n; i++) {
        old = &w->before.file[i];
        if (strncmp(old->name, "state/", 6) != 0)
            continue;
        p = malloc(old->n + 1);
        if (p == NULL)
            folder_die("no memory", "");
        memcpy(p, old->p, old->n);
        folder_image_put(&now, old->name, p, old->n);
    }
    folder_image_lay(&now, w->folder);
    folder_image_clear(&now);
}

const char *
fault_action_name(enum fault_action a)
{
    static const char *const names[] = {"init", "add of 100 bytes",
        "add of 300 KiB", "add of 12 MiB", "batch of five", "slot add",
        "slot change", "slot remove", "amend", "withdraw", "receive",
        "new card", "batch with one for others", "new keys", "new file"};

    return names[a];
}

/* ---- the vault before ---- */

static void
key_make(struct fault_world *w, unsigned i)
{
    char path[FAULT_PATH + 16];
    struct vault_error err;

    snprintf(path, sizeof path, "%s/key%u", w->top, i);
    w->key[i] = vault_key_new();
    if (w->key[i] == NULL || vault_keyfile_create(path, &err) != VAULT_OK ||
        vault_key_file(w->key[i], path, &err) != VAULT_OK)
        stop("no key file", &err);
}

static void
fill(struct fault_world *w, struct vault *v)
{
    struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    struct vault_error err;
    uint8_t id[VAULT_ID];

    if (vault_slot_add(v, w->key[1], &cost, w->slot1, &err) != VAULT_OK ||
        seal(v, "old-0", FAULT_BODY_SMALL, id, &err) != VAULT_OK ||
        seal(v, "old-1", FAULT_BODY_MIDDLE, w->old1, &err) != VAULT_OK)
        stop("the vault cannot be made", &err);
}

static enum vault_status
keep_shares(void *ctx, const struct vault_dealt *d, struct vault_error *err)
{
    struct fault_world *w = ctx;

    (void)err;
    for (size_t i = 0; i < 2; i++)
        vault_shares_text(d->shares, i, w->share[i]);
    return VAULT_OK;
}

/* Somebody else's vault, and what it gives: with shares, so that what is said
 * of the opening is part of the change. */
static void
give(struct fault_world *w, struct vault *to)
{
    struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    struct vault_options o = {.no_state = true};
    struct vault_share_options plain = {.plain_container = true};
    const char *member = "from";
    struct vault_compartment_change others = {.name = "others",
        .fresh = true,
        .own = VAULT_COMPARTMENT_WITHOUT_ME,
        .add = &member,
        .add_len = 1};
    struct vault_share *s = NULL;
    struct vault_shared done;
    struct vault *v = NULL;
    struct vault_error err;
    char path[FAULT_PATH];

    snprintf(path, sizeof path, "%.480s/other.sanduq", w->top);
    snprintf(w->bundle, sizeof w->bundle, "%.480s/given.bundle", w->top);
    if (vault_create(path, w->key[0], &cost, &o, &v, &err) != VAULT_OK ||
        seal(v, "new-0", FAULT_BODY_MIDDLE, w->given[0], &err) != VAULT_OK ||
        seal(v, "new-1", FAULT_BODY_SMALL, w->given[1], &err) != VAULT_OK)
        stop("the other vault cannot be made", &err);
    circle_pin(to, v, "from", true);
    if (vault_compartment_change(to, &others, &err) != VAULT_OK)
        stop("the compartment cannot be made", &err);
    if (vault_share_begin(v, &plain, &s, &err) != VAULT_OK ||
        vault_share_to_shares(s, 2, 2, keep_shares, w, &err) != VAULT_OK ||
        vault_share_add(s, w->given[0], 0, &err) != VAULT_OK ||
        vault_share_add(s, w->given[1], 0, &err) != VAULT_OK ||
        vault_share_commit(s, w->bundle, &done, &err) != VAULT_OK)
        stop("the bundle cannot be made", &err);
    free(done.path);
    vault_close(v);
}

void
fault_world_init(struct fault_world *w)
{
    struct vault_error err;
    struct vault *v = NULL;
    unsigned i;

    memset(w, 0, sizeof *w);
    fault_vfs_install();
    folder_make_temp(w->top, sizeof w->top - 32);
    snprintf(w->folder, sizeof w->folder, "%.460s/disk", w->top);
    snprintf(w->vault, sizeof w->vault, "%.480s/v.sanduq", w->folder);
    snprintf(w->renewed, sizeof w->renewed, "%.480s/new.sanduq", w->folder);
    snprintf(w->state, sizeof w->state, "%.480s/state", w->folder);
    if (mkdir(w->folder, 0700) != 0)
        folder_die("cannot make", w->folder);
    for (i = 0; i < FAULT_KEYS; i++)
        key_make(w, i);
    if (make(w, &v, &err) != VAULT_OK)
        stop("the vault cannot be made", &err);
    fill(w, v);
    give(w, v);
    vault_close(v);
    folder_image_load(&w->before, w->folder);
}

void
fault_world_clear(struct fault_world *w)
{
    unsigned i;

    for (i = 0; i < FAULT_KEYS; i++)
        vault_key_free(w->key[i]);
    folder_image_clear(&w->before);
    folder_remove(w->folder);
    folder_remove(w->top);
}
