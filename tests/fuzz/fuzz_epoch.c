/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_epoch: an epoch that is read holds the columns it was read from */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "epoch.h"

/* Input: head, then the rest cut as 32 to 1,200. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    size_t head = size < VLT_EPOCH_HEAD ? size : VLT_EPOCH_HEAD;
    size_t n = (size - head) / (32 + VLT_EPOCH_WRAP);
    const uint8_t *rcpt = data + head, *wraps = rcpt + n * 32;
    size_t left = size - head - n * 32;
    struct vlt_epoch e;
    struct vlt_e0 e0 = {{0}};
    uint8_t hash[32];

    if (!begun && vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    begun = true;
    if (vlt_epoch_decode(&e, data, head, rcpt, n * 32, wraps, left, NULL) !=
        VAULT_OK)
        return 0;
    if (e.n != n || memcmp(e.head, data, head) != 0 ||
        memcmp(e.rcpt, rcpt, n * 32) != 0 ||
        memcmp(e.wraps, wraps, left) != 0 ||
        vlt_epoch_padded(e.kind, e.n) != e.n)
        abort();
    vlt_epoch_row_hash(hash, &e);
    (void)vlt_epoch_commit_ok(&e, &e0);
    vlt_epoch_clear(&e);
    return 0;
}
