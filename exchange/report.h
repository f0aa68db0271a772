/* SPDX-License-Identifier: Apache-2.0 */
/* report.h: what verify found, as one page for courts and editors */
#ifndef EXCHANGE_REPORT_H
#define EXCHANGE_REPORT_H

#include <vault/evidence.h>
#include <vault/vault.h>

#if defined(__GNUC__)
#define REPORT_FORMAT(n) __attribute__((format_arg(n)))
#else
#define REPORT_FORMAT(n)
#endif

/*
 * A report takes what vault_verify tells, in memory that has a bound whatever
 * is verified, and writes one HTML file that needs nothing else: no script, no
 * picture, no font, no address that is followed by itself. What others wrote is
 * shown harmlessly (html.h). The page says only what was told: a thing is shown
 * as holding exactly when a fact or a line said so.
 */
struct report;

/* The language of the page. */
struct report_words {
    const char *code; /* "ru": of the texts that tr gives */
    const char *(*tr)(const char *text)REPORT_FORMAT(1);
    const char *(*trn)(const char *one, const char *many,
        unsigned long long n)REPORT_FORMAT(1) REPORT_FORMAT(2);
};

/* One option that was given. */
struct report_asked {
    const char *option; /* "--card" */
    const char *value;  /* as it was typed; NULL: a flag */
    bool has_hash;      /* of what was read there */
    uint8_t sha256[VAULT_HASH];
};

/* What only the program knows. Strings are borrowed while it is written. */
struct report_about {
    const char *name; /* of the file, without its folder */
    const char *kind; /* "vault", "capture", "bundle", "audit" or the word
                           * of a text */
    uint64_t bytes;   /* of the file, and */
    uint8_t sha256[VAULT_HASH]; /* its hash, read before it was verified */
    bool changed;               /* it is not the same any more */
    bool journal;               /* a rollback journal lay beside it */
    int64_t begun, ended;       /* by the clock of this machine */
    const char *program;        /* names and versions */
    const struct report_asked *asked;
    size_t asked_len;
    int exit;             /* 0, 3 or 6 */
    const char *sentence; /* what the command line says at the end */
    const struct vault_verdict *verdict;
};

/* `words` is borrowed until report_free. NULL: no memory. */
struct report *report_new(const struct report_words *words);
void report_free(struct report *r); /* wipes */

/* As they come. `message` is the line in the language of the report. */
void report_finding(struct report *r, const struct vault_finding *f,
    const char *message);
void report_fact(struct report *r, const struct vault_evidence *e);
void report_said(struct report *r, const struct vault_said *s);

/*
 * Write the page, in pieces.
 *   VAULT_E_MEMORY  also: something could not be kept before
 *   whatever `put` answers
 */
VAULT_CHECKED enum vault_status report_write(const struct report *r,
    const struct report_about *about,
    enum vault_status (
        *put)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx, struct vault_error *err);

#endif
