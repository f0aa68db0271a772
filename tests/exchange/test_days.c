/* SPDX-License-Identifier: Apache-2.0 */
/* test_days.c: which days an EDTF date may mean */
#include "days.h"

#include "fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Expected with date -u -d DAY +%s, divided by 86400. */
static void
a_date_has_a_first_and_a_last_day(void **state)
{
    static const struct {
        const char *value;
        int64_t first, last;
    } rows[] = {
        {"gregorian 1970-01-01", 0, 0},
        {"gregorian 1969-12-31", -1, -1},
        {"gregorian 2000-02-29", 11016, 11016},
        {"gregorian 2031-11-04", 22587, 22587},
        {"gregorian 2031-11", 22584, 22613},
        {"gregorian 2031", 22280, 22644},
        {"gregorian 2031-11-04~", 22587, 22587},
        {"gregorian 2031?", 22280, 22644},
        {"gregorian 2031-11-04T10:00:00Z", 22587, 22587},
        {"gregorian 2028-02", 21215, 21243},
        {"gregorian 203X", 21915, 25566},
        {"gregorian 2031-XX", 22280, 22644},
        {"gregorian 2031-02-XX", 22311, 22338},
        {"gregorian 2031/2032", 22280, 23010},
        {"gregorian 2031-11-04/2031-11-06", 22587, 22589},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        int64_t first = -99, last = -99;

        print_message("%s\n", rows[i].value);
        assert_true(
            days_of(rows[i].value, strlen(rows[i].value), &first, &last));
        assert_int_equal(first, rows[i].first);
        assert_int_equal(last, rows[i].last);
    }
}

static void
what_cannot_be_compared_is_not_guessed(void **state)
{
    static const char *const rows[] = {"", "gregorian", "gregorian ",
        "islamic 1450-09-01", "gregorian 2031/..", "gregorian ../2031",
        "gregorian 2031/", "gregorian /2031", "gregorian 2031-21",
        "gregorian Y20310", "gregorian 2031-00", "gregorian 2031-13",
        "gregorian 2031-1", "gregorian 31", "gregorian 2032/2031",
        "gregorian -0031", "gregorian 2031-11-00"};

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        int64_t first, last;

        print_message("%s\n", rows[i]);
        assert_false(days_of(rows[i], strlen(rows[i]), &first, &last));
    }
}

static void
a_time_falls_on_a_day(void **state)
{
    (void)state;
    assert_int_equal(days_at(0), 0);
    assert_int_equal(days_at(86399), 0);
    assert_int_equal(days_at(86400), 1);
    assert_int_equal(days_at(-1), -1);
    assert_int_equal(days_at(-86400), -1);
    assert_int_equal(days_at(-86401), -2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_date_has_a_first_and_a_last_day),
        cmocka_unit_test(what_cannot_be_compared_is_not_guessed),
        cmocka_unit_test(a_time_falls_on_a_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
