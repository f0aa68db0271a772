/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_notices.c: a notice that is read encodes to the same, but for ext lines */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "notices.h"
#include "secret.h"

static void
check_text(const struct vlt_notice *n, const uint8_t *text, size_t len)
{
    struct vlt_buf again;
    bool ext = n->kind == VLT_NOTICE_WITHDRAW || n->kind == VLT_NOTICE_ACK;

    vlt_buf_init(&again, VLT_NOTE_MAX);
    if (vlt_notice_encode(&again, n, NULL) != VAULT_OK || again.len > len ||
        memcmp(again.p, text, again.len) != 0)
        abort();
    if (again.len < len &&
        (!ext || len - again.len < 4 ||
            memcmp(text + again.len, "ext ", 4) != 0 || text[len - 1] != 0x0a))
        abort();
    if (n->stmts + n->bundles > VLT_NOTICE_LINES)
        abort();
    vlt_buf_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct vlt_card nobody = {.generation = 1};
    struct vlt_notice n;

    if (vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    if (vlt_notice_decode(&n, (const char *)data, size, NULL) == VAULT_OK) {
        check_text(&n, data, size);
        vlt_notice_clear(&n);
    }
    if (vlt_notice_parse(&n, (const char *)data, size, NULL) == VAULT_OK) {
        vlt_notice_clear(&n);
        if (vlt_notice_check((const char *)data, size, &nobody, NULL) ==
            VAULT_OK)
            abort();
    }
    return 0;
}
