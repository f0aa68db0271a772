/* SPDX-License-Identifier: Apache-2.0 */
/* known.h: comparing with known answers in hex; include after <cmocka.h> */
#ifndef TEST_KNOWN_H
#define TEST_KNOWN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))

/* Decode `hex`, which the caller wrote and got right, into n bytes. */
static inline void
from_hex(uint8_t *out, size_t n, const char *hex)
{
    assert_int_equal(strlen(hex), 2 * n);
    for (size_t i = 0; i < n; i++) {
        unsigned byte = 0;

        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        out[i] = (uint8_t)byte;
    }
}

/* Compare n bytes with `hex`, as text, so that a failure shows both. */
static inline void
assert_hex(const uint8_t *p, size_t n, const char *hex)
{
    char text[1024];

    assert_true(2 * n < sizeof text);
    for (size_t i = 0; i < n; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", p[i]);
    text[2 * n] = '\0';
    assert_string_equal(text, hex);
}

#endif
