/* SPDX-License-Identifier: Apache-2.0 */
/* dateform.c: dates as tables write them */
#include "dateform.h"

#include <stdio.h>
#include <string.h>

enum { DAY, MONTH, YEAR, PARTS };

/* The order of the parts and what stands between them. */
struct shape {
    int order[PARTS];
    char between;
};

static bool
take_part(const char **form, int *part)
{
    static const char *const words[PARTS] = {"dd", "mm", "yyyy"};

    for (int i = 0; i < PARTS; i++) {
        size_t n = strlen(words[i]);

        if (strncmp(*form, words[i], n) == 0) {
            *form += n;
            *part = i;
            return true;
        }
    }
    return false;
}

static bool
shape_of(const char *form, struct shape *s)
{
    unsigned seen = 0;

    s->between = 0;
    for (int i = 0; i < PARTS; i++) {
        if (i > 0) {
            if (*form == 0 || strchr("./-", *form) == NULL ||
                (s->between != 0 && *form != s->between))
                return false;
            s->between = *form++;
        }
        if (!take_part(&form, &s->order[i]))
            return false;
        seen |= 1u << s->order[i];
    }
    return *form == 0 && seen == 7;
}

bool
dateform_ok(const char *form)
{
    struct shape s;

    return strcmp(form, "edtf") == 0 || shape_of(form, &s);
}

/* One to four digits up to the next separator, or the end. */
static bool
take_number(const char **s, size_t *n, char between, int *value, size_t *digits)
{
    *value = 0;
    *digits = 0;
    while (*n > 0 && **s >= '0' && **s <= '9' && *digits < 5) {
        *value = *value * 10 + (**s - '0');
        (*digits)++;
        (*s)++;
        (*n)--;
    }
    if (*n > 0 && **s != between)
        return false;
    if (*n > 0) {
        (*s)++;
        (*n)--;
        if (*n == 0)
            return false;
    }
    return *digits > 0 && *digits <= 4;
}

/* Which part the i-th number is when there are `count` of them: the day goes
 * first, then the month. */
static int
part_at(const struct shape *s, int i, int count)
{
    for (int k = 0; k < PARTS; k++) {
        if (s->order[k] < PARTS - count)
            continue;
        if (i-- == 0)
            return s->order[k];
    }
    return YEAR;
}

static bool
write_edtf(const int v[PARTS], char out[DATEFORM_SIZE])
{
    if (v[MONTH] == 0 && v[DAY] != 0)
        return false;
    if (v[MONTH] > 12 || v[DAY] > 31)
        return false;
    if (v[MONTH] == 0)
        (void)snprintf(out, DATEFORM_SIZE, "%04d", v[YEAR]);
    else if (v[DAY] == 0)
        (void)snprintf(out, DATEFORM_SIZE, "%04d-%02d", v[YEAR], v[MONTH]);
    else
        (void)snprintf(out, DATEFORM_SIZE, "%04d-%02d-%02d", v[YEAR], v[MONTH],
            v[DAY]);
    return true;
}

bool
dateform_edtf(const char *form, const char *s, size_t n,
    char out[DATEFORM_SIZE])
{
    int value[PARTS] = {0}, v[PARTS] = {0};
    size_t digits[PARTS] = {0};
    struct shape shape;
    int count = 0;

    if (strcmp(form, "edtf") == 0) {
        if (n == 0 || n >= DATEFORM_SIZE)
            return false;
        memcpy(out, s, n);
        out[n] = 0;
        return true;
    }
    if (!shape_of(form, &shape))
        return false;
    while (n > 0) {
        if (count == PARTS ||
            !take_number(&s, &n, shape.between, &value[count], &digits[count]))
            return false;
        count++;
    }
    for (int i = 0; i < count; i++) {
        int part = part_at(&shape, i, count);

        if (part == YEAR ? digits[i] != 4 : digits[i] > 2)
            return false;
        v[part] = value[i];
    }
    return count > 0 && write_edtf(v, out);
}
