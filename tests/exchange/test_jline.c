/* SPDX-License-Identifier: Apache-2.0 */
/* test_jline.c: what is written parses, and says the same */
#include "jline.h"

#include "fail.h"
#include "utf.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The line so far, closed, as jansson reads it. */
static json_t *
parsed(struct jline *j)
{
    json_error_t why;
    json_t *root;

    vlt_buf_put_u8(&j->buf, '}');
    root =
        json_loadb((char *)j->buf.p, j->buf.len, JSON_REJECT_DUPLICATES, &why);
    if (root == NULL)
        print_message("%.*s\n%s\n", (int)j->buf.len, (char *)j->buf.p,
            why.text);
    assert_non_null(root);
    return root;
}

static void
every_line_has_a_type_and_a_version(void **state)
{
    struct jline j;
    json_t *root;

    (void)state;
    jline_begin(&j, "record");
    root = parsed(&j);
    assert_string_equal(json_string_value(json_object_get(root, "type")),
        "record");
    assert_int_equal(json_integer_value(json_object_get(root, "v")), 1);
    json_decref(root);
    vlt_buf_clear(&j.buf);
}

static void
texts_come_out_as_they_went_in(void **state)
{
    static const char *const rows[] = {"", "a\"b\\c/d", "\x01\x1f\x7f",
        "line\nline\ttab\r", "құжат 证据 ئۇيغۇر", "\xe2\x80\xae\xe2\x80\x8b",
        "\xf0\x9f\x98\x80\xf3\xa0\x81\x81"};

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct jline j;
        json_t *root;

        jline_begin(&j, "t");
        jline_text(&j, "x", rows[i]);
        root = parsed(&j);
        assert_string_equal(json_string_value(json_object_get(root, "x")),
            rows[i]);
        assert_null(json_object_get(root, "x_hex"));
        /* harmless on a terminal: only plain code points in the line */
        for (size_t at = 0; at < j.buf.len;) {
            uint32_t cp = 0;
            size_t len = utf_next((char *)j.buf.p + at, j.buf.len - at, &cp);

            assert_true(len > 0 && utf_plain(cp));
            at += len;
        }
        json_decref(root);
        vlt_buf_clear(&j.buf);
    }
}

static void
bytes_that_are_no_text_have_a_second_member(void **state)
{
    struct jline j;
    json_t *root;

    (void)state;
    jline_begin(&j, "t");
    jline_text(&j, "path", "a\xff\xc0z");
    root = parsed(&j);
    assert_string_equal(json_string_value(json_object_get(root, "path")),
        "a\xef\xbf\xbd\xef\xbf\xbdz");
    assert_string_equal(json_string_value(json_object_get(root, "path_hex")),
        "61ffc07a");
    json_decref(root);
    vlt_buf_clear(&j.buf);
}

static void
numbers_times_and_nesting_parse(void **state)
{
    struct jline j;
    json_t *root, *list;
    const uint8_t raw[2] = {0x0a, 0xff};

    (void)state;
    jline_begin(&j, "t");
    jline_u64(&j, "u", 9007199254740993);
    jline_i64(&j, "i", -5);
    jline_bool(&j, "b", true);
    jline_time(&j, "t", 0);
    jline_time(&j, "none", -1);
    jline_hex(&j, "h", raw, 2);
    jline_array(&j, "list");
    jline_text(&j, NULL, "one");
    jline_object(&j, NULL);
    jline_text(&j, "k", "v");
    jline_object_end(&j);
    jline_array_end(&j);
    jline_u64(&j, "after", 1);
    root = parsed(&j);
    assert_int_equal(json_integer_value(json_object_get(root, "u")),
        9007199254740993);
    assert_int_equal(json_integer_value(json_object_get(root, "i")), -5);
    assert_true(json_is_true(json_object_get(root, "b")));
    assert_string_equal(json_string_value(json_object_get(root, "t")),
        "1970-01-01T00:00:00Z");
    assert_true(json_is_null(json_object_get(root, "none")));
    assert_string_equal(json_string_value(json_object_get(root, "h")), "0aff");
    list = json_object_get(root, "list");
    assert_int_equal(json_array_size(list), 2);
    assert_int_equal(json_integer_value(json_object_get(root, "after")), 1);
    json_decref(root);
    vlt_buf_clear(&j.buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_has_a_type_and_a_version),
        cmocka_unit_test(texts_come_out_as_they_went_in),
        cmocka_unit_test(bytes_that_are_no_text_have_a_second_member),
        cmocka_unit_test(numbers_times_and_nesting_parse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
