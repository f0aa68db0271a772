/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_tokens.c: tokens of any text are well formed, and a text is found by
 * each of its own words */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "tokenset.h"

#define MUST(x)      \
    do {             \
        if (!(x))    \
            abort(); \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum vault_status
check(void *ctx, const char *token, size_t n, struct vault_error *err)
{
    size_t i;

    MUST(n > 0 && n < VLT_TOKEN);
    MUST(vlt_utf8_valid((const uint8_t *)token, n));
    for (i = 0; i < n; i++)
        MUST((unsigned char)token[i] > ' ' && token[i] != '"' &&
            token[i] != '*');
    return vlt_tokenset_add(ctx, token, n, err);
}

/* A whole text, asked for, is in itself. */
static void
ask(const char *text, size_t size)
{
    struct vlt_query *q;
    struct vlt_buf match;
    bool holds = false;

    MUST(vlt_query_new(&q, NULL) == VAULT_OK);
    vlt_buf_init(&match, 1024 * 1024);
    if (vlt_query_words(q, text, NULL) == VAULT_OK) {
        MUST(vlt_query_holds_text(q, text, size, &holds, NULL) == VAULT_OK);
        MUST(holds);
        MUST(vlt_query_match(q, &match, NULL) == VAULT_OK);
        MUST(vlt_utf8_valid(match.p, match.len));
    }
    vlt_buf_clear(&match);
    vlt_query_free(q);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct vlt_tokenset set;

    MUST(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = 0;
    vlt_tokenset_init(&set);
    MUST(vlt_text_tokens(text, size, check, &set, NULL) == VAULT_OK);
    MUST(!set.full);
    if (strlen(text) == size)
        ask(text, size);
    vlt_tokenset_clear(&set);
    free(text);
    return 0;
}
