/* SPDX-License-Identifier: Apache-2.0 */
/* verify_unlock.c: judging with a secret: of the file, or of who it is for */
#include <string.h>
#include "fail.h"
#include "rows.h"
#include "unlock.h"
#include "verify.h"

/* With the secret of a handle that has it; checked as after any slot. */
static enum vault_status
unlock_as(struct vault *v, const struct vault *keys, struct vault_error *err)
{
    enum vault_status st = vlt_secrets_new(v, err);

    if (st == VAULT_OK) {
        memcpy(v->vmk->b, keys->vmk->b, sizeof v->vmk->b);
        st = vlt_store_begin(v->store, false, err);
    }
    if (st == VAULT_OK) {
        st = vlt_unlock_check(v, err);
        vlt_store_rollback(v->store);
    }
    if (st != VAULT_OK)
        vault_lock(v);
    return st;
}

/* A handle of its own on this store, so that unlocking checks what it always
 * checks. It never writes and keeps no state. */
static enum vault_status
unlock(struct vlt_verify *v, const char *path, struct vlt_store *store,
    const uint8_t id[16], struct vault_error *err)
{
    struct vault_options none;
    struct vault_error why;
    enum vault_status st;

    memset(&none, 0, sizeof none);
    none.no_state = true;
    st = vlt_handle_new(path, &none, &v->v, err);
    if (st != VAULT_OK)
        return st;
    v->v->store = store;
    memcpy(v->v->id, id, 16);
    vlt_error_clear(&why);
    st = v->keys != NULL ? unlock_as(v->v, v->keys, &why)
                         : vault_unlock(v->v, v->opt->key, v->opt->slot, &why);
    if (st == VAULT_OK)
        return VAULT_OK;
    if (st == VAULT_E_TAMPERED && !v->bundle)
        return vlt_judge(v, "unlock", st, &why, err);
    if (err != NULL)
        *err = why;
    return st;
}

enum vault_status
vlt_verify_unlock(struct vlt_verify *v, const char *path,
    struct vault_error *err)
{
    enum vault_status st = unlock(v, path, v->s, v->id, err);

    if (st != VAULT_OK || !vault_unlocked(v->v))
        return st;
    v->verdict.unlocked = true;
    vlt_held(v, "unlock", 1,
        "unlocked; slots, card, settings and newest checkpoint fit together");
    return VAULT_OK;
}

static enum vault_status
open_other(struct vlt_verify *v, uint8_t id[16], struct vault_error *err)
{
    struct vlt_store_options so = {VLT_STORE_READ, 0, vlt_verify_interrupt, v};
    char kind[5];
    enum vault_status st = vlt_store_open(v->opt->vault, &so, &v->other, err);

    if (st == VAULT_OK)
        st = vlt_store_begin(v->other, false, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_meta_get(v->other, "kind", kind, sizeof kind, NULL);
    if (st != VAULT_OK || memcmp(kind, "vault", 5) != 0)
        st = vlt_fail(err, VAULT_E_FORMAT, "%s is no vault", v->opt->vault);
    if (st == VAULT_OK)
        st = vlt_meta_get(v->other, "vault", id, 16, err);
    vlt_store_rollback(v->other);
    return st;
}

/* The vault of a bundle's recipient, read only like the bundle. What is wrong
 * with it is not wrong with the bundle. */
enum vault_status
vlt_verify_unlock_other(struct vlt_verify *v, struct vault_error *err)
{
    struct vault_error why;
    uint8_t id[16];
    enum vault_status st;

    vlt_error_clear(&why);
    st = open_other(v, id, &why);
    if (st == VAULT_OK)
        st = unlock(v, v->opt->vault, v->other, id, &why);
    if (st == VAULT_E_TAMPERED)
        return vlt_fail(err, VAULT_E_LOCKED,
            "the vault that should open it does not: %-s", why.message);
    if (st != VAULT_OK && err != NULL)
        *err = why;
    return st;
}
