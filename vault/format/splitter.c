/* SPDX-License-Identifier: Apache-2.0 */
/* splitter.c: a text cut into words and Han characters */
#include "splitter.h"
#include <string.h>
#include "bytes.h"
#include "fold.h"
#include "text.h"

enum { PIECE = 4096 };

struct state {
    enum vault_status (
        *fn)(void *ctx, const struct vlt_split *s, struct vault_error *err);
    void *ctx;
    uint32_t word[VLT_SPLIT_WORD];
    size_t n;
    uint32_t han; /* waits for what follows it; 0: none */
    bool joined;
    bool after_han; /* nothing stands between it and what comes */
};

static enum vault_status
flush(struct state *s, bool star, struct vault_error *err)
{
    struct vlt_split out = {false, false, star, s->word, s->n};
    enum vault_status st = VAULT_OK;

    if (s->han != 0) {
        out = (struct vlt_split){true, s->joined, star, &s->han, 1};
        st = s->fn(s->ctx, &out, err);
        s->han = 0;
        s->after_han = true;
    } else if (s->n > 0) {
        st = s->fn(s->ctx, &out, err);
        vlt_wipe(s->word, sizeof s->word);
        s->n = 0;
    }
    return st;
}

static enum vault_status
take(struct state *s, uint32_t cp, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (vlt_is_han(cp)) {
        st = flush(s, false, err);
        s->joined = s->after_han;
        s->han = cp;
        return st;
    }
    if (vlt_is_apostrophe(cp))
        return VAULT_OK;
    if (vlt_is_word(cp)) {
        if (s->han != 0)
            st = flush(s, false, err);
        s->after_han = false;
        if (s->n < VLT_SPLIT_WORD)
            s->word[s->n++] = cp;
        return st;
    }
    st = flush(s, cp == '*', err);
    s->after_han = false;
    return st;
}

/* Where to cut: not inside a code point, and after a blank if there is one,
 * so that letters and their marks stay together. */
static size_t
piece_of(const char *p, size_t n)
{
    size_t i;

    if (n <= PIECE)
        return n;
    for (i = PIECE; i > PIECE / 2; i--) {
        if (p[i - 1] == ' ' || p[i - 1] == '\n')
            return i;
    }
    for (i = PIECE; i > PIECE - 4; i--) {
        if (((unsigned char)p[i] & 0xc0) != 0x80)
            return i;
    }
    return PIECE;
}

enum vault_status
vlt_split_text(const char *p, size_t n,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_split *s, struct vault_error *err),
    void *ctx, bool *whole, struct vault_error *err)
{
    struct state s = {.fn = fn, .ctx = ctx};
    enum vault_status st = VAULT_OK;

    *whole = true;
    while (st == VAULT_OK && n > 0) {
        size_t len = piece_of(p, n);
        struct vlt_wide w;
        size_t i;

        if (!vlt_utf8_valid((const uint8_t *)p, len)) {
            *whole = false;
            break;
        }
        st = vlt_fold_wide(p, len, &w, err);
        if (st != VAULT_OK)
            break;
        for (i = 0; st == VAULT_OK && i < w.n; i++)
            st = take(&s, w.cp[i], err);
        vlt_wide_clear(&w);
        p += len;
        n -= len;
    }
    if (st == VAULT_OK)
        st = flush(&s, false, err);
    vlt_wipe(&s, sizeof s);
    return st;
}
