/* SPDX-License-Identifier: Apache-2.0 */
/* vcard.h: reading vCards (stand-in until the reader is merged) */
#ifndef EXCHANGE_VCARD_H
#define EXCHANGE_VCARD_H

#include "form.h"

VAULT_CHECKED enum vault_status vcard_read(const void *p, size_t n,
    enum vault_status (
        *fn)(void *ctx, size_t index, struct form *f, struct vault_error *err),
    void *ctx, struct vault_error *err);

#endif
