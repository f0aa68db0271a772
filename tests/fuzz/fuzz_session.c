/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_session.c: session and device notes that are read encode to the same */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "secret.h"
#include "session.h"

static void
check_text(const struct vlt_buf *again, const uint8_t *text, size_t len)
{
    if (again->len > len || memcmp(again->p, text, again->len) != 0)
        abort();
    if (again->len < len &&
        (len - again->len < 4 || memcmp(text + again->len, "ext ", 4) != 0 ||
            text[len - 1] != 0x0a))
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct vlt_card nobody = {.generation = 1};
    static const uint8_t no_key[32];
    struct vlt_session s;
    struct vlt_device d;
    struct vlt_buf again;

    if (vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    vlt_buf_init(&again, VLT_NOTE_MAX);
    if (vlt_session_decode(&s, (const char *)data, size, NULL) == VAULT_OK) {
        if (vlt_session_encode(&again, &s, NULL) != VAULT_OK)
            abort();
        check_text(&again, data, size);
    } else if (vlt_device_decode(&d, (const char *)data, size, NULL) ==
        VAULT_OK) {
        if (vlt_device_encode(&again, &d, NULL) != VAULT_OK)
            abort();
        check_text(&again, data, size);
    }
    vlt_buf_clear(&again);
    if (vlt_session_parse(&s, (const char *)data, size, NULL) == VAULT_OK &&
        s.has_base &&
        vlt_session_check((const char *)data, size, no_key, NULL) == VAULT_OK)
        abort();
    if (vlt_device_check((const char *)data, size, &nobody, NULL) == VAULT_OK)
        abort();
    return 0;
}
