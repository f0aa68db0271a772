/* SPDX-License-Identifier: Apache-2.0 */
/* test_when.c: times are read and written as calendars say */
#include "when.h"

#include "fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void
known_moments_are_written_so(void **state)
{
    /* from `date -u -d @N +%FT%TZ` */
    static const struct {
        int64_t t;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z"},
        {951782400, "2000-02-29T00:00:00Z"},
        {1951549200, "2031-11-04T09:00:00Z"},
        {253402300799, "9999-12-31T23:59:59Z"},
        {-1, "1969-12-31T23:59:59Z"},
    };
    char out[WHEN_SIZE];

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        when_utc(out, rows[i].t);
        assert_string_equal(out, rows[i].text);
    }
    when_utc(out, INT64_MAX);
    when_utc(out, INT64_MIN);
    when_local(out, INT64_MAX);
    when_local(out, -1);
    assert_string_equal(out, "-");
}

static void
times_are_read_or_refused(void **state)
{
    static const struct {
        const char *text;
        bool good;
        int64_t t;
    } rows[] = {
        {"2031-11-04T09:00:00Z", true, 1951549200},
        {"2031-11-04t14:00:00+05:00", true, 1951549200},
        {"2031-11-04 09:00:00.123Z", true, 1951549200},
        {"2000-02-29T00:00:00Z", true, 951782400},
        {"1900-02-29T00:00:00Z", false, 0},
        {"2031-13-01", false, 0},
        {"2031-04-31", false, 0},
        {"2031-1-1", false, 0},
        {"2031-11-04T24:00:00Z", false, 0},
        {"2031-11-04T09:00:00", false, 0},
        {"2031-11-04T09:00:00+5:00", false, 0},
        {"2031-11-04x", false, 0},
        {"tomorrow", false, 0},
        {"", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        int64_t t = 0;

        print_message("%s\n", rows[i].text);
        assert_int_equal(when_parse(rows[i].text, &t), rows[i].good);
        assert_int_equal(t, rows[i].t);
    }
}

static void
a_day_begins_at_midnight_of_the_machine(void **state)
{
    int64_t t = 0;
    char out[WHEN_SIZE];

    (void)state;
    assert_true(when_parse("2031-11-04", &t));
    assert_int_equal(t, 1951516800 - 5 * 3600);
    when_local(out, t);
    assert_string_equal(out, "2031-11-04 00:00 +05:00");
}

static void
what_is_written_is_read_again(void **state)
{
    (void)state;
    for (int64_t t = 0; t < 4102444800; t += 86399 * 17) {
        char out[WHEN_SIZE];
        int64_t back = -1;

        when_utc(out, t);
        assert_true(when_parse(out, &back));
        assert_int_equal(back, t);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_moments_are_written_so),
        cmocka_unit_test(times_are_read_or_refused),
        cmocka_unit_test(a_day_begins_at_midnight_of_the_machine),
        cmocka_unit_test(what_is_written_is_read_again),
    };

    setenv("TZ", "<+05>-5", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
