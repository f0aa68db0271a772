/* SPDX-License-Identifier: Apache-2.0 */
/* import_rows.h: rows, wherever they come from, through a mapping */
#ifndef EXCHANGE_IMPORT_ROWS_H
#define EXCHANGE_IMPORT_ROWS_H

#include "importing.h"
#include "mapping.h"

/* What a row may have besides its cells; the first record gets it. */
struct rows_more {
    const char *place;       /* for what is told */
    const char *folder;      /* where the files lie that cells name */
    const struct form *rest; /* further fields */
    uint8_t id[VAULT_HASH];  /* it is known by this, unless the mapping has a
                                key; after rows_put: by what it is known */
    bool made;               /* after rows_put: the row gives this record */
};
struct rows {
    struct import *im;
    struct mapping map;
    size_t *at;
    char *folder; /* where the files lie that cells name */
    char **heading;
    size_t headings;
    struct rows_more *more; /* NULL: nothing */
};
/* The mapping file of the request, else a plain one of the type asked for.
 * `source`: its files lie beside it.
 *   VAULT_E_USAGE  mistakes in the mapping, told one by one; or no type */
VAULT_CHECKED enum vault_status rows_begin(struct rows *r, struct import *im,
    const char *source, struct vault_error *err);
/*   VAULT_E_USAGE  the mapping does not fit them; told one by one */
VAULT_CHECKED enum vault_status rows_headings(struct rows *r,
    const struct csv_row *headings, struct vault_error *err);
/* For mistakes: the heading of a column; "" when there is none. */
const char *rows_heading(const struct rows *r, size_t column);
/* All records of this row, or none when one has a mistake. */
VAULT_CHECKED enum vault_status rows_put(struct rows *r,
    const struct csv_row *row, struct vault_error *err);
void rows_end(struct rows *r);

#endif
