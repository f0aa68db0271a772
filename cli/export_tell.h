/* SPDX-License-Identifier: Apache-2.0 */
/* export_tell.h: what a person or a script is told about an export */
#ifndef CLI_EXPORT_TELL_H
#define CLI_EXPORT_TELL_H

#include "cmd.h"
#include "export.h"

/* Callbacks of struct export_options; ctx is the struct cli. */
void export_tell_refusal(void *ctx, const struct export_refusal *r);
void export_tell_bad(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why);
void export_tell_removed(void *ctx, const uint8_t id[VAULT_ID],
    const char *what, uint64_t bytes);
int export_tell_progress(void *ctx, uint64_t bytes, const char *name);

/* What an export to the same place left unencrypted when it was killed. */
void export_tell_leftover(const char *dest);
/* Before: what is about to leave protection, and whether that is meant.
 *   VAULT_E_CANCELLED, VAULT_E_USAGE (nobody to ask) */
VAULT_CHECKED enum vault_status export_tell_before(const struct cli *c,
    const struct export_options *o, const struct export_counts *n,
    struct vault_error *err);
/* After: where it lies. */
void export_tell_after(const struct cli *c, const struct export_options *o,
    const char *format, const struct export_counts *n);

/* How many records nobody here can open, which are in no export. */
void export_tell_away(const struct cli *c);

#endif
