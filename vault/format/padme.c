/* SPDX-License-Identifier: Apache-2.0 */
/* padme.c: lengths rounded up so that they say little (section 12) */
#include "pack.h"

#include <assert.h>

enum { BODY_MIN = 4096 };
static const uint64_t LENGTH_MAX = UINT64_C(1) << 62;

static unsigned
floor_log2(uint64_t v)
{
    unsigned n = 0;

    while (v >>= 1)
        n++;
    return n;
}

uint64_t
vlt_padme(uint64_t len)
{
    unsigned e, s;
    uint64_t low;

    assert(len <= LENGTH_MAX);
    if (len < 2)
        return len;
    e = floor_log2(len);
    s = floor_log2(e) + 1;
    assert(s <= e);
    low = (UINT64_C(1) << (e - s)) - 1;
    return (len + low) & ~low;
}

uint64_t
vlt_pow2(uint64_t len)
{
    uint64_t v = 1;

    assert(len <= LENGTH_MAX);
    while (v < len)
        v <<= 1;
    return v;
}

bool
vlt_body_padding_ok(uint64_t padded)
{
    /* Every power of two is a fixed point of Padmé, so one test does. */
    return padded >= BODY_MIN && padded <= LENGTH_MAX &&
        vlt_padme(padded) == padded;
}

bool
vlt_body_padding_fits(uint64_t padded, uint64_t stored)
{
    if (!vlt_body_padding_ok(padded) || stored > padded)
        return false;
    if (stored < BODY_MIN)
        stored = BODY_MIN;
    return padded == vlt_padme(stored) || padded == vlt_pow2(stored);
}
