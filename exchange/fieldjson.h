/* SPDX-License-Identifier: Apache-2.0 */
/* fieldjson.h: a field as JSON, exact */
#ifndef EXCHANGE_FIELDJSON_H
#define EXCHANGE_FIELDJSON_H

#include "jline.h"

#include <vault/vault.h>

/* text, lang, date, number, time, bytes, link, body; "other". */
const char *field_type_word(enum vault_field_type type);
/* value, refused, not-asked, unknown; "other". */
const char *field_state_word(enum vault_field_state state);

/*
 * An object, as an element of an array (docs/json.md): name, type, state,
 * and with a value what the type needs to get the same bytes back. A type
 * that is not known here is "other" and has its number in `type_number`.
 */
void field_json(struct jline *j, const struct vault_field *f);

/*
 * What a person or a table is given, in the form that vault_form_value reads
 * back: `!refused`, `!not-asked`, `!unknown`; bytes in base64; a link as
 * relation, vault, record, and the version if it is of one; a date with its
 * calendar in front unless that is gregorian. The language of a text is not
 * in it: field_lang. Nothing for a body.
 */
void field_plain(struct vlt_buf *out, const struct vault_field *f);
/* The language of a text that has one; *n = 0 else. Borrowed from f. */
const char *field_lang(const struct vault_field *f, size_t *n);

#endif
