/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_record: row heads and wraps encode to what they were read from */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

static void
check_segments(uint64_t padded)
{
    uint64_t n = vlt_segments(padded);

    if (vlt_segment_size(padded, n) != 0)
        abort();
    if (n > 0 &&
        (vlt_segment_size(padded, n - 1) < 17 ||
            vlt_segment_size(padded, n - 1) > VLT_SEGMENT_SEALED))
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    struct vlt_record_head r;
    struct vlt_record_header h;
    struct vlt_wrap w;
    uint8_t out[VLT_RECORD_HEAD], stmt[32];

    if (!begun && vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    begun = true;
    if (vlt_wrap_decode(&w, data, size, NULL) == VAULT_OK &&
        (size != VLT_RECORD_WRAP || memcmp(w.epoch, data, 16) != 0))
        abort();
    if (vlt_record_header_decode(&h, data, size, NULL) == VAULT_OK) {
        vlt_record_header_encode(out, &h);
        if (size != VLT_RECORD_HEADER || memcmp(out, data, size) != 0)
            abort();
        check_segments(h.body_padded);
    }
    if (vlt_record_head_decode(&r, data, size, NULL) == VAULT_OK) {
        vlt_record_head_encode(out, &r);
        if (size != VLT_RECORD_HEAD || memcmp(out, data, size) != 0)
            abort();
        vlt_record_stmt(stmt, &r);
    }
    return 0;
}
