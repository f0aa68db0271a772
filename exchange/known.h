/* SPDX-License-Identifier: Apache-2.0 */
/* known.h: what is known of hashes: which record has them, or that none has */
#ifndef EXCHANGE_KNOWN_H
#define EXCHANGE_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/vault.h>

/* At most 128 MiB. */
enum { KNOWN_MAX = 1024 * 1024 };
struct known_entry {
    uint8_t hash[VAULT_HASH];
    uint8_t id[VAULT_ID];
    bool used, found;
};
struct known {
    struct known_entry *slot;
    size_t slots, n;
};
/* NULL: nothing is known of it. Borrowed until the next change. */
const struct known_entry *known_get(const struct known *k,
    const uint8_t hash[VAULT_HASH]);
/* id NULL: none has it.   VAULT_E_LIMIT, VAULT_E_MEMORY */
VAULT_CHECKED enum vault_status known_put(struct known *k,
    const uint8_t hash[VAULT_HASH], const uint8_t *id, struct vault_error *err);
void known_clear(struct known *k);

#endif
