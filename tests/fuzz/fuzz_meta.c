/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_meta: metadata that is read can be written and read again the same */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "meta.h"

static void
check_again(const struct vlt_meta *m, const struct vlt_record_header *h,
    const uint8_t *data, size_t size)
{
    struct vlt_record_header h2 = *h;
    struct vlt_meta back;
    struct vlt_buf out;

    vlt_buf_init(&out, VLT_META_MAX);
    if (vlt_meta_encode(&out, m, NULL) != VAULT_OK)
        abort();
    /* A block that was not compressed and stays so is the same bytes. */
    if ((data[1] & 1) == 0 && (out.p[1] & 1) == 0 &&
        (out.len != size || memcmp(out.p, data, size) != 0))
        abort();
    h2.meta_padded = (uint32_t)out.len;
    if (vlt_meta_decode(&back, out.p, out.len, &h2, NULL) != VAULT_OK ||
        back.fields.bytes != m->fields.bytes || back.fields.n != m->fields.n)
        abort();
    vlt_meta_clear(&back);
    vlt_buf_clear(&out);
}

/* Input: body version u8, padded body length u64, then the plaintext, which
 * is filled up with zeros to its bucket. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    struct vlt_record_header h = {.version = 255, .meta_padded = 1024};
    struct vlt_body_commit body;
    struct vlt_meta m;
    uint8_t *plain;

    if (!begun && vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    begun = true;
    if (size < 9 || size > 1024 * 1024)
        return 0;
    h.body_version = data[0];
    h.body_padded = vlt_load_u64(data + 1);
    data += 9;
    size -= 9;
    while (h.meta_padded < size)
        h.meta_padded *= 2;
    plain = calloc(1, h.meta_padded);
    if (plain == NULL)
        abort();
    memcpy(plain, data, size);
    if (vlt_meta_decode(&m, plain, h.meta_padded, &h, NULL) == VAULT_OK) {
        (void)vlt_meta_body(&m, &h, &body);
        check_again(&m, &h, plain, h.meta_padded);
        vlt_meta_clear(&m);
    }
    free(plain);
    return 0;
}
