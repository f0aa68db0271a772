/* SPDX-License-Identifier: Apache-2.0 */
/* strip_pdf.h: a PDF written anew without what does not belong to its pages */
#ifndef EXCHANGE_STRIP_PDF_H
#define EXCHANGE_STRIP_PDF_H

#include "bytes.h"
#include "strip_notes.h"

/*
 * Append the document to out: the newest version of every object that its
 * catalogue leads to, numbered anew, with a plain table at the end.
 *   VAULT_E_USAGE  encrypted, signed, broken, or with something inside whose
 *                  metadata cannot be taken out
 *   VAULT_E_LIMIT  too many objects, too deep, too large when unpacked
 */
VAULT_CHECKED enum vault_status strip_pdf(const uint8_t *p, size_t n,
    struct vlt_buf *out, struct strip_notes *notes, struct vault_error *err);

#endif
