/* SPDX-License-Identifier: Apache-2.0 */
/* test_pasted.c: checkpoints as people paste, quote, wrap and type them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pasted.h"
#include "text.h"

#define ORIGIN \
    "sanduq.invalid/00112233445566778899aabbccddeeff/0123456789abcdef"
#define OTHER "sanduq.invalid/ffeeddccbbaa99887766554433221100/witness"
#define ROOT  "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
/* 68 bytes 01 */
#define SIG                                                                    \
    "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB" \
    "AQEBAQEBAQEBAQEBAQE="
#define DASH "\xe2\x80\x94"
#define NOTE ORIGIN "\n42\n" ROOT "\n\n" DASH " " ORIGIN " " SIG "\n"

static enum vault_status
read(const char *text, struct vlt_pasted *p, size_t *at)
{
    memset(p, 0, sizeof *p);
    return vlt_pasted_next(p, text, strlen(text), at, NULL);
}

static void
expect_the_note(const char *name, const char *text)
{
    struct vlt_pasted p;
    struct vlt_buf out;
    size_t at = 0;

    print_message("%s\n", name);
    assert_int_equal(read(text, &p, &at), VAULT_OK);
    assert_true(p.has_signature);
    vlt_buf_init(&out, 4096);
    assert_int_equal(vlt_pasted_note(&out, &p, NULL), VAULT_OK);
    assert_string_equal(vlt_buf_cstr(&out), NOTE);
    vlt_buf_clear(&out);
    assert_int_equal(read(text, &p, &at), VAULT_E_NOT_FOUND);
}

static void
mail_and_messengers_change_nothing(void **state)
{
    static const struct {
        const char *name, *text;
    } good[] = {
        {"exact", NOTE},
        {"CRLF",
            ORIGIN "\r\n42\r\n" ROOT "\r\n\r\n" DASH " " ORIGIN " " SIG "\r\n"},
        {"indented, with spaces behind",
            "   " ORIGIN "  \n\t42 \n  " ROOT " \n \n  " DASH " " ORIGIN
            " " SIG},
        {"quoted twice",
            "> > " ORIGIN "\n> > 42\n> > " ROOT "\n> >\n> > " DASH " " ORIGIN
            " " SIG "\n"},
        {"words around it",
            "Salem, here it is:\n" NOTE "\n-- \nAsel, from my telephone\n"},
        {"no blank line", ORIGIN "\n42\n" ROOT "\n" DASH " " ORIGIN " " SIG},
        {"on one line", ORIGIN " 42 " ROOT " " DASH " " ORIGIN " " SIG},
        {"broken at 40 columns",
            "sanduq.invalid/00112233445566778899aabbc\ncddeeff/0123456789abcdef"
            "\n42\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd\nHh8=\n\n" DASH
            " sanduq.invalid/00112233445566778899aa\nbbccddeeff/"
            "0123456789abcdef AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
            "\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="},
        {"a hyphen for the dash",
            ORIGIN "\n42\n" ROOT "\n\n- " ORIGIN " " SIG "\n"},
        {"two hyphens", ORIGIN "\n42\n" ROOT "\n\n-- " ORIGIN " " SIG "\n"},
        {"an en dash",
            ORIGIN "\n42\n" ROOT "\n\n\xe2\x80\x93 " ORIGIN " " SIG "\n"},
        {"characters that cannot be seen",
            "\xef\xbb\xbf" ORIGIN "\xe2\x80\x8b\n42\n" ROOT "\xc2\xa0\n\n" DASH
            "\xc2\xa0" ORIGIN "\xc2\xa0" SIG "\n"},
        {"countersigned",
            ORIGIN "\n42\n" ROOT "\n\n" DASH " " OTHER " " SIG "\n" DASH
                   " " ORIGIN " " SIG "\n" DASH " example.org/w AAAA\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        expect_the_note(good[i].name, good[i].text);
}

static void
three_lines_are_a_checkpoint_without_signature(void **state)
{
    struct vlt_pasted p;
    size_t at = 0;

    (void)state;
    assert_int_equal(read(ORIGIN "\n42\n" ROOT, &p, &at), VAULT_OK);
    assert_false(p.has_signature);
    assert_string_equal(p.cp.origin, ORIGIN);
    assert_int_equal(p.cp.size, 42);
    at = 0;
    assert_int_equal(read(ORIGIN "\n42\n" ROOT "\n\n" DASH " " OTHER " " SIG
                                 "\n",
                         &p, &at),
        VAULT_OK);
    assert_false(p.has_signature);
}

static void
several_are_read_one_after_the_other(void **state)
{
    static const char text[] =
        NOTE NOTE "and\n> " ORIGIN "\n> 7\n> " ROOT "\n" NOTE;
    static const uint64_t sizes[] = {42, 42, 7, 42};
    struct vlt_pasted p;
    size_t at = 0;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(read(text, &p, &at), VAULT_OK);
        assert_int_equal(p.cp.size, sizes[i]);
        assert_int_equal(p.has_signature, i != 2);
    }
    assert_int_equal(read(text, &p, &at), VAULT_E_NOT_FOUND);
}

static void
what_is_cut_or_changed_is_told(void **state)
{
    static const struct {
        const char *name, *text;
        enum vault_status st;
    } bad[] = {
        {"nothing", "", VAULT_E_NOT_FOUND},
        {"another text", "example.org/log\n4\nAAAA\n", VAULT_E_NOT_FOUND},
        {"only the origin", ORIGIN, VAULT_E_FORMAT},
        {"a cut origin", "sanduq.invalid/001122", VAULT_E_FORMAT},
        {"a capital in it",
            "sanduq.invalid/00112233445566778899AABBCCDDEEFF/"
            "0123456789abcdef\n42\n" ROOT,
            VAULT_E_FORMAT},
        {"no size", ORIGIN "\n" ROOT, VAULT_E_FORMAT},
        {"a size with a zero in front", ORIGIN "\n042\n" ROOT, VAULT_E_FORMAT},
        {"a negative size", ORIGIN "\n-42\n" ROOT, VAULT_E_FORMAT},
        {"a size above all numbers", ORIGIN "\n18446744073709551616\n" ROOT,
            VAULT_E_FORMAT},
        {"a cut root", ORIGIN "\n42\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
            VAULT_E_FORMAT},
        {"a root with another character",
            ORIGIN "\n42\nAAECAwQFBgcICQoLDA0OD*AREhMUFRYXGBkaGxwdHh8=",
            VAULT_E_FORMAT},
        {"a root with bits left over",
            ORIGIN "\n42\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=",
            VAULT_E_FORMAT},
        {"a cut signature",
            ORIGIN "\n42\n" ROOT "\n\n" DASH " " ORIGIN " AQEBAQEB\n",
            VAULT_E_FORMAT},
        {"two signatures",
            ORIGIN "\n42\n" ROOT "\n\n" DASH " " ORIGIN " " SIG "\n" DASH
                   " " ORIGIN " " SIG "\n",
            VAULT_E_FORMAT},
    };
    struct vlt_pasted p;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        size_t at = 0;

        print_message("%s\n", bad[i].name);
        assert_int_equal(read(bad[i].text, &p, &at), bad[i].st);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_and_messengers_change_nothing),
        cmocka_unit_test(three_lines_are_a_checkpoint_without_signature),
        cmocka_unit_test(several_are_read_one_after_the_other),
        cmocka_unit_test(what_is_cut_or_changed_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
