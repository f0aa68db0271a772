/* SPDX-License-Identifier: Apache-2.0 */
/* edtf.c: the shape of EDTF level 1 dates (ISO 8601-2, section 6.2) */
#include "edtf.h"

#include <string.h>

struct cursor {
    const char *s;
    size_t left;
};

static bool
eat(struct cursor *c, char ch)
{
    if (c->left == 0 || *c->s != ch)
        return false;
    c->s++;
    c->left--;
    return true;
}

/* Exactly n decimal digits whose value lies between low and high. */
static bool
eat_number(struct cursor *c, size_t n, unsigned low, unsigned high)
{
    unsigned v = 0;
    size_t i;

    if (c->left < n)
        return false;
    for (i = 0; i < n; i++) {
        if (c->s[i] < '0' || c->s[i] > '9')
            return false;
        v = v * 10 + (unsigned)(c->s[i] - '0');
    }
    if (v < low || v > high)
        return false;
    c->s += n;
    c->left -= n;
    return true;
}

static bool
eat_word(struct cursor *c, const char *word)
{
    size_t n = strlen(word);

    if (c->left < n || memcmp(c->s, word, n) != 0)
        return false;
    c->s += n;
    c->left -= n;
    return true;
}

/* Y, an optional minus, five digits or more, the first not 0. */
static bool
eat_long_year(struct cursor *c)
{
    size_t digits = 0;

    (void)eat(c, '-');
    if (c->left == 0 || *c->s == '0')
        return false;
    while (eat_number(c, 1, 0, 9))
        digits++;
    return digits >= 5;
}

/* Four digits of a year, the last one or two of which may be X. */
static bool
eat_year(struct cursor *c, bool *unspecified)
{
    (void)eat(c, '-');
    *unspecified = false;
    if (eat_number(c, 4, 0, 9999))
        return true;
    *unspecified = true;
    if (eat_number(c, 3, 0, 999))
        return eat(c, 'X');
    return eat_number(c, 2, 0, 99) && eat_word(c, "XX");
}

/* hh:mm:ss, then nothing, Z, or a shift of hh or hh:mm. */
static bool
eat_time(struct cursor *c)
{
    if (!eat_number(c, 2, 0, 24) || !eat(c, ':') || !eat_number(c, 2, 0, 59) ||
        !eat(c, ':') || !eat_number(c, 2, 0, 60))
        return false;
    if (eat(c, 'Z'))
        return true;
    if (!eat(c, '+') && !eat(c, '-'))
        return true;
    if (!eat_number(c, 2, 0, 23))
        return false;
    return !eat(c, ':') || eat_number(c, 2, 0, 59);
}

/* What may follow a year that is given in full: -MM, -MM-DD, a time. */
static bool
eat_rest(struct cursor *c, bool *timed)
{
    if (!eat(c, '-'))
        return true;
    if (eat_number(c, 2, 21, 24)) /* seasons */
        return true;
    if (eat_word(c, "XX"))
        return !eat(c, '-') || eat_word(c, "XX");
    if (!eat_number(c, 2, 1, 13))
        return false;
    if (!eat(c, '-'))
        return true;
    if (eat_word(c, "XX"))
        return true;
    if (!eat_number(c, 2, 1, 32))
        return false;
    *timed = eat(c, 'T');
    return !*timed || eat_time(c);
}

/* One date with its qualifier; *timed when it has a time of day. */
static bool
eat_date(struct cursor *c, bool *timed)
{
    bool unspecified;

    *timed = false;
    if (eat(c, 'Y'))
        return eat_long_year(c);
    if (!eat_year(c, &unspecified))
        return false;
    if (!unspecified && !eat_rest(c, timed))
        return false;
    if (!*timed && !eat(c, '?') && !eat(c, '~'))
        (void)eat(c, '%');
    return true;
}

/* One side of an interval: a date, `..`, or nothing. */
static bool
eat_side(struct cursor *c, char end, bool *is_date)
{
    bool timed;

    *is_date = false;
    if (c->left == 0 || *c->s == end || eat_word(c, ".."))
        return true;
    *is_date = true;
    return eat_date(c, &timed) && !timed;
}

bool
vlt_edtf_ok(const char *s, size_t len)
{
    struct cursor c = {s, len};
    bool timed, from, to;

    if (len == 0 || len > VLT_EDTF_MAX)
        return false;
    if (memchr(s, '/', len) == NULL)
        return eat_date(&c, &timed) && c.left == 0;
    return eat_side(&c, '/', &from) && eat(&c, '/') &&
        eat_side(&c, '\0', &to) && c.left == 0 && (from || to);
}
