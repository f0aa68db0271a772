/* SPDX-License-Identifier: Apache-2.0 */
/* strip_jpeg.h: a JPEG without what does not belong to the picture */
#ifndef EXCHANGE_STRIP_JPEG_H
#define EXCHANGE_STRIP_JPEG_H

#include "bytes.h"
#include "strip_notes.h"

/*
 * Append the picture to out: frame, tables and scans as they are, JFIF without
 * its thumbnail, Adobe's colour transform, and, unless it is `embedded` in
 * something that has its own, the cleaned colour profile and the orientation.
 *   VAULT_E_USAGE  not built as a JPEG is; the message has the place
 */
VAULT_CHECKED enum vault_status strip_jpeg(const uint8_t *p, size_t n,
    bool embedded, struct vlt_buf *out, struct strip_notes *notes,
    struct vault_error *err);

#endif
