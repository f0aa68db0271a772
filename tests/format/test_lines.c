/* SPDX-License-Identifier: Apache-2.0 */
/* test_lines.c: the cursor takes text statements in their exact form only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fail.h"
#include "lines.h"

/* "<hex of 2 bytes> <u32>" LF "k <b64 of 3 bytes or ->" LF */
static enum vault_status
decode(const char *text, size_t len, uint32_t *number, bool *has)
{
    struct vlt_lines l;
    uint8_t two[2], three[3];

    vlt_lines_init(&l, text, len);
    vlt_lines_hex(&l, two, sizeof two);
    vlt_lines_expect(&l, " ");
    *number = vlt_lines_u32(&l);
    vlt_lines_expect(&l, "\nk ");
    *has = vlt_lines_b64_or_none(&l, three, sizeof three);
    vlt_lines_expect(&l, "\n");
    return vlt_lines_end(&l, "example", NULL);
}

static const struct {
    const char *name;
    const char *text;
    enum vault_status want;
} rows[] = {
    {"exact", "00ff 7\nk AAEC\n", VAULT_OK},
    {"none", "00ff 7\nk -\n", VAULT_OK},
    {"number 0", "00ff 0\nk -\n", VAULT_OK},
    {"largest number", "00ff 4294967295\nk -\n", VAULT_OK},
    {"one more", "00ff 4294967296\nk -\n", VAULT_E_FORMAT},
    {"leading zero", "00ff 07\nk -\n", VAULT_E_FORMAT},
    {"plus", "00ff +7\nk -\n", VAULT_E_FORMAT},
    {"minus", "00ff -7\nk -\n", VAULT_E_FORMAT},
    {"upper case hex", "00FF 7\nk -\n", VAULT_E_FORMAT},
    {"one digit short", "00f 7\nk -\n", VAULT_E_FORMAT},
    {"one digit long", "00fff 7\nk -\n", VAULT_E_FORMAT},
    {"two spaces", "00ff  7\nk -\n", VAULT_E_FORMAT},
    {"space first", " 00ff 7\nk -\n", VAULT_E_FORMAT},
    {"space last", "00ff 7 \nk -\n", VAULT_E_FORMAT},
    {"tab", "00ff\t7\nk -\n", VAULT_E_FORMAT},
    {"CR", "00ff 7\r\nk -\n", VAULT_E_FORMAT},
    {"blank line", "00ff 7\n\nk -\n", VAULT_E_FORMAT},
    {"blank line last", "00ff 7\nk -\n\n", VAULT_E_FORMAT},
    {"no last line feed", "00ff 7\nk -", VAULT_E_FORMAT},
    {"line missing", "00ff 7\n", VAULT_E_FORMAT},
    {"another line", "00ff 7\nk -\nl -\n", VAULT_E_FORMAT},
    {"another word", "00ff 7\nk - -\n", VAULT_E_FORMAT},
    {"b64 short", "00ff 7\nk AAE=\n", VAULT_E_FORMAT},
    {"b64 long", "00ff 7\nk AAECAA==\n", VAULT_E_FORMAT},
    {"b64 of the URL alphabet", "00ff 7\nk -_-_\n", VAULT_E_FORMAT},
    {"two nones", "00ff 7\nk --\n", VAULT_E_FORMAT},
    {"empty", "", VAULT_E_FORMAT},
};

static void
each_rule_of_the_form_is_kept(void **state)
{
    uint32_t number;
    size_t i, len;
    bool has;

    (void)state;
    for (i = 0; i < VLT_COUNT(rows); i++) {
        char *copy;

        print_message("%s\n", rows[i].name);
        /* In memory of its own size: reading on would be seen. */
        len = strlen(rows[i].text);
        copy = malloc(len > 0 ? len : 1);
        assert_non_null(copy);
        memcpy(copy, rows[i].text, len);
        assert_int_equal(decode(copy, len, &number, &has), rows[i].want);
        free(copy);
    }
    assert_int_equal(decode(rows[0].text, strlen(rows[0].text), &number, &has),
        VAULT_OK);
    assert_int_equal(number, 7);
    assert_true(has);
    assert_int_equal(decode(rows[1].text, strlen(rows[1].text), &number, &has),
        VAULT_OK);
    assert_false(has);
}

static void
a_zero_byte_is_no_end(void **state)
{
    static const char text[] = "00ff 7\nk -\n";
    uint32_t number;
    bool has;

    (void)state;
    assert_int_equal(decode(text, sizeof text, &number, &has), VAULT_E_FORMAT);
}

static void
a_failed_cursor_stays_failed_and_gives_zeros(void **state)
{
    uint8_t out[2] = {1, 1};
    struct vault_error err;
    struct vlt_lines l;
    size_t n;

    (void)state;
    vlt_lines_init(&l, "a\nb\nzz 00ff 12 AAA=\n", 20);
    vlt_lines_expect(&l, "a\nb\n");
    vlt_lines_hex(&l, out, 2);
    assert_int_equal(out[0] | out[1], 0);
    assert_false(vlt_lines_more(&l));
    assert_false(vlt_lines_at(&l, ""));
    assert_string_equal(vlt_lines_word(&l, &n), "");
    assert_int_equal(n, 0);
    assert_int_equal(vlt_lines_u64(&l), 0);
    assert_false(vlt_lines_b64_or_none(&l, out, 2));
    assert_int_equal(vlt_lines_end(&l, "example", &err), VAULT_E_FORMAT);
    assert_string_equal(err.message,
        "example: line 3 is not in its exact form");
}

#define X32 "abcdefghijklmnopqrstuvwxyz012345"

static const struct {
    const char *name;
    const char *text;
    enum vault_status want;
} ext[] = {
    {"no lines", "", VAULT_OK},
    {"one line", "ext a AA==\n", VAULT_OK},
    {"two lines", "ext a AA==\next b AA==\n", VAULT_OK},
    {"a name and a longer one", "ext a AA==\next a-b AA==\n", VAULT_OK},
    {"longest name", "ext " X32 " AA==\n", VAULT_OK},
    {"one more", "ext " X32 "x AA==\n", VAULT_E_FORMAT},
    {"longest name to understand", "ext !" X32 " AA==\n", VAULT_E_NEWER},
    {"to understand", "ext !a AA==\n", VAULT_E_NEWER},
    {"to understand, then not", "ext !b AA==\next a AA==\n", VAULT_E_NEWER},
    {"to understand, but malformed", "ext !b AA==\next a AA\n", VAULT_E_FORMAT},
    {"only the sign", "ext ! AA==\n", VAULT_E_FORMAT},
    {"two signs", "ext !!a AA==\n", VAULT_E_FORMAT},
    {"sign elsewhere", "ext a! AA==\n", VAULT_E_FORMAT},
    {"upper case", "ext A AA==\n", VAULT_E_FORMAT},
    {"out of order", "ext b AA==\next a AA==\n", VAULT_E_FORMAT},
    {"sign sorts first", "ext a AA==\next !b AA==\n", VAULT_E_FORMAT},
    {"twice", "ext a AA==\next a AQ==\n", VAULT_E_FORMAT},
    {"longer one first", "ext a-b AA==\next a AA==\n", VAULT_E_FORMAT},
    {"no name", "ext  AA==\n", VAULT_E_FORMAT},
    {"no value", "ext a\n", VAULT_E_FORMAT},
    {"empty value", "ext a \n", VAULT_E_FORMAT},
    {"loose bits", "ext a AB==\n", VAULT_E_FORMAT},
    {"no padding", "ext a AA\n", VAULT_E_FORMAT},
    {"another word", "ext a AA== b\n", VAULT_E_FORMAT},
    {"no line feed", "ext a AA==", VAULT_E_FORMAT},
    {"other word", "exu a AA==\n", VAULT_E_FORMAT},
    {"bare word", "ext\n", VAULT_E_FORMAT},
};

static void
extension_lines_are_sorted_and_each_stands_once(void **state)
{
    struct vlt_lines l;
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(ext); i++) {
        print_message("%s\n", ext[i].name);
        vlt_lines_init(&l, ext[i].text, strlen(ext[i].text));
        assert_int_equal(vlt_lines_end_ext(&l, "example", NULL), ext[i].want);
    }
}

static void
what_must_be_understood_is_named(void **state)
{
    static const char text[] = "ext !later AA==\next !most AA==\n";
    struct vault_error err;
    struct vlt_lines l;

    (void)state;
    vlt_lines_init(&l, text, sizeof text - 1);
    assert_int_equal(vlt_lines_end_ext(&l, "card", &err), VAULT_E_NEWER);
    assert_non_null(strstr(err.message, "!later"));
}

static void
base64_of_any_length_is_judged(void **state)
{
    char text[4000];
    size_t n, decoded, len;

    (void)state;
    for (n = 1; n < 300; n++) {
        len = (n + 2) / 3 * 4;
        memset(text, 'A', len);
        memset(text + len - (3 - n % 3) % 3, '=', (3 - n % 3) % 3);
        assert_true(vlt_lines_b64_ok(text, len, &decoded));
        assert_int_equal(decoded, n);
        assert_false(vlt_lines_b64_ok(text, len - 1, &decoded));
        if (len < 8)
            continue;
        text[3] = '='; /* padding inside */
        assert_false(vlt_lines_b64_ok(text, len, &decoded));
        text[3] = 'A';
        text[len / 2] = '-';
        assert_false(vlt_lines_b64_ok(text, len, &decoded));
    }
    /* Padding at the end of an inner piece of 64 characters. */
    memset(text, 'A', 128);
    text[63] = '=';
    assert_false(vlt_lines_b64_ok(text, 128, &decoded));
    assert_false(vlt_lines_b64_ok("", 0, &decoded));
}

static void
what_is_put_is_what_is_read(void **state)
{
    static const uint8_t bytes[] = {0x00, 0xff, 0x10, 0xab};
    struct vlt_buf out;

    (void)state;
    vlt_buf_init(&out, 100);
    vlt_lines_put_hex(&out, bytes, sizeof bytes);
    vlt_buf_put_str(&out, " ");
    vlt_lines_put_b64(&out, bytes, sizeof bytes);
    assert_int_equal(vlt_buf_end(&out, "example", NULL), VAULT_OK);
    assert_string_equal(vlt_buf_cstr(&out), "00ff10ab AP8Qqw==");
    vlt_buf_clear(&out);
    vlt_buf_init(&out, 3);
    vlt_lines_put_hex(&out, bytes, sizeof bytes);
    assert_int_equal(vlt_buf_end(&out, "example", NULL), VAULT_E_LIMIT);
    vlt_buf_clear(&out);
}

static void
another_encoding_is_not_the_same(void **state)
{
    struct vlt_buf out;

    (void)state;
    vlt_buf_init(&out, 10);
    vlt_buf_put_str(&out, "abc");
    assert_int_equal(vlt_lines_same(&out, "abc", 3, "x", NULL), VAULT_OK);
    assert_int_equal(vlt_lines_same(&out, "abd", 3, "x", NULL), VAULT_E_FORMAT);
    assert_int_equal(vlt_lines_same(&out, "abcd", 4, "x", NULL),
        VAULT_E_FORMAT);
    assert_int_equal(vlt_lines_same(&out, "ab", 2, "x", NULL), VAULT_E_FORMAT);
    vlt_buf_put_zero(&out, 20);
    assert_int_equal(vlt_lines_same(&out, "abc", 3, "x", NULL), VAULT_E_LIMIT);
    vlt_buf_clear(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_of_the_form_is_kept),
        cmocka_unit_test(a_zero_byte_is_no_end),
        cmocka_unit_test(a_failed_cursor_stays_failed_and_gives_zeros),
        cmocka_unit_test(extension_lines_are_sorted_and_each_stands_once),
        cmocka_unit_test(what_must_be_understood_is_named),
        cmocka_unit_test(base64_of_any_length_is_judged),
        cmocka_unit_test(what_is_put_is_what_is_read),
        cmocka_unit_test(another_encoding_is_not_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
