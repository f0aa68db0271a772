/* SPDX-License-Identifier: Apache-2.0 */
/* standins.c: readers that are not merged yet say so */
#include "bagit.h"
#include "fail.h"
#include "odk.h"
#include "vcard.h"

static enum vault_status
not_yet(const char *what, struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_USAGE, "this version does not read %s", what);
}

enum vault_status
vcard_read(const void *p, size_t n,
    enum vault_status (
        *fn)(void *ctx, size_t index, struct form *f, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    (void)p;
    (void)n;
    (void)fn;
    (void)ctx;
    return not_yet("vCards", err);
}

enum vault_status
odk_read(const void *xml, size_t n, struct odk_submission *out,
    struct vault_error *err)
{
    (void)xml;
    (void)n;
    (void)out;
    return not_yet("ODK submissions", err);
}

void
odk_clear(struct odk_submission *s)
{
    (void)s;
}

enum vault_status
bagit_check(const char *folder, struct vault_error *err)
{
    (void)folder;
    return not_yet("BagIt bags", err);
}
