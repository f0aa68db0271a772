/* SPDX-License-Identifier: Apache-2.0 */
/* consent_inner.h: what the book of consents and its judge share */
#ifndef EXCHANGE_CONSENT_INNER_H
#define EXCHANGE_CONSENT_INNER_H

#include "consent.h"

#include <vault/device.h>

enum { VAULT_HEX = 2 * VAULT_ID };
/* VAULT/ID, as import.source begins; with a mark in front and a 0 behind. */
enum { SOURCE = 2 * VAULT_HEX + 1, MARKED = SOURCE + 2 };
/* In front of such a text among the codes: the record that a consent is for,
 * and the consent itself. No code of a form begins with these. */
enum { MARK_FOR = 1, MARK_OWN = 2 };

struct consent_entry {
    uint8_t id[VAULT_ID];
    uint8_t statement[VAULT_HASH];
    const char *why; /* NULL: yes */
    bool conditions;
    char from[VAULT_HEX + 1]; /* the vault it came from; "" */
    bool hidden;              /* not to be passed on */
};
/* From a record, or the code of a consent, to a consent. */
struct consent_edge {
    uint8_t record[VAULT_ID];
    size_t entry;
};
struct consent_code {
    char *text;
    size_t entry;
};
struct consent_book {
    struct vault *v;
    struct vault_untrusted *untrusted; /* while it is loaded */
    uint8_t vault[VAULT_ID];
    const char *purpose; /* borrowed */
    int64_t now;
    struct consent_entry *entry;
    size_t entries, entry_room;
    struct consent_edge *edge;
    size_t edges, edge_room;
    struct consent_code *code;
    size_t codes, code_room;
    struct consent_edge *by_id; /* the entries' own ids, sorted */
    uint64_t unreadable;
    struct vault_error *err;
    enum vault_status st;
};

/* Whether the field is this one, and a text. */
bool consent_is_value(const struct vault_field *f, const char *name);
/* A link to a record of another vault, which may be here under another id. */
void consent_mark_link(char out[MARKED], char mark,
    const struct vault_link *link);
/* The same of what an import says of a record; false for other fields. */
bool consent_mark_source(char out[MARKED], char mark,
    const struct vault_field *f);
/* Which vault an import says that a record comes from. */
void consent_note_source(const struct vault_field *f, char from[VAULT_HEX + 1]);
/* The same of a record: of a copy of somebody else's it is proved, and what
 * its fields say of an import there counts nothing here. "" : from here. */
void consent_origin(const struct vault_record *r, char from[VAULT_HEX + 1]);

#endif
