/* SPDX-License-Identifier: Apache-2.0 */
/* test_note.c: C2SP signed notes, against its example and against OpenSSL */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "changes.h"
#include "known.h"
#include "note.h"
#include "secret.h"
#include "sign.h"
#include "text.h"

#define DASH         "\xe2\x80\x94 "

/* The example of C2SP signed-note, and the key of its vkey. */
#define EXAMPLE_NAME "example.com/foo"
#define EXAMPLE_SIG                                                            \
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXm" \
    "RKuwHjG1Yu72IneyaQM="
#define EXAMPLE_LINE DASH EXAMPLE_NAME " " EXAMPLE_SIG "\n"
#define EXAMPLE      "This is an example message.\n\n" EXAMPLE_LINE
static const char example_vkey[] =
    "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

/*
 * By the seed 00 01 02 .. 1f, made with OpenSSL: test_note_openssl.sh makes
 * it again and compares.
 */
#define OWN_NAME "sanduq.invalid/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf/sign"
#define OWN_TEXT "An exact note.\n\nIts text has a blank line.\n"
#define OWN_SIG                                                                \
    "6KzSFl8SOb4jvI3p9qdymerB+cZKsaYPBVpqSZeycDMfDjTyzAb28cZSOo9mKpLyHppEAb84" \
    "GXfPkS9I7JwjaalXbwM="
#define OWN_LINE DASH OWN_NAME " " OWN_SIG "\n"
#define OWN      OWN_TEXT "\n" OWN_LINE

static uint8_t example_pk[33]; /* with its type byte */
static uint8_t own_seed[32], own_pk[32], other_seed[32];

static int
setup(void **state)
{
    size_t i, n;

    (void)state;
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    assert_true(
        vlt_unb64(example_pk, 33, &n, example_vkey, strlen(example_vkey)));
    for (i = 0; i < 32; i++) {
        own_seed[i] = (uint8_t)i;
        other_seed[i] = (uint8_t)(i + 1);
    }
    vlt_sign_public(own_pk, own_seed);
    return 0;
}

static enum vault_status
check(const char *note, size_t len, const char *name, const uint8_t pk[32])
{
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, note, len, NULL);

    return st != VAULT_OK ? st : vlt_note_check(&n, name, pk, NULL);
}

static void
the_published_example_holds(void **state)
{
    struct vlt_note n;
    uint8_t id[4];

    (void)state;
    assert_int_equal(check(EXAMPLE, strlen(EXAMPLE), EXAMPLE_NAME,
                         example_pk + 1),
        VAULT_OK);
    assert_int_equal(vlt_note_parse(&n, EXAMPLE, strlen(EXAMPLE), NULL),
        VAULT_OK);
    assert_int_equal(n.lines, 1);
    assert_int_equal(n.line[0].sig_len, 64);
    assert_int_equal(n.text_len, strlen("This is an example message.\n"));
    vlt_note_key_id(id, EXAMPLE_NAME, 1, example_pk + 1, 32);
    assert_hex(id, 4, "530d903a");
    assert_memory_equal(n.line[0].key_id, id, 4);
}

static void
a_note_we_sign_is_the_one_openssl_makes(void **state)
{
    struct vlt_buf out;

    (void)state;
    vlt_buf_init(&out, VLT_NOTE_MAX);
    assert_int_equal(vlt_note_sign(&out, OWN_TEXT, strlen(OWN_TEXT), OWN_NAME,
                         own_seed, NULL),
        VAULT_OK);
    assert_string_equal(vlt_buf_cstr(&out), OWN);
    assert_int_equal(check(OWN, strlen(OWN), OWN_NAME, own_pk), VAULT_OK);
    vlt_buf_clear(&out);
}

static void
a_second_line_leaves_the_first_as_it_is(void **state)
{
    struct vlt_note n;
    struct vlt_buf out;
    uint8_t pk[32];

    (void)state;
    vlt_sign_public(pk, other_seed);
    vlt_buf_init(&out, VLT_NOTE_MAX);
    assert_int_equal(vlt_note_sign(&out, OWN_TEXT, strlen(OWN_TEXT), OWN_NAME,
                         own_seed, NULL),
        VAULT_OK);
    assert_int_equal(vlt_note_cosign(&out, OWN_NAME, other_seed, NULL),
        VAULT_OK);
    assert_memory_equal(out.p, OWN, strlen(OWN));
    assert_int_equal(vlt_note_parse(&n, (const char *)out.p, out.len, NULL),
        VAULT_OK);
    assert_int_equal(n.lines, 2);
    assert_int_equal(vlt_note_check(&n, OWN_NAME, own_pk, NULL), VAULT_OK);
    assert_int_equal(vlt_note_check(&n, OWN_NAME, pk, NULL), VAULT_OK);
    vlt_buf_clear(&out);
}

static void
the_text_hash_is_over_the_text_alone(void **state)
{
    struct vlt_note n;
    uint8_t hash[32];

    (void)state;
    /* printf 'This is an example message.\n' | sha256sum */
    assert_int_equal(vlt_note_parse(&n, EXAMPLE EXAMPLE_LINE,
                         strlen(EXAMPLE EXAMPLE_LINE), NULL),
        VAULT_OK);
    vlt_note_text_hash(hash, &n);
    assert_hex(hash, 32,
        "da8b24ece15e4861ec7a890631d2472c1b1d5f978c009db81498ff5683c05fe8");
}

#define UNKNOWN DASH "other.example/x AAAAAAA=\n" /* id 0, one byte */
#define LINES4  UNKNOWN UNKNOWN UNKNOWN UNKNOWN
#define LINES16 LINES4 LINES4 LINES4 LINES4
#define TEXT    "a\n\n"

/* What parsing alone says. */
static const struct {
    const char *name;
    const char *note;
    enum vault_status want;
} forms[] = {
    {"smallest", TEXT UNKNOWN, VAULT_OK},
    {"text of one line feed", "\n\n" UNKNOWN, VAULT_OK},
    {"64 lines", TEXT LINES16 LINES16 LINES16 LINES16, VAULT_OK},
    {"65 lines", TEXT LINES16 LINES16 LINES16 LINES16 UNKNOWN, VAULT_E_FORMAT},
    {"nothing", "", VAULT_E_FORMAT},
    {"no text", "\n" UNKNOWN, VAULT_E_FORMAT},
    {"signatures alone", UNKNOWN, VAULT_E_FORMAT},
    {"no blank line", "a\n" UNKNOWN, VAULT_E_FORMAT},
    {"no signature", "a\n", VAULT_E_FORMAT},
    {"no signature after the blank line", TEXT, VAULT_E_FORMAT},
    {"blank line last", TEXT UNKNOWN "\n", VAULT_E_FORMAT},
    {"no last line feed", TEXT DASH "b AAAAAAA=", VAULT_E_FORMAT},
    {"other line among them", TEXT UNKNOWN "b\n", VAULT_E_FORMAT},
    {"hyphen for the dash", TEXT "- b AAAAAAA=\n", VAULT_E_FORMAT},
    {"no space after the dash",
        TEXT "\xe2\x80\x94"
             "b AAAAAAA=\n",
        VAULT_E_FORMAT},
    {"no name", TEXT DASH " AAAAAAA=\n", VAULT_E_FORMAT},
    {"no base64", TEXT DASH "b\n", VAULT_E_FORMAT},
    {"empty base64", TEXT DASH "b \n", VAULT_E_FORMAT},
    {"key id alone", TEXT DASH "b AAAAAA==\n", VAULT_E_FORMAT},
    {"loose bits", TEXT DASH "b AAAAAAB=\n", VAULT_E_FORMAT},
    {"no padding", TEXT DASH "b AAAAAAA\n", VAULT_E_FORMAT},
    {"another word", TEXT DASH "b c AAAAAAA=\n", VAULT_E_FORMAT},
    {"space last", TEXT DASH "b AAAAAAA= \n", VAULT_E_FORMAT},
    {"plus in the name", TEXT DASH "b+c AAAAAAA=\n", VAULT_E_FORMAT},
    {"no-break space in the name",
        TEXT DASH "b\xc2\xa0"
                  "c AAAAAAA=\n",
        VAULT_E_FORMAT},
    {"thin space in the name",
        TEXT DASH "b\xe2\x80\x89"
                  "c AAAAAAA=\n",
        VAULT_E_FORMAT},
    {"wide space in the name",
        TEXT DASH "b\xe3\x80\x80"
                  "c AAAAAAA=\n",
        VAULT_E_FORMAT},
    {"other letters in the name",
        TEXT DASH "\xd0\xbf\xd1\x80\xd0\xb8 AAAAAAA=\n", VAULT_OK},
    {"CR LF", "a\r\n\r\n" UNKNOWN, VAULT_E_FORMAT},
    {"control character", "a\x01\n\n" UNKNOWN, VAULT_E_FORMAT},
    {"tab", "a\tb\n\n" UNKNOWN, VAULT_E_FORMAT},
    {"DEL", "a\x7f\n\n" UNKNOWN, VAULT_E_FORMAT},
    {"no UTF-8", "a\xff\n\n" UNKNOWN, VAULT_E_FORMAT},
    {"UTF-8 cut short", "a\xe2\x80\n\n" UNKNOWN, VAULT_E_FORMAT},
    {"longer signature of a kind to come",
        TEXT DASH
        "b AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAA\n",
        VAULT_OK},
};

static void
each_rule_of_the_form_is_kept(void **state)
{
    struct vlt_note n;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(forms); i++) {
        print_message("%s\n", forms[i].name);
        assert_int_equal(vlt_note_parse(&n, forms[i].note,
                             strlen(forms[i].note), NULL),
            forms[i].want);
    }
    assert_int_equal(vlt_note_parse(&n, "a\0\n\n" UNKNOWN, 4 + strlen(UNKNOWN),
                         NULL),
        VAULT_E_FORMAT);
}

static void
a_note_may_have_64_kib_and_no_more(void **state)
{
    const size_t tail = strlen("\n\n" UNKNOWN);
    char *note = malloc(VLT_NOTE_MAX + 1);
    struct vlt_note n;

    (void)state;
    assert_non_null(note);
    memset(note, 'a', VLT_NOTE_MAX + 1);
    memcpy(note + VLT_NOTE_MAX - tail, "\n\n" UNKNOWN, tail);
    assert_int_equal(vlt_note_parse(&n, note, VLT_NOTE_MAX, NULL), VAULT_OK);
    memcpy(note + VLT_NOTE_MAX + 1 - tail, "\n\n" UNKNOWN, tail);
    note[VLT_NOTE_MAX - tail] = 'a';
    assert_int_equal(vlt_note_parse(&n, note, VLT_NOTE_MAX + 1, NULL),
        VAULT_E_FORMAT);
    free(note);
}

/* What checking against the key of the example says. */
static const struct {
    const char *name;
    const char *note;
    const char *as;
    enum vault_status want;
} checks[] = {
    {"exact", EXAMPLE, EXAMPLE_NAME, VAULT_OK},
    {"unknown line after it", EXAMPLE UNKNOWN, EXAMPLE_NAME, VAULT_OK},
    {"unknown line before it",
        "This is an example message.\n\n" UNKNOWN EXAMPLE_LINE, EXAMPLE_NAME,
        VAULT_OK},
    {"same name, other key id", EXAMPLE DASH EXAMPLE_NAME " AAAAAAA=\n",
        EXAMPLE_NAME, VAULT_OK},
    {"same key id, other name", EXAMPLE DASH "b " EXAMPLE_SIG "\n",
        EXAMPLE_NAME, VAULT_OK},
    {"twice", EXAMPLE EXAMPLE_LINE, EXAMPLE_NAME, VAULT_E_TAMPERED},
    {"and a false one", EXAMPLE DASH EXAMPLE_NAME " Uw2QOgA=\n", EXAMPLE_NAME,
        VAULT_E_TAMPERED},
    {"only a short one",
        "This is an example message.\n\n" DASH EXAMPLE_NAME " Uw2QOgA=\n",
        EXAMPLE_NAME, VAULT_E_TAMPERED},
    {"other text", "This is an example message!\n\n" EXAMPLE_LINE, EXAMPLE_NAME,
        VAULT_E_TAMPERED},
    {"one more line feed", "This is an example message.\n\n\n" EXAMPLE_LINE,
        EXAMPLE_NAME, VAULT_E_TAMPERED},
    {"another name", EXAMPLE, "example.com/fo", VAULT_E_TAMPERED},
    {"not there", TEXT UNKNOWN, EXAMPLE_NAME, VAULT_E_TAMPERED},
};

static void
exactly_one_line_must_hold(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(checks); i++) {
        print_message("%s\n", checks[i].name);
        assert_int_equal(check(checks[i].note, strlen(checks[i].note),
                             checks[i].as, example_pk + 1),
            checks[i].want);
    }
    assert_int_equal(check(EXAMPLE, strlen(EXAMPLE), EXAMPLE_NAME, own_pk),
        VAULT_E_TAMPERED);
}

static void
does_not_hold(void *ctx, const char *note, size_t len)
{
    (void)ctx;
    assert_int_not_equal(check(note, len, OWN_NAME, own_pk), VAULT_OK);
}

static void
no_change_of_one_byte_holds(void **state)
{
    (void)state;
    each_change(OWN, strlen(OWN), does_not_hold, NULL);
}

static void
a_text_that_no_note_can_hold_is_not_signed(void **state)
{
    static const char *const bad[] = {"", "a", "a\tb\n", "\xff\n", "a\r\n"};
    struct vlt_buf out;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(bad); i++) {
        vlt_buf_init(&out, VLT_NOTE_MAX);
        assert_int_equal(vlt_note_sign(&out, bad[i], strlen(bad[i]), OWN_NAME,
                             own_seed, NULL),
            VAULT_E_FORMAT);
        vlt_buf_clear(&out);
    }
    vlt_buf_init(&out, 20);
    assert_int_equal(vlt_note_sign(&out, "a\n", 2, OWN_NAME, own_seed, NULL),
        VAULT_E_LIMIT);
    vlt_buf_clear(&out);
    vlt_buf_init(&out, VLT_NOTE_MAX);
    vlt_buf_put_str(&out, "a\n");
    assert_int_equal(vlt_note_cosign(&out, OWN_NAME, own_seed, NULL),
        VAULT_E_FORMAT);
    vlt_buf_clear(&out);
}

/* docs/format.md, section 1, Names */
static void
names_are_those_of_the_format(void **state)
{
    const uint8_t vault[16] = {0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
        0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf};
    const uint8_t replica[8] = {1, 2, 3, 4, 5, 6, 7, 0xff};
    char name[VLT_NAME_MAX + 1];

    (void)state;
    vlt_name_sign(name, vault);
    assert_string_equal(name, OWN_NAME);
    assert_true(vlt_name_ok(name, strlen(name)));
    vlt_name_origin(name, vault, replica);
    assert_string_equal(name,
        "sanduq.invalid/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf/01020304050607ff");
    assert_true(vlt_name_ok(name, strlen(name)));
    vlt_name_witness(name, vault);
    assert_string_equal(name,
        "sanduq.invalid/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf/witness");
    assert_true(vlt_name_ok(name, strlen(name)));
    memset(name, 'a', sizeof name);
    assert_true(vlt_name_ok(name, VLT_NAME_MAX));
    assert_false(vlt_name_ok(name, VLT_NAME_MAX + 1));
    assert_false(vlt_name_ok(name, 0));
    assert_false(vlt_name_ok("a b", 3));
    assert_false(vlt_name_ok("a+b", 3));
    assert_false(vlt_name_ok("a\nb", 3));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_example_holds),
        cmocka_unit_test(a_note_we_sign_is_the_one_openssl_makes),
        cmocka_unit_test(a_second_line_leaves_the_first_as_it_is),
        cmocka_unit_test(the_text_hash_is_over_the_text_alone),
        cmocka_unit_test(each_rule_of_the_form_is_kept),
        cmocka_unit_test(a_note_may_have_64_kib_and_no_more),
        cmocka_unit_test(exactly_one_line_must_hold),
        cmocka_unit_test(no_change_of_one_byte_holds),
        cmocka_unit_test(a_text_that_no_note_can_hold_is_not_signed),
        cmocka_unit_test(names_are_those_of_the_format),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
