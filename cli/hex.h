/* SPDX-License-Identifier: Apache-2.0 */
/* hex.h: ids as people and scripts write them */
#ifndef CLI_HEX_H
#define CLI_HEX_H

#include "cmd.h"

enum { HEX_ID = 33, HEX_HASH = 65, HEX_SHORT = 13 };

/* 32 digits; 64 digits; the first 12 of an id. */
void hex_id(char out[HEX_ID], const uint8_t id[VAULT_ID]);
void hex_hash(char out[HEX_HASH], const uint8_t hash[VAULT_HASH]);
void hex_short(char out[HEX_SHORT], const uint8_t id[VAULT_ID]);

/*
 * The record that begins with `prefix`. An ambiguous one is told with its
 * candidates. The vault is unlocked when only its capture file has the record.
 *   VAULT_E_USAGE, VAULT_E_NOT_FOUND, VAULT_E_AMBIGUOUS
 */
VAULT_CHECKED enum vault_status hex_resolve(struct cli *c, const char *prefix,
    uint8_t id[VAULT_ID], struct vault_error *err);

#endif
