/* SPDX-License-Identifier: Apache-2.0 */
/* test_sign: RFC 8032's answers, and the keys that are refused */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "known.h"
#include "secret.h"
#include "sign.h"

/* RFC 8032, section 7.1, tests 1 to 3. */
static const struct {
    const char *seed;
    const char *public;
    const char *message;
    const char *signature;
} rows[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

static void
signatures_are_those_of_rfc_8032(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(rows); i++) {
        uint8_t seed[32];
        uint8_t pk[32];
        uint8_t message[2];
        uint8_t sig[64];
        size_t n = strlen(rows[i].message) / 2;

        from_hex(seed, 32, rows[i].seed);
        from_hex(message, n, rows[i].message);
        vlt_sign_public(pk, seed);
        assert_hex(pk, 32, rows[i].public);
        vlt_sign(sig, seed, message, n);
        assert_hex(sig, 64, rows[i].signature);
        assert_true(vlt_sign_key_ok(pk));
        assert_true(vlt_verify(sig, pk, message, n));
        assert_true(vlt_verify_raw(sig, pk, message, n));
    }
}

static void
no_bit_of_signature_key_or_message_can_change(void **unused)
{
    uint8_t seed[32] = {1};
    uint8_t all[64 + 32 + 5];
    uint8_t *sig = all;
    uint8_t *pk = all + 64;
    uint8_t *message = all + 96;

    (void)unused;
    memcpy(message, "text\n", 5);
    vlt_sign_public(pk, seed);
    vlt_sign(sig, seed, message, 5);
    for (size_t bit = 0; bit < 8 * sizeof all; bit++) {
        all[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(vlt_verify(sig, pk, message, 5));
        all[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(vlt_verify(sig, pk, message, 5));
    assert_false(vlt_verify(sig, pk, message, 4));
}

/* The order of the group is added to S: the same equation, not canonical. */
static void
a_second_form_of_a_signature_is_refused(void **unused)
{
    uint8_t seed[32] = {1};
    uint8_t order[32];
    uint8_t pk[32];
    uint8_t sig[64];
    unsigned carry = 0;

    (void)unused;
    from_hex(order, 32,
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    vlt_sign_public(pk, seed);
    vlt_sign(sig, seed, "m", 1);
    for (int i = 0; i < 32; i++) {
        carry += (unsigned)sig[32 + i] + order[i];
        sig[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_false(vlt_verify(sig, pk, "m", 1));
    assert_false(vlt_verify_raw(sig, pk, "m", 1));
}

/* The points of small order in every encoding (C2SP/CCTV, ed25519/README). */
static const char *const small_order[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

static void
keys_of_small_order_are_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(small_order); i++) {
        uint8_t pk[32];

        from_hex(pk, 32, small_order[i]);
        if (vlt_sign_key_ok(pk))
            fail_msg("%s", small_order[i]);
    }
}

/*
 * A good key plus a point of small order: it decodes and is on the curve, and
 * only the question for the subgroup finds it (CVE-2025-69277).
 */
static void
keys_outside_the_prime_order_subgroup_are_refused(void **unused)
{
    (void)unused;
    for (uint8_t s = 1; s < 40; s++) {
        uint8_t seed[32] = {s};
        uint8_t pk[32];

        vlt_sign_public(pk, seed);
        assert_true(vlt_sign_key_ok(pk));
        for (size_t i = 0; i < ROWS(small_order); i++) {
            uint8_t torsion[32];
            uint8_t mixed[32];

            from_hex(torsion, 32, small_order[i]);
            if (crypto_core_ed25519_add(mixed, pk, torsion) != 0 ||
                memcmp(mixed, pk, 32) == 0)
                continue; /* not decoded, or the neutral element */
            if (vlt_sign_key_ok(mixed))
                fail_msg("key %d with %s", s, small_order[i]);
        }
    }
}

/* y from p to 2^255 - 1, with both signs. */
static void
keys_that_are_not_canonical_are_refused(void **unused)
{
    (void)unused;
    for (unsigned low = 0xed; low <= 0xff; low++)
        for (unsigned sign = 0; sign < 2; sign++) {
            uint8_t pk[32];

            memset(pk, 0xff, sizeof pk);
            pk[0] = (uint8_t)low;
            pk[31] = (uint8_t)(0x7f | sign << 7);
            assert_false(vlt_sign_key_ok(pk));
        }
}

/* About every second y has no x. */
static void
keys_that_are_no_point_are_refused(void **unused)
{
    static const uint8_t two[32] = {2}; /* y = 2 is not on the curve */

    (void)unused;
    assert_false(vlt_sign_key_ok(two));
}

/*
 * A key with a part of order 2, signing as libsodium does with what it takes
 * for its public key: where the challenge is even that part falls away and
 * the bare equation holds. Such a key would let its owner disown signatures.
 */
static void
verifying_asks_for_the_key_first(void **unused)
{
    uint8_t sk[64] = {1}; /* seed || public key */
    uint8_t order_2[32];
    uint8_t pk[32];
    unsigned held = 0;

    (void)unused;
    from_hex(order_2, 32, small_order[12]);
    vlt_sign_public(pk, sk);
    assert_int_equal(crypto_core_ed25519_add(pk, pk, order_2), 0);
    memcpy(sk + 32, pk, 32);
    for (uint8_t m = 0; m < 64; m++) {
        uint8_t sig[64];

        crypto_sign_ed25519_detached(sig, NULL, &m, 1, sk);
        held += vlt_verify_raw(sig, pk, &m, 1);
        assert_false(vlt_verify(sig, pk, &m, 1));
    }
    assert_in_range(held, 10, 54); /* about every second */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_those_of_rfc_8032),
        cmocka_unit_test(no_bit_of_signature_key_or_message_can_change),
        cmocka_unit_test(a_second_form_of_a_signature_is_refused),
        cmocka_unit_test(keys_of_small_order_are_refused),
        cmocka_unit_test(keys_outside_the_prime_order_subgroup_are_refused),
        cmocka_unit_test(keys_that_are_not_canonical_are_refused),
        cmocka_unit_test(keys_that_are_no_point_are_refused),
        cmocka_unit_test(verifying_asks_for_the_key_first),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
