/* SPDX-License-Identifier: Apache-2.0 */
/* test_beginnings: what words begin with is kept, and asked for, alike */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "beginnings.h"
#include "tokenset.h"

static enum vault_status
add(void *ctx, const char *token, size_t n, struct vault_error *err)
{
    char *out = ctx;

    (void)err;
    (void)snprintf(out + strlen(out), 256 - strlen(out), "%.*s ", (int)n,
        token);
    return VAULT_OK;
}

static void
a_word_has_the_beginnings_that_are_shorter_than_it(void **state)
{
    static const struct {
        const char *token;
        const char *told;
    } rows[] = {
        {"a", ""},
        {"ab", "^a "},
        {"camp", "^c ^ca ^cam "},
        {"=kamp", "^k ^ka ^kam "},
        {"=", ""},
        {"дом", "^д ^до "},
        {"لاگېر", "^ل ^لا ^لاگ ^لاگې "},
        {"𐐀𐐁b", "^𐐀 ^𐐀𐐁 "}, /* four bytes each */
        {"abcdefghijkl",
            "^a ^ab ^abc ^abcd ^abcde ^abcdef ^abcdefg ^abcdefgh ^abcdefghi "
            "^abcdefghij ^abcdefghijk "},
        {"abcdefghijklmn",
            "^a ^ab ^abc ^abcd ^abcde ^abcdef ^abcdefg ^abcdefgh ^abcdefghi "
            "^abcdefghij ^abcdefghijk ^abcdefghijkl "},
        {"乌鲁", ""},
        {"𠀀𠀁", ""}, /* Han beyond the first plane */
        {"~wulu", ""},
        {".t.note", ""},
        {".g.check", ""},
    };
    char told[256];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        told[0] = 0;
        assert_int_equal(vlt_beginnings(rows[i].token, strlen(rows[i].token),
                             add, told, NULL),
            VAULT_OK);
        if (strcmp(told, rows[i].told) != 0)
            fail_msg("%s: %s", rows[i].token, told);
    }
}

static void
the_question_names_what_was_kept(void **state)
{
    static const struct {
        const char *asked;
        const char *match;
    } rows[] = {
        {"camp*",
            "((\"^camp\" OR \"camp\" OR \"=camp\") OR (\"^kamp\" OR "
            "\"kamp\" OR \"=kamp\"))"},
        /* its skeleton is the same: asked for once */
        {"kat*", "((\"^kat\" OR \"kat\" OR \"=kat\"))"},
        {"abcdefghijklmn*", "((\"^abcdefghijkl\") OR "},
    };
    struct vlt_query *q;
    struct vlt_buf match;
    size_t i;

    (void)state;
    vlt_buf_init(&match, 1024 * 1024);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(vlt_query_new(&q, NULL), VAULT_OK);
        assert_int_equal(vlt_query_words(q, rows[i].asked, NULL), VAULT_OK);
        assert_int_equal(vlt_query_match(q, &match, NULL), VAULT_OK);
        if (strncmp(vlt_buf_cstr(&match), rows[i].match,
                strlen(rows[i].match)) != 0)
            fail_msg("%s: %s", rows[i].asked, vlt_buf_cstr(&match));
        /* never a question of many words */
        assert_null(strchr(vlt_buf_cstr(&match), '*'));
        vlt_query_free(q);
    }
    vlt_buf_clear(&match);
}

static void
a_set_holds_each_beginning_once(void **state)
{
    struct vlt_tokenset t;

    (void)state;
    vlt_tokenset_init(&t);
    assert_int_equal(vlt_tokenset_add_word(&t, "cat", 3, NULL), VAULT_OK);
    assert_int_equal(vlt_tokenset_add_word(&t, "car", 3, NULL), VAULT_OK);
    assert_int_equal(vlt_tokenset_add_word(&t, "cat", 3, NULL), VAULT_OK);
    assert_string_equal(vlt_buf_cstr(&t.text), "cat ^c ^ca car ");
    vlt_tokenset_clear(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_has_the_beginnings_that_are_shorter_than_it),
        cmocka_unit_test(the_question_names_what_was_kept),
        cmocka_unit_test(a_set_holds_each_beginning_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
