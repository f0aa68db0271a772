/* SPDX-License-Identifier: Apache-2.0 */
/* sealed_away.h: records of this vault that only others can open */
#ifndef VLT_SEALED_AWAY_H
#define VLT_SEALED_AWAY_H

#include "compartment.h"
#include "handle.h"
#include "record_rows.h"

/* What their line in the log says. */
struct vlt_away {
    char name[VLT_COMPARTMENT_NAME + 1];
    bool own; /* this vault is in it, and opens it */
    size_t to_len;
    uint8_t to[VLT_COMPARTMENT_MEMBERS][32];
    int64_t time; /* -1: not said */
};
/*
 * Whether a row of f 0 is sealed to a compartment without this vault: its wrap
 * names a kind-4 epoch, and the line that sealed it or took it in, in a signed
 * tree of this vault or added by the running action, says so. A wrap that was
 * changed to look like that is none. Needs a transaction and an unlocked
 * handle. out may be NULL.
 */
VAULT_CHECKED enum vault_status vlt_away_look(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head, bool *away, struct vlt_away *out,
    struct vault_error *err);
/*
 * The same for any record of this vault, also one that it opens: to which
 * compartment its line says that it was sealed. *said is false for the default
 * one.
 */
VAULT_CHECKED enum vault_status vlt_sealed_to(struct vault *v,
    const struct vlt_record_head *head, bool *said, struct vlt_away *out,
    struct vault_error *err);
/* Whether the wrap of this row names a kind-4 epoch, whatever its line says.
 * The epoch's id in `epoch`, when not NULL. */
VAULT_CHECKED enum vault_status vlt_away_wrap(struct vlt_store *s, uint64_t rid,
    bool *away, uint8_t *epoch, struct vault_error *err);
/* Destroy the wrap of a row, and with it the kind-4 epoch that it was the last
 * one of: its members need both. */
VAULT_CHECKED enum vault_status vlt_away_destroy(struct vlt_store *s,
    uint64_t rid, struct vault_error *err);
/* Read `compartment`, `own`, `to.N` and `time` of a line's event; false when it names
 * no compartment. */
bool vlt_away_said(const struct vlt_fields *f, struct vlt_away *out);

/*
 * When st is VAULT_E_NO_KEY and the row is such a one: say in err who can open
 * it. Gives st, or what went wrong meanwhile.
 */
VAULT_CHECKED enum vault_status vlt_away_explain(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head, enum vault_status st,
    struct vault_error *err);

#endif
