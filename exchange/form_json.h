/* SPDX-License-Identifier: Apache-2.0 */
/* form_json.h: what the readers of JSON share; brings jansson along */
#ifndef EXCHANGE_FORM_JSON_H
#define EXCHANGE_FORM_JSON_H

#include "form.h"

#include <jansson.h>

/* Parse into memory that is wiped when it is freed; a name that stands twice
 * is refused; `flags` are further ones of jansson's. NULL, and *why says what and where. Release with json_decref. */
json_t *json_read(const char *text, size_t n, size_t flags, json_error_t *why);

/* One member of a form (form_add_json), mistakes noted. */
VAULT_CHECKED enum vault_status form_add_value(struct form *f, const char *name,
    json_t *value, struct vault_error *err);

#endif
