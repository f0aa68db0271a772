/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_unpack: two readers of zstd frames agree and stay within bounds */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "pack.h"
#include "secret.h"

static enum vault_status
keep(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct vlt_buf *b = ctx;

    (void)err;
    vlt_buf_put(b, p, n);
    if (b->failed)
        abort(); /* more than was sealed */
    return VAULT_OK;
}

/* Input: original length u16, size of pieces u8, then the stream. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    struct vlt_unpacker *k = NULL;
    struct vlt_buf whole, parts;
    enum vault_status st;
    uint8_t sum[32];
    size_t plain, piece, at;

    if (!begun && vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    begun = true;
    if (size < 3)
        return 0;
    plain = (size_t)data[0] << 8 | data[1];
    piece = (size_t)data[2] + 1;
    data += 3;
    size -= 3;
    vlt_buf_init(&whole, plain);
    vlt_buf_init(&parts, plain);
    if (vlt_unpack(&whole, data, size, plain, NULL) != VAULT_OK &&
        whole.len != 0)
        abort();
    vlt_sha256(sum, whole.p, whole.len);
    if (vlt_unpacker_new(&k, false, size, plain, keep, &parts, NULL) !=
        VAULT_OK)
        abort();
    st = VAULT_OK;
    for (at = 0; at < size && st == VAULT_OK; at += piece)
        st = vlt_unpacker_put(k, data + at,
            size - at < piece ? size - at : piece, NULL);
    if (st == VAULT_OK)
        st = vlt_unpacker_finish(k, sum, NULL);
    if (st == VAULT_OK && (parts.len != plain || whole.len != plain))
        abort();
    if (st != VAULT_OK && whole.len == plain && plain > 0)
        abort(); /* one took it, the other did not */
    vlt_unpacker_free(k);
    vlt_buf_clear(&parts);
    vlt_buf_clear(&whole);
    return 0;
}
