/* SPDX-License-Identifier: Apache-2.0 */
/* test_cosignature.c: vkeys and cosignatures, against OpenSSL and C2SP */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "changes.h"
#include "cosignature.h"
#include "known.h"
#include "secret.h"
#include "sign.h"
#include "text.h"

#define DASH    "\xe2\x80\x94 "

/*
 * By the seed 00 01 02 .. 1f, made with OpenSSL: test_cosignature_openssl.sh
 * makes them again and compares.
 */
#define WITNESS "sanduq.invalid/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf/witness"
#define WITNESS_VKEY \
    WITNESS "+13ecfb34+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
#define ORIGIN \
    "sanduq.invalid/b0b1b2b3b4b5b6b7b8b9babbbcbdbebf/c0c1c2c3c4c5c6c7"
#define TEXT ORIGIN "\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define TIME UINT64_C(1790000000)
#define SIG                                                                    \
    "E+z7NAAAAABqsTuABPHcOO1UE34vEom4mwAqiw4RS1x0Tiy/4lc9OU1j/JBpeGFwOC+tDFT3" \
    "RFOgVPiNHXz91TVQaOMIfqtKMqgKCw=="
#define LINE DASH WITNESS " " SIG "\n"
/* The same signature under the time 2^64 - 1. */
#define FARTHEST                                                        \
    DASH WITNESS                                                        \
        " E+z7NP//////////BPHcOO1UE34vEom4mwAqiw4RS1x0Tiy/4lc9OU1j/JBp" \
        "eGFwOC+tDFT3RFOgVPiNHXz91TVQaOMIfqtKMqgKCw==\n"
#define UNKNOWN DASH "other.example/x AAAAAAA=\n"

/* The key of C2SP signed-note's example. */
static const char example_vkey[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

static uint8_t seed[32], pk[32], other_pk[32];

static int
setup(void **state)
{
    uint8_t other[32] = {9};
    size_t i;

    (void)state;
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    for (i = 0; i < 32; i++)
        seed[i] = (uint8_t)i;
    vlt_sign_public(pk, seed);
    vlt_sign_public(other_pk, other);
    return 0;
}

static void
the_published_key_is_read(void **state)
{
    char text[VLT_VKEY_TEXT];
    struct vlt_vkey k;

    (void)state;
    assert_int_equal(vlt_vkey_decode(&k, example_vkey, strlen(example_vkey),
                         NULL),
        VAULT_OK);
    assert_string_equal(k.name, "example.com/foo");
    assert_int_equal(k.type, VLT_VKEY_ED25519);
    assert_hex(k.key_id, 4, "530d903a");
    vlt_vkey_text(text, &k);
    assert_string_equal(text, example_vkey);
}

static void
a_witness_key_is_the_one_openssl_makes(void **state)
{
    char text[VLT_VKEY_TEXT];
    struct vlt_vkey k, again;

    (void)state;
    assert_int_equal(vlt_vkey_make(&k, WITNESS, VLT_VKEY_COSIGNATURE, pk, NULL),
        VAULT_OK);
    vlt_vkey_text(text, &k);
    assert_string_equal(text, WITNESS_VKEY);
    assert_int_equal(vlt_vkey_decode(&again, text, strlen(text), NULL),
        VAULT_OK);
    assert_string_equal(again.name, k.name);
    assert_memory_equal(again.pk, pk, 32);
    assert_memory_equal(again.key_id, k.key_id, 4);
    assert_int_equal(again.type, VLT_VKEY_COSIGNATURE);
    assert_int_equal(vlt_vkey_make(&k, "a b", VLT_VKEY_COSIGNATURE, pk, NULL),
        VAULT_E_FORMAT);
}

static void
no_key(void *ctx, const char *text, size_t len)
{
    struct vlt_vkey k;
    enum vault_status st = vlt_vkey_decode(&k, text, len, NULL);

    (void)ctx;
    if (st != VAULT_E_FORMAT && st != VAULT_E_NEWER)
        fail_msg("taken: %.*s", (int)len, text);
}

static void
a_key_changed_anywhere_is_none(void **state)
{
    (void)state;
    each_change(WITNESS_VKEY, strlen(WITNESS_VKEY), no_key, NULL);
    each_change(example_vkey, strlen(example_vkey), no_key, NULL);
}

static void
keys_of_other_types_are_newer(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        enum vault_status want;
    } row[] = {
        {"type 06", "w.example+00112233+BgECAw==", VAULT_E_NEWER},
        {"type ff, one byte", "w.example+00112233+/wE=", VAULT_E_NEWER},
        {"type alone", "w.example+00112233+Bg==", VAULT_E_FORMAT},
        {"no base64", "w.example+00112233+BgE", VAULT_E_FORMAT},
        {"upper case", "w.example+0011223A+BgECAw==", VAULT_E_FORMAT},
        {"type 04, short", "w.example+00112233+BAECAw==", VAULT_E_FORMAT},
        {"no name", "+00112233+BgECAw==", VAULT_E_FORMAT},
        {"one part", "w.example", VAULT_E_FORMAT},
        {"two parts", "w.example+00112233", VAULT_E_FORMAT},
        {"nothing", "", VAULT_E_FORMAT},
    };
    struct vlt_vkey k;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof row / sizeof row[0]; i++) {
        print_message("%s\n", row[i].what);
        assert_int_equal(vlt_vkey_decode(&k, row[i].text, strlen(row[i].text),
                             NULL),
            row[i].want);
    }
}

static void
keys_that_sign_everything_are_refused(void **state)
{
    /* the neutral element, and the point of order 2 */
    static const uint8_t small[2][32] = {{1}, {0xec, [1 ... 30] = 0xff, 0x7f}};
    char text[VLT_VKEY_TEXT];
    struct vlt_vkey k;
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        assert_int_equal(vlt_vkey_make(&k, "w.example", VLT_VKEY_COSIGNATURE,
                             small[i], NULL),
            VAULT_OK);
        vlt_vkey_text(text, &k);
        assert_int_equal(vlt_vkey_decode(&k, text, strlen(text), NULL),
            VAULT_E_FORMAT);
    }
}

static void
a_cosignature_is_the_one_openssl_makes(void **state)
{
    struct vlt_buf out;

    (void)state;
    vlt_buf_init(&out, VLT_NOTE_MAX);
    assert_int_equal(vlt_cosignature_sign(&out, TEXT, strlen(TEXT), WITNESS,
                         seed, TIME, NULL),
        VAULT_OK);
    assert_string_equal(vlt_buf_cstr(&out), LINE);
    assert_int_equal(vlt_cosignature_sign(&out, TEXT, strlen(TEXT) - 1, WITNESS,
                         seed, TIME, NULL),
        VAULT_E_FORMAT);
    assert_int_equal(vlt_cosignature_sign(&out, TEXT "\x01\n", strlen(TEXT) + 2,
                         WITNESS, seed, TIME, NULL),
        VAULT_E_FORMAT);
    assert_string_equal(vlt_buf_cstr(&out), LINE);
    vlt_buf_clear(&out);
}

static enum vault_status
check(const char *note, size_t i, const char *name, const uint8_t key[32],
    uint64_t *time)
{
    struct vlt_note n;
    struct vlt_vkey k;

    assert_int_equal(vlt_note_parse(&n, note, strlen(note), NULL), VAULT_OK);
    assert_true(i < n.lines);
    assert_int_equal(vlt_vkey_make(&k, name, VLT_VKEY_COSIGNATURE, key, NULL),
        VAULT_OK);
    return vlt_cosignature_check(&n, i, &k, time, NULL);
}

static void
a_line_holds_for_its_key_and_text_alone(void **state)
{
    static const char good[] = TEXT "\n" UNKNOWN LINE;
    uint64_t time = 7;

    (void)state;
    assert_int_equal(check(good, 0, WITNESS, pk, &time), VAULT_E_NOT_FOUND);
    assert_int_equal(check(good, 1, "other.example/x", pk, &time),
        VAULT_E_NOT_FOUND);
    assert_int_equal(check(good, 1, WITNESS, other_pk, &time),
        VAULT_E_NOT_FOUND);
    assert_int_equal(check("x" TEXT "\n" LINE, 0, WITNESS, pk, &time),
        VAULT_E_TAMPERED);
    assert_int_equal(check(TEXT "x\n\n" LINE, 0, WITNESS, pk, &time),
        VAULT_E_TAMPERED);
    assert_int_equal(check(TEXT "\n" FARTHEST, 0, WITNESS, pk, &time),
        VAULT_E_TAMPERED);
    assert_int_equal(time, 7);
    assert_int_equal(check(good, 1, WITNESS, pk, &time), VAULT_OK);
    assert_int_equal(time, TIME);
}

static void
every_bit_of_the_signature_counts(void **state)
{
    struct vlt_note n;
    struct vlt_vkey k;
    struct vlt_buf b;
    uint8_t raw[76];
    uint64_t time;
    size_t got, i;
    enum vault_status st;

    (void)state;
    assert_int_equal(vlt_vkey_make(&k, WITNESS, VLT_VKEY_COSIGNATURE, pk, NULL),
        VAULT_OK);
    assert_true(vlt_unb64(raw, sizeof raw, &got, SIG, strlen(SIG)));
    assert_int_equal(got, sizeof raw);
    vlt_buf_init(&b, VLT_NOTE_MAX);
    for (i = 0; i < 8 * sizeof raw; i++) {
        char b64[VLT_B64_SIZE(sizeof raw) + 1];

        raw[i / 8] ^= (uint8_t)(1u << i % 8);
        vlt_b64(b64, raw, sizeof raw);
        raw[i / 8] ^= (uint8_t)(1u << i % 8);
        vlt_buf_reset(&b);
        vlt_buf_printf(&b, "%s\n" DASH WITNESS " %s\n", TEXT, b64);
        assert_int_equal(vlt_note_parse(&n, (char *)b.p, b.len, NULL),
            VAULT_OK);
        st = vlt_cosignature_check(&n, 0, &k, &time, NULL);
        assert_int_equal(st, i < 32 ? VAULT_E_NOT_FOUND : VAULT_E_TAMPERED);
    }
    vlt_buf_clear(&b);
}

static void
a_plain_signature_is_no_cosignature(void **state)
{
    struct vlt_buf b;
    uint64_t time;

    (void)state;
    vlt_buf_init(&b, VLT_NOTE_MAX);
    assert_int_equal(vlt_note_sign(&b, TEXT, strlen(TEXT), WITNESS, seed, NULL),
        VAULT_OK);
    assert_int_equal(check(vlt_buf_cstr(&b), 0, WITNESS, pk, &time),
        VAULT_E_NOT_FOUND);
    vlt_buf_clear(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_key_is_read),
        cmocka_unit_test(a_witness_key_is_the_one_openssl_makes),
        cmocka_unit_test(a_key_changed_anywhere_is_none),
        cmocka_unit_test(keys_of_other_types_are_newer),
        cmocka_unit_test(keys_that_sign_everything_are_refused),
        cmocka_unit_test(a_cosignature_is_the_one_openssl_makes),
        cmocka_unit_test(a_line_holds_for_its_key_and_text_alone),
        cmocka_unit_test(every_bit_of_the_signature_counts),
        cmocka_unit_test(a_plain_signature_is_no_cosignature),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
