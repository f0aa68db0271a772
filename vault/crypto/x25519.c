/* SPDX-License-Identifier: Apache-2.0 */
/* x25519.c: X25519 by libsodium */
#include <sodium.h>

#include "x25519.h"

void
vlt_x25519_public(uint8_t pk[32], const uint8_t secret[32])
{
    (void)crypto_scalarmult_curve25519_base(pk, secret);
}

bool
vlt_x25519(uint8_t shared[32], const uint8_t secret[32], const uint8_t pk[32])
{
    /* libsodium answers -1 for an output of zeros, as RFC 7748 section 6.1
     * allows and age demands. */
    if (crypto_scalarmult_curve25519(shared, secret, pk) == 0)
        return true;
    sodium_memzero(shared, 32);
    return false;
}
