/* SPDX-License-Identifier: Apache-2.0 */
/* record_open.h: from a row to its fields, checked against the log */
#ifndef VLT_RECORD_OPEN_H
#define VLT_RECORD_OPEN_H

#include "handle.h"
#include "meta.h"
#include "record_rows.h"

struct vault_record {
    struct vault *v;
    uint64_t rid;
    uint64_t body_rid; /* where its segments lie */
    bool foreign;      /* a row of f 1 */
    struct vlt_record_head head;
    struct vlt_meta meta; /* of a part: without salts */
    bool has_body;
    struct vlt_body_commit body;
    uint32_t versions;
    struct vault_entry entry;
    char type[64];
    char *name;
    char *media;
    char *field_name; /* VLT_FIELD_NAME + 1 bytes, lent with one field */
};

/*
 * Open a row (with its meta_ct) within a transaction on an unlocked handle:
 * statement logged and in the signed tree, wrap, commitment, metadata,
 * content root (docs/format.md, reading a version). The body is not read.
 * `logged`: a history loaded in this transaction found its line already. The
 * row is one that vlt_any_row gave.
 *   VAULT_E_TAMPERED, VAULT_E_NO_KEY
 */
VAULT_CHECKED enum vault_status vlt_record_unseal(struct vault *v,
    const struct vlt_record_row *row, bool logged, struct vault_record **out,
    struct vault_error *err);

/* The same for the row of this number. */
VAULT_CHECKED enum vault_status vlt_record_open_row(struct vault *v,
    uint64_t rid, struct vault_record **out, struct vault_error *err);

/* The same if a list shows this row: the current version, both of a conflict,
 * or one that no line names; *out NULL when it does not. */
VAULT_CHECKED enum vault_status vlt_record_open_shown(struct vault *v,
    const struct vlt_record_row *row, bool also_hidden,
    struct vault_record **out, struct vault_error *err);

/* What a field of type 4 says; false for other fields. */
bool vlt_field_link(const struct vlt_field *f, struct vault_link *out);

/* The leaf (kind seal or take) of an own log that names this statement, in
 * the signed tree. VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_record_logged(struct vlt_store *s,
    const struct vlt_own_logs *logs, const struct vlt_record_head *head,
    struct vault_error *err);

/* vault_list with the record itself: it is open during the call, outside of
 * any transaction. */
VAULT_CHECKED enum vault_status vlt_list_records(struct vault *v,
    int (*each)(void *ctx, const struct vault_record *r),
    int (*bad)(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
        const struct vault_error *why),
    void *ctx, struct vault_error *err);

/*
 * What a row shows, without asking the log: its fields; of a record that was
 * given in part those of all parts (no salts then).
 *   VAULT_E_NO_KEY  nothing of it can be read: head, or withdrawn
 */
VAULT_CHECKED enum vault_status vlt_record_shown(struct vault *v,
    const struct vlt_record_row *row, struct vlt_meta *out,
    struct vault_error *err);
/* Open wrap and metadata alone, without asking the log. */
VAULT_CHECKED enum vault_status vlt_record_meta(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head, const uint8_t *meta_ct,
    size_t meta_ct_len, struct vlt_meta *out, struct vault_error *err);

#endif
