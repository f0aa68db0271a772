/* SPDX-License-Identifier: Apache-2.0 */
/* test_nfc: passphrases enter the KDF in one form */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"
#include "nfc.h"

/* From the Unicode Standard, annex 15, and the charts of each script. */
static const struct {
    const char *name;
    const char *in;
    const char *out;
} rows[] = {
    {"ASCII stays", "correct horse", "correct horse"},
    {"ring above composes", "A\xcc\x8a", "\xc3\x85"},
    {"angstrom sign becomes the letter", "\xe2\x84\xab", "\xc3\x85"},
    {"Kazakh short i composes", "\xd0\xb8\xcc\x86", "\xd0\xb9"},
    {"Kazakh letters without parts stay", "\xd2\x9b\xd2\xb1\xd0\xbf",
        "\xd2\x9b\xd2\xb1\xd0\xbf"},
    {"Hangul jamo compose", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab",
        "\xed\x95\x9c"},
    {"marks are put in order", "q\xcc\x87\xcc\xa3", "q\xcc\xa3\xcc\x87"},
    {"dot below and above compose", "s\xcc\x87\xcc\xa3", "\xe1\xb9\xa9"},
    {"excluded compositions come apart", "\xe0\xa5\x98",
        "\xe0\xa4\x95\xe0\xa4\xbc"},
    {"compatibility forms stay (no NFKC)", "\xef\xac\x81", "\xef\xac\x81"},
    {"wide letters stay", "\xef\xbc\xa1", "\xef\xbc\xa1"},
    {"spaces stay as they are", " a\xc2\xa0 ", " a\xc2\xa0 "},
    {"Arabic hamza composes", "\xd9\x8a\xd9\x94", "\xd8\xa6"},
    {"not UTF-8: as it is", "A\xcc\x8a\xff", "A\xcc\x8a\xff"},
    {"overlong: as it is", "\xc1\x81", "\xc1\x81"},
};

static void
a_passphrase_has_one_form(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct vlt_guarded *g = NULL;

        print_message("%s\n", rows[i].name);
        assert_int_equal(vlt_passphrase_nfc(rows[i].in, strlen(rows[i].in), &g,
                             NULL),
            VAULT_OK);
        assert_int_equal(g->len, strlen(rows[i].out));
        assert_memory_equal(g->p, rows[i].out, g->len);
        vlt_guarded_free(g);
    }
}

static void
a_zero_byte_is_a_byte_like_others(void **unused)
{
    struct vlt_guarded *g = NULL;

    (void)unused;
    assert_int_equal(vlt_passphrase_nfc("a\0b", 3, &g, NULL), VAULT_OK);
    assert_int_equal(g->len, 3);
    assert_memory_equal(g->p, "a\0b", 3);
    vlt_guarded_free(g);
}

static void
what_is_in_form_already_does_not_change(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct vlt_guarded *g = NULL;
        size_t n = strlen(rows[i].out);

        assert_int_equal(vlt_passphrase_nfc(rows[i].out, n, &g, NULL),
            VAULT_OK);
        assert_int_equal(g->len, n);
        assert_memory_equal(g->p, rows[i].out, n);
        vlt_guarded_free(g);
    }
}

static void
empty_and_overlong_passphrases_are_refused(void **unused)
{
    struct vlt_guarded *g = NULL;
    char long_one[4097];

    (void)unused;
    memset(long_one, 'x', sizeof long_one);
    assert_int_equal(vlt_passphrase_nfc("", 0, &g, NULL), VAULT_E_LIMIT);
    assert_int_equal(vlt_passphrase_nfc(long_one, 4097, &g, NULL),
        VAULT_E_LIMIT);
    assert_null(g);
    assert_int_equal(vlt_passphrase_nfc(long_one, 4096, &g, NULL), VAULT_OK);
    assert_int_equal(g->len, 4096);
    vlt_guarded_free(g);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_passphrase_has_one_form),
        cmocka_unit_test(a_zero_byte_is_a_byte_like_others),
        cmocka_unit_test(what_is_in_form_already_does_not_change),
        cmocka_unit_test(empty_and_overlong_passphrases_are_refused),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
