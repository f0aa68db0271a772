/* SPDX-License-Identifier: Apache-2.0 */
/* beginnings.c: what words begin with, as tokens of their own */
#include "beginnings.h"
#include <string.h>
#include "bytes.h"
#include "fold.h"

static const char digit[] = "0123456789abc";

static bool
begins_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

/* The bytes of the first `chars` code points; n when there are not more. */
static size_t
bytes_of(const char *p, size_t n, size_t chars)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (begins_character(p[i]) && chars-- == 0)
            return i;
    }
    return n;
}

static size_t
characters(const char *p, size_t n)
{
    size_t chars = 0;
    size_t i;

    for (i = 0; i < n; i++)
        chars += begins_character(p[i]);
    return chars;
}

static size_t
write(char out[VLT_BEGINNING], size_t chars, const char *p, size_t n)
{
    out[0] = '^';
    out[1] = digit[chars];
    memcpy(out + 2, p, n);
    out[2 + n] = 0;
    return 2 + n;
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
    size_t chars, all;

    if (!is_word(token, n))
        return VAULT_OK;
    if (*token == '=') {
        token++;
        n--;
    }
    all = characters(token, n);
    for (chars = VLT_BEGINNING_STEP;
         st == VAULT_OK && chars <= all && chars <= VLT_BEGINNING_MAX;
         chars += VLT_BEGINNING_STEP)
        st = fn(ctx, out, write(out, chars, token, bytes_of(token, n, chars)),
            err);
    vlt_wipe(out, sizeof out);
    return st;
}

size_t
vlt_beginning_asked(const char *word, size_t n, char out[VLT_BEGINNING],
    bool *longer)
{
    size_t chars = characters(word, n);
    size_t kept = (chars + VLT_BEGINNING_STEP - 1) / VLT_BEGINNING_STEP *
        VLT_BEGINNING_STEP;

    if (chars == 0 || kept > VLT_BEGINNING_MAX)
        return 0;
    *longer = kept > chars;
    return write(out, kept, word, n);
}
