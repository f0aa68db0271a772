/* SPDX-License-Identifier: Apache-2.0 */
/* text.h: hex, base64 and bech32, each in its one exact form */
#ifndef VLT_TEXT_H
#define VLT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lower-case hex with a closing 0: out holds 2 n + 1 bytes. */
void vlt_hex(char *out, const uint8_t *p, size_t n);
/* Exactly 2 n lower-case digits at s (len = 2 n); false otherwise. */
bool vlt_unhex(uint8_t *out, size_t n, const char *s, size_t len);

/* Standard base64 with padding (RFC 4648 section 4). */
enum { VLT_B64_32 = 44 }; /* length of the text for 32 bytes */
#define VLT_B64_SIZE(n) (((n) + 2) / 3 * 4)
/* Writes VLT_B64_SIZE(n) characters and a 0. */
void vlt_b64(char *out, const uint8_t *p, size_t n);
/*
 * The only accepted form: right length, padding, no white space, unused
 * bits zero. Writes at most max bytes, *n of them. False otherwise.
 */
bool vlt_unb64(uint8_t *out, size_t max, size_t *n, const char *s, size_t len);
/*
 * The same without padding, as age's header has it: gives the length, and
 * writes at most VLT_B64_SIZE(n) + 1 bytes.
 */
#define VLT_B64_BARE(n) (((n)*8 + 5) / 6)
size_t vlt_b64_bare(char *out, const uint8_t *p, size_t n);
bool vlt_unb64_bare(uint8_t *out, size_t max, size_t *n, const char *s,
    size_t len);

/*
 * The 5-bit groups of p in the bech32 alphabet (BIP-173), no checksum:
 * the first `bits` bits (a multiple of 5), `bits / 5` characters and a 0.
 */
void vlt_bech32_bits(char *out, const uint8_t *p, size_t bits);
/*
 * A whole bech32 string (BIP-173, no length limit): hrp, 1, data, checksum.
 * Lower case. out holds strlen(hrp) + 1 + (8 n + 4) / 5 + 6 + 1 bytes.
 */
void vlt_bech32(char *out, const char *hrp, const uint8_t *p, size_t n);
/*
 * Exactly n bytes back from such a string under hrp (given in lower case): all
 * lower or all upper case, checksum right, bits that are left over zero. False
 * otherwise; out is undefined then, and the caller wipes a secret.
 */
bool vlt_unbech32(uint8_t *out, size_t n, const char *hrp, const char *s,
    size_t len);

/* Whether n bytes are well-formed UTF-8 (no surrogates, no overlong). */
bool vlt_utf8_valid(const uint8_t *p, size_t n);
/* The next code point of a string that is valid UTF-8 and not at its end. */
uint32_t vlt_utf8_next(const char **s);
/*
 * Length of the longest prefix of s that has at most n bytes and does not
 * end inside a code point. s ends at a 0 or after n bytes.
 */
size_t vlt_utf8_cut(const char *s, size_t n);

/*
 * A decimal u64 without sign or leading zeros over exactly len bytes.
 * False on anything else or overflow.
 */
bool vlt_parse_u64(uint64_t *out, const char *s, size_t len);
/* Same with an optional leading '-' (not "-0"). */
bool vlt_parse_i64(int64_t *out, const char *s, size_t len);

#endif
