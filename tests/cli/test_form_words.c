/* SPDX-License-Identifier: Apache-2.0 */
/* test_form_words: choosing by word or number, and words that are no answer */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "form_words.h"

static const char choice[] = "yes|no|ask first";

static void
words_are_listed_with_and_without_numbers(void **unused)
{
    char out[64];

    (void)unused;
    words_list(out, sizeof out, choice, false);
    assert_string_equal(out, "yes, no, ask first");
    words_list(out, sizeof out, choice, true);
    assert_string_equal(out, "1 yes, 2 no, 3 ask first");
    for (size_t n = 1; n < sizeof out; n++) {
        memset(out, 'x', sizeof out);
        words_list(out, n, choice, true);
        assert_true(strlen(out) < n);
    }
}

static void
a_word_is_chosen_by_itself_or_its_number(void **unused)
{
    static const struct {
        const char *answer;
        const char *word; /* NULL: none */
    } rows[] = {{"yes", "yes"}, {"No", "no"}, {"ASK FIRST", "ask first"},
        {"1", "yes"}, {"3", "ask first"}, {"03", NULL}, {"0", NULL},
        {"4", NULL}, {"1 ", NULL}, {"ye", NULL}, {"yes|no", NULL}, {"", NULL},
        {"yess", NULL}, {"99999999999999999999", NULL}, {"да", NULL}};

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t n = 0;
        const char *word = words_chosen(choice, rows[i].answer, &n);

        if ((word == NULL) != (rows[i].word == NULL) ||
            (word != NULL &&
                (n != strlen(rows[i].word) ||
                    strncmp(word, rows[i].word, n) != 0)))
            fail_msg("\"%s\"", rows[i].answer);
    }
}

static void
a_slip_is_no_answer(void **unused)
{
    static const struct {
        const char *answer;
        enum word_command command;
    } rows[] = {{"!refused", WORD_REFUSED}, {"!not-asked", WORD_NOT_ASKED},
        {"!unknown", WORD_UNKNOWN}, {"!back", WORD_BACK}, {"!skip", WORD_SKIP},
        {"!done", WORD_DONE}, {"!refuse", WORD_SLIP}, {"!Done", WORD_SLIP},
        {"!готово", WORD_SLIP}, {"!", WORD_NONE}, {"!! Achtung", WORD_NONE},
        {" !done", WORD_NONE}, {"done", WORD_NONE}, {"", WORD_NONE},
        {"!a-word-so-long-that-nobody-slipped", WORD_NONE}};

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (words_command(rows[i].answer) != rows[i].command)
            fail_msg("\"%s\"", rows[i].answer);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_listed_with_and_without_numbers),
        cmocka_unit_test(a_word_is_chosen_by_itself_or_its_number),
        cmocka_unit_test(a_slip_is_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
