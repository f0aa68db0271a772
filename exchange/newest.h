/* SPDX-License-Identifier: Apache-2.0 */
/* newest.h: the version of a record that counts, or those in conflict */
#ifndef EXCHANGE_NEWEST_H
#define EXCHANGE_NEWEST_H

#include <vault/vault.h>

struct newest {
    uint8_t (*at)[VAULT_HASH]; /* statements */
    size_t n;                  /* 0: all of it was withdrawn */
};

/* Of a record that is there; the caller clears.
 *   what vault_record_history answers */
VAULT_CHECKED enum vault_status newest_find(struct vault *v,
    const uint8_t id[VAULT_ID], struct newest *out, struct vault_error *err);
void newest_clear(struct newest *l);

#endif
