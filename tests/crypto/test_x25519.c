/* SPDX-License-Identifier: Apache-2.0 */
/* test_x25519: RFC 7748's example, and points that lead nowhere */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"
#include "secret.h"
#include "x25519.h"

/* Section 6.1: Bob's half of it. */
static const char bob[] =
    "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
static const char bob_public[] =
    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
static const char alice_public[] =
    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
static const char shared_secret[] =
    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";

static void
it_gives_the_answers_of_rfc_7748(void **unused)
{
    uint8_t secret[32], pk[32], shared[32];

    (void)unused;
    from_hex(secret, 32, bob);
    vlt_x25519_public(pk, secret);
    assert_hex(pk, 32, bob_public);
    from_hex(pk, 32, alice_public);
    assert_true(vlt_x25519(shared, secret, pk));
    assert_hex(shared, 32, shared_secret);
}

static void
points_of_small_order_are_refused(void **unused)
{
    static const char *const points[] =
        {"0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"};
    static const uint8_t zeros[32];
    uint8_t secret[32], pk[32], shared[32];

    (void)unused;
    from_hex(secret, 32, bob);
    for (size_t i = 0; i < ROWS(points); i++) {
        memset(shared, 1, sizeof shared);
        from_hex(pk, 32, points[i]);
        assert_false(vlt_x25519(shared, secret, pk));
        assert_memory_equal(shared, zeros, sizeof shared);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_gives_the_answers_of_rfc_7748),
        cmocka_unit_test(points_of_small_order_are_refused),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
