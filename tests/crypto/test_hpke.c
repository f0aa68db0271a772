/* SPDX-License-Identifier: Apache-2.0 */
/* test_hpke: what is sealed to a key opens with its seed and nothing else */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hpke.h"
#include "known.h"
#include "secret.h"

enum { PLAIN = 64, SEALED = PLAIN + VLT_HPKE_EXTRA };

static const uint8_t seed[32] = {7, 7};

static void
sealed_text(uint8_t out[SEALED], uint8_t plain[PLAIN])
{
    uint8_t pk[VLT_KEM_PK];

    vlt_kem_public(pk, seed);
    vlt_random(plain, PLAIN);
    assert_int_equal(vlt_hpke_seal(out, pk, "info", 4, plain, PLAIN, NULL),
        VAULT_OK);
}

/* filippo.io/hpke, testdata/hpke-pq.json, KEM 647a: shared secret and info. */
static void
the_key_schedule_is_that_of_rfc_9180(void **unused)
{
    struct vlt_hpke ctx;
    uint8_t shared[32];
    uint8_t info[40];

    (void)unused;
    from_hex(shared, 32,
        "b90cf181d95351d1091569487caaf6c3434eeb181a2c4c04631980ce139afa67");
    from_hex(info, 40,
        "34663634363532303666366532303631323034373732363536333639363136653230"
        "353537323665");
    vlt_hpke_schedule(&ctx, shared, info, sizeof info);
    assert_hex(ctx.key, 32,
        "4a4c042267e8ec360c83b2baf0d5e3dcca73a86531cdf67ec41d95bccfe12387");
    assert_hex(ctx.nonce, 12, "5ddfaaee10a4dfd0d8e1b49f");
}

static void
a_seal_opens_with_its_seed_and_info_only(void **unused)
{
    uint8_t other[32] = {8};
    uint8_t sealed[SEALED];
    uint8_t plain[PLAIN];
    uint8_t back[PLAIN];
    static const uint8_t zeros[PLAIN];

    (void)unused;
    sealed_text(sealed, plain);
    assert_true(vlt_hpke_open(back, seed, "info", 4, sealed, SEALED));
    assert_memory_equal(back, plain, PLAIN);
    assert_false(vlt_hpke_open(back, other, "info", 4, sealed, SEALED));
    assert_memory_equal(back, zeros, PLAIN);
    assert_false(vlt_hpke_open(back, seed, "Info", 4, sealed, SEALED));
    assert_false(vlt_hpke_open(back, seed, "info", 3, sealed, SEALED));
    assert_false(vlt_hpke_open(back, seed, NULL, 0, sealed, SEALED));
}

static void
no_byte_can_change(void **unused)
{
    uint8_t sealed[SEALED];
    uint8_t plain[PLAIN];
    uint8_t back[PLAIN];
    static const uint8_t zeros[PLAIN];

    (void)unused;
    sealed_text(sealed, plain);
    for (size_t i = 0; i < SEALED; i++) {
        sealed[i] ^= 0x80;
        memset(back, 'x', PLAIN);
        /*
         * X25519 ignores the top bit of the last byte of enc (RFC 7748), but
         * X-Wing hashes it; so this one is refused as well.
         */
        if (vlt_hpke_open(back, seed, "info", 4, sealed, SEALED))
            fail_msg("byte %zu", i);
        assert_memory_equal(back, zeros, PLAIN);
        sealed[i] ^= 0x80;
    }
}

static void
every_other_length_is_refused(void **unused)
{
    static const size_t lengths[] = {0, 1, VLT_KEM_CT, VLT_HPKE_EXTRA - 1,
        VLT_HPKE_EXTRA, SEALED - 1, SEALED + 1};
    uint8_t sealed[SEALED + 1] = {0};
    uint8_t plain[PLAIN];
    uint8_t back[PLAIN + 1];

    (void)unused;
    sealed_text(sealed, plain);
    for (size_t i = 0; i < ROWS(lengths); i++)
        assert_false(vlt_hpke_open(back, seed, "info", 4, sealed, lengths[i]));
}

/* enc of small order gives an all-zero X25519 secret: refused and wiped. */
static void
an_ephemeral_key_of_small_order_is_refused(void **unused)
{
    uint8_t sealed[SEALED];
    uint8_t plain[PLAIN];
    uint8_t back[PLAIN];
    static const uint8_t zeros[PLAIN];

    (void)unused;
    sealed_text(sealed, plain);
    memset(sealed + VLT_KEM_CT - 32, 0, 32);
    memset(back, 'x', PLAIN);
    assert_false(vlt_hpke_open(back, seed, "info", 4, sealed, SEALED));
    assert_memory_equal(back, zeros, PLAIN);
}

static void
a_key_that_encapsulation_refuses_changes_nothing(void **unused)
{
    struct vault_error err = {0};
    uint8_t pk[VLT_KEM_PK];
    uint8_t out[SEALED];
    uint8_t before[SEALED];
    uint8_t plain[PLAIN] = {0};

    (void)unused;
    memset(out, 'x', sizeof out);
    memset(before, 'x', sizeof before);
    vlt_kem_public(pk, seed);
    memset(pk, 0xff, 3); /* two coefficients of 4095 */
    assert_int_equal(vlt_hpke_seal(out, pk, NULL, 0, plain, PLAIN, &err),
        VAULT_E_FORMAT);
    assert_int_equal(err.code, VAULT_E_FORMAT);
    assert_memory_equal(out, before, sizeof out);

    vlt_kem_public(pk, seed);
    memset(pk + VLT_KEM_PK - 32, 0, 32); /* X25519 part of order 4 */
    assert_int_equal(vlt_hpke_seal(out, pk, NULL, 0, plain, PLAIN, &err),
        VAULT_E_FORMAT);
    assert_memory_equal(out, before, sizeof out);
}

static void
nothing_and_a_long_info_can_be_sealed(void **unused)
{
    static uint8_t info[100000];
    uint8_t pk[VLT_KEM_PK];
    uint8_t sealed[VLT_HPKE_EXTRA];

    (void)unused;
    vlt_kem_public(pk, seed);
    assert_int_equal(vlt_hpke_seal(sealed, pk, info, sizeof info, NULL, 0,
                         NULL),
        VAULT_OK);
    assert_true(
        vlt_hpke_open(NULL, seed, info, sizeof info, sealed, sizeof sealed));
    info[99999] = 1;
    assert_false(
        vlt_hpke_open(NULL, seed, info, sizeof info, sealed, sizeof sealed));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_schedule_is_that_of_rfc_9180),
        cmocka_unit_test(a_seal_opens_with_its_seed_and_info_only),
        cmocka_unit_test(no_byte_can_change),
        cmocka_unit_test(every_other_length_is_refused),
        cmocka_unit_test(an_ephemeral_key_of_small_order_is_refused),
        cmocka_unit_test(a_key_that_encapsulation_refuses_changes_nothing),
        cmocka_unit_test(nothing_and_a_long_info_can_be_sealed),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
