/* SPDX-License-Identifier: Apache-2.0 */
/* jsoncells.h: a JSON object as a row of a table */
#ifndef EXCHANGE_JSONCELLS_H
#define EXCHANGE_JSONCELLS_H

#include "mapping.h"

/*
 * The columns are the members that the mapping names; others are not looked
 * at. A text is its cell, a number or true/false its JSON text, null or
 * nothing an empty cell; an array or object is refused.
 */
struct jsoncells {
    const struct mapping *map; /* borrowed */
    size_t n;                  /* columns */
    struct csv_cell *cell;
    struct vlt_buf text;
};
/* *headings is borrowed from c. */
VAULT_CHECKED enum vault_status jsoncells_begin(struct jsoncells *c,
    const struct mapping *map, struct csv_row *headings,
    struct vault_error *err);
/*   VAULT_E_FORMAT  not JSON, no object, or a value that is no cell */
VAULT_CHECKED enum vault_status jsoncells_read(struct jsoncells *c,
    const char *line, size_t n, struct csv_row *row, struct vault_error *err);
void jsoncells_clear(struct jsoncells *c); /* wipes */

#endif
