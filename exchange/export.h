/* SPDX-License-Identifier: Apache-2.0 */
/* export.h: records on their way out of a vault */
#ifndef EXCHANGE_EXPORT_H
#define EXCHANGE_EXPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <vault/vault.h>

/*
 * In this order: begin, add what is to go out, ask export_ready, tell a
 * person what export_counts says, run. Nothing is written before export_run;
 * that writes one leaf of the log first, then the files, which appear under
 * their name only when complete (docs/export.md).
 */
enum export_format {
    EXPORT_FILES, /* a folder: originals, records.jsonl, SHA256SUMS */
    EXPORT_BAGIT, /* a folder: RFC 8493 */
    EXPORT_CSV,   /* a file */
    EXPORT_JSONL, /* a folder: records.jsonl and the originals; when dest
                     ends in .jsonl the lines alone, one file */
    EXPORT_VCARD, /* a file; contacts only */
    EXPORT_AGE    /* a file: a tar with originals, lines and proofs, sealed */
};

/* A record that does not go out, or only because of an override. */
struct export_refusal {
    uint8_t id[VAULT_ID];
    uint32_t version;
    const char *type; /* borrowed, as name */
    const char *name;
    /* consent, no-consent, untrusted, strip, damaged: for scripts */
    const char *code;
    const char *why;  /* N_() */
    bool has_consent; /* `why` speaks of this one */
    uint8_t consent[VAULT_ID];
    bool overridden; /* it goes out all the same */
};

struct vault_age_to;
struct export_options {
    enum export_format format;
    const char *dest;
    const char *purpose; /* of the registry (consent.h) */
    bool strip;          /* copies without embedded metadata */
    bool skip_refused;   /* let the rest go */
    bool override;       /* let everything go; `reason` says why */
    bool all_channels;   /* vCard: also those not marked safe */
    bool force;          /* write over a file */
    const char *reason;  /* NULL: none */
    const char *agent;   /* name and version of the program */
    int64_t now;
    const struct vault_age_to *age_to; /* EXPORT_AGE: for whom (agefile.h) */
    void (*refused)(void *ctx, const struct export_refusal *r);
    /* a record or row that cannot be read; the walk goes on */
    void (*bad)(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
        const struct vault_error *why);
    /* what embedded metadata was taken out; may be NULL */
    void (*removed)(void *ctx, const uint8_t id[VAULT_ID], const char *what,
        uint64_t bytes);
    /* more bytes are done; another answer than 0 stops */
    int (*progress)(void *ctx, uint64_t bytes, const char *name);
    void *ctx;
};
struct export_counts {
    uint64_t records;    /* that go out */
    uint64_t originals;  /* of these, with an original that goes out */
    uint64_t bytes;      /* of the originals */
    uint64_t refused;    /* that do not */
    uint64_t overridden; /* that do, against what is on record */
    uint64_t no_consent; /* of those that go out: none on record */
    uint64_t conditions; /* likewise: a consent has conditions of its own */
    uint64_t bad;        /* could not be read */
    uint64_t left_out;   /* found damaged while it was written */
    bool names;          /* a field of the domain C goes out */
    /* of cards: what they do not tell (vcard.h) */
    uint64_t withheld_channels, withheld_fields;
};

/* Whether DEST becomes one file, and no folder. */
bool export_is_file(const struct export_options *o);

struct export;
/*
 * Reads the consents of the vault.
 *   VAULT_E_USAGE     no such purpose; an override without a reason; a folder
 *                     that would be called like a file (.csv, .vcf, .jsonl,
 *                     .age); an age file for nobody
 *   VAULT_E_EXISTS    something is at dest
 *   VAULT_E_TAMPERED  a record cannot be read, and may be a consent that says
 *                     no (not with override)
 */
VAULT_CHECKED enum vault_status export_begin(struct vault *v,
    const struct export_options *opt, struct export **out,
    struct vault_error *err);
/* What vault_list would show. */
VAULT_CHECKED enum vault_status export_add_list(struct export *e,
    const struct vault_list_options *list, struct vault_error *err);
/* One record, of a conflict both versions. Twice is once.
 *   VAULT_E_NOT_FOUND; VAULT_E_USAGE  no contact, for vCard */
VAULT_CHECKED enum vault_status export_add(struct export *e,
    const uint8_t id[VAULT_ID], struct vault_error *err);
struct export_counts export_counts(const struct export *e);
/*
 *   VAULT_E_USAGE      originals go out, and dest is one file of JSON Lines
 *   VAULT_E_POLICY     something was refused, and neither skip_refused nor
 *                      override
 *   VAULT_E_NOT_FOUND  there is nothing to export
 */
VAULT_CHECKED enum vault_status export_ready(const struct export *e,
    struct vault_error *err);
/*
 * The leaf, then the files. *logged: the leaf is in the log, whatever
 * happened afterwards.
 *   VAULT_E_EXISTS, VAULT_E_IO (disk full), VAULT_E_CANCELLED,
 *   VAULT_E_TAMPERED (a record does not match: with skip_refused it is left
 *   out instead)
 */
VAULT_CHECKED enum vault_status export_run(struct export *e, bool *logged,
    struct vault_error *err);
/* After a failure: unencrypted files that could not be removed lie here;
 * NULL: none. */
const char *export_left(const struct export *e);
void export_free(struct export *e);

#endif
