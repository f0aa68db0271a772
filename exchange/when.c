/* SPDX-License-Identifier: Apache-2.0 */
/* when.c: times for people and for scripts */
#include "when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct civil {
    int64_t year;
    int month, day, hour, minute, second;
};

/* Days since 1970-01-01 of a Gregorian date (Hinnant's days_from_civil). */
static int64_t
days_from(int64_t y, int m, int d)
{
    int64_t era, yoe, doy;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = y - era * 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int64_t
seconds_of(const struct civil *c)
{
    return days_from(c->year, c->month, c->day) * 86400 + c->hour * 3600 +
        c->minute * 60 + c->second;
}

/* Divide rounding down, also below zero. */
static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static struct civil
civil_of(int64_t t)
{
    int64_t days = floor_div(t, 86400);
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int secs = (int)(t - days * 86400);
    struct civil c;

    c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c.year = yoe + era * 400 + (c.month <= 2);
    c.hour = secs / 3600;
    c.minute = secs / 60 % 60;
    c.second = secs % 60;
    return c;
}

/* Seconds that the machine's zone is ahead of UTC at t; 0 when unknown. */
static int64_t
offset_at(int64_t t)
{
    time_t tt = (time_t)t;
    struct tm *tm = (int64_t)tt == t ? localtime(&tt) : NULL;
    struct civil c;

    if (tm == NULL)
        return 0;
    c = (struct civil){tm->tm_year + 1900LL, tm->tm_mon + 1, tm->tm_mday,
        tm->tm_hour, tm->tm_min, tm->tm_sec};
    return seconds_of(&c) - t;
}

/* Far beyond any real time, and far from overflow. */
static int64_t
bounded(int64_t t)
{
    const int64_t most = INT64_C(100000000000000);

    return t > most ? most : t < -most ? -most : t;
}

void
when_utc(char out[WHEN_SIZE], int64_t t)
{
    struct civil c = civil_of(bounded(t));

    (void)snprintf(out, WHEN_SIZE, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02dZ",
        c.year, c.month, c.day, c.hour, c.minute, c.second);
}

void
when_local(char out[WHEN_SIZE], int64_t t)
{
    int64_t offset = offset_at(bounded(t));
    int64_t ahead = offset < 0 ? -offset : offset;
    struct civil c = civil_of(bounded(t) + offset);

    if (t < 0) {
        (void)snprintf(out, WHEN_SIZE, "-");
        return;
    }
    (void)snprintf(out, WHEN_SIZE,
        "%04" PRId64 "-%02d-%02d %02d:%02d %c%02d:%02d", c.year, c.month, c.day,
        c.hour, c.minute, offset < 0 ? '-' : '+', (int)(ahead / 3600),
        (int)(ahead / 60 % 60));
}

/* Exactly n digits. */
static bool
digits(const char **s, int n, int *out)
{
    int v = 0;

    for (int i = 0; i < n; i++) {
        if ((*s)[i] < '0' || (*s)[i] > '9')
            return false;
        v = v * 10 + ((*s)[i] - '0');
    }
    *s += n;
    *out = v;
    return true;
}

static bool
expect(const char **s, const char *any)
{
    if (**s == 0 || strchr(any, **s) == NULL)
        return false;
    (*s)++;
    return true;
}

static bool
parse_date(const char **s, struct civil *c)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
        31};
    int year = 0;
    bool leap;

    if (!digits(s, 4, &year) || !expect(s, "-") || !digits(s, 2, &c->month) ||
        !expect(s, "-") || !digits(s, 2, &c->day))
        return false;
    c->year = year;
    leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return c->month >= 1 && c->month <= 12 && c->day >= 1 &&
        c->day <= length[c->month - 1] + (c->month == 2 && leap);
}

/* Z or +hh:mm, as seconds ahead of UTC. */
static bool
parse_offset(const char **s, int64_t *ahead)
{
    int sign = **s == '-' ? -1 : 1;
    int h = 0, m = 0;

    *ahead = 0;
    if (expect(s, "Zz"))
        return true;
    if (!expect(s, "+-") || !digits(s, 2, &h) || !expect(s, ":") ||
        !digits(s, 2, &m) || h > 23 || m > 59)
        return false;
    *ahead = sign * (h * 3600 + m * 60);
    return true;
}

bool
when_parse(const char *s, int64_t *t)
{
    struct civil c = {0};
    int64_t ahead = 0;

    if (!parse_date(&s, &c))
        return false;
    if (*s == 0) {
        /* the offset of that midnight, found from a first guess */
        ahead = offset_at(seconds_of(&c));
        ahead = offset_at(seconds_of(&c) - ahead);
        *t = seconds_of(&c) - ahead;
        return true;
    }
    if (!expect(&s, "Tt ") || !digits(&s, 2, &c.hour) || !expect(&s, ":") ||
        !digits(&s, 2, &c.minute) || !expect(&s, ":") ||
        !digits(&s, 2, &c.second))
        return false;
    if (expect(&s, ".")) {
        if (!expect(&s, "0123456789"))
            return false;
        while (expect(&s, "0123456789"))
            continue;
    }
    if (!parse_offset(&s, &ahead) || *s != 0)
        return false;
    if (c.hour > 23 || c.minute > 59 || c.second > 60)
        return false;
    *t = seconds_of(&c) - ahead;
    return true;
}
