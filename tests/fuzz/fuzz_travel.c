/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_travel.c: the texts of travel and recovery, exact and as mail left them */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "challenge.h"
#include "regain.h"

/* What a decoder takes it encodes to the same bytes, and mending leaves it. */
static void
same(const struct vlt_fixed_form *form, struct vlt_buf *again,
    enum vault_status st, const char *text, size_t size)
{
    struct vlt_buf mended;

    if (st != VAULT_OK || again->len != size ||
        memcmp(again->p, text, size) != 0)
        abort();
    vlt_buf_init(&mended, VLT_FIXED_MAX);
    if (vlt_fixed_mend(&mended, form, text, size, NULL) != VAULT_OK ||
        mended.len != size || memcmp(mended.p, text, size) != 0)
        abort();
    vlt_buf_clear(&mended);
}

static void
exact(const char *text, size_t size)
{
    struct vlt_challenge c;
    struct vlt_answer a;
    struct vlt_unlock_request r;
    struct vlt_unlock_text u;
    struct vlt_request_key k;
    struct vlt_buf b;

    vlt_buf_init(&b, VLT_FIXED_MAX);
    if (vlt_challenge_decode(&c, text, size, NULL) == VAULT_OK)
        same(&vlt_challenge_form, &b, vlt_challenge_encode(&b, &c, NULL), text,
            size);
    vlt_buf_reset(&b);
    if (vlt_answer_decode(&a, text, size, NULL) == VAULT_OK)
        same(&vlt_answer_form, &b, vlt_answer_encode(&b, &a, NULL), text, size);
    vlt_buf_reset(&b);
    if (vlt_unlock_request_decode(&r, text, size, NULL) == VAULT_OK)
        same(&vlt_unlock_request_form, &b,
            vlt_unlock_request_encode(&b, &r, NULL), text, size);
    vlt_buf_reset(&b);
    if (vlt_unlock_decode(&u, text, size, NULL) == VAULT_OK)
        same(&vlt_unlock_form, &b, vlt_unlock_encode(&b, &u, NULL), text, size);
    vlt_buf_reset(&b);
    if (vlt_request_key_decode(&k, text, size, NULL) == VAULT_OK) {
        if (vlt_request_key_encode(&b, &k, NULL) != VAULT_OK ||
            b.len != size || memcmp(b.p, text, size) != 0)
            abort();
        vlt_kemkey_free(k.kem);
    }
    vlt_buf_clear(&b);
}

/* What mending gives is in exact form, or no decoder takes it for its bytes. */
static void
mended(const char *raw, size_t size)
{
    static const struct vlt_fixed_form *const forms[] = {&vlt_challenge_form,
        &vlt_answer_form, &vlt_unlock_request_form, &vlt_unlock_form};
    struct vlt_buf b;

    vlt_buf_init(&b, VLT_FIXED_MAX);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        vlt_buf_reset(&b);
        if (vlt_fixed_mend(&b, forms[i], raw, size, NULL) == VAULT_OK)
            exact((const char *)b.p, b.len);
    }
    vlt_buf_clear(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    exact((const char *)data, size);
    mended((const char *)data, size);
    return 0;
}
