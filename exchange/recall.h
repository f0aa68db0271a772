/* SPDX-License-Identifier: Apache-2.0 */
/* recall.h: what is known of hashes: which record has them, or that none has */
#ifndef EXCHANGE_RECALL_H
#define EXCHANGE_RECALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/vault.h>

/* At most 128 MiB. */
enum { RECALL_MAX = 1024 * 1024 };
struct recall_entry {
    uint8_t hash[VAULT_HASH];
    uint8_t id[VAULT_ID];
    bool used, found;
};
struct recall {
    struct recall_entry *slot;
    size_t slots, n;
};
/* NULL: nothing is known of it. Borrowed until the next change. */
const struct recall_entry *recall_get(const struct recall *k,
    const uint8_t hash[VAULT_HASH]);
/* id NULL: none has it.   VAULT_E_LIMIT, VAULT_E_MEMORY */
VAULT_CHECKED enum vault_status recall_put(struct recall *k,
    const uint8_t hash[VAULT_HASH], const uint8_t *id, struct vault_error *err);
void recall_clear(struct recall *k);

#endif
