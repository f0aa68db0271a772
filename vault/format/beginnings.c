/* SPDX-License-Identifier: Apache-2.0 */
/* beginnings.c: what words begin with, as tokens of their own */
#include "beginnings.h"
#include <string.h>
#include "bytes.h"
#include "fold.h"

static bool
begins_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

/* The bytes of the first `chars` code points, four for each at most: what is
 * no UTF-8 does not get past its room. n when there are not more. */
static size_t
bytes_of(const char *p, size_t n, size_t chars)
{
    size_t most = 4 * chars;
    size_t i;

    for (i = 0; i < n; i++) {
        if (i == most || (begins_character(p[i]) && chars-- == 0))
            return i;
    }
    return n;
}

static size_t
write(char out[VLT_BEGINNING], const char *p, size_t n)
{
    out[0] = '^';
    memcpy(out + 1, p, n);
    out[1 + n] = 0;
    return 1 + n;
}

/* Of a character of three or four bytes, else 0. */
static uint32_t
code_point(const char *p, size_t n)
{
    uint32_t cp = (unsigned char)p[0];
    size_t more = cp >= 0xf0 ? 3 : cp >= 0xe0 ? 2 : 0;
    size_t i;

    if (more == 0 || n <= more)
        return 0;
    cp &= more == 3 ? 7 : 15;
    for (i = 1; i <= more; i++)
        cp = cp << 6 | ((unsigned char)p[i] & 63);
    return cp;
}

/* Han characters are found one by one, and readings, types and tags whole. */
static bool
is_word(const char *p, size_t n)
{
    return n > 0 && *p != '.' && *p != '~' && *p != '^' &&
        !vlt_is_han(code_point(p, n));
}

enum vault_status
vlt_beginnings(const char *token, size_t n, vlt_token_fn *fn, void *ctx,
    struct vault_error *err)
{
    char out[VLT_BEGINNING];
    enum vault_status st = VAULT_OK;
    size_t chars, len;

    if (!is_word(token, n))
        return VAULT_OK;
    if (*token == '=') {
        token++;
        n--;
    }
    for (chars = 1; st == VAULT_OK && chars <= VLT_BEGINNING_MAX; chars++) {
        len = bytes_of(token, n, chars);
        if (len == n)
            break;
        st = fn(ctx, out, write(out, token, len), err);
    }
    vlt_wipe(out, sizeof out);
    return st;
}

size_t
vlt_beginning_of(const char *word, size_t n, char out[VLT_BEGINNING],
    bool *exact)
{
    size_t len = bytes_of(word, n, VLT_BEGINNING_MAX);

    *exact = len == n;
    return write(out, word, len);
}
