/* SPDX-License-Identifier: Apache-2.0 */
/* odk.h: reading ODK submissions (stand-in until the reader is merged) */
#ifndef EXCHANGE_ODK_H
#define EXCHANGE_ODK_H

#include "form.h"

struct odk_submission {
    char *instance_id; /* NULL: none */
    char *form_id, *form_version;
    struct form form;
    char **media; /* names of files beside the submission */
    size_t media_len;
};
VAULT_CHECKED enum vault_status odk_read(const void *xml, size_t n,
    struct odk_submission *out, struct vault_error *err);
void odk_clear(struct odk_submission *s);

#endif
