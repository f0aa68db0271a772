/* SPDX-License-Identifier: Apache-2.0 */
/* tokenset.h: the tokens of one record, each once, as one text */
#ifndef VLT_TOKENSET_H
#define VLT_TOKENSET_H

#include "tokens.h"

enum { VLT_TOKENSET_MAX = 12 * 1024 * 1024 };

/*
 * `text` holds the tokens in the order they came, a blank after each. What
 * does not fit VLT_TOKENSET_MAX is left out and `full` says so.
 */
struct vlt_tokenset {
    struct vlt_buf text;
    uint32_t *slot; /* place in the text + 1 */
    size_t slots;
    size_t n;
    uint64_t seed;
    bool full;
};
void vlt_tokenset_init(struct vlt_tokenset *t);
/* Wipes and frees. */
void vlt_tokenset_clear(struct vlt_tokenset *t);
/* Empty again. */
void vlt_tokenset_reset(struct vlt_tokenset *t);
/* A vlt_token_fn: ctx is the set.   VAULT_E_MEMORY */
VAULT_CHECKED enum vault_status vlt_tokenset_add(void *ctx, const char *token,
    size_t n, struct vault_error *err);
/* The same, with its beginnings (beginnings.h). */
VAULT_CHECKED enum vault_status vlt_tokenset_add_word(void *ctx,
    const char *token, size_t n, struct vault_error *err);

#endif
