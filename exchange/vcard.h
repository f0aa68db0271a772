/* SPDX-License-Identifier: Apache-2.0 */
/* vcard.h: writing cards (a stand-in until the real one is merged) */
#ifndef EXCHANGE_VCARD_H
#define EXCHANGE_VCARD_H

#include "bytes.h"

#include <vault/vault.h>

/* A card (vCard 4.0, CRLF, folded at 75 octets) of a contact record's fields,
 * appended. Only channels whose `...safe` field says `safe` unless
 * all_channels. */
VAULT_CHECKED enum vault_status vcard_write(struct vlt_buf *out,
    const struct vault_field *fields, size_t n, bool all_channels,
    struct vault_error *err);

#endif
