/* SPDX-License-Identifier: Apache-2.0 */
/* strip_png.h: a PNG without what does not belong to the picture */
#ifndef EXCHANGE_STRIP_PNG_H
#define EXCHANGE_STRIP_PNG_H

#include "bytes.h"
#include "strip_notes.h"

/*
 * Append the picture to out: critical chunks, animation, and the ancillary
 * ones that change how it looks, in their order.
 *   VAULT_E_USAGE  not built as a PNG is, or with a critical chunk that
 *                  nobody knows
 */
VAULT_CHECKED enum vault_status strip_png(const uint8_t *p, size_t n,
    struct vlt_buf *out, struct strip_notes *notes, struct vault_error *err);

#endif
