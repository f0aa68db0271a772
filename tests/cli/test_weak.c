/* SPDX-License-Identifier: Apache-2.0 */
/* test_weak.c: the worst passphrases of six languages are refused */
#include "weak.h"

#include "fail.h"
#include "pass.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
what_anyone_would_try_first_is_refused(void **state)
{
    /* clang-format off */
    static const char *const rows[] = {
        "", "kurz", "elevenchars",
        "passwordpassword", "Password1234567", "iloveyou 1997!!",
        "qwertyuiop[]", "qwerty qwerty 12", "1qaz2wsx3edc",
        "aaaaaaaaaaaaaaaa", "abababababababab", "123456789012345678901234",
        "парольпароль", "Пароль-2024-Пароль", "йцукенгшщзхъ",
        "құпиясөз құпиясөз1", "қазақстан2024", "Құпиясөз Құпиясөз",
        "ئۇيغۇرئۇيغۇر1997", "پارولپارولپارول", "چۋېرتيۇڭوپھسدا",
        "密码密码密码密码密码密码", "woaini5201314", "xinjiang123456",
        "galatasaray1905", "Şifre Şifre 2023", "qwertyuıopğü",
        "gfhjkmgfhjkm1", "abcdefghijklmnop", "zyxwvutsrqponmlk",
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct vault_error err;

        print_message("%s\n", rows[i]);
        assert_int_equal(weak_refuse(rows[i], strlen(rows[i]), &err),
            VAULT_E_USAGE);
        assert_null(strstr(err.message, rows[i][0] != 0 ? rows[i] : "\n"));
    }
}

static void
what_nothing_speaks_against_passes(void **state)
{
    static const char *const rows[] = {
        "4719-0362-8851-2704-9936-1175",
        "korrekt pferd batterie heft",
        "сегодня дождь идёт мимо чайника",
        "тоғыз қоян шайнекке қарады",
        "توققۇز توشقان چاينەككە قارىدى",
        "九只兔子看着茶壶不说话今天下雨",
        "dokuz tavşan çaydanlığa baktı",
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s\n", rows[i]);
        assert_int_equal(weak_refuse(rows[i], strlen(rows[i]), NULL), VAULT_OK);
    }
}

static void
a_drawn_passphrase_may_be_typed_without_its_dashes(void **state)
{
    char out[30];

    (void)state;
    assert_true(pass_regroup("471903628851270499361175", 24, out));
    assert_string_equal(out, "4719-0362-8851-2704-9936-1175");
    assert_true(pass_regroup("4719 0362 8851 2704 9936 1175", 29, out));
    assert_string_equal(out, "4719-0362-8851-2704-9936-1175");
    /* already in that form: nothing else to try */
    assert_false(pass_regroup("4719-0362-8851-2704-9936-1175", 29, out));
    assert_false(pass_regroup("47190362885127049936117", 23, out));
    assert_false(pass_regroup("4719036288512704993611750", 25, out));
    assert_false(pass_regroup("47190362885127049936117x", 24, out));
}

static void
drawn_passphrases_pass_and_have_that_form(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        char drawn[30], out[30];

        vault_passphrase_generate(drawn);
        assert_int_equal(strlen(drawn), 29);
        assert_int_equal(weak_refuse(drawn, strlen(drawn), NULL), VAULT_OK);
        assert_false(pass_regroup(drawn, strlen(drawn), out));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_anyone_would_try_first_is_refused),
        cmocka_unit_test(what_nothing_speaks_against_passes),
        cmocka_unit_test(a_drawn_passphrase_may_be_typed_without_its_dashes),
        cmocka_unit_test(drawn_passphrases_pass_and_have_that_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
