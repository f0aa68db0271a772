/* SPDX-License-Identifier: Apache-2.0 */
/* form.h: the fields that a user gives to a record */
#ifndef EXCHANGE_FORM_H
#define EXCHANGE_FORM_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/forms.h>

struct form_field {
    char *name;
    enum vault_field_type type;
    enum vault_field_state state;
    uint8_t *value; /* as it is sealed */
    size_t value_len;
};
/* All mistakes are collected, so that they can be told at once. */
struct form_mistake {
    char *field;          /* as it was written; "" for the form as a whole */
    const char *expected; /* N_() */
    const char *words;    /* NULL, or the words to choose from, split by | */
};
struct form {
    struct form_field *field;
    size_t n;
    struct form_mistake *mistake;
    size_t mistakes;
};

enum { FORM_MAX = 16 * 1024 * 1024 };
/* No record holds more fields; after as many mistakes no more are noted. */
enum { FORM_FIELDS = 1024, FORM_MISTAKES = 1024 };
/* Longest name of a type whose form is known, longest language tag. */
enum { FORM_TYPE = 32, FORM_TAG = 35 };

/* Wipes. */
void form_clear(struct form *f);

/* FIELD=VALUE of -f: a text. A mistake is noted, not returned. */
VAULT_CHECKED enum vault_status form_add_option(struct form *f,
    const char *field_value, struct vault_error *err);

/*
 * A JSON object, name: value. A text is a text, a whole number a number,
 * null is "unknown"; an object says the rest (docs/json.md). Names twice,
 * other things deeper than that, and more than FORM_MAX bytes are refused.
 *   VAULT_E_USAGE  not JSON, or no object
 */
VAULT_CHECKED enum vault_status form_add_json(struct form *f, const char *json,
    size_t n, struct vault_error *err);

/* One field, its name checked: a mistake is noted, not returned. */
VAULT_CHECKED enum vault_status form_put(struct form *f, const char *name,
    enum vault_field_type type, enum vault_field_state state, const void *value,
    size_t n, struct vault_error *err);

/* The same for a name that the program sets, such as file.name. */
VAULT_CHECKED enum vault_status form_put_set(struct form *f, const char *name,
    enum vault_field_type type, enum vault_field_state state, const void *value,
    size_t n, struct vault_error *err);

/* Whether this field is there. */
bool form_has(const struct form *f, const char *name);
void form_note_mistake(struct form *f, const char *field, const char *expected);
void form_note_words(struct form *f, const char *field, const char *expected,
    const char *words);
/* Its place in *i; false when there is none. */
bool form_find(const struct form *f, const char *name, size_t *i);
/* Take the i-th field out, wiped. */
void form_drop(struct form *f, size_t i);
void form_drop_named(struct form *f, const char *name);

/*
 * Bring every field into the shape that the registry has for this type
 * (vault/forms.h): plain texts become dates, numbers, texts in the form's
 * language, else in `lang` (NULL or "": undetermined); names get their
 * script. Mistakes are noted.
 */
VAULT_CHECKED enum vault_status form_fit(struct form *f, const char *type,
    const char *lang, struct vault_error *err);
/* One known field from what a person typed. *expected: NULL, or what it
 * should have been, and then it was not put. */
VAULT_CHECKED enum vault_status form_put_known(struct form *f, const char *type,
    const struct vault_form_field *known, const char *name, const void *text,
    size_t n, const char **expected, struct vault_error *err);
/* Note a mistake when FIELD=VALUE of -f names a person or a source, known to
 * the registry or by its first word. */
void form_refuse_delicate(struct form *f, const char *type,
    const char *field_value);

/* Give all fields to the record. */
VAULT_CHECKED enum vault_status form_seal(const struct form *f,
    struct vault_sealer *s, struct vault_error *err);

#endif
