/* SPDX-License-Identifier: Apache-2.0 */
/* qr.h: QR codes, for the terminal and as a picture */
#ifndef EXCHANGE_QR_H
#define EXCHANGE_QR_H

#include "bytes.h"

enum {
    QR_MOST = 2953, /* bytes: version 40, level L, byte mode */
    QR_QUIET = 4    /* light modules around the code */
};

/* One byte for each module, row after row: 1 dark, 0 light. */
struct qr {
    size_t width; /* without the quiet zone */
    uint8_t *module;
};
/*
 * The smallest code of level L that holds these bytes, in byte mode: what
 * they are is not guessed.
 *   VAULT_E_LIMIT  more than QR_MOST, or none
 */
VAULT_CHECKED enum vault_status qr_make(const void *p, size_t n, struct qr *out,
    struct vault_error *err);
void qr_clear(struct qr *q);

/* How many columns the text takes, quiet zone included. */
size_t qr_columns(const struct qr *q);
/*
 * Two rows of modules in each line, with half blocks. `paper` sets black on
 * white itself, so that the colours of the terminal do not matter; else a
 * light module is a block, as it must be on a dark background.
 */
VAULT_CHECKED enum vault_status qr_text(const struct qr *q, bool paper,
    struct vlt_buf *out, struct vault_error *err);
/* A PNG (ISO/IEC 15948): 1 bit grey, `scale` pixels for each module, nothing
 * in it but the picture. */
VAULT_CHECKED enum vault_status qr_png(const struct qr *q, unsigned scale,
    struct vlt_buf *out, struct vault_error *err);

#endif
