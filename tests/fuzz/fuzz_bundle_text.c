/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_bundle_text.c: a bundle text that is read encodes to the same, but for
 * ext lines */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bundle.h"

static void
check_text(const struct vlt_bundle_text *t, const uint8_t *text, size_t len)
{
    struct vlt_buf again;

    vlt_buf_init(&again, VLT_NOTE_MAX);
    if (vlt_bundle_encode(&again, t, NULL) != VAULT_OK || again.len > len ||
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
    static const struct vlt_card nobody;
    struct vlt_bundle_text t;

    if (vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    if (vlt_bundle_decode(&t, (const char *)data, size, NULL) == VAULT_OK)
        check_text(&t, data, size);
    /* The other corpus entries are whole notes. */
    if (vlt_bundle_parse(&t, (const char *)data, size, NULL) == VAULT_OK &&
        vlt_bundle_check((const char *)data, size, &nobody, NULL) == VAULT_OK)
        abort(); /* nobody signs nothing */
    return 0;
}
