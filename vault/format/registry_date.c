/* SPDX-License-Identifier: Apache-2.0 */
/* registry_date.c: dates that exist, times of RFC 3339, language tags */
#include "registry.h"
#include "text.h"

#include <string.h>

static unsigned
digits(const char *s, size_t n)
{
    unsigned v = 0;

    for (size_t i = 0; i < n; i++)
        v = v * 10 + (unsigned)(s[i] - '0');
    return v;
}

static bool
are_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return true;
}

static unsigned
month_days(unsigned year, unsigned month, bool julian)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
        30, 31};
    bool leap = year % 4 == 0 && (julian || year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap ? 1U : 0U);
}

/* One side: YYYY-MM or YYYY-MM-DD at its beginning, if it is that exact. */
static bool
side_ok(const char *s, size_t n, bool julian)
{
    unsigned year, month;

    if (n > 0 && s[0] == '-') {
        s++;
        n--;
    }
    if (n < 7 || !are_digits(s, 4) || s[4] != '-' || !are_digits(s + 5, 2))
        return true;
    year = digits(s, 4);
    month = digits(s + 5, 2);
    if (month > 12)
        return month >= 21 && month <= 24; /* seasons */
    if (n < 10 || s[7] != '-' || !are_digits(s + 8, 2))
        return true;
    return digits(s + 8, 2) <= month_days(year, month, julian);
}

/* Whether an interval of two full years or more exact runs backwards. */
static bool
backwards(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t n = 0;

    while (n < a_len && n < b_len && n < 10 && a[n] != 'X' && b[n] != 'X' &&
        strchr("?~%", a[n]) == NULL && strchr("?~%", b[n]) == NULL)
        n++;
    if (n < 4 || !are_digits(a, 4) || !are_digits(b, 4))
        return false;
    n = n < 7 ? 4 : n < 10 ? 7 : 10;
    /* A season beside a month cannot be compared. */
    if (n >= 7 && (digits(a + 5, 2) > 12 || digits(b + 5, 2) > 12))
        n = 4;
    return memcmp(a, b, n) > 0;
}

bool
vlt_registry_days_ok(const char *calendar, size_t calendar_len, const char *s,
    size_t len)
{
    bool julian = calendar_len == 6 && memcmp(calendar, "julian", 6) == 0;
    const char *slash = memchr(s, '/', len);
    size_t first = slash != NULL ? (size_t)(slash - s) : len;

    if (!julian && (calendar_len != 9 || memcmp(calendar, "gregorian", 9) != 0))
        return true;
    if (slash == NULL)
        return side_ok(s, len, julian);
    return side_ok(s, first, julian) &&
        side_ok(slash + 1, len - first - 1, julian) &&
        !backwards(s, first, slash + 1, len - first - 1);
}

/* ---- RFC 3339 ---- */

/* Days since 1970-01-01 of the gregorian calendar, years 0 to 9999. */
static int64_t
days_since_1970(unsigned year, unsigned month, unsigned day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t m = month > 2 ? (int64_t)month - 3 : (int64_t)month + 9;
    int64_t of_year = (153 * m + 2) / 5 + (int64_t)day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
        719468;
}

/* Z or +hh:mm, all that is left; seconds east of Greenwich. */
static bool
offset_ok(const char *s, size_t n, int64_t *out)
{
    *out = 0;
    if (n == 1 && (s[0] == 'Z' || s[0] == 'z'))
        return true;
    if (n != 6 || (s[0] != '+' && s[0] != '-') || !are_digits(s + 1, 2) ||
        s[3] != ':' || !are_digits(s + 4, 2) || digits(s + 1, 2) > 23 ||
        digits(s + 4, 2) > 59)
        return false;
    *out = (int64_t)digits(s + 1, 2) * 3600 + (int64_t)digits(s + 4, 2) * 60;
    if (s[0] == '-')
        *out = -*out;
    return true;
}

bool
vlt_registry_time(const char *s, size_t n, int64_t *out)
{
    static const char shape[] = "0000-00-00T00:00:00";
    unsigned year, month, day;
    int64_t east, t;

    if (n < sizeof shape)
        return false;
    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == '0' ? !are_digits(s + i, 1)
                            : s[i] != shape[i] &&
                    !(shape[i] == 'T' && (s[i] == 't' || s[i] == ' ')))
            return false;
    year = digits(s, 4);
    month = digits(s + 5, 2);
    day = digits(s + 8, 2);
    if (month < 1 || month > 12 || day < 1 ||
        day > month_days(year, month, false) || digits(s + 11, 2) > 23 ||
        digits(s + 14, 2) > 59 || digits(s + 17, 2) > 59)
        return false;
    if (!offset_ok(s + 19, n - 19, &east))
        return false;
    t = days_since_1970(year, month, day) * 86400 +
        (int64_t)digits(s + 11, 2) * 3600 + (int64_t)digits(s + 14, 2) * 60 +
        (int64_t)digits(s + 17, 2);
    *out = t - east;
    return true;
}

/* ---- BCP 47 ---- */

static bool
is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
all_alpha(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_alpha(s[i]))
            return false;
    return true;
}

/* The places of RFC 5646, section 2.1, in their order. */
enum place { LANGUAGE, EXTLANG, SCRIPT, REGION, VARIANT, EXTENSION, PRIVATE };

/* Where a subtag of n characters may stand after `at`; LANGUAGE: nowhere. */
static enum place
place_of(const char *s, size_t n, enum place at)
{
    if (at == PRIVATE)
        return PRIVATE;
    if (n == 1)
        return s[0] == 'x' || s[0] == 'X' ? PRIVATE : EXTENSION;
    if (at == EXTENSION)
        return EXTENSION;
    if (at == LANGUAGE && n == 3 && all_alpha(s, n))
        return EXTLANG;
    if (at < SCRIPT && n == 4 && all_alpha(s, n))
        return SCRIPT;
    if (at < REGION &&
        ((n == 2 && all_alpha(s, n)) || (n == 3 && are_digits(s, n))))
        return REGION;
    if (n >= 5 || (n == 4 && are_digits(s, 1)))
        return VARIANT;
    return LANGUAGE;
}

bool
vlt_registry_tag_ok(const char *s, size_t n)
{
    enum place at = LANGUAGE;
    size_t len = 0;
    bool open = false; /* a singleton still lacks what it announces */

    while (len < n && s[len] != '-')
        len++;
    if (n > 35 || len < 2 || len > 3 || !all_alpha(s, len))
        return false;
    while (len < n) {
        s += len + 1;
        n -= len + 1;
        for (len = 0; len < n && s[len] != '-'; len++)
            if (!is_alpha(s[len]) && !are_digits(s + len, 1))
                return false;
        if (len == 0 || len > 8 || (open && len == 1 && at == EXTENSION))
            return false;
        open = len == 1 && at != PRIVATE;
        at = place_of(s, len, at);
        if (at == LANGUAGE)
            return false;
    }
    return !open && n > 0;
}
