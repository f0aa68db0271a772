/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_beginnings.c: what a token begins with fits its room whatever the bytes,
 * and whoever asks for a part of a word asks for one of its beginnings */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "beginnings.h"
#include "text.h"

#define MUST(x)      \
    do {             \
        if (!(x))    \
            abort(); \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct told {
    const char *word; /* without its sign */
    size_t len;
    size_t n;
    char last[VLT_BEGINNING_MAX][VLT_BEGINNING];
};

static enum vault_status
take(void *ctx, const char *token, size_t n, struct vault_error *err)
{
    struct told *t = ctx;

    (void)err;
    MUST(t->n < VLT_BEGINNING_MAX);
    MUST(n > 1 && n < VLT_BEGINNING && token[0] == '^' && token[n] == 0);
    MUST(n - 1 < t->len && memcmp(token + 1, t->word, n - 1) == 0);
    memcpy(t->last[t->n++], token, n + 1);
    return VAULT_OK;
}

/* Every part of a word of at most 12 characters is one that was told. */
static void
ask_for_parts(const struct told *t)
{
    char out[VLT_BEGINNING];
    bool exact = false;
    size_t i, n;

    for (i = 1; i < t->len; i++) {
        bool found = false;

        if (((unsigned char)t->word[i] & 0xc0) == 0x80)
            continue;
        n = vlt_beginning_of(t->word, i, out, &exact);
        MUST(n < sizeof out && out[n] == 0);
        for (n = 0; n < t->n && !found; n++)
            found = strcmp(t->last[n], out) == 0;
        MUST(found);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct told t = {(const char *)data, size, 0, {{0}}};
    char out[VLT_BEGINNING];
    bool exact = false;

    if (size > 0 && data[0] == '=') {
        t.word++;
        t.len--;
    }
    MUST(vlt_beginnings((const char *)data, size, take, &t, NULL) == VAULT_OK);
    MUST(vlt_beginning_of((const char *)data, size, out, &exact) < sizeof out);
    if (t.n > 0 && memchr(data, 0, size) == NULL && vlt_utf8_valid(data, size))
        ask_for_parts(&t);
    return 0;
}
