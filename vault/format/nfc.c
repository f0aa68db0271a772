/* SPDX-License-Identifier: Apache-2.0 */
/* nfc.c: Unicode normalisation form C, of passphrases and of names */
#include "nfc.h"
#include "bytes.h"
#include "fail.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { PASSPHRASE_MAX = 4096 };

/* Decompose and compose within guarded memory; NULL without memory. */
static struct vlt_guarded *
normalise(const utf8proc_uint8_t *p, size_t n)
{
    static const utf8proc_option_t form =
        (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    struct vlt_guarded *wide = NULL, *out = NULL;
    utf8proc_int32_t *cp;
    utf8proc_ssize_t count, len;

    count = utf8proc_decompose(p, (utf8proc_ssize_t)n, NULL, 0, form);
    if (count < 0) /* not UTF-8 in this library's eyes either */
        return vlt_guarded_copy(p, n);
    wide = vlt_guarded_new(((size_t)count + 1) * sizeof *cp);
    if (wide == NULL)
        return NULL;
    cp = (utf8proc_int32_t *)(void *)wide->p;
    count = utf8proc_decompose(p, (utf8proc_ssize_t)n, cp, count, form);
    len = count < 0 ? count : utf8proc_reencode(cp, count, form);
    if (len < 0)
        out = vlt_guarded_copy(p, n);
    else
        out = vlt_guarded_copy(wide->p, (size_t)len);
    vlt_guarded_free(wide);
    return out;
}

enum vault_status
vlt_passphrase_nfc(const void *p, size_t n, struct vlt_guarded **out,
    struct vault_error *err)
{
    struct vlt_guarded *g;

    if (n == 0)
        return vlt_fail(err, VAULT_E_LIMIT, "the passphrase is empty");
    if (n > PASSPHRASE_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the passphrase is longer than %d bytes", (int)PASSPHRASE_MAX);
    if (vlt_utf8_valid(p, n))
        g = normalise(p, n);
    else
        g = vlt_guarded_copy(p, n);
    if (g == NULL)
        return vlt_fail_memory(err);
    *out = g;
    return VAULT_OK;
}

bool
vlt_text_nfc(const char *s, char *out, size_t size)
{
    utf8proc_uint8_t *nfc;
    size_t n;
    bool fits;

    if (!vlt_utf8_valid((const uint8_t *)s, strlen(s)))
        return false;
    nfc = utf8proc_NFC((const utf8proc_uint8_t *)s);
    if (nfc == NULL)
        return false;
    n = strlen((const char *)nfc);
    fits = n < size;
    if (fits)
        memcpy(out, nfc, n + 1);
    free(nfc);
    return fits;
}

const char *
vlt_utf8proc_version(void)
{
    return utf8proc_version();
}
