/* SPDX-License-Identifier: Apache-2.0 */
/* x25519.h: X25519 (RFC 7748), used for age files of others only */
#ifndef VLT_X25519_H
#define VLT_X25519_H

#include <stdbool.h>
#include <stdint.h>

enum { VLT_X25519 = 32 };

/* The public key of 32 secret bytes. */
void vlt_x25519_public(uint8_t pk[32], const uint8_t secret[32]);
/* False, with shared wiped, when the other's point is of small order: the
 * secret would be zeros whatever ours is. */
bool vlt_x25519(uint8_t shared[32], const uint8_t secret[32],
    const uint8_t pk[32]);

#endif
