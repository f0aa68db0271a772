/* SPDX-License-Identifier: Apache-2.0 */
/* witness_own.c: this vault as a witness: its key, and the machine that signs
 */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "fingerprint.h"
#include "hash.h"
#include "sign.h"
#include "witness_rows.h"

void
vlt_witness_key_show(struct vault_witness_key *out, const struct vlt_vkey *k)
{
    _Static_assert(sizeof out->vkey >= VLT_VKEY_TEXT, "room for a key");
    _Static_assert(sizeof out->name == sizeof k->name, "room for its name");
    memset(out, 0, sizeof *out);
    vlt_vkey_text(out->vkey, k);
    memcpy(out->name, k->name, sizeof k->name);
    vlt_sha256(out->hash, out->vkey, strlen(out->vkey));
    vlt_fingerprint_text(out->letters, out->hash);
    vlt_fingerprint_digits(out->digits, out->hash);
}

enum vault_status
vault_witness_key_read(const char *p, size_t n, struct vault_witness_key *out,
    struct vault_error *err)
{
    struct vlt_vkey k;
    enum vault_status st;

    while (n > 0 && strchr(" \t\r\n", p[n - 1]) != NULL && p[n - 1] != 0)
        n--;
    while (n > 0 && strchr(" \t\r\n", *p) != NULL && *p != 0) {
        p++;
        n--;
    }
    st = vlt_vkey_decode(&k, p, n, err);
    if (st == VAULT_OK && k.type != VLT_VKEY_COSIGNATURE)
        st = vlt_fail(err, VAULT_E_FORMAT,
            "that is the key of a log, not of a witness");
    if (st == VAULT_OK)
        vlt_witness_key_show(out, &k);
    return st;
}

enum vault_status
vlt_witness_own_key(struct vault *v, struct vlt_vkey *out,
    struct vlt_signkey *seed, struct vault_error *err)
{
    struct vlt_signkey *own = seed == NULL ? vlt_signkey_new() : NULL;
    struct vlt_signkey *key = seed == NULL ? own : seed;
    char name[VLT_NAME_MAX + 1];
    uint8_t pk[32];
    enum vault_status st;

    if (key == NULL)
        return vlt_fail_memory(err);
    vlt_identity_wit_seed(key, v->seed, v->id);
    vlt_sign_public(pk, key->b);
    vlt_name_witness(name, v->id);
    st = vlt_vkey_make(out, name, VLT_VKEY_COSIGNATURE, pk, err);
    vlt_signkey_free(own);
    return st;
}

static enum vault_status
older(struct vault_error *err)
{
    return vlt_fail_hint(err, VAULT_E_POLICY,
        "bring the newest file to this machine; then sanduq witness init "
        "--here",
        "this machine remembers a later state of this vault: what it signed "
        "since then is not known here");
}

static bool
is_here(const struct vault *v, const struct vlt_witness_set *s)
{
    return s->machine != 0 && v->log_n != 0 &&
        memcmp(v->state.replica, s->replica, 8) == 0;
}

enum vault_status
vlt_witness_here(struct vault *v, const struct vlt_witness_set *s,
    struct vault_error *err)
{
    if (v->older)
        return older(err);
    if (s->machine == 0)
        return vlt_fail_hint(err, VAULT_E_POLICY,
            "sanduq witness init, on the one machine that is to sign",
            "this vault is nobody's witness yet");
    if (!is_here(v, s))
        return vlt_fail_hint(err, VAULT_E_POLICY,
            "of copies that do not know of each other's signatures only one "
            "may sign; sanduq witness init --here when this is the newest "
            "file, and the other machine has stopped",
            "another machine of this vault is the witness, or another copy "
            "of it");
    return VAULT_OK;
}

enum vault_status
vault_witness_own(struct vault *v, struct vault_witness_key *out, bool *begun,
    bool *here, struct vault_error *err)
{
    struct vlt_witness_set *s = NULL;
    struct vlt_vkey k;
    enum vault_status st = vlt_read_begin(v, err);

    if (st != VAULT_OK)
        return st;
    s = vlt_memdup(&(struct vlt_witness_set){0}, sizeof *s);
    st = s == NULL ? vlt_fail_memory(err) : vlt_witness_set_load(v, s, err);
    if (st == VAULT_OK)
        st = vlt_witness_own_key(v, &k, NULL, err);
    if (st == VAULT_OK) {
        *begun = s->machine != 0;
        *here = is_here(v, s) && !v->older;
        vlt_witness_key_show(out, &k);
    }
    vlt_store_rollback(v->store);
    free(s);
    return st;
}

/* Within an action: this machine's log has its id by now. */
static enum vault_status
begin_here(struct vault *v, bool move, bool *changed, struct vault_error *err)
{
    struct vlt_witness_set *s =
        vlt_memdup(&(struct vlt_witness_set){0}, sizeof *s);
    enum vault_status st =
        s == NULL ? vlt_fail_memory(err) : vlt_witness_set_load(v, s, err);

    if (st == VAULT_OK && !is_here(v, s)) {
        if (s->machine != 0 && !move)
            st = vlt_witness_here(v, s, err);
        if (st == VAULT_OK)
            st = vlt_witness_machine_put(v, s->machine, v->state.replica, err);
        if (st == VAULT_OK)
            st = vlt_settings_changed(v, err);
        *changed = st == VAULT_OK;
    }
    free(s);
    return st;
}

enum vault_status
vault_witness_begin(struct vault *v, bool move, bool *changed,
    struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);

    *changed = false;
    if (st == VAULT_OK && v->opt.no_state)
        st = vlt_fail(err, VAULT_E_USAGE,
            "without a state file this machine could not be told from "
            "another copy: it cannot sign for others");
    if (st == VAULT_OK && v->older && !move)
        st = older(err);
    if (st == VAULT_OK)
        st = vlt_action_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = begin_here(v, move, changed, err);
    if (st != VAULT_OK || !*changed) {
        vlt_action_abort(v);
        return st;
    }
    st = vlt_action_commit(v, err);
    *changed = st == VAULT_OK;
    return st;
}
