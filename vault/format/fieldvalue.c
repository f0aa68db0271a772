/* SPDX-License-Identifier: Apache-2.0 */
/* fieldvalue.c: what a field's name and value may be (section 6.2) */
#include "edtf.h"
#include "field.h"
#include "text.h"

#include <string.h>

enum {
    LINK_HEAD = 16 + 16 + 4,
    RELATION_MAX = 32,
    CALENDAR_MAX = 16,
    TAG_MAX = 35
};

static bool
is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool
vlt_field_name_ok(const char *name, size_t len)
{
    size_t i;

    if (len == 0 || len > VLT_FIELD_NAME)
        return false;
    for (i = 0; i < len; i++)
        if (!is_lower(name[i]) && !is_digit(name[i]) && name[i] != '.' &&
            name[i] != '-')
            return false;
    return true;
}

static bool
relation_ok(const char *s, size_t len)
{
    size_t i;

    if (len == 0 || len > RELATION_MAX)
        return false;
    for (i = 0; i < len; i++)
        if (!is_lower(s[i]) && !is_digit(s[i]) && s[i] != '-')
            return false;
    return true;
}

/* calendar [a-z]{1,16}, space, EDTF level 1 text */
static bool
date_ok(const char *s, size_t len)
{
    size_t n = 0;

    while (n < len && is_lower(s[n]))
        n++;
    if (n == 0 || n > CALENDAR_MAX || n == len || s[n] != ' ')
        return false;
    return vlt_edtf_ok(s + n + 1, len - n - 1);
}

/* BCP 47 tag [A-Za-z0-9-]{1,35}, space, UTF-8 text */
static bool
lang_text_ok(const char *s, size_t len)
{
    size_t n = 0;

    while (n < len &&
        (is_lower(s[n]) || is_digit(s[n]) || s[n] == '-' ||
            (s[n] >= 'A' && s[n] <= 'Z')))
        n++;
    if (n == 0 || n > TAG_MAX || n == len || s[n] != ' ')
        return false;
    return vlt_utf8_valid((const uint8_t *)s + n + 1, len - n - 1);
}

bool
vlt_field_value_ok(uint8_t type, const uint8_t *value, size_t len)
{
    const char *s = (const char *)value;

    switch (type) {
    case VLT_FIELD_TEXT:
        return vlt_utf8_valid(value, len);
    case VLT_FIELD_BYTES:
    case VLT_FIELD_BODY:
        return true;
    case VLT_FIELD_TIME:
    case VLT_FIELD_NUMBER:
        return len == 8;
    case VLT_FIELD_LINK:
        return len > LINK_HEAD && relation_ok(s + LINK_HEAD, len - LINK_HEAD);
    case VLT_FIELD_DATE:
        return date_ok(s, len);
    case VLT_FIELD_LANG_TEXT:
        return lang_text_ok(s, len);
    default:
        return type >= 64 && type <= 127;
    }
}
