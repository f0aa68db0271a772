/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_checkpoint.c: a checkpoint that is read encodes to the same bytes */
#include <stdint.h>
#include <stdlib.h>

#include "checkpoint.h"
#include "lines.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_checkpoint c;
    struct vlt_buf again;

    if (vlt_checkpoint_decode(&c, (const char *)data, size, NULL) != VAULT_OK)
        return 0;
    vlt_buf_init(&again, size);
    if (vlt_checkpoint_encode(&again, &c, NULL) != VAULT_OK ||
        vlt_lines_same(&again, (const char *)data, size, "checkpoint", NULL) !=
            VAULT_OK)
        abort();
    vlt_buf_clear(&again);
    return 0;
}
