/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_exchange_html.c: nothing in a page breaks out of where it stands */
#include "html.h"
#include "utf.h"

#include <stdlib.h>
#include <string.h>

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    (void)err;
    vlt_buf_put(ctx, p, n);
    return VAULT_OK;
}

/* Only what this page was meant to have, and nothing that is not plain. */
static void
check(const struct vlt_buf *b, size_t quotes, size_t brackets)
{
    for (size_t i = 0; i < b->len;) {
        uint32_t cp = 0;
        size_t len = utf_next((const char *)b->p + i, b->len - i, &cp);

        if (len == 0 || !utf_plain(cp))
            abort();
        quotes -= cp == '"';
        brackets -= cp == '<' || cp == '>';
        i += len;
    }
    if (quotes != 0 || brackets != 0)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vault_error err;
    struct vlt_buf page;
    struct html h;
    char *text = malloc(size + 1);

    if (text == NULL)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = 0;
    vlt_buf_init(&page, 64 * 1024 * 1024);
    html_begin(&h, put, &page);
    html_open(&h, "p");
    html_attr(&h, "title", text);
    html_text(&h, text);
    html_quote(&h, text, size);
    html_close(&h);
    if (html_end(&h, &err) != VAULT_OK)
        abort();
    check(&page, 2, 8);
    vlt_buf_clear(&page);
    free(text);
    return 0;
}
