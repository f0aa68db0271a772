/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_own.h: a field that vCard has no property for */
#ifndef EXCHANGE_VCARD_OWN_H
#define EXCHANGE_VCARD_OWN_H

#include "bytes.h"

#include <stdbool.h>
#include <vault/vault.h>

/*
 * X-SANDUQ-FIELD;X-NAME=lost.days;X-TYPE=number:30
 *
 * X-TYPE is text, bytes, time, link, body, date, lang, number or the number
 * of a type of later versions; X-STATE says refused, not-asked or unknown
 * instead of a value. Texts, dates ("gregorian 2031") and texts with their
 * language ("kk ...") are text values; numbers and times are decimal;
 * everything else, and texts with control characters, is base64 and says so
 * (X-FORM=base64).
 */
void vcard_put_own(struct vlt_buf *line, const struct vault_field *f);
/* Bytes in base64. */
void vcard_put_base64(struct vlt_buf *line, const void *p, size_t n);
/* Whether bytes may stand in a line as they are: no controls but line feed
 * and tab. */
bool vcard_is_plain(const void *p, size_t n);

#endif
