/* SPDX-License-Identifier: Apache-2.0 */
/* test_fieldjson.c: each type and state as JSON and as plain text, exact */
#include "fieldjson.h"

#include "fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1
#define ID16        "\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef"
#define HEX16       "0123456789abcdef0123456789abcdef"

static const struct {
    struct vault_field f;
    const char *json, *plain;
} rows[] = {
    {{VAULT_TEXT, VAULT_VALUE, "a", BYTES("\"x\"\t\xe2\x80\xae")},
        "{\"name\":\"a\",\"type\":\"text\",\"state\":\"value\","
        "\"value\":\"\\\"x\\\"\\u0009\\u202e\"}",
        "\"x\"\t\xe2\x80\xae"},
    {{VAULT_TEXT, VAULT_VALUE, "a", BYTES("")},
        "{\"name\":\"a\",\"type\":\"text\",\"state\":\"value\","
        "\"value\":\"\"}",
        ""},
    {{VAULT_LANG_TEXT, VAULT_VALUE, "a", BYTES("ug-Arab two words")},
        "{\"name\":\"a\",\"type\":\"lang\",\"state\":\"value\","
        "\"lang\":\"ug-Arab\",\"value\":\"two words\"}",
        "two words"},
    {{VAULT_DATE, VAULT_VALUE, "a", BYTES("gregorian 2029-10~")},
        "{\"name\":\"a\",\"type\":\"date\",\"state\":\"value\","
        "\"calendar\":\"gregorian\",\"value\":\"2029-10~\"}",
        "2029-10~"},
    {{VAULT_DATE, VAULT_VALUE, "a", BYTES("islamic 1450-09")},
        "{\"name\":\"a\",\"type\":\"date\",\"state\":\"value\","
        "\"calendar\":\"islamic\",\"value\":\"1450-09\"}",
        "islamic 1450-09"},
    {{VAULT_TIME, VAULT_VALUE, "a", BYTES("\0\0\0\0\0\0\0\x0a")},
        "{\"name\":\"a\",\"type\":\"time\",\"state\":\"value\",\"value\":10,"
        "\"time\":\"1970-01-01T00:00:10Z\"}",
        "1970-01-01T00:00:10Z"},
    {{VAULT_NUMBER, VAULT_VALUE, "a",
         BYTES("\xff\xff\xff\xff\xff\xff\xff\xfe")},
        "{\"name\":\"a\",\"type\":\"number\",\"state\":\"value\","
        "\"value\":-2}",
        "-2"},
    {{VAULT_BYTES, VAULT_VALUE, "a", BYTES("\x00\xff")},
        "{\"name\":\"a\",\"type\":\"bytes\",\"state\":\"value\","
        "\"hex\":\"00ff\"}",
        "AP8="},
    {{VAULT_LINK, VAULT_VALUE, "a",
         BYTES(ID16 ID16 "\0\0\0\x03"
                         "about")},
        "{\"name\":\"a\",\"type\":\"link\",\"state\":\"value\",\"hex\":\"" HEX16
            HEX16
        "0000000361626f7574\",\"relation\":\"about\",\"vault\":\"" HEX16
        "\",\"record\":\"" HEX16 "\",\"version\":3}",
        "about " HEX16 " " HEX16 " 3"},
    {{VAULT_BODY, VAULT_VALUE, "body", BYTES("\x01")},
        "{\"name\":\"body\",\"type\":\"body\",\"state\":\"value\"}", ""},
    {{VAULT_TEXT, VAULT_REFUSED, "a", NULL, 0},
        "{\"name\":\"a\",\"type\":\"text\",\"state\":\"refused\"}", "!refused"},
    {{VAULT_DATE, VAULT_NOT_ASKED, "a", NULL, 0},
        "{\"name\":\"a\",\"type\":\"date\",\"state\":\"not-asked\"}",
        "!not-asked"},
    {{VAULT_NUMBER, VAULT_UNKNOWN, "a", NULL, 0},
        "{\"name\":\"a\",\"type\":\"number\",\"state\":\"unknown\"}",
        "!unknown"},
    {{(enum vault_field_type)64, VAULT_VALUE, "a", BYTES("x")},
        "{\"name\":\"a\",\"type\":\"other\",\"type_number\":64,"
        "\"state\":\"value\",\"hex\":\"78\"}",
        "eA=="},
};

static void
each_type_and_state_is_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct jline j;
        struct vlt_buf plain;

        jline_begin(&j, "x");
        vlt_buf_reset(&j.buf);
        j.first = true;
        field_json(&j, &rows[i].f);
        assert_string_equal(vlt_buf_cstr(&j.buf), rows[i].json);
        vlt_buf_clear(&j.buf);
        vlt_buf_init(&plain, 4096);
        field_plain(&plain, &rows[i].f);
        assert_string_equal(vlt_buf_cstr(&plain), rows[i].plain);
        vlt_buf_clear(&plain);
    }
}

static void
only_a_text_has_a_language(void **state)
{
    size_t n = 9;

    (void)state;
    assert_memory_equal(field_lang(&rows[2].f, &n), "ug-Arab", 7);
    assert_int_equal(n, 7);
    (void)field_lang(&rows[3].f, &n);
    assert_int_equal(n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_and_state_is_exact),
        cmocka_unit_test(only_a_text_has_a_language),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
