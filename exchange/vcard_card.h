/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_card.h: one card on its way into a form */
#ifndef EXCHANGE_VCARD_CARD_H
#define EXCHANGE_VCARD_CARD_H

#include "form.h"
#include "vcard_line.h"

struct vcard_count {
    char name[VCARD_NAME + 1];
    unsigned n;
};
/*
 * `st` stays what failed first; every function below then does nothing.
 * vcard_card_init empties one, form_clear and vcard_card_clear free it.
 */
struct vcard_card {
    struct form f;
    enum vault_status st;
    struct vault_error *err;
    int version; /* 21, 30, 40; 0 before the card has said it */
    unsigned names, channels;
    unsigned language_pref; /* of the field `language`; 0: there is none */
    bool full;              /* said that there are too many fields */
    size_t bytes;
    struct vcard_count *count; /* of fields, or properties in capitals */
    size_t counts;
};
void vcard_card_init(struct vcard_card *c, struct vault_error *err);
void vcard_card_clear(struct vcard_card *c);

enum { VCARD_FIELD = 128 };
/* base + "." + end, in a buffer of VCARD_FIELD. */
const char *vcard_name(char *out, const char *base, const char *end);

/* Put a field; one that is too long or too much becomes a mistake. */
void vcard_put(struct vcard_card *c, const char *name,
    enum vault_field_type type, const void *value, size_t n);
/* A text, as it is meant; nothing when it is empty. */
void vcard_put_meant(struct vcard_card *c, const char *name,
    struct vcard_text t);
/* The values of a parameter, joined by commas, as the text base.end. */
void vcard_put_values(struct vcard_card *c, const char *base, const char *end,
    const struct vcard_prop *p, const char *param);
void vcard_mistake(struct vcard_card *c, const char *name,
    const char *expected);
/* base.params and base.group: what was not used of a property. */
void vcard_put_rest(struct vcard_card *c, const char *base,
    const struct vcard_prop *p, const char *const *used);
/*
 * The name of the next of these, prefix.K, in base (of VCARD_FIELD). K is
 * what X-SANDUQ-N says, when it is free, else one more than *last, the
 * largest so far. prefix.K.end (end may be NULL) is there when K is taken.
 */
void vcard_number(struct vcard_card *c, const struct vcard_prop *p,
    const char *prefix, const char *end, unsigned *last, char *base);
/* How many of this name there are so far; NULL without memory. */
unsigned *vcard_count(struct vcard_card *c, const char *name);

/* The parameter when it is a language tag, in its right form, else false;
 * out is of FORM_TAG + 1. */
bool vcard_tag(const struct vcard_prop *p, const char *param, char *out);
bool vcard_tag_text(const char *s, size_t n, char *out);
/* 1 to 100, or 0. */
unsigned vcard_pref(const struct vcard_prop *p);

/* The properties that a person and its channels have; false: not one of
 * them, or not in a form that can be used. */
bool vcard_take_person(struct vcard_card *c, const struct vcard_prop *p);
bool vcard_take_channel(struct vcard_card *c, const struct vcard_prop *p);
bool vcard_take_photo(struct vcard_card *c, const struct vcard_prop *p);
/* X-SANDUQ-FIELD. */
void vcard_take_own(struct vcard_card *c, const struct vcard_prop *p);
/* Any property: vcard.name.N. */
void vcard_take_other(struct vcard_card *c, const struct vcard_prop *p);

/* Seven components of ADR, five of N, as their fields are called. */
/* Of one parameter; more are a mistake. */
enum { VCARD_VALUES = 256 };
extern const char vcard_too_many[];
extern const char *const vcard_adr[7];
extern const char *const vcard_n[5];
/* Whether a field of this name may come from a card, or go into one. */
bool vcard_may_carry(const char *name);
/* Whether the value of this property is one text (and then it is kept as it
 * is meant). */
bool vcard_is_text(const char *property);

#endif
