/* SPDX-License-Identifier: Apache-2.0 */
/* verify_wit_pin.c: the witnesses that an unlocked vault has pinned */
#include "fail.h"
#include "verify_witness.h"
#include "witness_rows.h"

/* Those that a person compared come first, so that nothing is taken from them
 * by one that has the same key. */
static enum vault_status
add_pins(struct vlt_wit *w, const struct vlt_witness_set *set, bool confirmed,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < set->n; i++) {
        if (set->at[i].confirmed == confirmed)
            st = vlt_wit_key_add(w, &set->at[i].key,
                confirmed ? VLT_WIT_PINNED : VLT_WIT_DOUBTED, set->at[i].name,
                err);
    }
    return st;
}

static enum vault_status
add_policy(struct vlt_wit *w, const struct vlt_witness_set *set,
    struct vault_error *err)
{
    struct vlt_buf text;
    enum vault_status st;

    if (set->quorum == 0)
        return VAULT_OK;
    vlt_buf_init(&text, VLT_NOTE_MAX);
    vlt_witness_policy_text(&text, set);
    st = vlt_buf_end(&text, "policy", err);
    if (st == VAULT_OK)
        st = vlt_wit_policy_add(w, vlt_buf_cstr(&text), VLT_WIT_PINNED, err);
    vlt_buf_clear(&text);
    return st;
}

enum vault_status
vlt_wit_pinned(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_witness_set set;
    struct vlt_wit *w = v->wit;
    enum vault_status st;

    if (v->v == NULL || !vault_unlocked(v->v) || w->has_policy || w->keys > 0)
        return VAULT_OK;
    st = vlt_witness_set_load(v->v, &set, err);
    if (st == VAULT_OK)
        st = add_pins(w, &set, true, err);
    if (st == VAULT_OK)
        st = add_pins(w, &set, false, err);
    w->own_policy = st == VAULT_OK && set.quorum > 0;
    return w->own_policy ? add_policy(w, &set, err) : st;
}
