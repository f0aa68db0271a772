/* SPDX-License-Identifier: Apache-2.0 */
/* tr.h: every sentence for people, in their language */
#ifndef CLI_TR_H
#define CLI_TR_H

#include "nmark.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The English text is the key. po/LANG.po becomes a table at build time
 * (po/po2c.awk); no library and no file is needed when the program runs.
 * Written at the place of use: tr("...") for a text used at once, N_("...")
 * for one in a table that goes through tr() later (nmark.h).
 */
#if defined(__GNUC__)
#define TR_FORMAT(n) __attribute__((format_arg(n)))
#else
#define TR_FORMAT(n)
#endif

/* The translation, or `text` itself. Static. */
const char *tr(const char *text) TR_FORMAT(1);
/* One of two by number, or of as many as the language has. */
const char *trn(const char *one, const char *many, unsigned long long n)
    TR_FORMAT(1) TR_FORMAT(2);

struct tr_text {
    const char *id;
    const char *id_many; /* NULL without a plural */
    const char *form[4]; /* by number; without a plural only the first */
};
struct tr_catalog {
    const char *code; /* "ru" */
    const char *name; /* in the language itself */
    unsigned (*plural)(unsigned long n);
    unsigned plurals; /* how many forms */
    const struct tr_text *texts;
    size_t texts_len;
};
/* All that were built in, ascending by code. */
extern const struct tr_catalog tr_catalogs[];
extern const size_t tr_catalogs_len;

/* The one in use; NULL is English. */
void tr_use(const struct tr_catalog *catalog);
/* The code in use, "en" without a catalogue. */
const char *tr_code(void);
/* By code: "ru", "ru-RU", "ru_RU.UTF-8". NULL when there is none. */
const struct tr_catalog *tr_find(const char *code);
/* Whether `code` means English: en..., C, POSIX. */
bool tr_is_english(const char *code);
/* As LC_ALL, LC_MESSAGES, LANG say; the first that is set decides. */
void tr_use_environment(void);

#endif
