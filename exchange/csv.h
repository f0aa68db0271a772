/* SPDX-License-Identifier: Apache-2.0 */
/* csv.h: reading tables of text, row by row (RFC 4180 and what programs make
 * of it) */
#ifndef EXCHANGE_CSV_H
#define EXCHANGE_CSV_H

#include "bytes.h"
#include "feed.h"

/*
 * Cells stand between commas, semicolons or tabs; rows end with LF or CRLF, or
 * with CR alone where the first one does. A cell in double quotes may hold all of these, and "" for a quote. A
 * quote inside a cell that does not begin with one is a character like any
 * other. Lines with nothing in them are passed over. UTF-8 only, with or
 * without a byte order mark.
 */
enum {
    CSV_CELL_MAX = 4 * 1024 * 1024,
    CSV_ROW_MAX = 16 * 1024 * 1024,
    CSV_COLUMNS_MAX = 4096
};

struct csv_cell {
    const char *p; /* a 0 follows that is not counted in n */
    size_t n;
};
struct csv_row {
    const struct csv_cell *cell; /* all borrowed until the next call */
    size_t n;
    uint64_t number;     /* as a spreadsheet counts: 1 for the headings */
    uint64_t line;       /* where it begins, from 1 */
    const char *mistake; /* N_(): why it cannot be used; cells are then 0 */
    size_t column;       /* of the mistake, from 1; 0: the row as a whole */
};

struct csv {
    struct feed *feed; /* borrowed */
    char separator;
    /* the row that is read */
    struct vlt_buf text;
    struct vlt_buf starts; /* a size_t for each cell */
    struct vlt_buf cells;
    size_t begins; /* the running cell, in text */
    bool ended;    /* a first row has ended, so its end is known: */
    bool by_cr;    /* CR alone */
    bool discard;  /* only look for the end of the row */
    uint64_t line, rows;
    struct csv_row row;
};

/*
 * Begin. `separator` 0: "sep=X" in the first line says which, else whatever
 * of , ; TAB stands most often in it outside of quotes.
 *   VAULT_E_FORMAT  another encoding than UTF-8, as its first bytes tell
 */
VAULT_CHECKED enum vault_status csv_begin(struct csv *c, struct feed *feed,
    char separator, struct vault_error *err);
/* The next row; *row = NULL at the end. A row with a mistake is given too,
 * and the reading goes on behind it.   VAULT_E_IO, VAULT_E_MEMORY */
VAULT_CHECKED enum vault_status csv_next(struct csv *c,
    const struct csv_row **row, struct vault_error *err);
void csv_clear(struct csv *c); /* wipes */

#endif
