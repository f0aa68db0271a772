/* SPDX-License-Identifier: Apache-2.0 */
/* test_utc.c: times as text, against the C library's calendar */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "utc.h"

static void
like_the_c_library(int64_t t)
{
    char mine[VLT_UTC_TEXT], its[64];
    time_t at = (time_t)t;
    struct tm tm;

    assert_non_null(gmtime_r(&at, &tm));
    snprintf(its, sizeof its, "%04d-%02d-%02dT%02d:%02d:%02dZ",
        tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
        tm.tm_sec);
    vlt_utc_text(mine, t);
    assert_string_equal(mine, its);
}

static void
every_day_is_the_c_librarys(void **state)
{
    int64_t d;

    (void)state;
    for (d = -719162; d <= 2932896; d += 5)
        like_the_c_library(d * 86400 + (d * 7919 % 86400 + 86400) % 86400);
}

static void
what_cannot_be_said_is_a_number(void **state)
{
    char out[VLT_UTC_TEXT];

    (void)state;
    vlt_utc_text(out, INT64_C(253402300799));
    assert_string_equal(out, "9999-12-31T23:59:59Z");
    vlt_utc_text(out, INT64_C(253402300800));
    assert_string_equal(out, "253402300800 s after 1970");
    vlt_utc_text(out, INT64_MAX);
    assert_string_equal(out, "9223372036854775807 s after 1970");
    vlt_utc_text(out, INT64_MIN);
    assert_string_equal(out, "-9223372036854775808 s after 1970");
    vlt_utc_text(out, 0);
    assert_string_equal(out, "1970-01-01T00:00:00Z");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_is_the_c_librarys),
        cmocka_unit_test(what_cannot_be_said_is_a_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
