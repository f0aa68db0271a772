/* SPDX-License-Identifier: Apache-2.0 */
/* test_fold: texts come to one form */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fold.h"

static void
words_lose_case_marks_and_what_cannot_be_seen(void **state)
{
    static const char *const rows[][2] = {
        {"ÉCOLE", "ecole"},
        {"e\xcc\x81"
         "cole",
            "ecole"},      /* decomposed */
        {"ＡＢＣ", "abc"}, /* full width */
        {"Straße", "strasse"},
        {"ﬁn", "fin"},
        {"Йод", "иод"},
        {"Ёлка", "елка"},
        {"ҚАЗАҚ", "қазақ"},
        {"İstanbul", "istanbul"},
        {"ısı", "isi"},
        {"Łódź", "lodz"},
        {"مُحَمَّد", "محمد"}, /* vowel signs */
        {"کتاب", "كتاب"}, /* Persian kaf */
        {"٢٠٣١", "2031"},
        {"a\xe2\x80\x8d"
         "b",
            "ab"}, /* joiner */
        {"\xe2\x80\xae"
         "abc",
            "abc"}, /* direction override */
        {"", ""},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vlt_wide w;
        char out[64];

        assert_int_equal(vlt_fold_wide(rows[i][0], strlen(rows[i][0]), &w,
                             NULL),
            VAULT_OK);
        vlt_fold_word(w.cp, w.n, out, sizeof out);
        assert_string_equal(out, rows[i][1]);
        vlt_wide_clear(&w);
    }
}

static void
folding_twice_changes_nothing(void **state)
{
    static const char *const texts[] = {"Çağdaş Ğ", "Ўзбек", "ئۇيغۇر", "ſ", "Ǆ",
        "ΑΣ", "ﷺ"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct vlt_wide w;
        char once[256], twice[256];

        assert_int_equal(vlt_fold_wide(texts[i], strlen(texts[i]), &w, NULL),
            VAULT_OK);
        vlt_fold_word(w.cp, w.n, once, sizeof once);
        vlt_wide_clear(&w);
        assert_int_equal(vlt_fold_wide(once, strlen(once), &w, NULL), VAULT_OK);
        vlt_fold_word(w.cp, w.n, twice, sizeof twice);
        vlt_wide_clear(&w);
        assert_string_equal(once, twice);
    }
}

static void
what_is_no_utf_8_is_refused_and_room_is_kept(void **state)
{
    struct vlt_wide w = {NULL, 0};
    char out[4];

    (void)state;
    assert_int_equal(vlt_fold_wide("a\xff", 2, &w, NULL), VAULT_E_FORMAT);
    assert_int_equal(vlt_fold_wide("қазақ", strlen("қазақ"), &w, NULL),
        VAULT_OK);
    /* whole letters only */
    assert_int_equal(vlt_fold_word(w.cp, w.n, out, sizeof out), 2);
    assert_string_equal(out, "қ");
    vlt_wide_clear(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_lose_case_marks_and_what_cannot_be_seen),
        cmocka_unit_test(folding_twice_changes_nothing),
        cmocka_unit_test(what_is_no_utf_8_is_refused_and_room_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
