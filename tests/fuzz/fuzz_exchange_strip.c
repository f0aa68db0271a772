/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_exchange_strip.c: a copy without metadata is clean, and its copy is the
 * same again */
#include "bytes.h"
#include "strip.h"

#include <stdlib.h>
#include <string.h>

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    (void)err;
    vlt_buf_put(ctx, p, n);
    return VAULT_OK;
}

static int
removed(void *ctx, const char *what, uint64_t bytes)
{
    (void)ctx;
    (void)bytes;
    return what == NULL;
}

static enum vault_status
copy(const void *p, size_t n, struct vlt_buf *to)
{
    struct strip_in in = {p, n};
    struct strip_out out = {put, to};
    struct vault_error err;

    return strip_copy(&in, &out, removed, NULL, &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_buf once, twice;
    enum vault_status st;

    vlt_buf_init(&once, STRIP_MAX);
    vlt_buf_init(&twice, STRIP_MAX);
    st = copy(data, size, &once);
    if (st == VAULT_E_INTERNAL || (st != VAULT_OK && once.len > 0))
        abort();
    if (st == VAULT_OK &&
        (copy(once.p, once.len, &twice) != VAULT_OK || twice.len != once.len ||
            memcmp(twice.p, once.p, once.len) != 0))
        abort();
    vlt_buf_clear(&once);
    vlt_buf_clear(&twice);
    return 0;
}
