/* SPDX-License-Identifier: Apache-2.0 */
/* capturing.h: the capture file beside the vault: sealing while it is locked */
#ifndef CLI_CAPTURING_H
#define CLI_CAPTURING_H

#include "cmd.h"

#include <vault/device.h>

/* NAME.capture for the vault that is meant; a path that ends so is itself
 * one.   VAULT_E_USAGE, VAULT_E_LIMIT */
VAULT_CHECKED enum vault_status capture_path(const struct cli *c, char *out,
    size_t size, struct vault_error *err);
/* Whether what -V names is a capture file itself: that of a device, or one
 * beside a vault. */
bool capture_named(const struct cli *c);
/* The vault, locked, or the capture file that -V names. */
VAULT_CHECKED enum vault_status capture_or_vault(struct cli *c,
    struct vault_error *err);
/* The vault, locked; a capture file that -V names is refused: audit packs and
 * proofs are of a vault.   VAULT_E_USAGE */
VAULT_CHECKED enum vault_status capture_refused(struct cli *c,
    struct vault_error *err);
/* Of a capture file without its vault beside it: nobody can read here. */
VAULT_CHECKED enum vault_status capture_explain(const struct cli *c,
    struct vault_error *err);
/* Open it into c->vault and say to whom it seals.
 *   VAULT_E_NOT_FOUND  neither vault nor capture file, or no capture file
 *   VAULT_E_TAMPERED   it seals to another key than that of the vault */
VAULT_CHECKED enum vault_status capture_open(struct cli *c,
    struct vault_error *err);
/*
 * Right after unlocking: take in what lies there. What cannot be taken in is
 * told and stays; a mismatch makes the exit status 3.
 */
void capture_take_in(struct cli *c);
/* vault_take_in; what does not hold is told by its id. opt->bad is set here. */
VAULT_CHECKED enum vault_status capture_take(struct cli *c, const char *path,
    const struct vault_take_options *opt, struct vault_taken *out,
    struct vault_error *err);
/* Whether it holds a record whose id begins so. */
bool capture_holds(struct cli *c, const char *prefix);
/* Make the file for the unlocked vault when it is missing; a failure is told
 * and nothing more. */
void capture_make_missing(struct cli *c);

/* Give it the compartments as they are now, when it is there; a failure is told
 * and sets the exit status. */
void capture_compartments(struct cli *c);

/* After a withdrawal: the same in the file, when it still holds some of it;
 * what fails is told and sets the exit status. */
void capture_withdraw(struct cli *c, const uint8_t id[VAULT_ID],
    uint32_t version);

#endif
