/* SPDX-License-Identifier: Apache-2.0 */
/* take_work.h: what the files that take records in share with one another */
#ifndef VLT_TAKE_WORK_H
#define VLT_TAKE_WORK_H

#include "compartment_set.h"
#include "record_rows.h"
#include "take_in.h"

/* What is going on. */
struct vlt_take_work {
    struct vlt_taking *t;
    struct vlt_taken_session *s; /* NULL: records that no session vouches for */
    uint8_t writer[32];
    uint64_t log; /* its number in the vault */
    uint64_t leaves;
    uint8_t *segment;
    uint64_t upto; /* the first line that is not looked at */
    bool part; /* its records come in one by one, and the session does not */
    uint64_t line;   /* the one that is looked at */
    bool act;        /* an action runs: what is sound is stored */
    uint64_t here;   /* found sound, or stored */
    uint64_t mended; /* events that came in behind their lines */
};

/* s NULL: records that no session vouches for. x->segment is the caller's to
 * free. */
VAULT_CHECKED enum vault_status vlt_take_begin(struct vlt_take_work *x,
    struct vlt_taking *t, struct vlt_taken_session *s, struct vault_error *err);
bool vlt_take_is_fault(enum vault_status st);
void vlt_take_tell_bad(struct vlt_take_work *x, const uint8_t *id,
    const struct vault_error *why);
VAULT_CHECKED enum vault_status vlt_take_epoch(struct vlt_take_work *x,
    const uint8_t id[16], const struct vlt_open_epoch **out,
    struct vault_error *err);
/* One row of the file. *fault says that `why` is about this row and nothing
 * was written; otherwise a failure ends the whole. */
VAULT_CHECKED enum vault_status vlt_take_row(struct vlt_take_work *x,
    uint64_t rid, const uint8_t stmt[32], bool *fault, struct vault_error *why);

/* ---- take_away.c: records that only others can open ---- */
/* Everything that can be wrong with one, but its body. */
VAULT_CHECKED enum vault_status vlt_take_check_away(struct vlt_take_work *x,
    const struct vlt_record_row *r, struct vault_error *err);
/* Within the action: its epoch into the vault, its wrap into `wrap` as it is,
 * and into `more` what its line in the session says of it. */
VAULT_CHECKED enum vault_status vlt_take_away(struct vlt_take_work *x,
    const struct vlt_record_row *r, uint8_t wrap[VLT_RECORD_WRAP],
    struct vlt_fields *more, struct vault_error *err);
/*
 * Of one that this vault opens: the compartment that its line says, as it is
 * today; *out NULL: the default one. When the vault is not in it any more, or
 * there is none of that name: the vault alone, in *alone.
 */
VAULT_CHECKED enum vault_status vlt_take_place(struct vlt_take_work *x,
    const struct vlt_record_row *r, struct vlt_compartment_now *alone,
    const struct vlt_compartment_now **out, struct vault_error *err);
/* Of the vault's own copy.   VAULT_E_NO_KEY, VAULT_E_TAMPERED  it is none */
VAULT_CHECKED enum vault_status vlt_take_held_away(struct vault *v,
    const struct vlt_version_row *row, struct vault_error *err);

#endif
