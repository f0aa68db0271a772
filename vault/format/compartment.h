/* SPDX-License-Identifier: Apache-2.0 */
/* compartment.h: a set of people that records are sealed to (s. 5, 8.4) */
#ifndef VLT_COMPARTMENT_H
#define VLT_COMPARTMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bytes.h"
#include "card.h"
#include "epoch.h"
#include "field.h"

enum {
    VLT_COMPARTMENT_NAME = 64,
    VLT_COMPARTMENT_MEMBERS = 32,
    VLT_COMPARTMENT_TYPES = 32,
    VLT_COMPARTMENT_TYPE = 32,
    VLT_COMPARTMENTS_MAX = 32
};
/* The set for what goes nowhere else. */
#define VLT_COMPARTMENT_DEFAULT "default"

/*
 * Members and types are strictly ascending. One without members is only the
 * default one, and the vault is in it; one without the vault has members.
 */
struct vlt_compartment {
    char name[VLT_COMPARTMENT_NAME + 1];
    bool own;
    /* of the default one: since when, and to whom of them (a hash over the
     * fingerprints) the vault's own epochs are sealed; 0: nobody ever */
    int64_t since;
    uint8_t to[32];
    size_t members;
    uint8_t member[VLT_COMPARTMENT_MEMBERS][32]; /* fingerprints */
    size_t types;
    char type[VLT_COMPARTMENT_TYPES][VLT_COMPARTMENT_TYPE + 1];
};
bool vlt_compartment_is_default(const struct vlt_compartment *c);
/* Whether it is a word `[a-z][a-z0-9-]{0,31}`. */
bool vlt_compartment_type_ok(const char *type, size_t len);
/* Index, or the number of them. */
size_t vlt_compartment_member(const struct vlt_compartment *c,
    const uint8_t fingerprint[32]);
size_t vlt_compartment_type(const struct vlt_compartment *c, const char *type);
/* In their place; what is there already changes nothing.
 *   VAULT_E_LIMIT */
VAULT_CHECKED enum vault_status
vlt_compartment_member_add(struct vlt_compartment *c,
    const uint8_t fingerprint[32], struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_compartment_type_add(struct vlt_compartment
                                                             *c,
    const char *type, struct vault_error *err);

/* ---- the settings row: kind `compartment` ---- */
/* Add the fields of a row, `kind` too, to the empty list f. */
VAULT_CHECKED enum vault_status vlt_compartment_fields(struct vlt_fields *f,
    const struct vlt_compartment *c, struct vault_error *err);
/* VAULT_E_FORMAT  not what the call above writes; other fields are ignored */
VAULT_CHECKED enum vault_status vlt_compartment_read(struct vlt_compartment
                                                         *out,
    const struct vlt_fields *f, struct vault_error *err);

/* ---- the text a capture file has: `sanduq.v1/compartments` ---- */
/*
 * All of a vault, with the keys of their members, signed by the vault's card.
 * Keys and compartments are strictly ascending by fingerprint and by name; each
 * member has a key, each key a member. Here only members are named that may be
 * sealed to; nothing can be sealed to one without the vault that has none.
 */
struct vlt_compartments {
    uint8_t vault[16];
    uint8_t card[32]; /* fingerprint of the card that signs */
    uint32_t gen;     /* of the settings it was made from */
    size_t keys;
    struct vlt_recipient *key;
    size_t n;
    struct vlt_compartment *at;
};
void vlt_compartments_init(struct vlt_compartments *l);
void vlt_compartments_clear(struct vlt_compartments *l);
/* NULL when there is none of that fingerprint. */
const struct vlt_recipient *vlt_compartments_key(const struct vlt_compartments
                                                     *l,
    const uint8_t fingerprint[32]);
/* VAULT_E_LIMIT  longer than a note can be */
VAULT_CHECKED enum vault_status vlt_compartments_encode(struct vlt_buf *out,
    const struct vlt_compartments *l, struct vault_error *err);
/* *out is to be cleared on success.   VAULT_E_FORMAT, VAULT_E_NEWER */
VAULT_CHECKED enum vault_status vlt_compartments_decode(struct vlt_compartments
                                                            *out,
    const char *text, size_t len, struct vault_error *err);
/* As a note by id-sign of `seed` into the empty buffer out. */
VAULT_CHECKED enum vault_status
vlt_compartments_make(const struct vlt_compartments *l,
    const struct vlt_seed *seed, struct vlt_buf *out, struct vault_error *err);
/*
 * Read a note and check that this card signed it, for its own vault.
 *   VAULT_E_TAMPERED  another's, or not signed so
 */
VAULT_CHECKED enum vault_status vlt_compartments_check(struct vlt_compartments
                                                           *out,
    const char *note, size_t len, const struct vlt_card *card,
    struct vault_error *err);

#endif
