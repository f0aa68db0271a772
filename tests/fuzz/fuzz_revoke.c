/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_revoke.c: a revocation that is read encodes to the same bytes */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fingerprint.h"
#include "revoke.h"
#include "secret.h"

/* What a person types is judged, whatever it is. */
static void
compare_typed(const uint8_t *data, size_t size)
{
    static const uint8_t fingerprint[32] = {1, 2, 3};
    char *typed = malloc(size + 1);

    if (typed == NULL)
        abort();
    memcpy(typed, data, size);
    typed[size] = '\0';
    if (vlt_fingerprint_is(fingerprint, typed) &&
        vlt_fingerprint_ends(fingerprint, typed))
        abort(); /* the whole of it is not its last group */
    free(typed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_revoke r;
    struct vlt_buf again;

    if (vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    compare_typed(data, size);
    if (vlt_revoke_decode(&r, (const char *)data, size, NULL) == VAULT_OK) {
        vlt_buf_init(&again, VLT_NOTE_MAX);
        if (vlt_revoke_encode(&again, &r, NULL) != VAULT_OK ||
            again.len != size || memcmp(again.p, data, size) != 0)
            abort();
        vlt_buf_clear(&again);
    }
    /* the other corpus entries are whole notes */
    (void)!vlt_revoke_parse(&r, (const char *)data, size, NULL);
    return 0;
}
