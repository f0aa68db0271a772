/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_replica.c: a replica note that is read encodes to the same, but for ext lines */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "replica.h"
#include "secret.h"

static void
check_text(const struct vlt_replica *r, const uint8_t *text, size_t len)
{
    struct vlt_buf again;

    vlt_buf_init(&again, VLT_NOTE_MAX);
    if (vlt_replica_encode(&again, r, NULL) != VAULT_OK || again.len > len ||
        memcmp(again.p, text, again.len) != 0)
        abort();
    if (again.len < len &&
        (len - again.len < 4 || memcmp(text + again.len, "ext ", 4) != 0 ||
            text[len - 1] != 0x0a))
        abort();
    vlt_buf_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct vlt_card nobody = {.generation = 1};
    struct vlt_replica r;

    if (vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    if (vlt_replica_decode(&r, (const char *)data, size, NULL) == VAULT_OK) {
        check_text(&r, data, size);
        vlt_replica_clear(&r);
    }
    if (vlt_replica_parse(&r, (const char *)data, size, NULL) == VAULT_OK) {
        vlt_replica_clear(&r);
        if (vlt_replica_check((const char *)data, size, &nobody, NULL) ==
            VAULT_OK)
            abort();
    }
    return 0;
}
