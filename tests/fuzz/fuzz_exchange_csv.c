/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_exchange_csv.c: any bytes give rows, bad rows or a refusal; what was
 * read, written the plain way, is read as the same */
#include "csv.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* Every cell in quotes. */
static void
put_row(struct vlt_buf *out, const struct csv_row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        vlt_buf_put_str(out, i > 0 ? ",\"" : "\"");
        for (size_t k = 0; k < row->cell[i].n; k++) {
            if (row->cell[i].p[k] == '"')
                vlt_buf_put_u8(out, '"');
            vlt_buf_put_u8(out, (uint8_t)row->cell[i].p[k]);
        }
        vlt_buf_put_u8(out, '"');
    }
    vlt_buf_put_u8(out, '\n');
}

static void
check_row(const struct csv_row *row)
{
    if ((row->mistake != NULL) != (row->n == 0) ||
        row->n > (size_t)CSV_COLUMNS_MAX)
        abort();
    for (size_t i = 0; i < row->n; i++) {
        if (row->cell[i].p[row->cell[i].n] != 0 ||
            memchr(row->cell[i].p, 0, row->cell[i].n + 1) !=
                row->cell[i].p + row->cell[i].n ||
            !vlt_utf8_valid((const uint8_t *)row->cell[i].p, row->cell[i].n))
            abort();
    }
}

/* All good rows, written; false when it was refused. */
static bool
read_all_of(const uint8_t *p, size_t n, char separator, struct vlt_buf *out)
{
    const struct csv_row *row = NULL;
    struct feed feed;
    struct csv csv = {0};
    bool good = feed_bytes(&feed, p, n, NULL) == VAULT_OK;

    good = good && csv_begin(&csv, &feed, separator, NULL) == VAULT_OK;
    while (good) {
        if (csv_next(&csv, &row, NULL) != VAULT_OK)
            abort();
        if (row == NULL)
            break;
        check_row(row);
        if (row->mistake == NULL)
            put_row(out, row);
    }
    csv_clear(&csv);
    feed_clear(&feed);
    return good;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_buf first, second;

    vlt_buf_init(&first, 1 << 26);
    vlt_buf_init(&second, 1 << 26);
    if (read_all_of(data, size, 0, &first)) {
        if (!read_all_of(first.len > 0 ? first.p : data, first.len, ',',
                &second) ||
            first.len != second.len ||
            (first.len > 0 && memcmp(first.p, second.p, first.len) != 0))
            abort();
    }
    vlt_buf_clear(&first);
    vlt_buf_clear(&second);
    return 0;
}
