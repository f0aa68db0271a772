/* SPDX-License-Identifier: Apache-2.0 */
/* hashset.h: a set of hashes, with a ceiling */
#ifndef EXCHANGE_HASHSET_H
#define EXCHANGE_HASHSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>

/* 64 MiB. */
enum { HASHSET_MAX = 1024 * 1024 };
struct hashset {
    uint8_t (*slot)[32]; /* all zero: empty */
    size_t slots, n;
};
bool hashset_has(const struct hashset *s, const uint8_t hash[32]);
/*   VAULT_E_LIMIT, VAULT_E_MEMORY */
VAULT_CHECKED enum vault_status hashset_add(struct hashset *s,
    const uint8_t hash[32], struct vault_error *err);
void hashset_clear(struct hashset *s);

#endif
