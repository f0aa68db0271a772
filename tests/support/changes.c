/* SPDX-License-Identifier: Apache-2.0 */
/* changes.c: every text that is one byte away from a given one */
#include "changes.h"

#include <stdlib.h>
#include <string.h>

static const char odd[] = "\0\t\n\v\f\r -+!/=0129aAgGzZ\x7f\xff";

struct out {
    void (*with)(void *ctx, const char *changed, size_t len);
    void *ctx;
};

/* text[0, at), what is put in, text[from, len) */
static void
give(const struct out *o, const char *text, size_t len, size_t at,
    const char *put, size_t put_len, size_t from)
{
    size_t n = at + put_len + len - from;
    char *changed = malloc(n > 0 ? n : 1);

    if (changed == NULL)
        abort();
    memcpy(changed, text, at);
    memcpy(changed + at, put, put_len);
    memcpy(changed + at + put_len, text + from, len - from);
    if (n != len || memcmp(changed, text, len) != 0)
        o->with(o->ctx, changed, n);
    free(changed);
}

void
each_change(const char *text, size_t len,
    void (*with)(void *ctx, const char *changed, size_t len), void *ctx)
{
    const struct out o = {with, ctx};
    size_t i, k, line = 0;

    for (i = 0; i <= len; i++)
        for (k = 0; k < sizeof odd - 1; k++) {
            give(&o, text, len, i, &odd[k], 1, i);
            if (i < len)
                give(&o, text, len, i, &odd[k], 1, i + 1);
        }
    for (i = 0; i < len; i++) {
        give(&o, text, len, i, "", 0, i + 1);
        if (text[i] != '\n')
            continue;
        give(&o, text, len, line, "", 0, i + 1);
        give(&o, text, len, i + 1, text + line, i + 1 - line, i + 1);
        give(&o, text, len, i, "\r\n", 2, i + 1);
        line = i + 1;
    }
    for (i = 0; i < len; i++) /* cut short */
        give(&o, text, len, i, "", 0, len);
}
