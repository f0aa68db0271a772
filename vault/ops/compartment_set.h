/* SPDX-License-Identifier: Apache-2.0 */
/* compartment_set.h: the compartments of a handle, and their epochs */
#ifndef VLT_COMPARTMENT_SET_H
#define VLT_COMPARTMENT_SET_H

#include <vault/compartments.h>
#include "action.h"
#include "compartment.h"
#include "record.h"

/* One, as it is to be sealed to now. */
struct vlt_compartment_now {
    uint64_t id; /* of its setting; 0 in a capture file */
    struct vlt_compartment row;
    size_t to_len; /* members that may be sealed to; the vault not counted */
    struct vlt_recipient *to;
};
/* All of a handle; opaque but for who walks them. */
struct vlt_compartment_set {
    bool loaded;
    uint32_t gen;     /* settings-gen, as they were read */
    uint8_t note[32]; /* H of the capture file's list, as it was read */
    size_t n;
    struct vlt_compartment_now *at; /* ascending by name */
    /* epochs of this process: see compartment_epoch.c */
    size_t epochs;
    struct vlt_compartment_epoch *epoch;
};

/*
 * Those of the vault's settings, or of a capture file; read anew when they have
 * changed. Needs a transaction, on an unlocked handle or a capture file.
 * Borrowed, until the settings change.
 *   VAULT_E_TAMPERED  a row, or the capture file's list, is not as written
 */
VAULT_CHECKED enum vault_status vlt_compartments_now(struct vault *v,
    const struct vlt_compartment_set **out, struct vault_error *err);
/* Read them anew the next time; the epochs stay. */
void vlt_compartments_forget(struct vault *v);
/* The epochs go, with their keys: after an action that failed. */
void vlt_compartments_epochs_forget(struct vault *v);
/* All of it, with the handle. */
void vlt_compartments_free(struct vault *v);

/* NULL when there is none. The default one only when it has members. */
const struct vlt_compartment_now *
vlt_compartment_named(const struct vlt_compartment_set *s, const char *name);
const struct vlt_compartment_now *
vlt_compartment_of_type(const struct vlt_compartment_set *s, const char *type);

/* For what is in one that is no more, or that this vault left: the vault
 * alone, and not whoever is in the default one. */
void vlt_compartment_alone(struct vlt_compartment_now *out, const char *name);

/*
 * Whom the vault's own epochs (kinds 1 and 3) are sealed to: its card, and the
 * members of the default compartment. *to is the caller's to free. *since:
 * when they changed last, 0 for never: an epoch that was made by another
 * process up to then may be sealed to others, and is not gone on with.
 */
VAULT_CHECKED enum vault_status vlt_compartment_since(struct vault *v,
    int64_t *since, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_compartment_default(struct vault *v,
    struct vlt_recipient **to, size_t *n, int64_t *since,
    struct vault_error *err);

/* The row's fields, as row *id (0: a new one): within an action. */
VAULT_CHECKED enum vault_status vlt_compartment_put(struct vault *v,
    uint64_t id, const struct vlt_compartment *c, struct vault_error *err);
/*
 * Before the settings of an action get their line: when the default members
 * that may be sealed to are others now (added, taken out, revoked), say since
 * when, so that no epoch is gone on with that was sealed to the former.
 */
VAULT_CHECKED enum vault_status vlt_compartment_settle(struct vault *v,
    struct vault_error *err);

/*
 * Within an action: a record's wrap to a compartment, under an epoch of this
 * process and log. Its key is destroyed before this returns: of kind 4 nothing
 * here opens it any more.
 *   VAULT_E_POLICY  nobody is left whom it can be sealed to
 */
VAULT_CHECKED enum vault_status vlt_compartment_wrap(struct vault *v,
    const struct vlt_compartment_now *c, uint8_t out[VLT_RECORD_WRAP],
    const struct vlt_record_head *head, const struct vlt_rk *rk,
    struct vault_error *err);
/* What the line says of it: `compartment`, `to.N`, and `own` when the vault is
 * in it. */
VAULT_CHECKED enum vault_status
vlt_compartment_said(const struct vlt_compartment_now *c, struct vlt_fields *f,
    struct vault_error *err);

/* As a signed text for a capture file; out stays empty when there is none. */
VAULT_CHECKED enum vault_status vlt_compartments_text(struct vault *v,
    struct vlt_buf *out, struct vault_error *err);

#endif
