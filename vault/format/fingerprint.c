/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint.c: a fingerprint as people read it out, and compare it */
#include "fingerprint.h"

#include <stdio.h>
#include <string.h>

#include "card.h"
#include "fail.h"
#include "text.h"

enum {
    GROUPS = 10,
    DIGITS = 5,
    TYPED_MAX = 80, /* characters that count, more than any form has */
    HEX = 64
};

void
vlt_fingerprint_digits(char out[VLT_FINGERPRINT_DIGITS],
    const uint8_t fingerprint[32])
{
    size_t i, at = 0;

    for (i = 0; i < GROUPS; i++) {
        unsigned v = (unsigned)fingerprint[2 * i] << 8 | fingerprint[2 * i + 1];

        at += (size_t)snprintf(out + at, VLT_FINGERPRINT_DIGITS - at,
            i == 0 ? "%05u" : " %05u", v);
    }
}

/* A decimal digit of one of the scripts that people write numbers in here. */
static int
digit_of(uint32_t cp)
{
    static const uint32_t zero[] = {'0', 0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66,
        0x0e50, 0x0f20, 0x1040, 0x17e0, 0x1810, 0xff10};
    size_t i;

    for (i = 0; i < VLT_COUNT(zero); i++) {
        if (cp >= zero[i] && cp <= zero[i] + 9)
            return (int)(cp - zero[i]);
    }
    return -1;
}

static bool
is_between(uint32_t cp)
{
    return cp == ' ' || cp == '-' || cp == '\t' || cp == '\n' || cp == '\r' ||
        cp == 0xa0 || (cp >= 0x2009 && cp <= 0x2015) || cp == 0x202f;
}

/* The characters that count, lower case; false when one cannot. */
static bool
reduce(const char *typed, char out[TYPED_MAX + 1])
{
    size_t n = 0;

    if (!vlt_utf8_valid((const uint8_t *)typed, strlen(typed)))
        return false;
    while (*typed != '\0') {
        uint32_t cp = vlt_utf8_next(&typed);
        int digit = digit_of(cp);

        if (is_between(cp))
            continue;
        if (cp >= 'A' && cp <= 'Z')
            cp += 'a' - 'A';
        if (digit >= 0)
            cp = '0' + (uint32_t)digit;
        if (cp >= 0x7f || n == TYPED_MAX)
            return false;
        out[n++] = (char)cp;
    }
    out[n] = '\0';
    return n > 0;
}

static void
both_forms(const uint8_t fingerprint[32], char letters[TYPED_MAX + 1],
    char digits[TYPED_MAX + 1])
{
    char text[VLT_FINGERPRINT_TEXT];
    char numbers[VLT_FINGERPRINT_DIGITS];

    vlt_fingerprint_text(text, fingerprint);
    vlt_fingerprint_digits(numbers, fingerprint);
    (void)!reduce(text, letters);
    (void)!reduce(numbers, digits);
}

bool
vlt_fingerprint_is(const uint8_t fingerprint[32], const char *typed)
{
    char letters[TYPED_MAX + 1], digits[TYPED_MAX + 1], hex[HEX + 1];
    char given[TYPED_MAX + 1];

    if (!reduce(typed, given))
        return false;
    both_forms(fingerprint, letters, digits);
    vlt_hex(hex, fingerprint, 32);
    return strcmp(given, letters) == 0 || strcmp(given, digits) == 0 ||
        strcmp(given, hex) == 0;
}

bool
vlt_fingerprint_ends(const uint8_t fingerprint[32], const char *typed)
{
    char letters[TYPED_MAX + 1], digits[TYPED_MAX + 1];
    char given[TYPED_MAX + 1];

    if (!reduce(typed, given))
        return false;
    both_forms(fingerprint, letters, digits);
    return strcmp(given, letters + strlen(letters) - 4) == 0 ||
        strcmp(given, digits + strlen(digits) - DIGITS) == 0;
}
