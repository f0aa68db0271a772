/* SPDX-License-Identifier: Apache-2.0 */
/* days.c: which days an EDTF date may mean */
#include "days.h"

#include <string.h>

/* In eras of 400 years. Years begin in March, so that the leap day is the
 * last of its year. */
static int64_t
day_number(int y, int m, int d)
{
    int64_t year = m <= 2 ? y - 1 : y;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
        719468;
}

static int
days_in(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

    return m == 2 && leap ? 29 : days[m - 1];
}

/* Digits or X at s: the lowest and highest number they may be. */
static bool
read_part(const char *s, size_t digits, int *low, int *high)
{
    *low = 0;
    *high = 0;
    for (size_t i = 0; i < digits; i++) {
        bool x = s[i] == 'X';

        if (!x && (s[i] < '0' || s[i] > '9'))
            return false;
        *low = *low * 10 + (x ? 0 : s[i] - '0');
        *high = *high * 10 + (x ? 9 : s[i] - '0');
    }
    return true;
}

static void
clamp(int *low, int *high, int most)
{
    *low = *low < 1 ? 1 : *low;
    *high = *high > most ? most : *high;
}

/* YYYY, YYYY-MM, YYYY-MM-DD, with X for unspecified digits; a time of day
 * and a qualifier behind it do not matter. */
static bool
read_date(const char *s, size_t n, int64_t *first, int64_t *last)
{
    const char *t = memchr(s, 'T', n);
    int y[2], m[2] = {1, 12}, d[2] = {1, 31};

    if (t != NULL)
        n = (size_t)(t - s);
    if (n > 0 && strchr("?~%", s[n - 1]) != NULL)
        n--;
    if ((n != 4 && n != 7 && n != 10) || !read_part(s, 4, &y[0], &y[1]))
        return false;
    if (n >= 7 && (s[4] != '-' || !read_part(s + 5, 2, &m[0], &m[1])))
        return false;
    if (n == 10 && (s[7] != '-' || !read_part(s + 8, 2, &d[0], &d[1])))
        return false;
    clamp(&m[0], &m[1], 12);
    clamp(&d[0], &d[1], days_in(y[1], m[1] >= 1 ? m[1] : 1));
    if (m[0] > m[1] || d[0] > 31 || d[1] < 1)
        return false;
    if (d[0] > days_in(y[0], m[0]))
        d[0] = days_in(y[0], m[0]);
    *first = day_number(y[0], m[0], d[0]);
    *last = day_number(y[1], m[1], d[1]);
    return *first <= *last;
}

bool
days_of(const void *value, size_t n, int64_t *first, int64_t *last)
{
    static const char calendar[] = "gregorian ";
    size_t head = sizeof calendar - 1;
    const char *s = value;
    const char *slash;
    int64_t unused;
    size_t left;

    if (n <= head || memcmp(s, calendar, head) != 0)
        return false;
    s += head;
    n -= head;
    slash = memchr(s, '/', n);
    if (slash == NULL)
        return read_date(s, n, first, last);
    left = (size_t)(slash - s);
    return read_date(s, left, first, &unused) &&
        read_date(slash + 1, n - left - 1, &unused, last) && *first <= *last;
}

int64_t
days_at(int64_t time)
{
    return time >= 0 ? time / 86400 : -((-time + 86399) / 86400);
}
