/* SPDX-License-Identifier: Apache-2.0 */
/* witness_rows.h: what the settings keep of witnesses (section 8.4) */
#ifndef VLT_WITNESS_ROWS_H
#define VLT_WITNESS_ROWS_H

#include <vault/witness.h>
#include "cosignature.h"
#include "settings.h"

/* ---- a log that this vault has countersigned: kind `witness` ---- */
struct vlt_seen {
    uint64_t id; /* of the setting; 0: not stored yet */
    uint8_t vault[16];
    char origin[VLT_NAME_MAX + 1];
    uint64_t size;
    uint8_t root[32];
    uint8_t key[32]; /* the log's */
    int64_t time;
    struct vlt_buf note; /* the checkpoint as its log signed it */
    bool changed;
};
/* All of them, read once. */
struct vlt_seens {
    size_t n;
    struct vlt_seen *at;
};
/* Needs a transaction. *out is to be cleared, also on failure.
 *   VAULT_E_TAMPERED  a row is malformed */
VAULT_CHECKED enum vault_status vlt_seens_load(struct vault *v,
    struct vlt_seens *out, struct vault_error *err);
void vlt_seens_clear(struct vlt_seens *l);
struct vlt_seen *vlt_seens_find(const struct vlt_seens *l, const char *origin);
size_t vlt_seens_of(const struct vlt_seens *l, const uint8_t vault[16]);
/* A new one, borrowed until the next call.   VAULT_E_MEMORY */
VAULT_CHECKED enum vault_status vlt_seens_add(struct vlt_seens *l,
    struct vlt_seen **out, struct vault_error *err);
/* Within an action: those that are `changed`; *any if there was one. */
VAULT_CHECKED enum vault_status vlt_seens_put(struct vault *v,
    struct vlt_seens *l, bool *any, struct vault_error *err);

/* ---- witnesses of this vault: kinds `witness-key`, `policy` ---- */
struct vlt_witness_pin {
    uint64_t id;
    char name[VLT_PIN_NAME + 1];
    struct vlt_vkey key;
    bool confirmed;
    int64_t pinned;
};
/* ---- and which machine signs for others: kind `witness-machine` ---- */
struct vlt_witness_set {
    size_t n;
    struct vlt_witness_pin at[VAULT_WITNESSES]; /* in the order of their rows */
    uint64_t policy;                            /* its row; 0: none */
    uint32_t quorum;
    uint64_t machine; /* its row; 0: none */
    uint8_t replica[8];
};
/* Needs a transaction.   VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_witness_set_load(struct vault *v,
    struct vlt_witness_set *out, struct vault_error *err);
const struct vlt_witness_pin *vlt_witness_by_name(const struct vlt_witness_set
                                                      *s,
    const char *name);
/* Within an action: one row each, as it is. */
VAULT_CHECKED enum vault_status vlt_witness_put(struct vault *v,
    struct vlt_witness_pin *p, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_witness_machine_put(struct vault *v,
    uint64_t row, const uint8_t replica[8], struct vault_error *err);
/* Write the policy row anew for these pins; quorum 0 deletes it. */
VAULT_CHECKED enum vault_status vlt_witness_policy_put(struct vault *v,
    struct vlt_witness_set *s, struct vault_error *err);
/* The policy's text for these pins, appended to out. */
void vlt_witness_policy_text(struct vlt_buf *out,
    const struct vlt_witness_set *s);

/* id-wit of the newest card; `seed` may be NULL: the public key only. */
VAULT_CHECKED enum vault_status vlt_witness_own_key(struct vault *v,
    struct vlt_vkey *out, struct vlt_signkey *seed, struct vault_error *err);
/* Whether this machine is the one that signs, and knows all it signed.
 *   VAULT_E_POLICY */
VAULT_CHECKED enum vault_status vlt_witness_here(struct vault *v,
    const struct vlt_witness_set *s, struct vault_error *err);
void vlt_witness_key_show(struct vault_witness_key *out,
    const struct vlt_vkey *k);

#endif
