/* SPDX-License-Identifier: Apache-2.0 */
/* test_seal: known answers, and that nothing changed ever opens */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"
#include "seal.h"
#include "secret.h"

static const char sunscreen[] =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one "
    "tip for the future, sunscreen would be it.";

/* draft-irtf-cfrg-xchacha, appendix A.3.1. */
static void
xchacha_gives_the_draft_s_answer(void **unused)
{
    static const char want[] =
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
        "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
        "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
        "21f9664c97637da9768812f615c68b13b52e"
        "c0875924c1c7987947deafd8780acf49";
    uint8_t key[32];
    uint8_t nonce[VLT_NONCE];
    uint8_t ad[12];
    uint8_t out[114 + VLT_TAG];
    uint8_t back[114];

    (void)unused;
    from_hex(key, 32,
        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    from_hex(nonce, VLT_NONCE,
        "404142434445464748494a4b4c4d4e4f5051525354555657");
    from_hex(ad, 12, "50515253c0c1c2c3c4c5c6c7");
    assert_int_equal(strlen(sunscreen), 114);
    vlt_seal_with(out, key, nonce, ad, sizeof ad, sunscreen, 114);
    assert_hex(out, sizeof out, want);
    assert_true(
        vlt_unseal_with(back, key, nonce, ad, sizeof ad, out, sizeof out));
    assert_memory_equal(back, sunscreen, 114);
}

/* Python's cryptography 48 (OpenSSL) for key 80..9f: nonce 0, and chunks. */
static const char text[] = "Evidence is what remains.";
enum { TEXT = sizeof text - 1 };

static void
test_key(uint8_t key[32])
{
    for (int i = 0; i < 32; i++)
        key[i] = (uint8_t)(0x80 + i);
}

static void
a_one_use_key_seals_with_nonce_zero(void **unused)
{
    uint8_t key[32];
    uint8_t out[TEXT + VLT_TAG];

    (void)unused;
    test_key(key);
    vlt_seal_once(out, key, text, TEXT);
    assert_hex(out, sizeof out,
        "6f2a73c95b348daeed5856dfd3b5cc5e56ba0fd4a213af1b89cc3ae31cbeaa93"
        "7b1aef37d37ef999bd");
    assert_true(vlt_unseal_once(out, key, out, sizeof out));
    assert_memory_equal(out, text, TEXT);
}

static const struct {
    uint64_t counter;
    bool final;
    const char *sealed;
} chunk_rows[] = {
    {0, false,
        "6f2a73c95b348daeed5856dfd3b5cc5e56ba0fd4a213af1b89cc3ae31cbeaa93"
        "7b1aef37d37ef999bd"},
    {0, true,
        "3b18a8b6cce928faea0f94a4bf484eff3c26bfee0b6ac4392b1e9564e2de80fe"
        "a3eb0ec442200eabb5"},
    {1, false,
        "d48b8b6ef1c9c97d31a0dced33e34e07783025791561062144f5486f98933f05"
        "8b653e57e1b56a76c1"},
    {0x0102030405060708, true,
        "4166586f8eea554fd702607377e80901265f8a7423c4f0ac003c17934b89a527"
        "dde8001224931783f3"},
};

static void
chunks_take_counter_and_flag_for_a_nonce(void **unused)
{
    uint8_t key[32];

    (void)unused;
    test_key(key);
    for (size_t i = 0; i < ROWS(chunk_rows); i++) {
        uint8_t out[TEXT + VLT_TAG];
        uint8_t back[TEXT];

        vlt_chunk_seal(out, key, chunk_rows[i].counter, chunk_rows[i].final,
            text, TEXT);
        assert_hex(out, sizeof out, chunk_rows[i].sealed);
        for (size_t k = 0; k < ROWS(chunk_rows); k++)
            assert_int_equal(vlt_chunk_open(back, key, chunk_rows[k].counter,
                                 chunk_rows[k].final, out, sizeof out),
                i == k);
    }
}

/* Lengths that chunks have: none, one, and a whole one in place. */
static void
chunks_open_in_place_at_every_length(void **unused)
{
    static const size_t lengths[] = {0, 1, 63, 64, 65, 65535, 65536};
    static uint8_t plain[65536];
    static uint8_t chunk[65536 + VLT_TAG];
    uint8_t key[32];

    (void)unused;
    test_key(key);
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i * 31 + (i >> 8));
    for (size_t i = 0; i < ROWS(lengths); i++) {
        size_t n = lengths[i];

        memcpy(chunk, plain, n);
        vlt_chunk_seal(chunk, key, 9, false, chunk, n);
        assert_true(vlt_chunk_open(chunk, key, 9, false, chunk, n + VLT_TAG));
        assert_memory_equal(chunk, plain, n);
    }
}

static void
a_seal_opens_with_its_key_and_data_only(void **unused)
{
    uint8_t key[32];
    uint8_t sealed[TEXT + VLT_SEAL_EXTRA];
    uint8_t again[TEXT + VLT_SEAL_EXTRA];
    uint8_t back[TEXT];

    (void)unused;
    test_key(key);
    vlt_seal(sealed, key, "ad", 2, text, TEXT);
    vlt_seal(again, key, "ad", 2, text, TEXT);
    assert_memory_not_equal(sealed, again, VLT_NONCE);
    assert_true(vlt_unseal(back, key, "ad", 2, sealed, sizeof sealed));
    assert_memory_equal(back, text, TEXT);
    assert_false(vlt_unseal(back, key, "aD", 2, sealed, sizeof sealed));
    assert_false(vlt_unseal(back, key, "ad", 1, sealed, sizeof sealed));
    assert_false(vlt_unseal(back, key, NULL, 0, sealed, sizeof sealed));
    key[31] ^= 1;
    assert_false(vlt_unseal(back, key, "ad", 2, sealed, sizeof sealed));
}

static void
no_single_bit_can_change(void **unused)
{
    static const uint8_t zeros[TEXT];
    uint8_t key[32];
    uint8_t sealed[TEXT + VLT_SEAL_EXTRA];
    uint8_t back[TEXT];

    (void)unused;
    test_key(key);
    vlt_seal(sealed, key, NULL, 0, text, TEXT);
    for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        memset(back, 'x', sizeof back);
        assert_false(vlt_unseal(back, key, NULL, 0, sealed, sizeof sealed));
        assert_memory_equal(back, zeros, sizeof back);
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(vlt_unseal(back, key, NULL, 0, sealed, sizeof sealed));
}

static void
every_other_length_is_refused(void **unused)
{
    uint8_t key[32];
    uint8_t sealed[TEXT + VLT_SEAL_EXTRA + 1] = {0};
    uint8_t back[TEXT + 1];

    (void)unused;
    test_key(key);
    vlt_seal(sealed, key, NULL, 0, text, TEXT);
    for (size_t n = 0; n <= sizeof sealed; n++)
        assert_int_equal(vlt_unseal(back, key, NULL, 0, sealed, n),
            n == TEXT + VLT_SEAL_EXTRA);
    vlt_seal_once(sealed, key, text, TEXT);
    for (size_t n = 0; n <= TEXT + VLT_TAG + 1; n++)
        assert_int_equal(vlt_unseal_once(back, key, sealed, n),
            n == TEXT + VLT_TAG);
    for (size_t n = 0; n <= TEXT + VLT_TAG + 1; n++)
        assert_int_equal(vlt_chunk_open(back, key, 0, false, sealed, n),
            n == TEXT + VLT_TAG);
}

static void
nothing_can_be_sealed(void **unused)
{
    uint8_t key[32];
    uint8_t sealed[VLT_SEAL_EXTRA];

    (void)unused;
    test_key(key);
    vlt_seal(sealed, key, NULL, 0, NULL, 0);
    assert_true(vlt_unseal(NULL, key, NULL, 0, sealed, sizeof sealed));
    sealed[VLT_NONCE] ^= 1;
    assert_false(vlt_unseal(NULL, key, NULL, 0, sealed, sizeof sealed));
    vlt_seal_once(sealed, key, NULL, 0);
    assert_true(vlt_unseal_once(NULL, key, sealed, VLT_TAG));
    sealed[0] ^= 1;
    assert_false(vlt_unseal_once(NULL, key, sealed, VLT_TAG));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xchacha_gives_the_draft_s_answer),
        cmocka_unit_test(a_one_use_key_seals_with_nonce_zero),
        cmocka_unit_test(chunks_take_counter_and_flag_for_a_nonce),
        cmocka_unit_test(chunks_open_in_place_at_every_length),
        cmocka_unit_test(a_seal_opens_with_its_key_and_data_only),
        cmocka_unit_test(no_single_bit_can_change),
        cmocka_unit_test(every_other_length_is_refused),
        cmocka_unit_test(nothing_can_be_sealed),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
