/* SPDX-License-Identifier: Apache-2.0 */
/* sealer.h: what a record version on its way in is made of */
#ifndef VLT_SEALER_H
#define VLT_SEALER_H

#include "body.h"
#include "compartment_set.h"
#include "meta.h"

struct vault_sealer {
    struct vault *v;
    struct vlt_meta meta;
    struct vlt_body body;
    struct vlt_buf plain;  /* padded metadata, in the clear */
    struct vlt_buf reason; /* for the line of the log; empty: none */
    struct vlt_record_head head;
    int64_t sealed_at; /* time.sealed, and what is held against it */
    const char *doubt;
    int64_t known;
    bool unless_known; /* see vault_seal_unless_known */
    /* see vault_seal_compartment; "": as its type is bound */
    char compartment[VLT_COMPARTMENT_NAME + 1];
    bool elsewhere;
    char went[VLT_COMPARTMENT_NAME + 1]; /* where it went; "": default */
    bool away;                           /* and nobody here can open it */

    /* a new version of a record that is there */
    bool amends;
    struct vlt_record_head base; /* of the version it follows */
    uint8_t base_stmt[32];
    size_t base_rows;        /* versions there were when it was read */
    struct vlt_meta carried; /* what of it is carried over */
};

/* Whether a field of this name is set by the library, but for `body`. */
bool vlt_sealer_sets(const char *name);
/* An empty one; the handle's only one. */
VAULT_CHECKED enum vault_status vlt_sealer_new(struct vault *v,
    struct vault_sealer **out, struct vault_error *err);
void vlt_sealer_free(struct vault_sealer *s);
/* VAULT_E_LIMIT, VAULT_E_USAGE: too long for an event, or no UTF-8. */
VAULT_CHECKED enum vault_status vlt_reason_check(const char *text,
    struct vault_error *err);

/*
 * Where it is to go, as the settings are now; *out NULL: the default set. Needs
 * a transaction.   as vault_seal_compartment
 */
VAULT_CHECKED enum vault_status vlt_sealer_place(const struct vault_sealer *s,
    const struct vlt_compartment_now **out, struct vault_error *err);

/* The same, before anything is written: a choice that is refused takes no batch
 * along. */
VAULT_CHECKED enum vault_status vlt_sealer_check(const struct vault_sealer *s,
    struct vault_error *err);

/* Before the metadata are built: number, prev, the carried fields, and the
 * body when no other was given. */
VAULT_CHECKED enum vault_status vlt_amend_carry(struct vault_sealer *s,
    struct vault_error *err);
/* Within the action: the version it follows is still the newest, and not
 * withdrawn.   VAULT_E_BUSY */
VAULT_CHECKED enum vault_status vlt_amend_still(struct vault_sealer *s,
    struct vault_error *err);

/*
 * The lowest N from 1 such that the name `GROUP.N` is in neither list of
 * fields; the name is written to out.   VAULT_E_LIMIT
 */
VAULT_CHECKED enum vault_status vlt_sealer_free_name(const struct vault_sealer
                                                         *s,
    const char *group, char out[VLT_FIELD_NAME + 1], struct vault_error *err);

#endif
