/* SPDX-License-Identifier: Apache-2.0 */
/* utc.c: a time as text, the same for everybody */
#include "utc.h"

#include <inttypes.h>
#include <stdio.h>

static const int64_t day = 86400;
static const int64_t first = -INT64_C(62135596800); /* 0001-01-01 */
static const int64_t last = INT64_C(253402300799);  /* 9999-12-31 */

/* Days since 0000-03-01 of the Gregorian calendar, to a date; years begin in
 * March, so that the day that is sometimes there comes last. */
static void
date_of(int64_t days, int *y, int *m, int *d)
{
    int64_t era = days / 146097;
    int64_t in = days % 146097;
    int64_t year = (in - in / 1460 + in / 36524 - in / 146096) / 365;
    int64_t of = in - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of + 2) / 153; /* from March */

    *d = (int)(of - (153 * month + 2) / 5 + 1);
    *m = (int)(month < 10 ? month + 3 : month - 9);
    *y = (int)(era * 400 + year + (*m <= 2));
}

void
vlt_utc_text(char out[VLT_UTC_TEXT], int64_t time)
{
    int64_t from; /* since 0000-03-01 */
    int y, m, d, s;

    if (time < first || time > last) {
        snprintf(out, VLT_UTC_TEXT, "%" PRId64 " s after 1970", time);
        return;
    }
    from = time + 719468 * day;
    date_of(from / day, &y, &m, &d);
    s = (int)(from % day);
    snprintf(out, VLT_UTC_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", y, m, d,
        s / 3600, s / 60 % 60, s % 60);
}
