/* SPDX-License-Identifier: Apache-2.0 */
/* witness_write.h: changing stored checkpoints, which no line of the log tells
 */
#ifndef VLT_WITNESS_WRITE_H
#define VLT_WITNESS_WRITE_H

#include "handle.h"

/*
 * A write transaction on an unlocked vault whose heads are checked. Only lines
 * under checkpoints and their `keep` may change in it: what is signed stays, so
 * there is nothing to log, and nothing that the state file remembers.
 */
VAULT_CHECKED enum vault_status vlt_witness_write_begin(struct vault *v,
    struct vault_error *err);
/* Commit when st is VAULT_OK, else roll back; answers what came of it. */
VAULT_CHECKED enum vault_status vlt_witness_write_end(struct vault *v,
    enum vault_status st, struct vault_error *err);

#endif
