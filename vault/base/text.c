/* SPDX-License-Identifier: Apache-2.0 */
/* text.c: hex, base64, UTF-8 and numbers, each in its one exact form */
#include "text.h"

#include <assert.h>
#include <string.h>

/* ---- hex ---- */

void
vlt_hex(char *out, const uint8_t *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < n; i++) {
        *out++ = digits[p[i] >> 4];
        *out++ = digits[p[i] & 15];
    }
    *out = 0;
}

static int
unhex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool
vlt_unhex(uint8_t *out, size_t n, const char *s, size_t len)
{
    size_t i;

    if (len % 2 != 0 || len / 2 != n)
        return false;
    for (i = 0; i < len; i++) {
        if (unhex_digit(s[i]) < 0)
            return false;
    }
    for (i = 0; i < n; i++)
        out[i] =
            (uint8_t)(unhex_digit(s[2 * i]) * 16 + unhex_digit(s[2 * i + 1]));
    return true;
}

/* ---- base64, RFC 4648 section 4 ---- */

static const char b64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
vlt_b64(char *out, const uint8_t *p, size_t n)
{
    for (; n > 0; p += 3, out += 4) {
        uint32_t v = (uint32_t)p[0] << 16;

        if (n > 1)
            v |= (uint32_t)p[1] << 8;
        if (n > 2)
            v |= p[2];
        out[0] = b64_alphabet[v >> 18];
        out[1] = b64_alphabet[v >> 12 & 63];
        out[2] = n > 1 ? b64_alphabet[v >> 6 & 63] : '=';
        out[3] = n > 2 ? b64_alphabet[v & 63] : '=';
        n -= n > 2 ? 3 : n;
    }
    *out = 0;
}

static int
unb64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* Digits only before the padding, and no bits that nothing decodes to. */
static bool
b64_exact(const char *s, size_t digits, size_t pads)
{
    int unused = pads == 2 ? 15 : pads == 1 ? 3 : 0;
    size_t i;

    for (i = 0; i < digits; i++) {
        if (unb64_digit(s[i]) < 0)
            return false;
    }
    return digits == 0 || (unb64_digit(s[digits - 1]) & unused) == 0;
}

/* `digits` characters, after which `pads` of padding stand or would. */
static bool
unb64_digits(uint8_t *out, size_t max, size_t *n, const char *s, size_t digits,
    size_t pads)
{
    size_t size = (digits + pads) / 4 * 3 - pads;
    uint32_t acc = 0;
    size_t i, o;

    if (size > max || !b64_exact(s, digits, pads))
        return false;
    for (i = 0, o = 0; i < digits; i++) {
        acc = acc << 6 | (uint32_t)unb64_digit(s[i]);
        if (i % 4 != 0)
            out[o++] = (uint8_t)(acc >> (6 - 2 * (i % 4)) & 0xff);
    }
    *n = size;
    return true;
}

bool
vlt_unb64(uint8_t *out, size_t max, size_t *n, const char *s, size_t len)
{
    size_t pads = 0;

    if (len % 4 != 0)
        return false;
    if (len > 0 && s[len - 1] == '=')
        pads = s[len - 2] == '=' ? 2 : 1;
    return unb64_digits(out, max, n, s, len - pads, pads);
}

size_t
vlt_b64_bare(char *out, const uint8_t *p, size_t n)
{
    size_t len = VLT_B64_BARE(n);

    vlt_b64(out, p, n);
    out[len] = 0;
    return len;
}

bool
vlt_unb64_bare(uint8_t *out, size_t max, size_t *n, const char *s, size_t len)
{
    if (len % 4 == 1)
        return false;
    return unb64_digits(out, max, n, s, len, (4 - len % 4) % 4);
}

/* ---- UTF-8, RFC 3629 ---- */

/* Length of the well-formed sequence at p, 0 when there is none. */
static size_t
utf8_step(const uint8_t *p, size_t n)
{
    uint8_t low = 0x80, high = 0xbf;
    size_t len, i;

    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (n < len)
        return 0;
    /* The second byte carries the bans on overlong, surrogates, > 10FFFF. */
    if (p[0] == 0xe0)
        low = 0xa0;
    if (p[0] == 0xed)
        high = 0x9f;
    if (p[0] == 0xf0)
        low = 0x90;
    if (p[0] == 0xf4)
        high = 0x8f;
    if (p[1] < low || p[1] > high)
        return 0;
    for (i = 2; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    }
    return len;
}

bool
vlt_utf8_valid(const uint8_t *p, size_t n)
{
    size_t i, step;

    for (i = 0; i < n; i += step) {
        step = utf8_step(p + i, n - i);
        if (step == 0)
            return false;
    }
    return true;
}

/* How many bytes a sequence that begins with this one has; 1 if it is odd. */
static size_t
utf8_length(uint8_t lead)
{
    if (lead < 0xc2 || lead > 0xf4)
        return 1;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

uint32_t
vlt_utf8_next(const char **s)
{
    const uint8_t *p = (const uint8_t *)*s;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    uint32_t cp = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    size_t i;

    for (i = 1; i < n; i++)
        cp = cp << 6 | (p[i] & 0x3f);
    *s += n;
    return cp;
}

size_t
vlt_utf8_cut(const char *s, size_t n)
{
    size_t len, lead;

    for (len = 0; len < n && s[len] != 0; len++)
        ;
    if (len < n || len == 0)
        return len;
    lead = len - 1;
    while (
        lead > 0 && len - lead < 4 && ((unsigned char)s[lead] & 0xc0) == 0x80)
        lead--;
    return utf8_length((unsigned char)s[lead]) > len - lead ? lead : len;
}

/* ---- decimal ---- */

bool
vlt_parse_u64(uint64_t *out, const char *s, size_t len)
{
    uint64_t v = 0;
    size_t i;

    if (len == 0 || (len > 1 && s[0] == '0'))
        return false;
    for (i = 0; i < len; i++) {
        unsigned digit = (unsigned)(unsigned char)s[i] - '0';

        if (digit > 9 || v > (UINT64_MAX - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    *out = v;
    return true;
}

bool
vlt_parse_i64(int64_t *out, const char *s, size_t len)
{
    bool negative = len > 0 && s[0] == '-';
    uint64_t v;

    if (!vlt_parse_u64(&v, s + negative, len - negative))
        return false;
    if (v > (uint64_t)INT64_MAX + negative || (negative && v == 0))
        return false;
    /* -v without passing through a value that int64_t does not have. */
    *out = negative ? -(int64_t)(v - 1) - 1 : (int64_t)v;
    return true;
}
