/* SPDX-License-Identifier: Apache-2.0 */
/* test_kdf: Argon2id keeps its bounds; HKDF gives RFC 5869's answers */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kdf.h"
#include "known.h"
#include "secret.h"

/* RFC 5869, appendix A.1 to A.3. */
static const struct {
    const char *name;
    const char *ikm;
    const char *salt;
    const char *info;
    size_t n;
    const char *prk;
    const char *okm;
} hkdf_rows[] = {
    {"A.1", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9", 42,
        "077709362c2e32df0ddc3f0dc47bba63"
        "90b6c73bb50f9c3122ec844ad7c2b3e5",
        "3cb25f25faacd57a90434f64d0362f2a"
        "2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        "34007208d5b887185865"},
    {"A.2",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
        "404142434445464748494a4b4c4d4e4f",
        "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
        "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
        "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
        "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
        "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
        82,
        "06a6b88c5853361a06104c9ceb35b45c"
        "ef760014904671014a193f40c15fc244",
        "b11e398dc80327a1c8e7f78c596a4934"
        "4f012eda2d4efad8a050cc4c19afa97c"
        "59045a99cac7827271cb41c65e590e09"
        "da3275600c2f09b8367793a9aca3db71"
        "cc30c58179ec3e87c14c01d5c1f3434f"
        "1d87"},
    {"A.3", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "", 42,
        "19ef24a32c717b167f33a91d6f648bdf"
        "96596776afdb6377ac434c1c293ccb04",
        "8da4e775a563c18f715f802a063c5a31"
        "b8a11f5c5ee1879ec3454e5f3c738d2d"
        "9d201395faa4b61a96c8"},
};

static void
hkdf_gives_the_answers_of_rfc_5869(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(hkdf_rows); i++) {
        uint8_t ikm[80];
        uint8_t salt[80];
        uint8_t info[80];
        uint8_t prk[32];
        uint8_t okm[82];
        size_t ikm_len = strlen(hkdf_rows[i].ikm) / 2;
        size_t salt_len = strlen(hkdf_rows[i].salt) / 2;
        size_t info_len = strlen(hkdf_rows[i].info) / 2;

        from_hex(ikm, ikm_len, hkdf_rows[i].ikm);
        from_hex(salt, salt_len, hkdf_rows[i].salt);
        from_hex(info, info_len, hkdf_rows[i].info);
        vlt_hkdf_extract(prk, salt_len != 0 ? salt : NULL, salt_len, ikm,
            ikm_len);
        assert_hex(prk, 32, hkdf_rows[i].prk);
        vlt_hkdf_expand(okm, hkdf_rows[i].n, prk, info_len != 0 ? info : NULL,
            info_len);
        assert_hex(okm, hkdf_rows[i].n, hkdf_rows[i].okm);
    }
}

static void
hkdf_gives_up_to_255_blocks(void **unused)
{
    static const uint8_t prk[32] = {1};
    static uint8_t all[255 * 32];
    uint8_t first[33];

    (void)unused;
    vlt_hkdf_expand(all, sizeof all, prk, "i", 1);
    vlt_hkdf_expand(first, sizeof first, prk, "i", 1);
    assert_memory_equal(all, first, sizeof first);
}

static const struct {
    const char *name;
    struct vlt_cost cost;
    bool ok;
} cost_rows[] = {
    {"least", {3, 64 * 1024}, true},
    {"most", {64, 4 * 1024 * 1024}, true},
    {"one pass too few", {2, 64 * 1024}, false},
    {"one pass too many", {65, 64 * 1024}, false},
    {"one KiB too little", {3, 64 * 1024 - 1}, false},
    {"one KiB too much", {3, 4 * 1024 * 1024 + 1}, false},
    {"nothing", {0, 0}, false},
    {"all bits", {UINT32_MAX, UINT32_MAX}, false},
};

static void
costs_outside_the_bounds_are_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(cost_rows); i++)
        if (vlt_cost_ok(&cost_rows[i].cost) != cost_rows[i].ok)
            fail_msg("%s", cost_rows[i].name);
}

static void
a_refused_cost_does_no_work_and_says_so(void **unused)
{
    static const uint8_t salt[16] = {0};
    static const uint8_t zeros[32];

    (void)unused;
    for (size_t i = 0; i < ROWS(cost_rows); i++) {
        struct vault_error err = {0};
        uint8_t out[32] = {0};

        if (cost_rows[i].ok)
            continue;
        assert_int_equal(vlt_argon2id(out, "p", 1, salt, &cost_rows[i].cost,
                             &err),
            VAULT_E_SLOT);
        assert_int_equal(err.code, VAULT_E_SLOT);
        assert_non_null(strstr(err.message, "outside the bounds"));
        assert_memory_equal(out, zeros, 32);
    }
}

/* Made with the reference program argon2 of Debian (0~20171227). */
static void
argon2id_gives_the_reference_s_answer(void **unused)
{
    static const char pass[] = "correct horse battery staple";
    static const struct vlt_cost least = {3, 64 * 1024};
    uint8_t out[32];

    (void)unused;
    assert_int_equal(vlt_argon2id(out, pass, strlen(pass),
                         (const uint8_t *)"evault-kat-salt1", &least, NULL),
        VAULT_OK);
    assert_hex(out, 32,
        "63a17745d5aa7a249638c825a83f27f73fb2fc2fa4899b100013ffeabcd1c5aa");
}

static void
an_empty_passphrase_is_a_passphrase(void **unused)
{
    static const struct vlt_cost least = {3, 64 * 1024};
    static const uint8_t salt[16] = {0};
    uint8_t a[32];
    uint8_t b[32];

    (void)unused;
    assert_int_equal(vlt_argon2id(a, NULL, 0, salt, &least, NULL), VAULT_OK);
    assert_int_equal(vlt_argon2id(b, "", 0, salt, &least, NULL), VAULT_OK);
    assert_memory_equal(a, b, 32);
}

/* RFC 7914, section 12, the third one; 32 of its 64 bytes. */
static void
scrypt_gives_the_answer_of_rfc_7914(void **unused)
{
    uint8_t out[32];

    (void)unused;
    assert_int_equal(vlt_scrypt(out, "pleaseletmein", 13, "SodiumChloride", 14,
                         14, NULL),
        VAULT_OK);
    assert_hex(out, sizeof out,
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
}

static void
scrypt_is_refused_outside_its_bounds_without_work(void **unused)
{
    static const unsigned works[] = {0, 23, 31, 64, 255};
    uint8_t out[32] = {9};

    (void)unused;
    for (size_t i = 0; i < ROWS(works); i++)
        assert_int_equal(vlt_scrypt(out, "a", 1, "salt", 4, works[i], NULL),
            VAULT_E_LIMIT);
    assert_int_equal(out[0], 9);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hkdf_gives_the_answers_of_rfc_5869),
        cmocka_unit_test(hkdf_gives_up_to_255_blocks),
        cmocka_unit_test(costs_outside_the_bounds_are_refused),
        cmocka_unit_test(a_refused_cost_does_no_work_and_says_so),
        cmocka_unit_test(argon2id_gives_the_reference_s_answer),
        cmocka_unit_test(an_empty_passphrase_is_a_passphrase),
        cmocka_unit_test(scrypt_gives_the_answer_of_rfc_7914),
        cmocka_unit_test(scrypt_is_refused_outside_its_bounds_without_work),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
