/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_field: a field list that is read encodes to the same bytes */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "field.h"

/* Every field of a list that was read may be added to an empty one. */
static void
rebuild(const struct vlt_fields *l)
{
    struct vlt_fields again;
    size_t i;

    vlt_fields_init(&again);
    for (i = l->n; i-- > 0;) {
        const struct vlt_field *f = &l->f[i];
        char name[VLT_FIELD_NAME + 1] = {0};

        memcpy(name, f->name, f->name_len);
        if (vlt_fields_add(&again, f->type, f->state, name, f->value,
                f->value_len, NULL) != VAULT_OK)
            abort();
        if (vlt_fields_find(&again, name) == NULL)
            abort();
    }
    if (again.bytes != l->bytes || again.n != l->n)
        abort();
    vlt_fields_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    static const struct vlt_salts salts;
    struct vlt_reader r;
    struct vlt_fields l;
    struct vlt_buf out;
    uint8_t root[32];

    if (!begun && vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    begun = true;
    vlt_reader_init(&r, data, size);
    if (vlt_fields_decode(&l, &r, NULL) != VAULT_OK)
        return 0;
    vlt_buf_init(&out, size);
    if (vlt_fields_encode(&out, &l, NULL) != VAULT_OK || out.len != r.pos ||
        out.len != l.bytes || memcmp(out.p, data, out.len) != 0)
        abort();
    rebuild(&l);
    if (vlt_event_root(root, &l, &salts, NULL) != VAULT_OK)
        abort();
    vlt_buf_clear(&out);
    vlt_fields_clear(&l);
    return 0;
}
