/* SPDX-License-Identifier: Apache-2.0 */
/* beginnings.h: what words begin with, as tokens of their own */
#ifndef VLT_BEGINNINGS_H
#define VLT_BEGINNINGS_H

#include "tokens.h"

/*
 * The catalogue keeps of the word `test` besides itself ^t, ^te, ^tes: whoever
 * looks for `te*` asks for the words `te` and the token ^te. Without this, a
 * beginning that a hundred thousand words or records share would take as long
 * as all of them together; one token is read no further than it is shown.
 */
enum {
    VLT_BEGINNING_MAX = 12, /* code points */
    VLT_BEGINNING = 1 + 4 * VLT_BEGINNING_MAX + 1
};

/*
 * Tell the beginnings of this token; none when it is not a word, a spelling
 * or a skeleton (whose sign is left out). A word is no beginning of itself.
 */
VAULT_CHECKED enum vault_status vlt_beginnings(const char *token, size_t n,
    vlt_token_fn *fn, void *ctx, struct vault_error *err);

/*
 * The beginning that every longer word has which begins with these n bytes.
 * *exact false: others have it too, as it is only a part of them.
 */
size_t vlt_beginning_of(const char *word, size_t n, char out[VLT_BEGINNING],
    bool *exact);

#endif
