/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_rfc3161.c: a token says the same alone and within an answer */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rfc3161.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_rfc3161 a, b;
    struct vlt_buf wrapped;

    if (vlt_rfc3161_read(&a, data, size, NULL) != VAULT_OK)
        return 0;
    if (!vlt_rfc3161_is(data, size) || (a.token == NULL) != (a.status > 1))
        abort();
    if (a.token == NULL)
        return 0;
    vlt_buf_init(&wrapped, VLT_RFC3161_MAX + 64);
    vlt_rfc3161_wrap(&wrapped, a.token, a.token_len);
    if (wrapped.len > VLT_RFC3161_MAX) {
        vlt_buf_clear(&wrapped);
        return 0;
    }
    if (vlt_rfc3161_read(&b, wrapped.p, wrapped.len, NULL) != VAULT_OK ||
        b.token_len != a.token_len ||
        memcmp(b.token, a.token, a.token_len) != 0 || b.time != a.time ||
        b.sha256 != a.sha256 || memcmp(b.imprint, a.imprint, 32) != 0 ||
        strcmp(b.policy, a.policy) != 0 || strcmp(b.serial, a.serial) != 0)
        abort();
    vlt_buf_clear(&wrapped);
    return 0;
}
