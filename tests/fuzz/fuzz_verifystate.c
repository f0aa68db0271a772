/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_verifystate.c: a saved state that is read encodes to the same bytes */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lines.h"
#include "text.h"
#include "verifystate.h"

/* Any text, as if its author had put the right hash behind it. */
static size_t
with_sum(char *out, const uint8_t *data, size_t size)
{
    uint8_t sum[32];
    char b64[VLT_B64_32 + 1];

    memcpy(out, data, size);
    vlt_sha256(sum, data, size);
    vlt_b64(b64, sum, 32);
    memcpy(out + size, "sum ", 4);
    memcpy(out + size + 4, b64, VLT_B64_32);
    out[size + 4 + VLT_B64_32] = '\n';
    return size + 4 + VLT_B64_32 + 1;
}

static void
judge(const char *text, size_t len)
{
    struct vlt_verifystate s;
    struct vlt_buf again;

    if (vlt_verifystate_decode(&s, text, len, NULL) != VAULT_OK)
        return;
    vlt_buf_init(&again, len);
    if (vlt_verifystate_encode(&again, &s, NULL) != VAULT_OK ||
        vlt_lines_same(&again, text, len, "state", NULL) != VAULT_OK)
        abort();
    vlt_buf_clear(&again);
    vlt_verifystate_clear(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text;

    judge((const char *)data, size);
    text = malloc(size + 64);
    if (text == NULL)
        return 0;
    judge(text, with_sum(text, data, size));
    free(text);
    return 0;
}
