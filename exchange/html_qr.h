/* SPDX-License-Identifier: Apache-2.0 */
/* html_qr.h: a QR code in a page */
#ifndef EXCHANGE_HTML_QR_H
#define EXCHANGE_HTML_QR_H

#include "html.h"

/* An svg element of `mm` millimetres, its quiet zone included. `title` says to
 * those who do not see it what it holds; `id` is unique in the page.
 *   as qr_make */
VAULT_CHECKED enum vault_status html_qr(struct html *h, const char *id,
    const char *title, unsigned mm, const void *p, size_t n,
    struct vault_error *err);

#endif
