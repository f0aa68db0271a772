/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_cosignature.c: a vkey is read as it was written; what signs holds */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cosignature.h"
#include "sign.h"

static const uint8_t seed[32] = {1};

static void
require(int holds)
{
    if (!holds)
        abort();
}

/* Any text that a note can hold: the line we put under it holds, once. */
static void
sign(const char *text, size_t len)
{
    struct vlt_buf b;
    struct vlt_note n;
    struct vlt_vkey k;
    uint8_t pk[32];
    uint64_t time = 0;

    vlt_sign_public(pk, seed);
    require(vlt_vkey_make(&k, "w", VLT_VKEY_COSIGNATURE, pk, NULL) == VAULT_OK);
    vlt_buf_init(&b, (size_t)2 * VLT_NOTE_MAX);
    vlt_buf_put(&b, text, len);
    vlt_buf_put_str(&b, "\n");
    if (vlt_cosignature_sign(&b, text, len, "w", seed, 5, NULL) == VAULT_OK) {
        require(vlt_note_parse(&n, (const char *)b.p, b.len, NULL) == VAULT_OK);
        require(n.text_len == len);
        require(vlt_cosignature_check(&n, n.lines - 1, &k, &time, NULL) ==
            VAULT_OK);
        require(time == 5);
    }
    vlt_buf_clear(&b);
}

/* A note of anybody: no line is ours. */
static void
check(const char *text, size_t len)
{
    static const uint8_t nobody[32] = {2};
    struct vlt_note n;
    struct vlt_vkey k;
    uint64_t time = 0;
    size_t i;

    if (vlt_note_parse(&n, text, len, NULL) != VAULT_OK)
        return;
    require(vlt_vkey_make(&k, "example.com/foo", VLT_VKEY_COSIGNATURE, nobody,
                NULL) == VAULT_OK);
    for (i = 0; i < n.lines; i++)
        require(vlt_cosignature_check(&n, i, &k, &time, NULL) != VAULT_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    char again[VLT_VKEY_TEXT];
    struct vlt_vkey k;

    if (vlt_vkey_decode(&k, text, size, NULL) == VAULT_OK) {
        vlt_vkey_text(again, &k);
        require(strlen(again) == size && memcmp(again, text, size) == 0);
    }
    if (size > 0)
        sign(text, size);
    check(text, size);
    return 0;
}
