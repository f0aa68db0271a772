/* SPDX-License-Identifier: Apache-2.0 */
/* sha256_ni.c: SHA-256 with the SHA extensions of x86-64 processors */
#include <sodium.h>

#include "sha256.h"

/*
 * The one primitive of our own: hashing every byte of evidence is what takes
 * longest, and these instructions do it four times as fast as portable code.
 * hash.c uses it only after it gave the same as libsodium at start.
 */
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))

#include <assert.h>
#include <cpuid.h>
#include <immintrin.h>
#include <string.h>

#define WITH_SHA __attribute__((target("sse4.1,ssse3,sha")))

struct state {
    uint32_t h[8];
    uint64_t bytes; /* of the whole message so far */
    uint8_t block[64];
};
static_assert(sizeof(struct state) <= VLT_SHA256_STATE, "the state fits");

/* Eight working variables in the order the instructions want them. */
struct lanes {
    __m128i abef;
    __m128i cdgh;
};

/* FIPS 180-4, 4.2.2 */
static const _Alignas(16) uint32_t k[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf,
    0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
    0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
    0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
    0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
    0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
    0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c,
    0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee,
    0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

/* FIPS 180-4, 5.3.3 */
static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
    0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/* Rounds 4i to 4i + 3 with message words w. */
WITH_SHA static inline void
rounds(struct lanes *s, __m128i w, int i)
{
    __m128i wk =
        _mm_add_epi32(w, _mm_load_si128((const __m128i *)(const void *)k + i));

    s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, wk);
    wk = _mm_shuffle_epi32(wk, 0x0e);
    s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, wk);
}

/* The next four message words of the sixteen before them, oldest first. */
WITH_SHA static inline __m128i
schedule(__m128i w0, __m128i w1, __m128i w2, __m128i w3)
{
    __m128i w = _mm_sha256msg1_epu32(w0, w1);

    w = _mm_add_epi32(w, _mm_alignr_epi8(w3, w2, 4));
    return _mm_sha256msg2_epu32(w, w3);
}

/* Four message words from 16 bytes. */
WITH_SHA static inline __m128i
words(const uint8_t *p)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);

    return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)p),
        swap);
}

WITH_SHA static inline void
one_block(struct lanes *s, const uint8_t *p)
{
    const struct lanes before = *s;
    __m128i w0 = words(p);
    __m128i w1 = words(p + 16);
    __m128i w2 = words(p + 32);
    __m128i w3 = words(p + 48);

    for (int i = 0;; i += 4) {
        rounds(s, w0, i);
        rounds(s, w1, i + 1);
        rounds(s, w2, i + 2);
        rounds(s, w3, i + 3);
        if (i == 12)
            break;
        w0 = schedule(w0, w1, w2, w3);
        w1 = schedule(w1, w2, w3, w0);
        w2 = schedule(w2, w3, w0, w1);
        w3 = schedule(w3, w0, w1, w2);
    }
    s->abef = _mm_add_epi32(s->abef, before.abef);
    s->cdgh = _mm_add_epi32(s->cdgh, before.cdgh);
}

WITH_SHA static void
blocks(uint32_t h[8], const uint8_t *p, size_t n)
{
    __m128i badc =
        _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)h),
            0xb1);
    __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((
                                         const __m128i *)(const void *)(h + 4)),
        0x1b);
    struct lanes s = {_mm_alignr_epi8(badc, hgfe, 8),
        _mm_blend_epi16(hgfe, badc, 0xf0)};

    for (; n != 0; n--, p += 64)
        one_block(&s, p);

    badc = _mm_shuffle_epi32(s.abef, 0x1b); /* feba */
    hgfe = _mm_shuffle_epi32(s.cdgh, 0xb1); /* dchg */
    _mm_storeu_si128((__m128i *)(void *)h, _mm_blend_epi16(badc, hgfe, 0xf0));
    _mm_storeu_si128((__m128i *)(void *)(h + 4),
        _mm_alignr_epi8(hgfe, badc, 8));
}

static void
ni_start(void *state)
{
    struct state *s = state;

    memset(s, 0, sizeof *s);
    memcpy(s->h, start, sizeof s->h);
}

static void
ni_more(void *state, const uint8_t *p, size_t n)
{
    struct state *s = state;
    size_t used = (size_t)(s->bytes % 64);

    if (n == 0)
        return;
    s->bytes += n;
    if (used != 0) {
        size_t take = n < 64 - used ? n : 64 - used;

        memcpy(s->block + used, p, take);
        p += take;
        n -= take;
        if (used + take < 64)
            return;
        blocks(s->h, s->block, 1);
    }
    blocks(s->h, p, n / 64);
    if (n % 64 != 0)
        memcpy(s->block, p + n / 64 * 64, n % 64);
}

static void
ni_end(void *state, uint8_t out[32])
{
    struct state *s = state;
    size_t used = (size_t)(s->bytes % 64);
    uint64_t bits = s->bytes * 8;

    s->block[used++] = 0x80;
    memset(s->block + used, 0, 64 - used);
    if (used > 56) {
        blocks(s->h, s->block, 1);
        memset(s->block, 0, 56);
    }
    for (int i = 0; i < 8; i++)
        s->block[56 + i] = (uint8_t)(bits >> (56 - 8 * i));
    blocks(s->h, s->block, 1);
    for (int i = 0; i < 32; i++)
        out[i] = (uint8_t)(s->h[i / 4] >> (24 - 8 * (i % 4)));
    sodium_memzero(s, sizeof *s);
}

static const struct vlt_sha256_way by_ni = {"sha-ni", ni_start, ni_more,
    ni_end};

const struct vlt_sha256_way *
vlt_sha256_by_ni(void)
{
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;

    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & bit_SSSE3) == 0 ||
        (c & bit_SSE4_1) == 0)
        return NULL;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (b & bit_SHA) == 0)
        return NULL;
    return &by_ni;
}

#else

const struct vlt_sha256_way *
vlt_sha256_by_ni(void)
{
    return NULL;
}

#endif
