/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint.h: a fingerprint as people read it out, and compare it */
#ifndef VLT_FINGERPRINT_H
#define VLT_FINGERPRINT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The first 160 bits of a fingerprint in two forms: 32 bech32 characters
 * (vlt_fingerprint_text of card.h), and 50 decimal digits, which can be read
 * out in any language: each two bytes, big-endian, are a group of five digits
 * with leading zeros, 00000 to 65535.
 */
enum { VLT_FINGERPRINT_DIGITS = 50 + 9 + 1 }; /* 10 groups of 5, and 0 */
void vlt_fingerprint_digits(char out[VLT_FINGERPRINT_DIGITS],
    const uint8_t fingerprint[32]);

/*
 * Whether what a person typed is the whole fingerprint, in either form or as
 * 64 hex digits; or, for _ends, its last group in either form. Spaces, dashes
 * and case do not matter, nor of which script the digits are.
 */
bool vlt_fingerprint_is(const uint8_t fingerprint[32], const char *typed);
bool vlt_fingerprint_ends(const uint8_t fingerprint[32], const char *typed);

#endif
