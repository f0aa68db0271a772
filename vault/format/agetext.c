/* SPDX-License-Identifier: Apache-2.0 */
/* agetext.c: age's recipients and identities in bech32 */
#include "agetext.h"
#include "bytes.h"
#include "text.h"

bool
vlt_age_hybrid_recipient(uint8_t pk[VLT_KEM_PK], const char *s, size_t len)
{
    return vlt_unbech32(pk, VLT_KEM_PK, "age1pq", s, len) && vlt_kem_key_ok(pk);
}

/* A key of small order gives the same secret with every other. */
bool
vlt_age_x25519_recipient(uint8_t pk[VLT_X25519], const char *s, size_t len)
{
    static const uint8_t any[32] = {8};
    uint8_t shared[32];
    bool ok = vlt_unbech32(pk, VLT_X25519, "age", s, len) &&
        vlt_x25519(shared, any, pk);

    vlt_wipe(shared, sizeof shared);
    return ok;
}

static bool
identity(uint8_t secret[32], const char *hrp, const char *s, size_t len)
{
    bool ok = vlt_unbech32(secret, 32, hrp, s, len);

    if (!ok)
        vlt_wipe(secret, 32);
    return ok;
}

bool
vlt_age_hybrid_identity(uint8_t secret[32], const char *s, size_t len)
{
    return identity(secret, "age-secret-key-pq-", s, len);
}

bool
vlt_age_x25519_identity(uint8_t secret[32], const char *s, size_t len)
{
    return identity(secret, "age-secret-key-", s, len);
}
