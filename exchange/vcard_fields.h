/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_fields.h: a contact's fields on their way into a card */
#ifndef EXCHANGE_VCARD_FIELDS_H
#define EXCHANGE_VCARD_FIELDS_H

#include "bytes.h"

#include <stdbool.h>
#include <vault/vault.h>

struct vcard_field {
    const struct vault_field *f;
    bool told; /* it stands in the card */
};
struct vcard_fields {
    struct vcard_field *all; /* by name; digits by what they count */
    size_t n;
    bool everything; /* not only what is safe to tell */
    struct vlt_buf line;
    struct vlt_buf *out;
};
/* Borrows the fields. Clear it in any case.   VAULT_E_MEMORY */
VAULT_CHECKED enum vault_status vcard_fields_init(struct vcard_fields *w,
    const struct vault_field *fields, size_t n, struct vlt_buf *out,
    bool everything, struct vault_error *err);
void vcard_fields_clear(struct vcard_fields *w);

/*
 * base.end (end NULL: base), when it is a text that can stand in a line,
 * not empty, and not told yet; else NULL.
 */
struct vcard_field *vcard_find(const struct vcard_fields *w, const char *base,
    const char *end);
/* The same for any type. */
struct vcard_field *vcard_find_type(const struct vcard_fields *w,
    const char *base, const char *end, enum vault_field_type type);
/* Whether this text field has this value. */
bool vcard_field_is(const struct vcard_field *x, const char *word);
/*
 * Whether the i-th field is called prefix.K, or prefix.K.end: then base is
 * prefix.K (of VCARD_FIELD) and *number K.
 */
bool vcard_numbered(const struct vcard_fields *w, size_t i, const char *prefix,
    const char *end, char *base, unsigned *number);

/*
 * A line: with its group when all is told, then parameters, then
 * vcard_line_value, the value, and vcard_line_end.
 */
void vcard_line_begin(struct vcard_fields *w, const char *base,
    const char *property);
/* The text base.end as this parameter, told. */
void vcard_line_param(struct vcard_fields *w, const char *base, const char *end,
    const char *param);
/* X-SANDUQ-N, when all is told and a reader would count otherwise. */
void vcard_line_number(struct vcard_fields *w, unsigned number, unsigned *last);
/* base.params, when all is told; then the colon. */
void vcard_line_value(struct vcard_fields *w, const char *base);
/* A value, as text or as it is, told. */
void vcard_line_text(struct vcard_fields *w, struct vcard_field *x);
void vcard_line_raw(struct vcard_fields *w, struct vcard_field *x);
void vcard_line_end(struct vcard_fields *w);

/* vcard_channels.c: the channels that may be told; how many were not. */
size_t vcard_put_channels(struct vcard_fields *w);
/* vcard_rest.c: every field that was not told yet. */
void vcard_put_rest_of(struct vcard_fields *w);

#endif
