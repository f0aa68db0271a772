/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_exchange_jsonrec.c: any line is a record, mistakes, or a refusal */
#include "jsonrec.h"

#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jsonrec r = {0};

    if (jsonrec_read((const char *)data, size, "note", &r, NULL) == VAULT_OK) {
        if (r.exchanged && r.form.mistakes == 0 &&
            (r.version == 0 || r.type[0] == 0 ||
                (r.has_sha256 && r.file == NULL)))
            abort();
        for (size_t i = 0; i < r.form.n; i++) {
            const struct form_field *f = &r.form.field[i];

            if (strcmp(f->name, "body") == 0 || strcmp(f->name, "type") == 0 ||
                strcmp(f->name, "time.sealed") == 0 ||
                (f->state != VAULT_VALUE && f->value_len > 0) ||
                (r.exchanged && strcmp(f->name, "import.key") == 0))
                abort();
        }
        if (form_fit(&r.form, r.exchanged ? "" : r.type, NULL, NULL) !=
            VAULT_OK)
            abort();
    }
    jsonrec_clear(&r);
    return 0;
}
