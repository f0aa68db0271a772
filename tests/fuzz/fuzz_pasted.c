/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_pasted.c: a checkpoint found in any text reads the same once mended */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pasted.h"

static void
again(const struct vlt_pasted *p)
{
    struct vlt_pasted q;
    struct vlt_buf out;
    size_t at = 0;

    vlt_buf_init(&out, 4096);
    if (vlt_pasted_note(&out, p, NULL) != VAULT_OK ||
        vlt_pasted_next(&q, (const char *)out.p, out.len, &at, NULL) !=
            VAULT_OK ||
        memcmp(p, &q, sizeof q) != 0)
        abort();
    vlt_buf_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_pasted p;
    size_t at = 0, before;
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK || st == VAULT_E_FORMAT) {
        before = at;
        st = vlt_pasted_next(&p, (const char *)data, size, &at, NULL);
        if ((st == VAULT_OK || st == VAULT_E_FORMAT) && at <= before)
            abort();
        if (st == VAULT_OK && p.has_signature)
            again(&p);
    }
    return 0;
}
