/* SPDX-License-Identifier: Apache-2.0 */
/* pin_name.c: local names of other people's vaults */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "fold.h"
#include "nfc.h"
#include "settings.h"
#include "text.h"

/* Controls, and what turns the direction of the line it is shown in. */
static bool
is_refused(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x061c ||
        (cp >= 0x200e && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
        (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

static bool
characters_ok(const char *s)
{
    while (*s != '\0') {
        if (is_refused(vlt_utf8_next(&s)))
            return false;
    }
    return true;
}

/* What names are compared by. */
static enum vault_status
fold(const char *s, struct vlt_wide *out)
{
    return vlt_fold_wide(s, strlen(s), out, NULL);
}

/* Whether there is anything to be seen. */
static bool
shows(const char *s)
{
    struct vlt_wide w = {NULL, 0};
    bool any = fold(s, &w) == VAULT_OK && w.n > 0;

    vlt_wide_clear(&w);
    return any;
}

enum vault_status
vlt_pin_name(const char *given, char out[VLT_PIN_NAME + 1],
    struct vault_error *err)
{
    char name[VLT_PIN_NAME + 1];
    size_t n = strlen(given);
    enum vault_status st = VAULT_OK;

    if (!vlt_utf8_valid((const uint8_t *)given, n))
        return vlt_fail(err, VAULT_E_USAGE, "the name is not UTF-8");
    if (n > 4 * VLT_PIN_NAME || !vlt_text_nfc(given, name, sizeof name))
        return vlt_fail(err, VAULT_E_USAGE, "the name is longer than %d bytes",
            (int)VLT_PIN_NAME);
    n = strlen(name);
    if (n == 0 || name[0] == ' ' || name[0] == '-' || name[n - 1] == ' ')
        st = vlt_fail(err, VAULT_E_USAGE,
            "a name is not empty, does not begin with - or a space, and does "
            "not end with a space");
    else if (!characters_ok(name) || !shows(name))
        st = vlt_fail(err, VAULT_E_USAGE,
            "the name has characters that cannot be seen");
    if (st == VAULT_OK)
        memcpy(out, name, n + 1);
    return st;
}

bool
vlt_pin_name_same(const char *a, const char *b)
{
    struct vlt_wide x = {NULL, 0};
    struct vlt_wide y = {NULL, 0};
    bool same = strcmp(a, b) == 0;

    if (!same && fold(a, &x) == VAULT_OK && fold(b, &y) == VAULT_OK)
        same = x.n == y.n && x.n > 0 &&
            memcmp(x.cp, y.cp, x.n * sizeof *x.cp) == 0;
    vlt_wide_clear(&x);
    vlt_wide_clear(&y);
    return same;
}
