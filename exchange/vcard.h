/* SPDX-License-Identifier: Apache-2.0 */
/* vcard.h: contacts as vCard (RFC 6350, RFC 2426, vCard 2.1) */
#ifndef EXCHANGE_VCARD_H
#define EXCHANGE_VCARD_H

#include "form.h"

/*
 * A card and the fields of a `contact`. Fields of the registry:
 *
 *   FN                name.N, with .language, .kind; PREF=1: name.preferred
 *   NICKNAME          name.N of kind nickname
 *   LANG              language (the preferred one), language.other.N
 *   TEL EMAIL IMPP    channel.N: type, address, safety; and, of no form,
 *   URL ADR             .use (TYPE), .pref, .adr.street ...
 *
 * and others, which no form has:
 *
 *   N                 name.family .given .additional .prefix .suffix
 *   NOTE              note.N, a text with its language
 *   BDAY              birth.date, when it has a year and no time of day
 *   ORG               organisation.N, organisation.N.unit.M
 *   RELATED           related.N, related.N.type
 *   PHOTO             photo.N (bytes), photo.N.media, when it is embedded
 *   UID KIND          vcard.uid, vcard.kind
 *   any other NAME    vcard.name.N, its value as it was written
 *
 * Beside each stand .params (parameters nothing is made of) and .group. So
 * nothing of a card is lost, except: VERSION, PRODID, ALTID of FN, and how
 * it was encoded.
 *
 * Whether a channel is safe no card of others can know: it is `unknown`,
 * unless the card says so in a parameter of ours (X-SANDUQ-SAFE).
 *
 * In cards of ours X-SANDUQ-FIELD holds a field that has no property.
 */
enum {
    VCARD_FIELDS = 1000,             /* of one card */
    VCARD_PHOTO = 4 * 1024 * 1024,   /* bytes of one picture */
    VCARD_CARD_MAX = 8 * 1024 * 1024 /* bytes of all values of one card */
};

/*
 * Each card of a file, index from 0, in UTF-8 with LF or CRLF. `f` is the
 * callback's for the call; form_fit was not called yet. What is wrong in a
 * card is among its mistakes, and the others are read all the same. What the
 * callback returns other than VAULT_OK ends the reading and is returned.
 *   VAULT_E_FORMAT  not one card, or a file in UTF-16
 *   VAULT_E_LIMIT   a line of more than FORM_MAX bytes
 */
VAULT_CHECKED enum vault_status vcard_read(const void *p, size_t n,
    enum vault_status (
        *fn)(void *ctx, size_t index, struct form *f, struct vault_error *err),
    void *ctx, struct vault_error *err);

/*
 * Append the card (vCard 4.0) of a contact's fields. It tells names,
 * languages, kind and UID, and the channels whose safety is `safe` (none
 * when do-not-contact is `yes`) with their safe hours. With `all_channels`
 * it tells all channels and every other field, and vcard_read makes the same
 * fields of it; but never links to records, nor what the program sets
 * (type, time.sealed, file.*, import.*, resolves.*).
 *   VAULT_E_LIMIT, VAULT_E_MEMORY
 */
VAULT_CHECKED enum vault_status vcard_write(struct vlt_buf *out,
    const struct vault_field *fields, size_t n, bool all_channels,
    struct vault_error *err);

/* What vcard_write keeps back of these fields without `all_channels`. */
struct vcard_withheld {
    size_t channels; /* not marked safe */
    size_t fields;   /* others: notes, pictures, birth date, links ... */
};
VAULT_CHECKED enum vault_status vcard_withheld(const struct vault_field *fields,
    size_t n, struct vcard_withheld *out, struct vault_error *err);

#endif
