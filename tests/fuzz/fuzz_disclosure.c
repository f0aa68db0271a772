/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_disclosure.c: a disclosure that is read encodes to the same bytes, and
 * no text is taken for signed that is not */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "disclosure.h"
#include "lines.h"
#include "secret.h"
#include "verify_text.h"

static void
check_text(const char *text, size_t len)
{
    struct vlt_disclosure d;
    struct vlt_buf again;

    if (vlt_disclosure_decode(&d, text, len, NULL) != VAULT_OK)
        return;
    vlt_buf_init(&again, VLT_DISCLOSURE_MAX);
    if (vlt_disclosure_encode(&again, &d, NULL) != VAULT_OK ||
        vlt_lines_same(&again, text, len, "disclosure", NULL) != VAULT_OK)
        abort();
    vlt_buf_clear(&again);
    for (size_t k = 0; k < d.fields.n; k++) {
        if (vlt_disclosure_check_field(&d, k, NULL) > VAULT_STATUS_COUNT)
            abort();
    }
    if (vlt_disclosure_check_leaf(&d, NULL) > VAULT_STATUS_COUNT)
        abort();
    vlt_disclosure_clear(&d);
}

static int
no_proof(void *ctx, const struct vault_said *s)
{
    (void)ctx;
    if (s->proved && !s->disclosed)
        abort(); /* no card was given */
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vault_verify_options opt = {.said = no_proof};
    struct vlt_verify v;

    if (vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    check_text((const char *)data, size);
    memset(&v, 0, sizeof v);
    v.opt = &opt;
    if (vlt_verify_text_bytes(&v, (const char *)data, size, NULL) == VAULT_OK &&
        v.verdict.held + v.verdict.failed == 0)
        abort(); /* nothing said of it */
    if (v.verdict.compared)
        abort();
    free(v.card);
    return 0;
}
