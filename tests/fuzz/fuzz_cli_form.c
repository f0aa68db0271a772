/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_cli_form.c: any JSON gives fields, mistakes, or a refusal */
#include "../../cli/form.h"

#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct form f = {0};

    if (form_add_json(&f, (const char *)data, size, NULL) == VAULT_OK) {
        for (size_t i = 0; i < f.n; i++) {
            size_t n = strlen(f.field[i].name);

            if (n == 0 || n > 96 ||
                (f.field[i].state != VAULT_VALUE && f.field[i].value_len > 0))
                abort();
        }
    }
    form_clear(&f);
    return 0;
}
