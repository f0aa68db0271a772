/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_exchange_form.c: any JSON gives fields, mistakes, or a refusal */
#include "form.h"

#include <stdlib.h>
#include <string.h>

/* Brought into a type's shape without a mistake, it is in that shape, and
 * doing it twice changes nothing. */
static void
check_fit(struct form *f)
{
    static const char *const types[] = {"testimony", "letter", "contact",
        "consent"};
    const char *type = types[f->n % 4];
    size_t n;

    if (form_fit(f, type, NULL, NULL) != VAULT_OK || f->mistakes > 0)
        return;
    n = f->n;
    if (form_fit(f, type, NULL, NULL) != VAULT_OK || f->mistakes > 0 ||
        f->n != n)
        abort();
}

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
        check_fit(&f);
    }
    form_clear(&f);
    return 0;
}
