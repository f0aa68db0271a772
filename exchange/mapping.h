/* SPDX-License-Identifier: Apache-2.0 */
/* mapping.h: how the columns of a table become records */
#ifndef EXCHANGE_MAPPING_H
#define EXCHANGE_MAPPING_H

#include "csv.h"
#include "form.h"

/*
 * A mapping file is a JSON object (docs/import.md). What is read here is
 * borrowed from it and lives until mapping_clear; nothing is changed by use.
 */
enum {
    MAP_SIZE_MAX = 1024 * 1024,
    MAP_RECORDS_MAX = 16,
    MAP_TARGETS_MAX = 8192,
    MAP_KEYS_MAX = 16
};

enum map_kind { MAP_FIELD, MAP_TAG, MAP_FILE, MAP_LINK, MAP_IGNORE };

struct json_t; /* of jansson */

/* Words to look a cell up in: own ones first, then those of the record. */
struct map_words {
    const struct json_t *own, *common; /* objects of text: text; NULL */
};
/* What becomes of one column. */
struct map_target {
    enum map_kind kind;
    size_t column;        /* into mapping.column */
    const char *field;    /* may hold one N */
    const char *split;    /* what stands between several values; NULL */
    const char *date;     /* a form of dateform.h; NULL */
    const char *calendar; /* NULL: gregorian */
    const char *language; /* NULL: the record's */
    const char *table;    /* of a link */
    const char *relation; /* of a link */
    struct map_words values, states;
};
/* A list of columns: a key. */
struct map_key {
    size_t column[MAP_KEYS_MAX];
    size_t n;
};
/* A link to the record with this key. */
struct map_link {
    struct map_key key;
    const char *table;
    const char *relation;
};
/* One record made of each row. */
struct map_record {
    const char *type;
    const char *table;    /* whose keys it has; "" */
    const char *language; /* NULL */
    struct map_key key;   /* n = 0: the whole content */
    bool has_when;        /* only where this column holds something */
    size_t when;
    struct map_target *target;
    size_t targets;
    struct map_link *link;
    size_t links;
    const struct json_t *tags; /* an array of texts, or NULL */
    struct form constants;
};
struct mapping {
    struct json_t *root; /* NULL: made without a file */
    const char **column; /* every column that is used, once */
    size_t columns;
    struct map_record record[MAP_RECORDS_MAX];
    size_t records;
    size_t headings; /* how many the table has; 0: not a table */
    char separator;  /* 0: to be found */
    bool undo_formulas;
    /* columns that are not named: kept by the first record, or left out */
    bool keep;
    struct form mistakes; /* of the mapping itself; only mistakes */
    char **made;          /* names made for columns, freed with it */
    size_t made_len;
};

/*
 * Read a mapping file of n bytes. Mistakes inside it are noted in
 * out->mistakes, all of them.
 *   VAULT_E_USAGE  not JSON, or no object
 */
VAULT_CHECKED enum vault_status mapping_read(const char *text, size_t n,
    const char *as, struct mapping *out, struct vault_error *err);
/* Without a file: every column is a field of one record of this type. */
VAULT_CHECKED enum vault_status mapping_plain(const char *type,
    struct mapping *out, struct vault_error *err);
void mapping_clear(struct mapping *m);

/* The index of a column, added when it is new. */
VAULT_CHECKED enum vault_status mapping_column(struct mapping *m,
    const char *name, size_t *out, struct vault_error *err);

/*
 * Look for the columns in the headings: at[i] is where m->column[i] stands.
 * Columns that the mapping does not name are added when it keeps them: under
 * their own name when it is one of a field, else folded to a-z, 0-9, dot and
 * dash, else column.N with the heading in column.N.name. What is missing or
 * stands twice is noted in `mistakes`. The caller frees *at.
 */
VAULT_CHECKED enum vault_status mapping_headings(struct mapping *m,
    const struct csv_row *headings, size_t **at, struct form *mistakes,
    struct vault_error *err);

/* The text that the cell has; empty when there is none in this row. */
struct csv_cell mapping_cell(const struct mapping *m, const size_t *at,
    const struct csv_row *row, size_t column);

/* What map_words say about a cell, NULL when nothing. */
const char *mapping_word(const struct map_words *w, const char *s, size_t n);

#endif
