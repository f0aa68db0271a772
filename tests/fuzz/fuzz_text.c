/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_text.c: what decodes is written back as the same text, and no other */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define MUST(x)      \
    do {             \
        if (!(x))    \
            abort(); \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
base64(const uint8_t *data, size_t size, char *text, uint8_t *bytes)
{
    size_t n = 0;

    if (vlt_unb64(bytes, size, &n, (const char *)data, size)) {
        vlt_b64(text, bytes, n);
        MUST(strlen(text) == size && memcmp(text, data, size) == 0);
    }
    vlt_b64(text, data, size);
    MUST(strlen(text) == VLT_B64_SIZE(size));
    MUST(vlt_unb64(bytes, size, &n, text, strlen(text)));
    MUST(n == size && (n == 0 || memcmp(bytes, data, n) == 0));
}

static void
hex(const uint8_t *data, size_t size, char *text, uint8_t *bytes)
{
    if (vlt_unhex(bytes, size / 2, (const char *)data, size)) {
        vlt_hex(text, bytes, size / 2);
        MUST(strlen(text) == size && memcmp(text, data, size) == 0);
    }
    vlt_hex(text, data, size);
    MUST(vlt_unhex(bytes, size, text, strlen(text)));
    MUST(size == 0 || memcmp(bytes, data, size) == 0);
}

static uint32_t
bech32_step(uint32_t sum, uint32_t v)
{
    static const uint32_t gen[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
        0x3d4233dd, 0x2a1462b3};
    uint32_t top = sum >> 25;
    int i;

    sum = (sum & 0x1ffffff) << 5 ^ v;
    for (i = 0; i < 5; i++)
        sum ^= (top >> i & 1) != 0 ? gen[i] : 0;
    return sum;
}

/* A reader of its own: the checksum holds, and the data part is the data. */
static void
bech32(const uint8_t *data, size_t size, char *text)
{
    static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    uint32_t sum, acc = 0;
    unsigned bits = 0;
    size_t n = 0;
    const char *s, *end;

    vlt_bech32(text, "x", data, size);
    end = text + strlen(text) - 6;
    MUST(strncmp(text, "x1", 2) == 0);
    MUST(strlen(text) == 2 + (8 * size + 4) / 5 + 6);
    sum = bech32_step(bech32_step(bech32_step(1, 'x' >> 5), 0), 'x' & 31);
    for (s = text + 2; *s != 0; s++) {
        const char *at = strchr(alphabet, *s);
        uint32_t v;

        MUST(at != NULL);
        v = (uint32_t)(at - alphabet);
        sum = bech32_step(sum, v);
        if (s >= end)
            continue;
        acc = (acc << 5 | v) & 0xfff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            MUST(n < size && (acc >> bits & 0xff) == data[n]);
            n++;
        }
    }
    MUST(n == size && sum == 1 && (acc & ((1u << bits) - 1)) == 0);
    vlt_bech32_bits(text + 1, data, size * 8 / 5 * 5);
    MUST(strlen(text) == 1 + size * 8 / 5);
}

static void
utf8(const uint8_t *data, size_t size)
{
    size_t cut, n;

    for (n = 0; n <= size && n < 64; n++) {
        cut = vlt_utf8_cut((const char *)data, n);
        MUST(cut <= n);
        MUST(n - cut < 4 || data[cut] == 0);
        /* A cut of something well-formed is well-formed. */
        if (vlt_utf8_valid(data, size))
            MUST(vlt_utf8_valid(data, cut));
    }
}

static void
numbers(const uint8_t *data, size_t size)
{
    const char *s = (const char *)data;
    uint64_t u;
    int64_t i;
    bool is_u = vlt_parse_u64(&u, s, size);

    if (vlt_parse_i64(&i, s, size) && i >= 0)
        MUST(is_u && u == (uint64_t)i);
    if (is_u && u <= INT64_MAX)
        MUST(vlt_parse_i64(&i, s, size) && i == (int64_t)u);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nothing[1];
    char *text;
    uint8_t *bytes;

    if (size > 4096)
        return 0;
    if (data == NULL)
        data = nothing;
    text = malloc(2 * size + 16);
    bytes = malloc(size + 1);
    MUST(text != NULL && bytes != NULL);
    base64(data, size, text, bytes);
    hex(data, size, text, bytes);
    bech32(data, size, text);
    utf8(data, size);
    numbers(data, size);
    free(text);
    free(bytes);
    return 0;
}
