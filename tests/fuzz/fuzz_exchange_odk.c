/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_exchange_odk.c: any bytes give a submission or a refusal */
#include "odk.h"

#include <stdlib.h>
#include <string.h>

static void
check_media(const char *name)
{
    size_t n = strlen(name);

    if (n == 0 || n > 255 || name[0] == '.' || strpbrk(name, "/\\:\n") != NULL)
        abort();
}

/* The same bytes give the same fields. */
static void
check_same(const struct odk_submission *a, const uint8_t *data, size_t size)
{
    struct odk_submission b;

    if (odk_read(data, size, &b, NULL) != VAULT_OK || b.form.n != a->form.n)
        abort();
    for (size_t i = 0; i < b.form.n; i++)
        if (strcmp(a->form.field[i].name, b.form.field[i].name) != 0)
            abort();
    odk_clear(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct odk_submission s;
    enum vault_status st = odk_read(data, size, &s, NULL);

    /* whether it looks like one is asked of any XML */
    (void)odk_looks(data, size);
    if (st == VAULT_E_FORMAT || st == VAULT_E_LIMIT)
        return 0;
    if (st != VAULT_OK || s.form_id[0] == 0 || s.form.n > ODK_FIELDS)
        abort();
    for (size_t i = 0; i < s.form.n; i++) {
        size_t n = strlen(s.form.field[i].name);

        if (n == 0 || n > 96 || s.form.field[i].value_len == 0)
            abort();
    }
    for (size_t i = 0; i < s.medias; i++)
        check_media(s.media[i]);
    check_same(&s, data, size);
    odk_clear(&s);
    return 0;
}
