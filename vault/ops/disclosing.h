/* SPDX-License-Identifier: Apache-2.0 */
/* disclosing.h: a disclosure being put together */
#ifndef VLT_DISCLOSING_H
#define VLT_DISCLOSING_H

#include <vault/disclose.h>
#include "disclosure.h"
#include "fnote.h"
#include "record_open.h"

struct vault_disclosure {
    struct vault_disclosure_facts facts;
    struct vlt_buf text;
    struct vlt_buf stock;    /* what vault_disclosure_stock gave last */
    struct vlt_disclosure d; /* borrows from text once that is made */
    char name[VLT_FIELD_NAME + 1];
};

/* Where the texts of one lie until it is encoded: the proof's checkpoint, the
 * log's notes, the card. */
struct vlt_disclosing {
    struct vault *v;
    const struct vault_disclose_options *opt;
    struct vlt_disclosure d;
    struct vlt_buf checkpoint;
    struct vlt_buf card;
    struct vlt_buf notes;
    struct vlt_book *book; /* of a foreign record: its notes lie there */
};

void vlt_disclosing_begin(struct vlt_disclosing *w, struct vault *v,
    const struct vault_disclose_options *opt);
void vlt_disclosing_end(struct vlt_disclosing *w);
/* Put the text together, read it back, and judge it as everyone will. */
VAULT_CHECKED enum vault_status vlt_disclosing_finish(struct vlt_disclosing *w,
    bool foreign, struct vault_disclosure **out, struct vault_error *err);

/* Statement, and the proof of an own record: the `seal` or `take` line in a
 * replica's log, that log's newest checkpoint, note and card. Within a
 * transaction.   VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_disclose_own(struct vlt_disclosing *w,
    const struct vlt_record_head *head, struct vault_error *err);
/* The same, when who asks has looked at whether it is trusted. */
VAULT_CHECKED enum vault_status vlt_disclose_line(struct vlt_disclosing *w,
    const struct vlt_record_head *head, struct vault_error *err);
/* The same of a foreign row, from what came with it. */
VAULT_CHECKED enum vault_status vlt_disclose_foreign(struct vlt_disclosing *w,
    uint64_t rid, const struct vlt_record_head *head, struct vault_error *err);
/* Whether the names that are asked for are each there once.
 *   VAULT_E_USAGE */
VAULT_CHECKED enum vault_status vlt_disclose_names(
    const struct vault_disclose_options *o, struct vault_error *err);
/* Whether this field was asked for. */
bool vlt_disclose_asked(const struct vault_disclose_options *o,
    const struct vlt_field *f);
/* Each of those, from the extracts of a row that is here in part.
 *   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_disclose_parts(struct vlt_disclosing *w,
    uint64_t rid, const struct vlt_record_head *head, struct vault_error *err);
/* The fields that were asked for, each with its salt and path.
 *   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_disclose_fields(struct vlt_disclosing *w,
    const struct vault_record *r, struct vault_error *err);

#endif
