/* SPDX-License-Identifier: Apache-2.0 */
/* slot.h: one way to unlock (section 3), and the set of them */
#ifndef VLT_SLOT_H
#define VLT_SLOT_H

#include "kdf.h"
#include "kem.h"
#include "secret.h"

enum {
    VLT_SLOT_SIZE = 152,
    VLT_SLOT5_SIZE = 1248,
    VLT_SLOT_MAX = 32 /* slots in one vault */
};
enum vlt_slot_kind {
    VLT_SLOT_PASSPHRASE = 1,
    VLT_SLOT_KEYFILE = 2,
    VLT_SLOT_BOTH = 3,
    VLT_SLOT_RECOVERY = 4,
    VLT_SLOT_IDENTITY = 5
};

/* What can be read without a secret. */
struct vlt_slot {
    enum vlt_slot_kind kind;
    struct vlt_cost cost; /* zeros without KDF */
    uint8_t id[16];
    size_t len;
    uint8_t row[VLT_SLOT5_SIZE]; /* the row whole */
};

/*
 * Magic, kind, KDF for that kind, reserved bytes, length.
 *   VAULT_E_SLOT   malformed; err says what
 *   VAULT_E_NEWER  a kind or KDF of a newer version
 * Cost bounds are NOT judged here (listing must show them): see
 * vlt_slot_cost_ok / vlt_slot_open.
 */
VAULT_CHECKED enum vault_status vlt_slot_decode(struct vlt_slot *out,
    const void *p, size_t n, struct vault_error *err);

/*
 * What the user offers, each NULL when not. pass is NFC already (nfc.h).
 * Passphrase and key file: kind 3 only. A recovery key or a KEM key is
 * offered alone: it goes before the others.
 */
struct vlt_offer {
    const struct vlt_guarded *pass;
    const struct vlt_keyfile *keyfile;
    const struct vlt_recovery *recovery;
    const struct vlt_kemkey *kem; /* of another vault's identity */
};
/* The slot kind the offer fits; 0 for an empty offer. */
enum vlt_slot_kind vlt_offer_kind(const struct vlt_offer *o);

/*
 * Make a slot of the offer's kind (1 to 4) for vmk with random id, salt and
 * nonce. cost is ignored for kinds 2 and 4 and may then be NULL.
 *   VAULT_E_SLOT    cost outside the bounds; no work was done
 *   VAULT_E_MEMORY
 */
VAULT_CHECKED enum vault_status vlt_slot_make(struct vlt_slot *out,
    const uint8_t vault[16], const struct vlt_offer *o,
    const struct vlt_cost *cost, const struct vlt_vmk *vmk,
    struct vault_error *err);
/*
 * Try the offer on this slot.
 *   VAULT_E_SLOT    cost outside the bounds (no work was done), or the
 *                   commitment fits and the wrap does not: damaged
 *   VAULT_E_SECRET  the commitment does not fit: wrong passphrase or key
 *                   file (or other salt, parameters, id); or the slot is of
 *                   another kind than the offer; kind 5: not for this key, or
 *                   damaged
 *   VAULT_E_MEMORY  the memory the cost asks for is not to be had
 */
VAULT_CHECKED enum vault_status vlt_slot_open(const struct vlt_slot *s,
    const uint8_t vault[16], const struct vlt_offer *o, struct vlt_vmk *out,
    struct vault_error *err);

/*
 * A slot of kind 5 for whoever has the secret of this KEM key (of a card that
 * was checked), with a random id.
 *   VAULT_E_FORMAT  a key that encapsulation refuses
 */
VAULT_CHECKED enum vault_status vlt_slot_make_card(struct vlt_slot *out,
    const uint8_t vault[16], const uint8_t kem[VLT_KEM_PK],
    const struct vlt_vmk *vmk, struct vault_error *err);

/* For worked examples and vectors: kinds 1 to 4 with given id, salt and
 * nonce and a given base (32 bytes, 64 for kind 3). */
void vlt_slot_build(struct vlt_slot *out, enum vlt_slot_kind kind,
    const struct vlt_cost *cost, const uint8_t id[16], const uint8_t salt[16],
    const uint8_t nonce[24], const uint8_t vault[16], const uint8_t *base,
    size_t base_len, const struct vlt_vmk *vmk);

/*
 * Slot set hash = H(L("slots") || gen u32 || rows ascending by slot id); the
 * array is sorted in place. MAC = HMAC-SHA-256(X(VMK,"slots-mac"), hash).
 */
void vlt_slot_set_hash(uint8_t out[32], uint32_t gen, struct vlt_slot *slot,
    size_t n);
void vlt_slot_set_mac(uint8_t out[32], const uint8_t set_hash[32],
    const struct vlt_vmk *vmk, const uint8_t vault[16]);

#endif
