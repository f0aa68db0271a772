/* SPDX-License-Identifier: Apache-2.0 */
/* test_csvout.c: cells as RFC 4180 has them, and never a formula */
#include "csvout.h"

#include "fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
a_cell_is_quoted_and_never_a_formula(void **state)
{
    static const struct {
        const char *text, *cell;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"with space", "with space"},
        {"a,b", "\"a,b\""},
        {"say \"yes\"", "\"say \"\"yes\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {"two\r\nlines", "\"two\r\nlines\""},
        {"=1+1", "'=1+1"},
        {"+7 701", "'+7 701"},
        {"-5", "'-5"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\tx", "'\tx"},
        {"\rx", "\"'\rx\""},
        {"=HYPERLINK(\"http://x\",\"y\")",
            "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
        {"'=1", "''=1"},
        {"''=1", "'''=1"},
        {"'tis", "'tis"},
        {"'", "'"},
        {"a=b", "a=b"},
        {"5-3", "5-3"},
        {"құжат", "құжат"},
        {"\n=1", "\"'\n=1\""},
        {" =1", "' =1"},
        {"' =1", "'' =1"},
        {"\xef\xbb\xbf=1", "'\xef\xbb\xbf=1"},
        {"\xe2\x80\xae+1", "'\xe2\x80\xae+1"},
        {"＝1+1", "'＝1+1"},
        {"　＠SUM(A1)", "'　＠SUM(A1)"},
        {"－5", "'－5"},
        {"−5", "'−5"},
        {" 5", " 5"},
        {"\xff=1", "\xff=1"},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct vlt_buf b;

        print_message("%s\n", rows[i].text);
        vlt_buf_init(&b, 4096);
        csv_put(&b, rows[i].text, strlen(rows[i].text), true);
        assert_string_equal(vlt_buf_cstr(&b), rows[i].cell);
        vlt_buf_clear(&b);
    }
}

static void
rows_end_with_cr_lf(void **state)
{
    struct vlt_buf b;

    (void)state;
    vlt_buf_init(&b, 4096);
    csv_put(&b, "a", 1, true);
    csv_put(&b, "", 0, false);
    csv_put(&b, "b", 1, false);
    csv_end(&b);
    assert_string_equal(vlt_buf_cstr(&b), "a,,b\r\n");
    vlt_buf_clear(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_quoted_and_never_a_formula),
        cmocka_unit_test(rows_end_with_cr_lf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
