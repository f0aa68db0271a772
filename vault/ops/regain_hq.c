/* SPDX-License-Identifier: Apache-2.0 */
/* regain_hq.c: headquarters opens a vault again for who it has spoken to */
#include <string.h>
#include <vault/notice.h>
#include <vault/travel.h>

#include "action.h"
#include "asker.h"
#include "fail.h"
#include "fingerprint.h"
#include "identity_keys.h"
#include "regain.h"
#include "sealer.h"


struct trying {
    const struct vault *v;
    const uint8_t *vault; /* whose slot it is */
    struct vlt_slot slot;
    struct vlt_vmk *vmk;
    uint32_t generation; /* of the own card; 0: none opened it yet */
};

static enum vault_status
try_key(void *ctx, const struct vlt_kemkey *kem, const uint8_t fingerprint[32],
    struct vault_error *err)
{
    struct trying *t = ctx;

    const struct vlt_offer offer = {.kem = kem};

    (void)err;
    if (t->generation == 0 &&
        vlt_slot_open(&t->slot, t->vault, &offer, t->vmk, NULL) == VAULT_OK)
        t->generation = vlt_asker_generation(t->v, fingerprint);
    return VAULT_OK;
}

/* The other vault's VMK, into t->vmk, which the caller frees. */
static enum vault_status
open_slot(struct vault *v, const struct vlt_unlock_request *r,
    struct trying *t, struct vault_error *err)
{
    enum vault_status st;

    *t = (struct trying){.v = v, .vault = r->vault};
    st = vlt_slot_decode(&t->slot, r->row, sizeof r->row, err);
    if (st != VAULT_OK)
        return st;
    t->vmk = vlt_vmk_new();
    if (t->vmk == NULL)
        return vlt_fail_memory(err);
    st = vlt_kem_keys(v, try_key, t, err);
    if (st == VAULT_OK && t->generation == 0)
        st = vlt_fail(err, VAULT_E_NO_KEY,
            "the slot in this request is sealed to the card of another vault, "
            "or it was changed");
    return st;
}

enum vault_status
vault_regain_look(struct vault *v, const void *raw, size_t n,
    struct vault_asker *out, struct vault_error *err)
{
    struct vlt_unlock_request r;
    struct vault_asker who;
    struct trying t = {.vmk = NULL};
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK)
        st = vlt_unlock_request_read(&r, raw, n, err);
    if (st == VAULT_OK)
        st = open_slot(v, &r, &t, err);
    vlt_vmk_free(t.vmk);
    if (st == VAULT_OK)
        st = vlt_asker_fill(v, &who, r.vault, r.slot, r.text_hash, err);
    if (st != VAULT_OK)
        return st;
    who.generation = t.generation;
    *out = who;
    return VAULT_OK;
}

/* ---- granting ---- */

static enum vault_status
event(struct vlt_fields *f, const struct vlt_unlock_request *r,
    struct vault_error *err)
{
    enum vault_status st = vlt_fields_add_text(f, "action", "unlock", err);

    if (st == VAULT_OK)
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "vault",
            r->vault, sizeof r->vault, err);
    if (st == VAULT_OK)
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "slot",
            r->slot, sizeof r->slot, err);
    if (st == VAULT_OK)
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "request",
            r->text_hash, sizeof r->text_hash, err);
    return st;
}

/* The line comes first: what was given out without one never happened. */
static enum vault_status
note_it(struct vault *v, const struct vlt_unlock_request *r,
    const char *reason, struct vault_error *err)
{
    static const uint8_t zeros[VAULT_HASH];
    struct vlt_entry e = {"note", NULL, 0, zeros, reason, -1};
    struct vlt_fields f;
    enum vault_status st = VAULT_OK;

    vlt_fields_init(&f);
    if (v->acting)
        st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        st = event(&f, r, err);
    if (st == VAULT_OK)
        st = vlt_action_begin(v, err);
    if (st == VAULT_OK) {
        st = vlt_action_leaf_with(v, &e, &f, err);
        if (st == VAULT_OK)
            st = vlt_action_commit(v, err);
        else
            vlt_action_abort(v);
    }
    vlt_fields_clear(&f);
    return st;
}

static enum vault_status
seal_text(const struct vlt_unlock_request *r, const struct vlt_vmk *vmk,
    char **text, size_t *len, struct vault_error *err)
{
    struct vlt_unlock_text u;
    struct vlt_buf out;
    enum vault_status st = vlt_unlock_seal(&u, r, vmk, err);

    vlt_buf_init(&out, VLT_FIXED_MAX);
    if (st == VAULT_OK)
        st = vlt_unlock_encode(&out, &u, err);
    if (st == VAULT_OK)
        st = vlt_text_give(&out, text, len, err);
    vlt_buf_clear(&out);
    return st;
}

enum vault_status
vault_regain_grant(struct vault *v, const void *raw, size_t n,
    const char *heard, const char *reason, char **text, size_t *len,
    struct vault_error *err)
{
    struct vlt_unlock_request r;
    struct trying t = {.vmk = NULL};
    char *out = NULL;
    size_t out_len = 0;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK && reason != NULL)
        st = vlt_reason_check(reason, err);
    if (st == VAULT_OK)
        st = vlt_unlock_request_read(&r, raw, n, err);
    if (st == VAULT_OK && !vlt_fingerprint_is(r.text_hash, heard))
        st = vlt_fail_hint(err, VAULT_E_POLICY,
            "let it be read out once more; if it still differs, somebody put "
            "another request in the place of this person's: do not answer it",
            "what was read out is not the number of this request");
    if (st == VAULT_OK)
        st = open_slot(v, &r, &t, err);
    if (st == VAULT_OK)
        st = seal_text(&r, t.vmk, &out, &out_len, err);
    vlt_vmk_free(t.vmk);
    if (st == VAULT_OK)
        st = note_it(v, &r, reason, err);
    if (st != VAULT_OK) {
        vault_text_free(out);
        return st;
    }
    *text = out;
    *len = out_len;
    return VAULT_OK;
}
