/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_exchange_safe.c: shown texts are printable, and pieces give the whole */
#include "safe.h"
#include "utf.h"

#include <stdlib.h>
#include <string.h>

static void
check_printable(const struct vlt_buf *b)
{
    for (size_t i = 0; i < b->len;) {
        uint32_t cp = 0;
        size_t len = utf_next((const char *)b->p + i, b->len - i, &cp);

        if (len == 0 || !(utf_plain(cp) || cp == '\n' || cp == '\t'))
            abort();
        i += len;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct safe_stream s = {.flags = SAFE_BLOCK};
    struct vlt_buf whole, parts;
    size_t step = size > 0 ? data[0] % 7 + 1u : 1;

    vlt_buf_init(&whole, 16 * size + 64);
    vlt_buf_init(&parts, 16 * size + 64);
    safe_put(&whole, text, size, SAFE_BLOCK);
    for (size_t at = 0; at < size; at += step)
        safe_stream_put(&s, &parts, text + at,
            step < size - at ? step : size - at, false);
    safe_stream_put(&s, &parts, "", 0, true);
    if (whole.failed || parts.failed || whole.len != parts.len ||
        (whole.len > 0 && memcmp(whole.p, parts.p, whole.len) != 0))
        abort();
    check_printable(&whole);
    vlt_buf_clear(&whole);
    vlt_buf_clear(&parts);
    return 0;
}
