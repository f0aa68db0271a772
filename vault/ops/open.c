/* SPDX-License-Identifier: Apache-2.0 */
/* open.c: a handle, locked: opening, closing, what can be seen of it */
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "compartment_set.h"
#include "fail.h"
#include "foreign.h"
#include "foreign_find.h"
#include "action.h"
#include "handle.h"
#include "os.h"
#include "text.h"

bool
vlt_progress(const struct vault_options *o, uint64_t done, uint64_t total,
    bool things)
{
    struct vault_progress p = {done, total, things};

    return o->progress == NULL || o->progress(o->ctx, &p) == 0;
}

static int
on_interrupt(void *ctx)
{
    struct vault *v = ctx;

    return !vlt_progress(&v->opt, 0, 0, false);
}

struct vlt_store_options
vlt_handle_store_options(struct vault *v, enum vlt_store_mode mode)
{
    struct vlt_store_options o = {mode, v->opt.busy_ms, on_interrupt, v};

    return o;
}

static enum vault_status
copy_options(struct vault *v, const char *path, const struct vault_options *opt,
    struct vault_error *err)
{
    static const struct vault_options none;

    v->opt = opt != NULL ? *opt : none;
    v->path = vlt_strdup(path);
    if (v->opt.state_dir != NULL)
        v->state_dir = vlt_strdup(v->opt.state_dir);
    if (v->opt.actor != NULL)
        v->actor = vlt_strdup(v->opt.actor);
    if (v->path == NULL || (v->opt.state_dir != NULL && v->state_dir == NULL) ||
        (v->opt.actor != NULL && v->actor == NULL))
        return vlt_fail_memory(err);
    v->opt.state_dir = v->state_dir;
    v->opt.actor = v->actor;
    return VAULT_OK;
}

enum vault_status
vlt_handle_new(const char *path, const struct vault_options *opt,
    struct vault **out, struct vault_error *err)
{
    struct vault *v;
    enum vault_status st = vlt_crypto_init(err);

    if (st != VAULT_OK)
        return st;
    v = calloc(1, sizeof *v);
    if (v == NULL)
        return vlt_fail_memory(err);
    st = copy_options(v, path, opt, err);
    if (st != VAULT_OK) {
        vault_close(v);
        return st;
    }
    *out = v;
    return VAULT_OK;
}

/* What only a vault has, and a version that we can read. */
static enum vault_status
check_kind(struct vault *v, struct vault_error *err)
{
    char kind[6];
    uint32_t n = 0;
    enum vault_status st;

    st = vlt_meta_get(v->store, "kind", kind, 6, NULL);
    if (st == VAULT_OK && memcmp(kind, "bundle", 6) == 0)
        return vlt_fail_hint(err, VAULT_E_FORMAT,
            "sanduq verify checks it, sanduq receive takes it in",
            "%s is a bundle, not a vault", v->path);
    st = vlt_meta_get(v->store, "kind", kind, 5, err);
    if (st == VAULT_OK && memcmp(kind, "audit", 5) == 0)
        return vlt_fail_hint(err, VAULT_E_FORMAT,
            "sanduq verify checks it; it holds no record that could be read",
            "%s is an audit pack, not a vault", v->path);
    if (st != VAULT_OK || memcmp(kind, "vault", 5) != 0)
        return vlt_fail(err, VAULT_E_FORMAT,
            "%s is not a vault, but another kind of container", v->path);
    st = vlt_meta_get(v->store, "vault", v->id, sizeof v->id, err);
    if (st == VAULT_OK)
        st = vlt_meta_get_u32(v->store, "min_reader", &n, err);
    if (st == VAULT_OK && n > 1)
        return vlt_fail(err, VAULT_E_NEWER,
            "the vault asks for a newer reader (%u)", n);
    if (st == VAULT_OK)
        st = vlt_meta_get_u32(v->store, "suite", &n, err);
    if (st == VAULT_OK && n != 1)
        return vlt_fail(err, VAULT_E_NEWER, "unknown suite %u", n);
    if (st == VAULT_E_NOT_FOUND)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the vault's basic entries are missing");
    return st;
}

enum vault_status
vault_open(const char *path, const struct vault_options *opt,
    struct vault **out, struct vault_error *err)
{
    struct vlt_store_options so;
    struct vault *v = NULL;
    enum vault_status st = vlt_handle_new(path, opt, &v, err);

    if (st != VAULT_OK)
        return st;
    so = vlt_handle_store_options(v, VLT_STORE_WRITE);
    st = vlt_store_open(path, &so, &v->store, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, false, err);
    if (st == VAULT_OK) {
        st = check_kind(v, err);
        if (st == VAULT_OK)
            st = vlt_staging_mark(v, err);
        vlt_store_rollback(v->store);
    }
    if (st != VAULT_OK) {
        vault_close(v);
        return st;
    }
    *out = v;
    return VAULT_OK;
}

const struct vault_error *
vault_warning(const struct vault *v)
{
    return v->state_behind ? &v->warning : NULL;
}

bool
vault_unlocked(const struct vault *v)
{
    return v->vmk != NULL;
}

enum vault_status
vlt_need_unlocked(const struct vault *v, struct vault_error *err)
{
    if (v->vmk != NULL)
        return VAULT_OK;
    if (v->capture)
        return vlt_fail(err, VAULT_E_LOCKED,
            "a capture file can only be sealed to: its vault opens it");
    return vlt_fail(err, VAULT_E_LOCKED, "the vault is locked");
}

enum vault_status
vlt_need_writer(const struct vault *v, struct vault_error *err)
{
    return v->capture ? VAULT_OK : vlt_need_unlocked(v, err);
}

enum vault_status
vlt_need_vault(const struct vault *v, struct vault_error *err)
{
    if (!v->capture)
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_USAGE, "%s is a capture file, not a vault",
        v->path);
}

void
vault_lock(struct vault *v)
{
    vault_seal_abort(v->sealer);
    vault_batch_abort(v);
    vlt_foreign_forget(v);
    vlt_hidden_forget(v);
    vlt_compartments_free(v);
    vlt_epochs_forget(v);
    v->wraps_tried = 0;
    vlt_epoch_clear(&v->epoch);
    vlt_e0_free(v->e0);
    v->e0 = NULL;
    vlt_step_free(v->step);
    v->step = NULL;
    vlt_state_clear(&v->state);
    vlt_own_logs_clear(&v->logs);
    free(v->joined.of);
    v->joined.of = NULL;
    v->joined.n = 0;
    v->log_n = 0;
    v->older = false;
    vlt_past_clear(v);
    vlt_kemkey_free(v->kem);
    vlt_seed_free(v->seed);
    vlt_vmk_free(v->vmk);
    v->kem = NULL;
    v->seed = NULL;
    v->vmk = NULL;
}

void
vault_close(struct vault *v)
{
    if (v == NULL)
        return;
    vault_lock(v);
    vlt_store_close(v->store);
    free(v->path);
    free(v->state_dir);
    free(v->actor);
    free(v);
}
