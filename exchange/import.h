/* SPDX-License-Identifier: Apache-2.0 */
/* import.h: taking records in from what others made */
#ifndef EXCHANGE_IMPORT_H
#define EXCHANGE_IMPORT_H

#include "form.h"

/*
 * A source is read from beginning to end, piece by piece, and each record is
 * sealed as it comes, many to a transaction. What is in the vault already is
 * found by a hash that each imported record carries as a sealed field
 * (import.key), so an import that was interrupted, or is done again, adds
 * what is missing and nothing twice. docs/import.md says what is read how.
 */
enum import_source {
    IMPORT_FIND, /* by what the source is */
    IMPORT_CSV,
    IMPORT_JSONL,
    IMPORT_VCARD,
    IMPORT_ODK,
    IMPORT_BAG,
    IMPORT_FOLDER
};
/* csv, jsonl, vcard, odk, bag, folder; false: none of these. */
bool import_source_of(const char *word, enum import_source *out);
const char *import_source_word(enum import_source s);

/* A record with the same key but other content. */
enum import_changed {
    IMPORT_CHANGED_TELL, /* say so, change nothing */
    IMPORT_CHANGED_AMEND,
    IMPORT_CHANGED_ADD
};

enum import_what {
    IMPORT_ADDED,
    IMPORT_AMENDED,  /* a new version, as it had changed */
    IMPORT_LINKED,   /* a new version, as what it names came later */
    IMPORT_SAME,     /* in already; id says where */
    IMPORT_CHANGED,  /* other content under a known key: left out */
    IMPORT_UNLINKED, /* sealed, but what it names is not here */
    IMPORT_PASSED,   /* not looked at; `why` says the reason */
    IMPORT_FAILED    /* `why`, or the mistakes of `form` */
};
/* One record or file of the source. Borrowed for the call. */
struct import_told {
    enum import_what what;
    const char *path; /* in the source folder; NULL */
    uint64_t row;     /* of a table; of JSON Lines the line; 0 */
    uint64_t line;    /* where the row begins; 0 */
    const char *type;
    bool has_id;
    uint8_t id[VAULT_ID];
    uint32_t version;
    bool has_body;
    uint8_t sha256[VAULT_HASH];
    uint64_t bytes, stored;
    bool away; /* sealed to a compartment: nobody can open it here */
    const struct form *form; /* its mistakes; NULL */
    const struct vault_error *why;
};
struct import_counts {
    enum import_source from;
    uint64_t added, amended, linked, same, changed, unlinked, passed, failed;
    uint64_t bytes; /* of originals */
    bool tampered;  /* one failed because it is not what it should be */
};

struct import_request {
    struct vault *vault; /* unlocked, or a capture file, of which nobody can
                            say what is in already; NULL only for a dry run,
                            which cannot say it either */
    const char *source;
    enum import_source from;
    const char *as;           /* type of the records; NULL */
    const char *map;          /* path of a mapping file; NULL */
    const char *const *avoid; /* files that are never imported: the vault */
    size_t avoid_len;
    bool dry_run;      /* tell everything, change nothing */
    bool trust_safety; /* a card may say that a channel is safe */
    bool again;        /* a file whose content is here is sealed once more */
    enum import_changed changed;
    /* Of each thing, once it is so for good. Another answer than 0 stops. */
    int (*tell)(void *ctx, const struct import_told *t);
    /* Between records; total 0: not known. Another answer than 0 stops. */
    int (*progress)(void *ctx, uint64_t done, uint64_t total, const char *name);
    void *ctx;
};

/*
 * Whatever the outcome, *out counts what is in the vault for good.
 *   VAULT_E_NOT_FOUND  there is no such source
 *   VAULT_E_FORMAT     it is none of these, or not in UTF-8; or a mapping
 *   VAULT_E_USAGE      a mapping that does not fit the table: its mistakes
 *                      were told before (IMPORT_FAILED, row 0)
 *   VAULT_E_CANCELLED  stopped; what was told is in
 */
VAULT_CHECKED enum vault_status import_run(const struct import_request *r,
    struct import_counts *out, struct vault_error *err);

#endif
