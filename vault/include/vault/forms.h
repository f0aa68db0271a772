/* SPDX-License-Identifier: Apache-2.0 */
/* vault/forms.h: the fields that a record of each type has, and what their
 * values may be */
#ifndef VAULT_FORMS_H
#define VAULT_FORMS_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The field registry: docs/records.md is its table for people. It binds
 * programs that ask people, not the format: a vault keeps every field, known
 * here or not. Everything here works without a vault; texts are static,
 * English, and keys for translation.
 */
enum vault_form_kind {
    VAULT_FORM_TEXT = 1,  /* a code, an address: no language */
    VAULT_FORM_LANG_TEXT, /* a line with its language */
    VAULT_FORM_LONG_TEXT, /* many lines with their language */
    VAULT_FORM_DATE,      /* calendar and EDTF; how precise is part of it */
    VAULT_FORM_TIME,
    VAULT_FORM_NUMBER,
    VAULT_FORM_LINK,
    VAULT_FORM_CHOICE,   /* a text, one of `words` */
    VAULT_FORM_LANGUAGE, /* a text: a BCP 47 tag */
    VAULT_FORM_SCRIPT,   /* a text: four letters of ISO 15924 */
    VAULT_FORM_SHA256,   /* a text: 64 hex digits */
    VAULT_FORM_BYTES,
    VAULT_FORM_BODY
};

struct vault_form_field {
    /* A path; where it may repeat, N stands for 1 to 999: victim.N.health */
    const char *name;
    enum vault_form_kind kind;
    /* Key domain: 'C' contact data, 'T' testimony, 'S' source and consent,
     * 'P' may be published. */
    char domain;
    bool set;             /* by the library or the program, never asked */
    bool repeats;         /* there is an N in the name */
    const char *standard; /* who asks for it */
    const char *label;
    const char *help;
    const char *words; /* of a choice, split by '|'; else NULL */
    const char *part;  /* heading of the part of the form it stands in */
};

/* How many fields a type has; 0 for a type that is not in the registry. */
VAULT_API size_t vault_form_fields(const char *type);
/* The i-th, in the order in which a form asks. */
VAULT_API void vault_form_field(const char *type, size_t i,
    struct vault_form_field *out);
/* By a record's own field name, "victim.2.health". False when not known. */
VAULT_API bool vault_form_find(const char *type, const char *name,
    struct vault_form_field *out);
/*
 * The key domain of any field name: what the registry says; for a name it
 * does not have, that of the fields whose first word is the same, when they
 * are of 'C' or 'S' ('C' wins); else 'T'. Every field of contact is 'C' and
 * every field of consent 'S', known or not.
 */
VAULT_API char vault_form_domain(const char *type, const char *name);

/* How a field of this kind is stored. */
VAULT_API enum vault_field_type vault_form_type(enum vault_form_kind kind);

/*
 * Turn what a person or a table gave into the value as it is sealed, fresh
 * in *out (the caller wipes and frees; NULL for an empty value). A date is
 * EDTF, gregorian unless a calendar stands in front ("islamic 1450-09"); a
 * text gets the language `lang` (NULL: "und"); a time is RFC 3339 with its
 * offset; a link is RELATION VAULT-ID RECORD-ID in hex, a version may follow;
 * bytes are base64. *expected is NULL, or says what it should have been:
 * then nothing was made.
 *   VAULT_E_MEMORY
 */
VAULT_API VAULT_CHECKED enum vault_status
vault_form_value(const struct vault_form_field *field, const void *text,
    size_t n, const char *lang, uint8_t **out, size_t *out_len,
    const char **expected, struct vault_error *err);

struct vault_form_mistake {
    const char *field;    /* borrowed from the list that was checked */
    const char *expected; /* "expected a date such as ..." */
    const char *words;    /* of a choice, else NULL */
};
/*
 * Look at all fields of a record of `type`, values as they are sealed, and
 * tell every mistake. "Refused", "not asked" and "unknown" are always right;
 * a name the registry does not have only needs to be a name.
 *   VAULT_E_USAGE      there was a mistake
 *   VAULT_E_CANCELLED  fn answered another than 0
 */
VAULT_API VAULT_CHECKED enum vault_status vault_form_check(const char *type,
    const struct vault_field *fields, size_t n,
    int (*fn)(void *ctx, const struct vault_form_mistake *m), void *ctx,
    struct vault_error *err);

/*
 * The script in which a name is written: "Latn", "Cyrl", "Arab" or "Hani",
 * when all its letters are of that one; else NULL.
 */
VAULT_API const char *vault_form_script(const void *text, size_t n);

#ifdef __cplusplus
}
#endif
#endif
