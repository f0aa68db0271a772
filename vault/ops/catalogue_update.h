/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_update.h: bringing the catalogue up to what the logs say */
#ifndef VLT_CATALOGUE_UPDATE_H
#define VLT_CATALOGUE_UPDATE_H

#include "catalogue_ops.h"

/*
 * Both need a write transaction on an unlocked handle. When they fail, the
 * pages are half written: the caller undoes them (vlt_catalogue_undo) or rolls
 * the transaction back.
 */

/*
 * Take in the lines that it does not cover yet.
 *   VAULT_E_LIMIT      they are more than `most`
 *   VAULT_E_NOT_FOUND  there is no catalogue
 *   VAULT_E_TAMPERED   it is damaged, or speaks of lines that are not there
 */
VAULT_CHECKED enum vault_status vlt_catalogue_catch_up(struct vault *v,
    uint64_t most, struct vault_error *err);
/*
 * Make it anew from the rows, under a new key.
 *   VAULT_E_CANCELLED  the caller's progress asked for it
 */
VAULT_CHECKED enum vault_status vlt_catalogue_make(struct vault *v,
    struct vault_error *err);

#endif
