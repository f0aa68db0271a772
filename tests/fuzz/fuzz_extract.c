/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_extract.c: an extract that opens proves, and seals to the same bytes */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "extract.h"
#include "label.h"
#include "seal.h"

static const struct vlt_xk xk;

static void
check_again(const struct vlt_extract *x, const struct vlt_record_head *head,
    const uint8_t *sealed, size_t n)
{
    bool *shown = malloc(x->fields.n + 1);
    struct vlt_buf out;

    if (shown == NULL)
        abort();
    memset(shown, true, x->fields.n);
    vlt_buf_init(&out, VLT_EXTRACT_MAX);
    if (vlt_extract_seal_part(&out, head, x, shown, &xk, NULL) != VAULT_OK ||
        out.len != n || memcmp(out.p, sealed, n) != 0)
        abort();
    vlt_buf_clear(&out);
    free(shown);
}

static void
try_plain(const struct vlt_record_head *head, const uint8_t *data, size_t size)
{
    struct vlt_extract x;
    struct vlt_cell key;
    uint8_t stmt[32], *b;
    size_t n = 1024;

    while (n < size)
        n *= 2;
    b = calloc(1, n + VLT_TAG);
    if (b == NULL)
        abort();
    if (size > 0)
        memcpy(b, data, size);
    vlt_record_stmt(stmt, head);
    vlt_x(xk.b, VLT_L_EXTRACT, stmt, sizeof stmt, key.b, sizeof key.b);
    vlt_seal_once(b, key.b, b, n);
    if (vlt_extract_open(&x, b, n + VLT_TAG, head, &xk, NULL) == VAULT_OK) {
        check_again(&x, head, b, n + VLT_TAG);
        vlt_extract_clear(&x);
    }
    free(b);
}

/* Input: a row head, then the plaintext, which is filled up and sealed. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_record_head head;
    struct vlt_extract x;

    if (vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    if (size < VLT_RECORD_HEAD || size > 256 * 1024 ||
        vlt_record_head_decode(&head, data, VLT_RECORD_HEAD, NULL) != VAULT_OK)
        return 0;
    data += VLT_RECORD_HEAD;
    size -= VLT_RECORD_HEAD;
    if (vlt_extract_open(&x, data, size, &head, &xk, NULL) == VAULT_OK)
        vlt_extract_clear(&x);
    try_plain(&head, data, size);
    return 0;
}
