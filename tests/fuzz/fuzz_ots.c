/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_ots.c: the digest is that of the head, and the head alone counts */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ots.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t digest[32];

    if (vlt_ots_read(digest, data, size, NULL) != VAULT_OK)
        return 0;
    if (!vlt_ots_is(data, size) || size < 66 ||
        memcmp(digest, data + 33, sizeof digest) != 0)
        abort();
    return 0;
}
