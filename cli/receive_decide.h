/* SPDX-License-Identifier: Apache-2.0 */
/* receive_decide.h: whether to take in what a signer nobody compared signed */
#ifndef CLI_RECEIVE_DECIDE_H
#define CLI_RECEIVE_DECIDE_H

#include "cmd.h"

#include <vault/receive.h>

/*
 * By --accept: each fingerprint as a person compared it. One that no file
 * waits for is told; with a capture file among them it may be a device's,
 * which is looked at later.
 */
VAULT_CHECKED enum vault_status receive_accept(struct vault_receive *r,
    const struct opt_list *accept, struct vault_error *err);
/*
 * Ask for each signer that is still waiting. Without a terminal, and without
 * the end of its key typed, what it signed is left, and that is told.
 */
VAULT_CHECKED enum vault_status receive_ask(struct vault_receive *r,
    struct vault_error *err);

#endif
