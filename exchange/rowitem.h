/* SPDX-License-Identifier: Apache-2.0 */
/* rowitem.h: one record that a mapping makes of one row */
#ifndef EXCHANGE_ROWITEM_H
#define EXCHANGE_ROWITEM_H

#include "mapping.h"

struct rowlink {
    const char *table, *relation; /* borrowed from the mapping */
    struct vlt_buf key;
};
struct rowitem {
    const struct map_record *record;
    bool left_out;      /* its column "when" holds nothing */
    struct form form;   /* fitted to its type; mistakes noted */
    struct vlt_buf key; /* empty: none */
    struct rowlink *link;
    size_t links;
    char *file; /* the path of its body as the cell says it; NULL */
};

/* Make the record-th of this row. at: from mapping_headings. */
VAULT_CHECKED enum vault_status rowitem_make(const struct mapping *m,
    const size_t *at, const struct csv_row *row, size_t record,
    struct rowitem *out, struct vault_error *err);
void rowitem_clear(struct rowitem *x); /* wipes */

#endif
