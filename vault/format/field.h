/* SPDX-License-Identifier: Apache-2.0 */
/* field.h: the field list of metadata and events (section 6.2) */
#ifndef VLT_FIELD_H
#define VLT_FIELD_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"

enum { VLT_FIELDS_MAX = 1024, VLT_FIELD_NAME = 96 };
enum vlt_field_type {
    VLT_FIELD_TEXT = 1,
    VLT_FIELD_BYTES = 2,
    VLT_FIELD_TIME = 3,
    VLT_FIELD_LINK = 4,
    VLT_FIELD_BODY = 5,
    VLT_FIELD_DATE = 6,
    VLT_FIELD_LANG_TEXT = 7,
    VLT_FIELD_NUMBER = 8
    /* 64..127: opaque, carried unchanged */
};
enum vlt_field_state {
    VLT_STATE_VALUE = 0,
    VLT_STATE_REFUSED = 1,
    VLT_STATE_NOT_ASKED = 2,
    VLT_STATE_UNKNOWN = 3
};

/* name and value borrow from the list and live as long as it. */
struct vlt_field {
    uint8_t type;
    uint8_t state;
    uint8_t name_len;
    const char *name; /* not 0-terminated */
    const uint8_t *value;
    uint32_t value_len;
    uint8_t *own; /* the list's: the memory of name and value */
};

/*
 * A list that owns its names and values, kept strictly ascending by name.
 * Values are wiped when it is cleared.
 */
struct vlt_fields {
    size_t n;
    size_t cap;
    struct vlt_field *f;
    size_t bytes; /* encoded length so far */
};
void vlt_fields_init(struct vlt_fields *l);
void vlt_fields_clear(struct vlt_fields *l);
/*
 * Add a copy. Checks name, type, state and value as a reader would.
 *   VAULT_E_USAGE   malformed name or value; err says how
 *   VAULT_E_EXISTS  the name is there already
 *   VAULT_E_LIMIT   too many fields or bytes (VLT_META_MAX)
 */
VAULT_CHECKED enum vault_status vlt_fields_add(struct vlt_fields *l,
    uint8_t type, uint8_t state, const char *name, const void *value,
    size_t value_len, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_fields_add_text(struct vlt_fields *l,
    const char *name, const char *text, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_fields_add_i64(struct vlt_fields *l,
    uint8_t type, const char *name, int64_t v, struct vault_error *err);
/* Take one out again, wiped; nothing happens when it is absent. */
void vlt_fields_remove(struct vlt_fields *l, const char *name);
/* NULL when absent. */
const struct vlt_field *vlt_fields_find(const struct vlt_fields *l,
    const char *name);
/* A type 3 or 8 value; false when absent or of another type or state. */
bool vlt_fields_i64(const struct vlt_fields *l, const char *name, int64_t *out);

VAULT_CHECKED enum vault_status vlt_fields_encode(struct vlt_buf *out,
    const struct vlt_fields *l, struct vault_error *err);
/*
 * Decode from r, up to the list's own end (does not ask for the reader's
 * end). Copies. *out need not be initialised; it is the caller's to clear
 * on success and is untouched otherwise.
 *   VAULT_E_FORMAT  malformed, not ascending, value not of its type
 *   VAULT_E_NEWER   a type or state of a newer version
 */
VAULT_CHECKED enum vault_status vlt_fields_decode(struct vlt_fields *out,
    struct vlt_reader *r, struct vault_error *err);

/* One field of a list, borrowed from r's bytes and checked. Statuses of
 * vlt_fields_decode. */
VAULT_CHECKED enum vault_status vlt_field_read(struct vlt_field *f,
    struct vlt_reader *r, struct vault_error *err);
/* Add a copy of a checked field whose name comes after all others.
 *   VAULT_E_FORMAT  it does not; VAULT_E_LIMIT, VAULT_E_MEMORY */
VAULT_CHECKED enum vault_status vlt_fields_append(struct vlt_fields *l,
    const struct vlt_field *f, struct vault_error *err);

/* Whether `name` is `[a-z0-9.-]{1,96}`. */
bool vlt_field_name_ok(const char *name, size_t len);
/* Value rules of one type (UTF-8, lengths, calendar and EDTF, BCP 47 shape,
 * link). */
bool vlt_field_value_ok(uint8_t type, const uint8_t *value, size_t len);

#endif
