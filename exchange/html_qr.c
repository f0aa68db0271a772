/* SPDX-License-Identifier: Apache-2.0 */
/* html_qr.c: a QR code in a page */
#include "html_qr.h"

#include "qr.h"

/* Dark modules of each row as runs. */
static void
put_path(struct html *h, const struct qr *q)
{
    html_raw(h, "<path fill=\"#000\" d=\"");
    for (size_t y = 0; y < q->width; y++)
        for (size_t x = 0; x < q->width; x++) {
            size_t from = x;

            while (x < q->width && q->module[y * q->width + x] != 0)
                x++;
            if (x > from)
                html_rawf(h, "M%zu %zuh%zuv1h-%zuz", from + QR_QUIET,
                    y + QR_QUIET, x - from, x - from);
        }
    html_raw(h, "\"/>");
}

enum vault_status
html_qr(struct html *h, const char *id, const char *title, unsigned mm,
    const void *p, size_t n, struct vault_error *err)
{
    struct qr q = {0, NULL};
    enum vault_status st = qr_make(p, n, &q, err);
    size_t side = q.width + (size_t)(2 * QR_QUIET);

    if (st != VAULT_OK)
        return st;
    html_open(h, "svg");
    html_attr(h, "xmlns", "http://www.w3.org/2000/svg");
    html_attr(h, "class", "qr");
    html_attr(h, "role", "img");
    html_attr(h, "aria-labelledby", id);
    html_attrf(h, "viewBox", "0 0 %zu %zu", side, side);
    html_attrf(h, "width", "%umm", mm);
    html_attrf(h, "height", "%umm", mm);
    html_attr(h, "shape-rendering", "crispEdges");
    html_open(h, "title");
    html_attr(h, "id", id);
    html_text(h, title);
    html_close(h);
    html_rawf(h, "<rect width=\"%zu\" height=\"%zu\" fill=\"#fff\"/>", side,
        side);
    put_path(h, &q);
    html_close_line(h);
    qr_clear(&q);
    return VAULT_OK;
}
