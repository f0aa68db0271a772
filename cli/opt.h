/* SPDX-License-Identifier: Apache-2.0 */
/* opt.h: options as data, parsed from tables */
#ifndef CLI_OPT_H
#define CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <vault/error.h>

enum opt_kind {
    OPT_FLAG,   /* bool */
    OPT_TEXT,   /* const char *; at most once, not empty */
    OPT_ASK,    /* as OPT_TEXT, but the value may be missing (at the end, or
                   before another option): then "", and the command asks */
    OPT_CHOICE, /* const char *: one of the words in `arg`, split by | */
    OPT_LIST    /* struct opt_list; any number of times */
};

/* Values are borrowed from argv; the array itself is freed by opt_clear. */
struct opt_list {
    const char **v;
    size_t n;
};

struct opt {
    char letter; /* 0 for none */
    const char *name;
    enum opt_kind kind;
    const char *arg;  /* what its value is called in the help; NULL: flag */
    const char *help; /* N_() */
    size_t offset;    /* into the struct the table belongs to */
};

struct opt_table {
    const struct opt *opt;
    size_t n;
    void *into; /* the struct, all zero before; NULL: parse only */
};

/*
 * Parse argv (without the program's name). Options of all tables may stand
 * anywhere; `--` ends them; `-` is a word. Words are collected in order.
 *   VAULT_E_USAGE  an unknown option, one without its value, one with a
 *                  value it does not take, one given twice, a word that is
 *                  no choice
 */
VAULT_CHECKED enum vault_status opt_parse(const struct opt_table *tables,
    size_t tables_len, int argc, char *const *argv, struct opt_list *words,
    struct vault_error *err);

/* Free the lists that opt_parse made in t->into. */
void opt_clear(const struct opt_table *t);

VAULT_CHECKED enum vault_status opt_list_add(struct opt_list *list,
    const char *value, struct vault_error *err);
void opt_list_clear(struct opt_list *list);

/* Whether `--name` stands in argv before a `--`: for what must be known even
 * when the rest cannot be parsed. */
bool opt_given(const char *name, int argc, char *const *argv);

#endif
