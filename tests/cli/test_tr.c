/* SPDX-License-Identifier: Apache-2.0 */
/* test_tr.c: translations ask for the same arguments as what they translate */
#include "tr.h"

#include "fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 16 };

/* The conversions of a format by position: "s", "lu", "zu" ... Flags, width
 * and precision do not matter. False when it is not sound. */
static bool
conversions(const char *s, char found[MOST][8], int *n)
{
    int next = 0;

    *n = 0;
    memset(found, 0, MOST * 8);
    for (; (s = strchr(s, '%')) != NULL; s++) {
        int at = next;
        size_t digits;
        size_t len;

        s++;
        if (*s == '%')
            continue;
        digits = strspn(s, "0123456789");
        if (digits > 0 && s[digits] == '$') {
            at = atoi(s) - 1;
            s += digits + 1;
        } else {
            next++;
        }
        s += strspn(s, "-+ #0123456789.");
        if (*s == '*')
            return false;
        len = strspn(s, "lzhjt");
        if (len > 4 || s[len] == 0 || strchr("sdiuxXc", s[len]) == NULL ||
            at < 0 || at >= MOST)
            return false;
        memcpy(found[at], s, len + 1);
        s += len;
        *n = at + 1 > *n ? at + 1 : *n;
    }
    return true;
}

static bool
same(const char *id, const char *text)
{
    char a[MOST][8], b[MOST][8];
    int n = 0, m = 0;

    return conversions(id, a, &n) && conversions(text, b, &m) && n == m &&
        memcmp(a, b, sizeof a) == 0;
}

/* A percent sign that begins no conversion: "100 % of". */
static bool
is_format(const char *id)
{
    char a[MOST][8];
    int n = 0;

    return strchr(id, '%') != NULL && conversions(id, a, &n);
}

static void
translations_have_the_conversions_of_the_original(void **state)
{
    (void)state;
    for (size_t c = 0; c < tr_catalogs_len; c++) {
        const struct tr_catalog *cat = &tr_catalogs[c];

        print_message("%s: %zu\n", cat->code, cat->texts_len);
        for (size_t i = 0; i < cat->texts_len; i++) {
            const struct tr_text *t = &cat->texts[i];

            for (int f = 0; f < 4 && t->form[f] != NULL; f++) {
                if (!is_format(t->id))
                    continue;
                if (!same(t->id_many != NULL ? t->id_many : t->id, t->form[f]))
                    print_message("%s\n%s\n", t->id, t->form[f]);
                assert_true(
                    same(t->id_many != NULL ? t->id_many : t->id, t->form[f]));
            }
        }
    }
}

static void
translations_keep_the_line_ends_and_have_no_controls(void **state)
{
    (void)state;
    for (size_t c = 0; c < tr_catalogs_len; c++) {
        for (size_t i = 0; i < tr_catalogs[c].texts_len; i++) {
            const struct tr_text *t = &tr_catalogs[c].texts[i];
            size_t n = strlen(t->id);
            size_t m = strlen(t->form[0]);

            if (strcmp(tr_catalogs[c].code, "x-pseudo") != 0)
                assert_int_equal(t->id[n - 1] == '\n',
                    t->form[0][m - 1] == '\n');
            for (size_t k = 0; k < m; k++)
                assert_true((unsigned char)t->form[0][k] >= ' ' ||
                    t->form[0][k] == '\n');
        }
    }
}

static void
an_error_survives_in_every_language(void **state)
{
    (void)state;
    for (size_t c = 0; c < tr_catalogs_len; c++) {
        struct vault_error err = {0};
        char out[512];

        tr_use(&tr_catalogs[c]);
        (void)vlt_fail(&err, VAULT_E_USAGE, "%s needs: %s", "get", "ID");
        vault_error_render(&err, tr(err.key), out, sizeof out);
        assert_non_null(strstr(out, "get"));
        assert_non_null(strstr(out, "ID"));
        tr_use(NULL);
    }
}

static unsigned
three_forms(unsigned long n)
{
    return n % 10 == 1 && n % 100 != 11                                ? 0
        : n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1
                                                                       : 2;
}

static void
plurals_follow_the_rule_of_the_language(void **state)
{
    static const struct tr_text texts[] = {
        {"%d thing", "%d things", {"%d A", "%d B", "%d C"}}};
    static const struct tr_catalog cat = {.code = "t",
        .name = "t",
        .plural = three_forms,
        .plurals = 3,
        .texts = texts,
        .texts_len = 1};

    (void)state;
    assert_string_equal(trn("%d thing", "%d things", 1), "%d thing");
    assert_string_equal(trn("%d thing", "%d things", 0), "%d things");
    tr_use(&cat);
    assert_string_equal(trn("%d thing", "%d things", 1), "%d A");
    assert_string_equal(trn("%d thing", "%d things", 3), "%d B");
    assert_string_equal(trn("%d thing", "%d things", 12), "%d C");
    assert_string_equal(trn("%d thing", "%d things", 4294967296000001u),
        "%d A");
    assert_string_equal(trn("%d other", "%d others", 2), "%d others");
    assert_string_equal(tr("never heard of"), "never heard of");
    tr_use(NULL);
}

static void
languages_are_found_by_their_codes(void **state)
{
    (void)state;
    assert_non_null(tr_find("ru"));
    assert_ptr_equal(tr_find("ru_RU.UTF-8"), tr_find("ru"));
    assert_ptr_equal(tr_find("ru-KZ"), tr_find("ru"));
    assert_null(tr_find("rus"));
    assert_null(tr_find("xx"));
    assert_null(tr_find(""));
    assert_true(tr_is_english("en_GB.UTF-8"));
    assert_true(tr_is_english("C.UTF-8"));
    assert_true(tr_is_english("POSIX"));
    assert_false(tr_is_english("eng"));
    assert_false(tr_is_english("Cy"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(translations_have_the_conversions_of_the_original),
        cmocka_unit_test(translations_keep_the_line_ends_and_have_no_controls),
        cmocka_unit_test(an_error_survives_in_every_language),
        cmocka_unit_test(plurals_follow_the_rule_of_the_language),
        cmocka_unit_test(languages_are_found_by_their_codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
