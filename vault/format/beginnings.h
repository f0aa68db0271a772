/* SPDX-License-Identifier: Apache-2.0 */
/* beginnings.h: what words begin with, as tokens of their own */
#ifndef VLT_BEGINNINGS_H
#define VLT_BEGINNINGS_H

#include "tokens.h"

/*
 * The catalogue keeps, for a word of seven letters, its first two, four and
 * six: `^2te`, `^4test`, `^6testim`. Whoever looks for `test*` asks for one
 * token instead of every word that begins so, and `testi*` for the few tokens
 * `^6testi...` and the word `testi` itself. Without this, a beginning that a
 * hundred thousand different words share would take as long as all of them.
 */
enum {
    VLT_BEGINNING_STEP = 2,
    VLT_BEGINNING_MAX = 12, /* code points; a multiple of the step */
    VLT_BEGINNING = 2 + 4 * VLT_BEGINNING_MAX + 1
};

/*
 * Tell the beginnings of this token; none when it is not a word, a spelling
 * or a skeleton (whose sign is left out).
 */
VAULT_CHECKED enum vault_status vlt_beginnings(const char *token, size_t n,
    vlt_token_fn *fn, void *ctx, struct vault_error *err);

/*
 * Which kept beginnings speak of the words that begin with these n bytes: those
 * that are `out`, and when *longer, those that go on after it; then a word that
 * is no longer than the n bytes has none of them. 0: they are too long.
 */
size_t vlt_beginning_asked(const char *word, size_t n, char out[VLT_BEGINNING],
    bool *longer);

#endif
