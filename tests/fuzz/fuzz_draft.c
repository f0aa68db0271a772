/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_draft: drafts: as files, and sealed well so that what is in them
 * counts */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bucket.h"
#include "draft.h"

/* A plaintext that is accepted is the one that comes out again. */
static void
check_plain(const uint8_t *data, size_t size)
{
    size_t padded = vlt_bucket(size, VLT_DRAFT_LEAST, 65536);
    struct vlt_buf plain, again;
    struct vlt_draft d;

    if (padded == 0)
        return;
    vlt_draft_init(&d);
    vlt_buf_init(&plain, VLT_DRAFT_MOST);
    vlt_buf_init(&again, VLT_DRAFT_MOST);
    vlt_buf_put(&plain, data, size);
    vlt_buf_put_zero(&plain, padded - size);
    if (vlt_draft_decode(&d, plain.p, plain.len, NULL) == VAULT_OK) {
        if (vlt_draft_encode(&again, &d, NULL) != VAULT_OK ||
            again.len != plain.len || memcmp(again.p, plain.p, plain.len) != 0)
            abort();
    }
    vlt_draft_clear(&d);
    vlt_buf_clear(&plain);
    vlt_buf_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    static const struct vlt_kemkey key = {{5}};
    struct vlt_draft d;

    if (!begun && vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    begun = true;
    vlt_draft_init(&d);
    if (vlt_draft_open(&d, data, size, &key, NULL) == VAULT_OK)
        abort(); /* nobody finds a seal by chance */
    vlt_draft_clear(&d);
    check_plain(data, size);
    return 0;
}
