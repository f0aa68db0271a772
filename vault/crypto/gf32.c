/* SPDX-License-Identifier: Apache-2.0 */
/* gf32.c: GF(32) without tables, and BIP-93's BCH checksum over it */
#include <string.h>

#include "gf32.h"

static const char letters[33] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* x^13 is the sum of these times x^12 ... x^0: the generator of BIP-93. */
static const char generator[VLT_GF32_SUM + 1] = "em3gqeeelmcss";
/* What a valid string leaves, and what the checksum starts from ("ms" in
 * front of the data part); 0x23181b3 as 5-bit groups. */
static const char target[VLT_GF32_SUM + 1] = "secretshare32";
static const uint8_t start[VLT_GF32_SUM] = {0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 0, 13,
    19};

/* All bits when bit is 1, none when it is 0. */
static unsigned
mask(unsigned bit)
{
    return 0u - (bit & 1);
}

uint8_t
vlt_gf32_mul(uint8_t a, uint8_t b)
{
    unsigned x = a;
    unsigned sum = 0;

    for (unsigned i = 0; i < 5; i++) {
        sum ^= x & mask((unsigned)b >> i);
        x <<= 1;
        x ^= 41 & mask(x >> 5);
    }
    return (uint8_t)sum;
}

uint8_t
vlt_gf32_inverse(uint8_t a)
{
    uint8_t power = a;
    uint8_t out = 1;

    for (int i = 0; i < 4; i++) { /* a^2 a^4 a^8 a^16 = a^30 */
        power = vlt_gf32_mul(power, power);
        out = vlt_gf32_mul(out, power);
    }
    return out;
}

/* All bits when a == b, none otherwise; both below 256. */
static unsigned
same(unsigned a, unsigned b)
{
    return mask(((a ^ b) - 1) >> 8);
}

char
vlt_gf32_letter(uint8_t v)
{
    unsigned c = 0;

    for (unsigned i = 0; i < 32; i++)
        c |= (unsigned char)letters[i] & same(i, v);
    return (char)c;
}

uint8_t
vlt_gf32_value(char c)
{
    unsigned v = 0;
    unsigned hit = 0;

    for (unsigned i = 0; i < 32; i++) {
        unsigned m = same((unsigned char)letters[i], (unsigned char)c);

        v |= i & m;
        hit |= m;
    }
    return (uint8_t)(v | (~hit & 0xff));
}

/* A string's letters as values: for the constants above. */
static void
values(uint8_t out[VLT_GF32_SUM], const char *s)
{
    for (size_t i = 0; i < VLT_GF32_SUM; i++)
        out[i] = vlt_gf32_value(s[i]);
}

static void
divide(uint8_t r[VLT_GF32_SUM], const uint8_t g[VLT_GF32_SUM], uint8_t next)
{
    uint8_t top = r[0];

    memmove(r, r + 1, VLT_GF32_SUM - 1);
    r[VLT_GF32_SUM - 1] = next;
    for (size_t i = 0; i < VLT_GF32_SUM; i++)
        r[i] ^= vlt_gf32_mul(top, g[i]);
}

void
vlt_gf32_sum(uint8_t out[VLT_GF32_SUM], const uint8_t *v, size_t n)
{
    uint8_t g[VLT_GF32_SUM];

    values(g, generator);
    memcpy(out, start, VLT_GF32_SUM);
    for (size_t i = 0; i < n; i++)
        divide(out, g, v[i]);
}

/* What v leaves beyond what a valid string leaves: all zero when valid. */
static void
syndrome(uint8_t out[VLT_GF32_SUM], const uint8_t *v, size_t n)
{
    uint8_t t[VLT_GF32_SUM];

    values(t, target);
    vlt_gf32_sum(out, v, n);
    for (size_t i = 0; i < VLT_GF32_SUM; i++)
        out[i] ^= t[i];
}

static bool
all_zero(const uint8_t s[VLT_GF32_SUM])
{
    unsigned sum = 0;

    for (size_t i = 0; i < VLT_GF32_SUM; i++)
        sum |= s[i];
    return sum == 0;
}

bool
vlt_gf32_sum_ok(const uint8_t *v, size_t n)
{
    uint8_t s[VLT_GF32_SUM];

    syndrome(s, v, n);
    return all_zero(s);
}

void
vlt_gf32_seal(uint8_t *v, size_t n)
{
    uint8_t s[VLT_GF32_SUM];

    memset(v + n - VLT_GF32_SUM, 0, VLT_GF32_SUM);
    syndrome(s, v, n);
    memcpy(v + n - VLT_GF32_SUM, s, VLT_GF32_SUM);
}

/* s divided by its first element that is not 0: what all its multiples have
 * in common. s is not all zero. */
static void
direction(uint8_t out[VLT_GF32_SUM], const uint8_t s[VLT_GF32_SUM])
{
    uint8_t inverse = 0;
    size_t i = 0;

    while (s[i] == 0)
        i++;
    inverse = vlt_gf32_inverse(s[i]);
    for (i = 0; i < VLT_GF32_SUM; i++)
        out[i] = vlt_gf32_mul(s[i], inverse);
}

/* s + e x, where x is what a 1 at some position leaves. */
static void
without(uint8_t out[VLT_GF32_SUM], const uint8_t s[VLT_GF32_SUM],
    const uint8_t x[VLT_GF32_SUM], uint8_t e)
{
    for (size_t i = 0; i < VLT_GF32_SUM; i++)
        out[i] = s[i] ^ vlt_gf32_mul(e, x[i]);
}

/* What a 1 leaves that stands k symbols before the end. */
static void
mark(uint8_t x[VLT_GF32_SUM], size_t k)
{
    uint8_t g[VLT_GF32_SUM];

    values(g, generator);
    memset(x, 0, VLT_GF32_SUM);
    x[VLT_GF32_SUM - 1] = 1;
    for (size_t i = 0; i < k; i++)
        divide(x, g, 0);
}

enum { MOST = 93 }; /* beyond this length two errors are not told apart */

/* The position whose mark has this direction, from `first` on; n: none. */
static size_t
position(uint8_t ways[][VLT_GF32_SUM], size_t first, size_t n,
    const uint8_t s[VLT_GF32_SUM])
{
    uint8_t way[VLT_GF32_SUM];
    size_t i;

    direction(way, s);
    for (i = first; i < n; i++)
        if (memcmp(way, ways[i], VLT_GF32_SUM) == 0)
            break;
    return i;
}

/*
 * A wrong symbol adds a multiple of its position's mark. Two patterns of up to
 * four wrong symbols never leave the same, so the first that fits is the one.
 */
size_t
vlt_gf32_wrong(const uint8_t *v, size_t n, size_t at[2])
{
    uint8_t ways[MOST][VLT_GF32_SUM];
    uint8_t s[VLT_GF32_SUM];
    uint8_t rest[VLT_GF32_SUM];

    syndrome(s, v, n);
    if (n > MOST || all_zero(s))
        return 0;
    for (size_t i = 0; i < n; i++) {
        mark(rest, n - 1 - i);
        direction(ways[i], rest);
    }
    at[0] = position(ways, 0, n, s);
    if (at[0] < n)
        return 1;
    for (size_t i = 0; i < n; i++)
        for (uint8_t e = 1; e < 32; e++) {
            without(rest, s, ways[i], e);
            at[1] = position(ways, i + 1, n, rest);
            if (at[1] < n) {
                at[0] = i;
                return 2;
            }
        }
    return 0;
}
