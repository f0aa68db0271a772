/* SPDX-License-Identifier: Apache-2.0 */
/* versions.h: the versions of a record, and how a new one is made */
#ifndef CLI_VERSIONS_H
#define CLI_VERSIONS_H

#include "cmd.h"
#include "form.h"

/* What the versions of a record come to, from vault_record_history. */
struct versions {
    size_t n;
    size_t withdrawn;
    bool conflict;
    bool leftover;
    bool foreign;         /* somebody else's record */
    int64_t withdrawn_at; /* of the last one withdrawn */
    /* the statements that are shown: the current one, or those in conflict */
    uint8_t (*shown)[VAULT_HASH];
    size_t shown_len;
};
/* The caller clears it. */
VAULT_CHECKED enum vault_status versions_read(struct cli *c,
    const uint8_t id[VAULT_ID], struct versions *out, struct vault_error *err);
void versions_clear(struct versions *v);
/* A table, or with --json a `version` line each. `all` false: not when there
 * is but one that stands. */
VAULT_CHECKED enum vault_status versions_print(struct cli *c,
    const uint8_t id[VAULT_ID], bool all, struct vault_error *err);

/* N of --revision.   VAULT_E_USAGE */
VAULT_CHECKED enum vault_status version_number(const char *s, uint32_t *out,
    struct vault_error *err);
/*
 * The statement of a version of this record that begins with these digits (6
 * or more).   VAULT_E_USAGE, VAULT_E_NOT_FOUND, VAULT_E_AMBIGUOUS
 */
VAULT_CHECKED enum vault_status version_statement(struct cli *c,
    const uint8_t id[VAULT_ID], const char *prefix, uint8_t out[VAULT_HASH],
    struct vault_error *err);
/*
 * Open the record that --revision or --statement names (both may be NULL:
 * the current version).
 */
VAULT_CHECKED enum vault_status version_open(struct cli *c,
    const uint8_t id[VAULT_ID], const char *number, const char *statement,
    struct vault_record **out, struct vault_error *err);

/*
 * Fields of the domains contact and consent are refused with -f, as in add:
 * whether `fields` were given for a record of such a type.   VAULT_E_USAGE
 */
VAULT_CHECKED enum vault_status version_fields_allowed(const char *type,
    const struct opt_list *fields, struct vault_error *err);

/* The text of --reason, asked on the terminal when it was given without one;
 * empty when it was not given. out is initialised here, the caller's to
 * clear. */
VAULT_CHECKED enum vault_status version_reason(const char *given,
    const char *question, struct vlt_buf *out, struct vault_error *err);

/* Commit a new version with the reason of --reason and tell its number.
 * Frees s, whatever the outcome. */
VAULT_CHECKED enum vault_status version_seal(struct cli *c,
    struct vault_sealer *s, const char *reason, struct vault_error *err);

#endif
