/* SPDX-License-Identifier: Apache-2.0 */
/* bech32.c: bech32 (BIP-173) without its limit of length */
#include "text.h"

#include <assert.h>
#include <string.h>

static const char bech32_alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* The i-th 5-bit group of n bytes; bits beyond the end are zero. */
static uint8_t
group(const uint8_t *p, size_t n, size_t i)
{
    size_t bit = i * 5;
    size_t at = bit / 8;
    unsigned v = (unsigned)p[at] << 8;

    if (at + 1 < n)
        v |= p[at + 1];
    return (uint8_t)(v >> (11 - bit % 8) & 31);
}

void
vlt_bech32_bits(char *out, const uint8_t *p, size_t bits)
{
    size_t n = (bits + 7) / 8;
    size_t i;

    assert(bits % 5 == 0);
    for (i = 0; i < bits / 5; i++)
        out[i] = bech32_alphabet[group(p, n, i)];
    out[i] = 0;
}

static uint32_t
polymod(uint32_t sum, unsigned value)
{
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
        0x3d4233dd, 0x2a1462b3};
    uint32_t top = sum >> 25;
    size_t i;

    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (i = 0; i < 5; i++)
        sum ^= (top >> i & 1) != 0 ? generator[i] : 0;
    return sum;
}

static uint32_t
polymod_hrp(const char *hrp)
{
    uint32_t sum = 1;
    const char *s;

    for (s = hrp; *s != 0; s++)
        sum = polymod(sum, (unsigned)(unsigned char)*s >> 5);
    sum = polymod(sum, 0);
    for (s = hrp; *s != 0; s++)
        sum = polymod(sum, (unsigned)(unsigned char)*s & 31);
    return sum;
}

void
vlt_bech32(char *out, const char *hrp, const uint8_t *p, size_t n)
{
    size_t groups = n / 5 * 8 + (n % 5 * 8 + 4) / 5;
    uint32_t sum = polymod_hrp(hrp);
    size_t i = strlen(hrp);

    memcpy(out, hrp, i);
    out += i;
    *out++ = '1';
    for (i = 0; i < groups; i++) {
        uint8_t v = group(p, n, i);

        sum = polymod(sum, v);
        *out++ = bech32_alphabet[v];
    }
    for (i = 0; i < 6; i++)
        sum = polymod(sum, 0);
    sum ^= 1;
    for (i = 0; i < 6; i++)
        *out++ = bech32_alphabet[sum >> (5 * (5 - i)) & 31];
    *out = 0;
}

static int
bech32_digit(char c, bool upper)
{
    const char *at;

    if (c >= 'A' && c <= 'Z') {
        if (!upper)
            return -1;
        c = (char)(c - 'A' + 'a');
    } else if (upper && c >= 'a' && c <= 'z') {
        return -1;
    }
    at = c != 0 ? strchr(bech32_alphabet, c) : NULL;
    return at != NULL ? (int)(at - bech32_alphabet) : -1;
}

/* Whether s begins with hrp, here in the case of s, and the 1. */
static bool
begins_with(const char *s, size_t len, const char *hrp, bool upper)
{
    size_t n = strlen(hrp);
    size_t i;

    if (len < n + 1 + 6 || s[n] != '1')
        return false;
    for (i = 0; i < n; i++) {
        char c = hrp[i];

        if (upper && c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (s[i] != c)
            return false;
    }
    return true;
}

static bool
checksum_ok(const char *hrp, const char *data, size_t len, bool upper)
{
    uint32_t sum = polymod_hrp(hrp);
    size_t i;

    for (i = 0; i < len; i++) {
        int v = bech32_digit(data[i], upper);

        if (v < 0)
            return false;
        sum = polymod(sum, (unsigned)v);
    }
    return sum == 1;
}

bool
vlt_unbech32(uint8_t *out, size_t n, const char *hrp, const char *s, size_t len)
{
    bool upper = len > 0 && s[0] >= 'A' && s[0] <= 'Z';
    size_t groups = n / 5 * 8 + (n % 5 * 8 + 4) / 5;
    uint32_t acc = 0;
    unsigned bits = 0;
    size_t i;

    if (!begins_with(s, len, hrp, upper))
        return false;
    s += strlen(hrp) + 1;
    len -= strlen(hrp) + 1;
    if (len != groups + 6 || !checksum_ok(hrp, s, len, upper))
        return false;
    for (i = 0; i < groups; i++) {
        acc = acc << 5 | (uint32_t)bech32_digit(s[i], upper);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            *out++ = (uint8_t)(acc >> bits & 0xff);
        }
        acc &= (1u << bits) - 1;
    }
    return acc == 0; /* what stands behind the last byte is zero */
}
