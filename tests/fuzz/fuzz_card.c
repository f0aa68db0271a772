/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_card.c: a card text that is read encodes to the same, but for ext lines */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "secret.h"

static void
check_text(const struct vlt_card *c, const uint8_t *text, size_t len)
{
    struct vlt_buf again;

    vlt_buf_init(&again, VLT_NOTE_MAX);
    if (vlt_card_encode(&again, c, NULL) != VAULT_OK || again.len > len ||
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
    struct vlt_card c;

    if (vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    if (vlt_card_decode(&c, (const char *)data, size, NULL) == VAULT_OK)
        check_text(&c, data, size);
    /* The other corpus entries are whole notes. */
    if (vlt_card_parse(&c, (const char *)data, size, NULL) == VAULT_OK &&
        vlt_card_follows(&c, (const char *)data, size, &c, NULL) == VAULT_OK)
        abort(); /* no card follows itself */
    return 0;
}
