/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_statement.c: a statement that is read encodes to the same bytes */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lines.h"
#include "statement.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_statement s;
    struct vlt_buf again;
    uint8_t hash[32], want[32];

    if (vlt_statement_decode(&s, (const char *)data, size, NULL) != VAULT_OK)
        return 0;
    vlt_buf_init(&again, size);
    if (vlt_statement_encode(&again, &s, NULL) != VAULT_OK ||
        vlt_lines_same(&again, (const char *)data, size, "statement", NULL) !=
            VAULT_OK)
        abort();
    vlt_statement_hash(hash, &s);
    vlt_sha256(want, data, size);
    if (memcmp(hash, want, sizeof hash) != 0)
        abort();
    vlt_buf_clear(&again);
    return 0;
}
