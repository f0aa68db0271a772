/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_compartment.c: compartments that are read, as a setting or as a text,
 * are written as the same */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "compartment.h"
#include "secret.h"

/* The names that mean nothing to it are left out when it is written. */
static void
check_row(const uint8_t *data, size_t size)
{
    struct vlt_compartment c, again;
    struct vlt_fields f, g;
    struct vlt_reader r;

    vlt_reader_init(&r, data, size);
    if (vlt_fields_decode(&f, &r, NULL) != VAULT_OK)
        return;
    vlt_fields_init(&g);
    if (vlt_compartment_read(&c, &f, NULL) == VAULT_OK) {
        if (vlt_compartment_fields(&g, &c, NULL) != VAULT_OK ||
            vlt_compartment_read(&again, &g, NULL) != VAULT_OK ||
            memcmp(&c, &again, sizeof c) != 0 || g.n > f.n)
            abort();
    }
    vlt_fields_clear(&g);
    vlt_fields_clear(&f);
}

static void
check_text(const uint8_t *data, size_t size)
{
    static const struct vlt_card nobody = {.generation = 1};
    struct vlt_compartments l;
    struct vlt_buf again;

    vlt_buf_init(&again, 64 * 1024);
    if (vlt_compartments_decode(&l, (const char *)data, size, NULL) ==
        VAULT_OK) {
        if (vlt_compartments_encode(&again, &l, NULL) != VAULT_OK ||
            again.len > size || memcmp(again.p, data, again.len) != 0 ||
            (again.len < size &&
                (size - again.len < 4 ||
                    memcmp(data + again.len, "ext ", 4) != 0)))
            abort();
        vlt_compartments_clear(&l);
    }
    vlt_buf_clear(&again);
    if (vlt_compartments_check(&l, (const char *)data, size, &nobody, NULL) ==
        VAULT_OK)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    check_row(data, size);
    check_text(data, size);
    return 0;
}
