/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_tlogproof.c: a proof that is read encodes to the same bytes */
#include <stdint.h>
#include <stdlib.h>

#include "lines.h"
#include "tlogproof.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_tlogproof p;
    struct vlt_buf again;

    if (vlt_tlogproof_decode(&p, (const char *)data, size, NULL) != VAULT_OK)
        return 0;
    vlt_buf_init(&again, VLT_TLOGPROOF_TEXT);
    if (p.n > VLT_TLOGPROOF_MAX || p.checkpoint_len > size ||
        vlt_tlogproof_encode(&again, &p, NULL) != VAULT_OK ||
        vlt_lines_same(&again, (const char *)data, size, "proof", NULL) !=
            VAULT_OK)
        abort();
    vlt_buf_clear(&again);
    return 0;
}
