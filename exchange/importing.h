/* SPDX-License-Identifier: Apache-2.0 */
/* importing.h: what the importers of each format share */
#ifndef EXCHANGE_IMPORTING_H
#define EXCHANGE_IMPORTING_H

#include "feed.h"
#include "import.h"
#include "recall.h"

/* A list of numbers, ascending. */
struct ordinals {
    uint64_t *v;
    size_t n;
    size_t at; /* the next one, while it is gone through */
};

/* A link that is wanted: to whichever record has this hash as import.id. */
struct import_link {
    uint8_t want[VAULT_HASH];
    char relation[VAULT_RELATION];
    /* From JSON Lines: the field, and what it says as long as the record is
     * not here. NULL: link.N as it comes. */
    const char *field;
    const uint8_t *value;
    size_t value_len;
    bool here; /* its record is of this vault already: nothing to look for */
    /* For people, when it is not found: table and key. NULL. */
    const char *text;
    size_t text_len;
    bool found;
    uint8_t id[VAULT_ID];
};

/* One record on its way in. Everything is borrowed. */
struct import_item {
    const char *type;
    const struct form *form; /* fitted, without mistakes */
    struct import_link *link;
    size_t links;
    uint8_t key[VAULT_HASH]; /* of its content: import.key */
    bool has_id;
    uint8_t id[VAULT_HASH]; /* of what it is known by: import.id */
    /* Its original: folder/path, never through a link. */
    const char *folder, *path;
    bool named;            /* file.name and the like are in the form */
    const char *kept_path; /* for file.path; NULL */
    bool has_sha256;       /* what the original must be */
    uint8_t sha256[VAULT_HASH];
    const uint8_t *vault; /* this one's id, for the links */
    bool by_body;         /* the same original alone makes it the same record */
    uint64_t row, line;   /* for what is told */
    const char *place;    /* a path, likewise; NULL */
};

enum { IMPORT_BATCH = 512 };

/* A record that waits until its batch begins: a copy of all of it. */
struct import_queued {
    struct import_item item;
    struct form form;
    uint64_t ordinal;
    uint64_t bytes; /* of its original */
};
/* One that is sealed; told when its batch has ended. */
struct import_waiting {
    struct import_told told;
    char *path;
};

struct import {
    const struct import_request *r;
    struct import_counts *counts;
    enum import_source from;
    uint8_t vault[VAULT_ID];
    struct vault_hash *hash; /* of originals */
    struct vault_hash *keys; /* by which records are known: another one */
    uint8_t *piece;          /* for bodies */
    bool file_fault;         /* the original failed, not the vault */
    /* What was asked of the vault before the batch began, and what came since;
     * in a dry run, what would have come. */
    struct recall recall;
    struct import_queued queue[IMPORT_BATCH];
    size_t queued;
    uint64_t queued_bytes;
    /* the running batch */
    bool in_batch;
    struct import_waiting waiting[IMPORT_BATCH];
    size_t waiting_len;
    uint64_t waiting_bytes, began_ms;
    /*
     * The source is gone through up to three times: first all records but
     * those with a link to one that has not come; then these, with whatever
     * links can be made; then those for which more have come.
     */
    int pass;
    uint64_t ordinal; /* of the next record, the same in each pass */
    struct ordinals deferred, pending;
};

/* Whether this pass is about one of the next n records; else they are passed
 * over. */
bool import_wants(struct import *im, uint64_t n);
/* Seal with the next batch, or say why not. A record that cannot be sealed is
 * told, and VAULT_OK. */
VAULT_CHECKED enum vault_status import_put(struct import *im,
    const struct import_item *item, struct vault_error *err);
/* Tell about something that is not sealed; counts. Passes 2 and 3: silent. */
VAULT_CHECKED enum vault_status import_tell(struct import *im,
    const struct import_told *t, struct vault_error *err);
/* A record of the source that cannot be one: told, its ordinal used up. */
VAULT_CHECKED enum vault_status import_failed(struct import *im,
    const struct import_told *t, struct vault_error *err);
/* Between records.   VAULT_E_CANCELLED */
VAULT_CHECKED enum vault_status import_step(struct import *im, uint64_t done,
    uint64_t total, const char *name, struct vault_error *err);
/* Seal what is queued, for good. */
VAULT_CHECKED enum vault_status import_flush(struct import *im,
    struct vault_error *err);
/* End the running batch, and tell what is in it. */
VAULT_CHECKED enum vault_status import_end_batch(struct import *im,
    struct vault_error *err);
/* Frees what the sink holds. */
void import_sink_clear(struct import *im);

/* ---- import_queue.c ---- */
VAULT_CHECKED enum vault_status import_queue_add(struct import *im,
    const struct import_item *item, uint64_t ordinal, uint64_t bytes,
    struct vault_error *err);
void import_queue_clear(struct import *im);

/* ---- import_find.c: what is in already ---- */
/* Into a capture file, where nobody can look: only what this run sealed is
 * known, and nothing can be amended. */
bool import_blind(const struct import *im);
/* Ask for everything that the queued records will need, before their batch
 * begins: within it the vault answers slowly. */
VAULT_CHECKED enum vault_status import_ask_ahead(struct import *im,
    struct vault_error *err);
/* Whether a record has this hash, in the vault or in this dry run. */
VAULT_CHECKED enum vault_status import_lookup(struct import *im,
    const uint8_t hash[VAULT_HASH], bool *found, uint8_t id[VAULT_ID],
    struct vault_error *err);
VAULT_CHECKED enum vault_status import_resolve(struct import *im,
    const struct import_item *item, size_t *missing, struct vault_error *err);
/* A new version with the links that can be made now; *made says how many. */
VAULT_CHECKED enum vault_status import_relink(struct import *im,
    const struct import_item *item, const uint8_t id[VAULT_ID], size_t missing,
    size_t *made, struct vault_sealed *sealed, struct vault_error *err);
/* What an older version still waited for, when it gets a new one. */
VAULT_CHECKED enum vault_status import_drop_pending(struct vault_sealer *s,
    struct vault_error *err);
/* The fields of a sealer that say what is still missing. */
VAULT_CHECKED enum vault_status import_seal_links(const struct import_item
                                                      *item,
    struct vault_sealer *s, size_t missing, struct vault_error *err);

/* ---- import_key.c: hashes by which records are known ---- */
void import_key_id(struct import *im, const char *kind, const char *table,
    const void *key, size_t n, uint8_t out[VAULT_HASH]);
/* Of the whole record: type, fields, links, original (may be NULL). */
VAULT_CHECKED enum vault_status import_key_content(struct import *im,
    const struct import_item *item, const uint8_t *sha256,
    uint8_t out[VAULT_HASH], struct vault_error *err);
void import_key_pending(struct import *im, const uint8_t key[VAULT_HASH],
    uint8_t out[VAULT_HASH]);

/* ---- import_body.c: originals ---- */
/* The hash of folder/path; *bytes.   as vlt_file_open_below */
VAULT_CHECKED enum vault_status import_body_hash(struct import *im,
    const char *folder, const char *path, uint8_t out[VAULT_HASH],
    uint64_t *bytes, struct vault_error *err);
/* Give it to the sealer, with file.name and the like unless they are there.
 *   VAULT_E_BUSY  it changed since it was hashed */
VAULT_CHECKED enum vault_status import_body_seal(struct import *im,
    const struct import_item *item, struct vault_sealer *s,
    struct vault_error *err);

/* ---- the formats; each goes through the source once ---- */
VAULT_CHECKED enum vault_status import_table(struct import *im,
    struct vault_error *err);
VAULT_CHECKED enum vault_status import_lines(struct import *im,
    struct vault_error *err);
/* The JSON Lines at `path`, whose bodies lie below `folder`. */
VAULT_CHECKED enum vault_status import_lines_of(struct import *im,
    const char *path, const char *folder, struct vault_error *err);
VAULT_CHECKED enum vault_status import_folder(struct import *im,
    struct vault_error *err);
VAULT_CHECKED enum vault_status import_vcard(struct import *im,
    struct vault_error *err);
/* Whether a folder looks as if it held ODK submissions and nothing else. */
bool import_is_odk(const char *folder);
VAULT_CHECKED enum vault_status import_odk(struct import *im,
    struct vault_error *err);
VAULT_CHECKED enum vault_status import_bag(struct import *im,
    struct vault_error *err);

/* ---- import_names.c: what is in a folder, in order ---- */
struct names {
    struct name {
        char *s;
        bool is_dir;
    } * v;
    size_t n;
};
VAULT_CHECKED enum vault_status names_list(const char *folder,
    struct names *out, struct vault_error *err);
void names_clear(struct names *l);
/* a/b in fresh memory; NULL without. a may be "". */
char *names_join(const char *a, const char *b);
/* The folder in which `path` lies, in fresh memory; NULL without. */
char *names_folder(const char *path);

#endif
