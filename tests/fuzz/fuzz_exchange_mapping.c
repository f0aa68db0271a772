/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_exchange_mapping.c: a mapping, then a table, with a zero byte between:
 * refused with a place, or every row becomes records or mistakes */
#include "rowitem.h"

#include <stdlib.h>
#include <string.h>

static void
check_item(const struct rowitem *x)
{
    for (size_t i = 0; i < x->form.n; i++) {
        const char *name = x->form.field[i].name;

        if (name[0] == 0 || strlen(name) > 96 || strchr(name, 'N') != NULL ||
            strcmp(name, "import.key") == 0 || strcmp(name, "body") == 0)
            abort();
    }
    for (size_t i = 0; i < x->links; i++) {
        if (x->link[i].key.len < 4 || x->link[i].relation == NULL ||
            x->link[i].table == NULL)
            abort();
    }
}

static void
make_rows(struct mapping *m, const size_t *at, struct csv *csv)
{
    const struct csv_row *row = NULL;

    while (csv_next(csv, &row, NULL) == VAULT_OK && row != NULL) {
        for (size_t i = 0; i < m->records && row->mistake == NULL; i++) {
            struct rowitem x = {0};

            if (rowitem_make(m, at, row, i, &x, NULL) == VAULT_OK)
                check_item(&x);
            rowitem_clear(&x);
        }
    }
}

static void
read_table(struct mapping *m, const uint8_t *p, size_t n)
{
    const struct csv_row *row = NULL;
    struct form mistakes = {0};
    struct feed feed;
    struct csv csv = {0};
    size_t *at = NULL;

    if (feed_bytes(&feed, p, n, NULL) == VAULT_OK &&
        csv_begin(&csv, &feed, m->separator, NULL) == VAULT_OK &&
        csv_next(&csv, &row, NULL) == VAULT_OK && row != NULL &&
        row->mistake == NULL &&
        mapping_headings(m, row, &at, &mistakes, NULL) == VAULT_OK &&
        mistakes.mistakes == 0)
        make_rows(m, at, &csv);
    free(at);
    form_clear(&mistakes);
    csv_clear(&csv);
    feed_clear(&feed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t table[] = "A,B,C\n1,2,3\n\"x;y\",,\n31.10.2029,a,\n";
    const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
    size_t n = end != NULL ? (size_t)(end - data) : size;
    struct mapping m = {0};

    if (mapping_read((const char *)data, n, "note", &m, NULL) != VAULT_OK)
        return 0;
    if (m.mistakes.mistakes == 0) {
        if (end != NULL)
            read_table(&m, end + 1, size - n - 1);
        else
            read_table(&m, table, sizeof table - 1);
    }
    mapping_clear(&m);
    return 0;
}
