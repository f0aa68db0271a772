/* SPDX-License-Identifier: Apache-2.0 */
/* agetext.h: age's recipients and identities as people pass them on */
#ifndef VLT_AGETEXT_H
#define VLT_AGETEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "kem.h"
#include "x25519.h"

/* "age1pq..." and "age1..."; false for anything else and for keys that are
 * refused. The first is quantum-resistant, the second is not. */
bool vlt_age_hybrid_recipient(uint8_t pk[VLT_KEM_PK], const char *s,
    size_t len);
bool vlt_age_x25519_recipient(uint8_t pk[VLT_X25519], const char *s,
    size_t len);
/* "AGE-SECRET-KEY-PQ-1..." and "AGE-SECRET-KEY-1...": 32 secret bytes in the
 * caller's guarded memory. For tests: a vault takes no such keys. */
bool vlt_age_hybrid_identity(uint8_t secret[32], const char *s, size_t len);
bool vlt_age_x25519_identity(uint8_t secret[32], const char *s, size_t len);

#endif
