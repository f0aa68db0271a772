/* SPDX-License-Identifier: Apache-2.0 */
/* test_kem: which X-Wing keys are pinned */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kem.h"
#include "known.h"
#include "secret.h"

enum { MLKEM_PK = 1184 };

static void
good_key(uint8_t pk[VLT_KEM_PK])
{
    static const uint8_t seed[32] = {7};

    vlt_kem_public(pk, seed);
}

static void
a_seed_always_gives_the_same_good_key(void **unused)
{
    uint8_t a[VLT_KEM_PK];
    uint8_t b[VLT_KEM_PK];

    (void)unused;
    for (uint8_t i = 0; i < 20; i++) {
        uint8_t seed[32] = {i};

        vlt_kem_public(a, seed);
        vlt_kem_public(b, seed);
        assert_memory_equal(a, b, sizeof a);
        assert_true(vlt_kem_key_ok(a));
    }
}

/* Coefficients are 12 bits each and below q = 3329 (FIPS 203, 7.2). */
static void
coefficients_that_are_not_reduced_are_refused(void **unused)
{
    static const unsigned values[] = {3329, 3330, 4095};
    uint8_t pk[VLT_KEM_PK];

    (void)unused;
    for (size_t at = 0; at < 1152; at += 3)
        for (size_t i = 0; i < ROWS(values); i++) {
            good_key(pk);
            pk[at] = (uint8_t)values[i];
            pk[at + 1] =
                (uint8_t)((pk[at + 1] & 0xf0) | (values[i] >> 8 & 0x0f));
            assert_false(vlt_kem_key_ok(pk));
        }
    good_key(pk);
    pk[0] = 3328 & 0xff;
    pk[1] = (uint8_t)((pk[1] & 0xf0) | 3328 >> 8);
    assert_true(vlt_kem_key_ok(pk));
}

/* RFC 7748: u of small order, and encodings of p and more. */
static const struct {
    const char *name;
    const char *u;
    bool ok;
} x25519_rows[] = {
    {"base point",
        "0900000000000000000000000000000000000000000000000000000000000000",
        true},
    {"zero", "0000000000000000000000000000000000000000000000000000000000000000",
        false},
    {"one", "0100000000000000000000000000000000000000000000000000000000000000",
        false},
    {"order 8",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        false},
    {"order 8, other",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        false},
    {"p - 1",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        false},
    {"p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        false},
    {"p + 9: the base point again",
        "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        false},
    {"2^255 - 1",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        false},
    {"the base point with the top bit",
        "0900000000000000000000000000000000000000000000000000000000000080",
        false},
};

static void
x25519_parts_must_be_canonical_and_of_large_order(void **unused)
{
    uint8_t pk[VLT_KEM_PK];

    (void)unused;
    good_key(pk);
    for (size_t i = 0; i < ROWS(x25519_rows); i++) {
        from_hex(pk + MLKEM_PK, 32, x25519_rows[i].u);
        if (vlt_kem_key_ok(pk) != x25519_rows[i].ok)
            fail_msg("%s", x25519_rows[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_always_gives_the_same_good_key),
        cmocka_unit_test(coefficients_that_are_not_reduced_are_refused),
        cmocka_unit_test(x25519_parts_must_be_canonical_and_of_large_order),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
