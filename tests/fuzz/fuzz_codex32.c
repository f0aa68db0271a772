/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_codex32: a share that is read is written the same again */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codex32.h"

/* Without separators and in lower case the text is what was read. */
static void
same_text(const char *text, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] == '-' || (data[i] != 0 && strchr(" \t\r\n", data[i])))
            continue;
        if (*text++ != tolower(data[i]))
            abort();
    }
    if (*text != 0)
        abort();
}

/* Lines are shares for one set; whatever fits is put together. */
static void
join(const uint8_t *data, size_t size)
{
    struct vlt_shares *set = vlt_shares_new();
    struct vlt_recovery *r = NULL;

    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t n = end != NULL ? (size_t)(end - data) : size;

        (void)!vlt_shares_add(set, (const char *)data, n, NULL);
        data += n + (end != NULL);
        size -= n + (end != NULL);
    }
    if (vlt_shares_join(set, &r, NULL) == VAULT_OK &&
        vlt_shares_missing(set) != 0)
        abort();
    vlt_recovery_free(r);
    vlt_shares_free(set);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    struct vlt_share s;
    char text[VLT_SHARE_TEXT];

    if (!begun && vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    begun = true;
    if (vlt_share_read(&s, (const char *)data, size, NULL) == VAULT_OK) {
        vlt_share_text(&s, text);
        same_text(text, data, size);
    }
    join(data, size);
    return 0;
}
