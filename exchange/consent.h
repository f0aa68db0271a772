/* SPDX-License-Identifier: Apache-2.0 */
/* consent.h: whether people agreed to what is about to happen with a record */
#ifndef EXCHANGE_CONSENT_H
#define EXCHANGE_CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/vault.h>

/*
 * A purpose is the registry's, without `purpose.`: keep, share-inside, un,
 * court ... Of an answer only a plain `yes` is a yes. A consent that was
 * withdrawn, whose expiry or review day has passed, or whose embargo has not,
 * is a no; where a date cannot be compared (another calendar, an open end),
 * the doubt counts as no. Of a month or a year the first day counts for
 * expiry and review, the last for an embargo.
 */
bool consent_purpose(const char *purpose);
/* keep and share-inside: nothing leaves the organisation. */
bool consent_inside(const char *purpose);

/* Material about people, which needs their consent to leave the house. */
bool consent_needed(const char *purpose, const char *record_type);

/*
 * What the fields of one consent say for this purpose on this day (time in
 * seconds): NULL for a plain yes, else why not (N_(), a part of a sentence).
 * *conditions: the person named conditions, which only people can judge.
 */
const char *consent_answer(const struct vault_field *fields, size_t n,
    const char *purpose, int64_t now, bool *conditions);

/*
 * All consents of a vault, and which records they are for. A record's
 * consents are those linked with `consent-for`, in either direction, and
 * those whose id stands in its fields `consent.id` or `consent.other.N`; of a
 * record that has none, those of the records that it belongs to
 * (attachment-of, scan-of, translation-of, derived-from, contact-of, amends;
 * the nearest that has any, of a conflict each version). Where one of these
 * was withdrawn or cannot be read, the doubt counts as no. A consent itself
 * is judged by its own answers. One that came from another vault, imported or
 * given by it, says yes only for records that came from there, or that
 * themselves name its id. A copy of somebody else's record that names a
 * consent which was not given along is refused.
 */
struct consent_book;
/*
 * *unreadable: how many records could not be read at all; any of them may be
 * a consent.   VAULT_E_LOCKED, VAULT_E_CANCELLED
 */
VAULT_CHECKED enum vault_status consent_book_load(struct vault *v,
    const char *purpose, int64_t now, struct consent_book **out,
    uint64_t *unreadable, struct vault_error *err);
void consent_book_free(struct consent_book *b);

struct consent_verdict {
    size_t consents;  /* that bear on the record; 0: none on record */
    const char *why;  /* NULL: all are a plain yes; else N_() */
    bool conditions;  /* one of them has conditions */
    bool has_consent; /* the one that `why` speaks of */
    uint8_t consent[VAULT_ID];
};
/*
 * For an open record. With `also` (may be NULL) each consent that bears on
 * it is told by its number in the book.
 */
void consent_judge(const struct consent_book *b, const struct vault_record *r,
    struct consent_verdict *out, void (*also)(void *ctx, size_t number),
    void *ctx);

/* For a record that nobody here can open: what consents of the book say is for
 * it. What it says itself is not known. */
void consent_judge_closed(const struct consent_book *b,
    const uint8_t record[VAULT_ID], struct consent_verdict *out);

size_t consent_book_count(const struct consent_book *b);
/* The id and the statement of a consent of the book. */
void consent_book_at(const struct consent_book *b, size_t number,
    uint8_t id[VAULT_ID], uint8_t statement[VAULT_HASH]);

#endif
