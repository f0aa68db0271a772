/* SPDX-License-Identifier: Apache-2.0 */
/* verify_foreign.h: what the parts of judging records of others share */
#ifndef VLT_VERIFY_FOREIGN_H
#define VLT_VERIFY_FOREIGN_H

#include "fnote.h"
#include "foreign.h"
#include "verify.h"

/* Which rows the lines `import` and `drop` of the own logs name. */
struct vlt_named_row {
    uint64_t rid;
    bool dropped;
    bool whole;     /* a line says that all of it came in */
    uint64_t parts; /* or how many parts, at the most */
};
struct vlt_named_rows {
    size_t n;
    struct vlt_named_row *at; /* ascending by rid, each once */
};
/* Every line is judged: its row must be there and be the one it means. */
VAULT_CHECKED enum vault_status vlt_verify_foreign_lines(struct vlt_verify *v,
    struct vlt_named_rows *out, struct vault_error *err);
/* NULL: no line names this row. */
const struct vlt_named_row *vlt_named_row_find(const struct vlt_named_rows *l,
    uint64_t rid);

/* Every line `merge`, `ask` and `ack` is judged: the note that it names must
 * be here. */
VAULT_CHECKED enum vault_status vlt_verify_kept(struct vlt_verify *v,
    struct vault_error *err);

/* Whose log a proof lies in; what was found for the last one is kept. */
struct vlt_proving {
    struct vlt_verify *v;
    struct vlt_book *book;
    char origin[VLT_NAME_MAX + 1]; /* "" : none yet */
    uint8_t vault[16];
    uint8_t key[32];
    struct vlt_buf checkpoint; /* whose signature held */
};
/*
 * Leaf, inclusion, checkpoint, log note and card of one proof, against the
 * statement.   VAULT_E_TAMPERED
 */
VAULT_CHECKED enum vault_status vlt_verify_proof(struct vlt_proving *p,
    const struct vlt_record_head *head, const uint8_t stmt[32],
    const struct vlt_foreign_proof *proof, struct vault_error *err);

#endif
