/* SPDX-License-Identifier: Apache-2.0 */
/* test_form.c: fields are read exactly, and all mistakes are told at once */
#include "form.h"

#include "fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
values_become_fields_of_these_types(void **state)
{
    static const struct {
        const char *json;
        enum vault_field_type type;
        enum vault_field_state state;
        const char *value;
        size_t len;
    } rows[] = {
        {"{\"a\":\"құжат\"}", VAULT_TEXT, VAULT_VALUE, "құжат", 10},
        {"{\"a\":\"\"}", VAULT_TEXT, VAULT_VALUE, "", 0},
        {"{\"a\":-2}", VAULT_NUMBER, VAULT_VALUE,
            "\xff\xff\xff\xff\xff\xff\xff\xfe", 8},
        {"{\"a\":null}", VAULT_TEXT, VAULT_UNKNOWN, "", 0},
        {"{\"a\":{\"type\":\"time\",\"value\":\"1970-01-01T00:00:10Z\"}}",
            VAULT_TIME, VAULT_VALUE, "\0\0\0\0\0\0\0\x0a", 8},
        {"{\"a\":{\"type\":\"time\",\"value\":10}}", VAULT_TIME, VAULT_VALUE,
            "\0\0\0\0\0\0\0\x0a", 8},
        {"{\"a\":{\"type\":\"date\",\"value\":\"2029-10~\"}}", VAULT_DATE,
            VAULT_VALUE, "gregorian 2029-10~", 18},
        {"{\"a\":{\"type\":\"date\",\"value\":\"1450\",\"calendar\":"
         "\"islamic\"}}",
            VAULT_DATE, VAULT_VALUE, "islamic 1450", 12},
        {"{\"a\":{\"lang\":\"kk\",\"value\":\"сөз\"}}", VAULT_LANG_TEXT,
            VAULT_VALUE, "kk сөз", 9},
        {"{\"a\":{\"type\":\"bytes\",\"value\":\"AP8=\"}}", VAULT_BYTES,
            VAULT_VALUE, "\x00\xff", 2},
        {"{\"a\":{\"state\":\"refused\"}}", VAULT_TEXT, VAULT_REFUSED, "", 0},
        {"{\"a\":{\"type\":\"date\",\"state\":\"not-asked\"}}", VAULT_DATE,
            VAULT_NOT_ASKED, "", 0},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct form f = {0};

        print_message("%s\n", rows[i].json);
        assert_int_equal(form_add_json(&f, rows[i].json, strlen(rows[i].json),
                             NULL),
            VAULT_OK);
        assert_int_equal(f.mistakes, 0);
        assert_int_equal(f.n, 1);
        assert_string_equal(f.field[0].name, "a");
        assert_int_equal(f.field[0].type, rows[i].type);
        assert_int_equal(f.field[0].state, rows[i].state);
        assert_int_equal(f.field[0].value_len, rows[i].len);
        if (rows[i].len > 0)
            assert_memory_equal(f.field[0].value, rows[i].value, rows[i].len);
        form_clear(&f);
    }
}

static void
what_is_no_form_is_refused(void **state)
{
    static const char *const rows[] = {"", "[]", "\"a\"", "{", "{\"a\":1}x",
        "{\"a\":1,\"a\":2}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\u0000\"}",
        "{\"a\":99999999999999999999}", "{\"a\":\"\xff\"}"};

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct form f = {0};

        print_message("%s\n", rows[i]);
        assert_int_equal(form_add_json(&f, rows[i], strlen(rows[i]), NULL),
            VAULT_E_USAGE);
        form_clear(&f);
    }
}

static void
deep_nesting_is_refused_without_harm(void **state)
{
    enum { DEEP = 100000 };
    char *text = malloc(DEEP + 6);
    struct form f = {0};

    (void)state;
    memcpy(text, "{\"a\":", 5);
    memset(text + 5, '[', DEEP);
    assert_int_equal(form_add_json(&f, text, DEEP + 5, NULL), VAULT_E_USAGE);
    form_clear(&f);
    free(text);
}

static void
all_mistakes_are_noted(void **state)
{
    static const char json[] =
        "{\"A\":\"capital\",\"type\":\"x\",\"body\":\"x\",\"file.name\":\"x\","
        "\"t\":true,\"r\":1.5,\"l\":[1],\"o\":{\"type\":\"odd\",\"value\":1},"
        "\"d\":{\"type\":\"date\",\"value\":\"soon\"},"
        "\"e\":{\"type\":\"time\",\"value\":\"noon\"},"
        "\"b\":{\"type\":\"bytes\",\"value\":\"AP9=\"},"
        "\"s\":{\"state\":\"refused\",\"value\":\"x\"},"
        "\"u\":{\"state\":\"bored\"},\"k\":{\"value\":\"x\",\"extra\":1},"
        "\"g\":{\"lang\":\"k k\",\"value\":\"x\"},\"good\":\"yes\"}";
    struct form f = {0};

    (void)state;
    assert_int_equal(form_add_json(&f, json, sizeof json - 1, NULL), VAULT_OK);
    assert_int_equal(f.mistakes, 15);
    assert_int_equal(f.n, 1);
    form_clear(&f);
}

static void
options_are_name_and_text(void **state)
{
    struct form f = {0};

    (void)state;
    assert_int_equal(form_add_option(&f, "a.b=c=d", NULL), VAULT_OK);
    assert_int_equal(form_add_option(&f, "empty=", NULL), VAULT_OK);
    assert_int_equal(f.mistakes, 0);
    assert_string_equal(f.field[0].name, "a.b");
    assert_memory_equal(f.field[0].value, "c=d", 3);
    assert_int_equal(form_add_option(&f, "novalue", NULL), VAULT_OK);
    assert_int_equal(form_add_option(&f, "=x", NULL), VAULT_OK);
    assert_int_equal(form_add_option(&f, "a.b=again", NULL), VAULT_OK);
    assert_int_equal(form_add_option(&f, "n=\xff", NULL), VAULT_OK);
    assert_int_equal(f.mistakes, 4);
    assert_int_equal(f.n, 2);
    form_clear(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_become_fields_of_these_types),
        cmocka_unit_test(what_is_no_form_is_refused),
        cmocka_unit_test(deep_nesting_is_refused_without_harm),
        cmocka_unit_test(all_mistakes_are_noted),
        cmocka_unit_test(options_are_name_and_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
