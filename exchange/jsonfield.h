/* SPDX-License-Identifier: Apache-2.0 */
/* jsonfield.h: one field in the shape in which `show --json` prints it */
#ifndef EXCHANGE_JSONFIELD_H
#define EXCHANGE_JSONFIELD_H

#include "form_json.h"

/*
 * Put one element of "fields" into the form, exactly as it was sealed. What
 * the vault makes anew (type, time.sealed, body) is passed over, and what an
 * import set before (import.key, import.id, import.source, import.sealed)
 * becomes imported.key.1 and so on, which nothing is found by: else a file
 * could say of anything that it is here already. Mistakes are noted.
 */
VAULT_CHECKED enum vault_status jsonfield_put(struct form *f,
    const json_t *field, struct vault_error *err);

#endif
