/* SPDX-License-Identifier: Apache-2.0 */
/* qr.c: QR codes, for the terminal and as a picture */
#include "qr.h"

#include "bytes.h"
#include "deflate.h"
#include "fail.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { SCALE_MAX = 64 };

enum vault_status
qr_make(const void *p, size_t n, struct qr *out, struct vault_error *err)
{
    QRcode *code = NULL;
    uint8_t *m;
    size_t i, size;

    if (n == 0 || n > QR_MOST)
        return vlt_fail(err, VAULT_E_LIMIT,
            "%zu bytes do not go into one QR code", n);
    errno = 0;
    code = QRcode_encodeData((int)n, p, 0, QR_ECLEVEL_L);
    if (code == NULL)
        return errno == ERANGE ? vlt_fail(err, VAULT_E_LIMIT,
                                     "%zu bytes do not go into one QR code", n)
                               : vlt_fail_memory(err);
    size = (size_t)code->width * (size_t)code->width;
    m = malloc(size);
    for (i = 0; m != NULL && i < size; i++)
        m[i] = code->data[i] & 1;
    out->width = (size_t)code->width;
    out->module = m;
    vlt_wipe(code->data, size); /* what it holds may be a secret */
    QRcode_free(code);
    return m != NULL ? VAULT_OK : vlt_fail_memory(err);
}

void
qr_clear(struct qr *q)
{
    if (q->module != NULL)
        vlt_wipe(q->module, q->width * q->width);
    free(q->module);
    q->module = NULL;
    q->width = 0;
}

/* Coordinates with the quiet zone; what is outside is light. */
static bool
is_dark(const struct qr *q, size_t x, size_t y)
{
    if (x < QR_QUIET || y < QR_QUIET || x >= q->width + QR_QUIET ||
        y >= q->width + QR_QUIET)
        return false;
    return q->module[(y - QR_QUIET) * q->width + x - QR_QUIET] != 0;
}

size_t
qr_columns(const struct qr *q)
{
    return q->width + 2 * QR_QUIET;
}

/* ---- text ---- */

enum vault_status
qr_text(const struct qr *q, bool paper, struct vlt_buf *out,
    struct vault_error *err)
{
    /* by upper, lower: which half is drawn */
    static const char *const blocks[2][2] = {{" ", "\xe2\x96\x84"},
        {"\xe2\x96\x80", "\xe2\x96\x88"}};
    size_t side = qr_columns(q);
    size_t x, y;

    for (y = 0; y < side; y += 2) {
        if (paper) /* black on white, of 256 colours */
            vlt_buf_put_str(out, "\033[38;5;16;48;5;231m");
        for (x = 0; x < side; x++) {
            bool upper = is_dark(q, x, y);
            bool lower = is_dark(q, x, y + 1);

            /* below the last row there is no more white than needed */
            vlt_buf_put_str(out,
                paper ? blocks[upper][lower]
                      : blocks[!upper][!lower && y + 1 < side]);
        }
        vlt_buf_put_str(out, paper ? "\033[0m\n" : "\n");
    }
    return vlt_buf_end(out, "QR code", err);
}

/* ---- picture ---- */

static void
put_chunk(struct vlt_buf *out, const char *name, const uint8_t *p, size_t n)
{
    uLong sum = crc32(0, (const Bytef *)name, 4);

    vlt_buf_put_u32(out, (uint32_t)n);
    vlt_buf_put(out, name, 4);
    if (n > 0) {
        vlt_buf_put(out, p, n);
        sum = crc32(sum, p, (uInt)n);
    }
    vlt_buf_put_u32(out, (uint32_t)sum);
}

/* One row of pixels: filter 0, then 8 pixels in each byte, 1 is white. */
static void
fill_row(const struct qr *q, size_t y, unsigned scale, uint8_t *row, size_t n)
{
    size_t x, pixels = qr_columns(q) * scale;

    memset(row, 0, n);
    for (x = 0; x < pixels; x++) {
        if (!is_dark(q, x / scale, y))
            row[1 + x / 8] |= (uint8_t)(0x80u >> (x % 8));
    }
}

static enum vault_status
put_picture(const struct qr *q, unsigned scale, struct vlt_buf *raw,
    struct vault_error *err)
{
    size_t pixels = qr_columns(q) * scale;
    size_t n = 1 + (pixels + 7) / 8;
    uint8_t *row = malloc(n);
    size_t y;

    if (row == NULL)
        return vlt_fail_memory(err);
    for (y = 0; y < pixels; y++) {
        if (y % scale == 0)
            fill_row(q, y / scale, scale, row, n);
        vlt_buf_put(raw, row, n);
    }
    free(row);
    return vlt_buf_end(raw, "picture", err);
}

enum vault_status
qr_png(const struct qr *q, unsigned scale, struct vlt_buf *out,
    struct vault_error *err)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a,
        '\n'};
    uint8_t head[13] = {0};
    struct vlt_buf raw, packed;
    enum vault_status st;

    if (scale == 0 || scale > SCALE_MAX)
        return vlt_fail(err, VAULT_E_USAGE, "a module has 1 to %d pixels",
            (int)SCALE_MAX);
    vlt_buf_init(&raw, 64 * 1024 * 1024);
    vlt_buf_init(&packed, 64 * 1024 * 1024);
    vlt_store_u32(head, (uint32_t)(qr_columns(q) * scale));
    vlt_store_u32(head + 4, (uint32_t)(qr_columns(q) * scale));
    head[8] = 1; /* bit; colour type 0: grey */
    st = put_picture(q, scale, &raw, err);
    if (st == VAULT_OK && !deflate_all(raw.p, raw.len, &packed))
        st = vlt_fail_memory(err);
    if (st == VAULT_OK) {
        vlt_buf_put(out, signature, sizeof signature);
        put_chunk(out, "IHDR", head, sizeof head);
        put_chunk(out, "IDAT", packed.p, packed.len);
        put_chunk(out, "IEND", NULL, 0);
        st = vlt_buf_end(out, "picture", err);
    }
    vlt_buf_clear(&raw);
    vlt_buf_clear(&packed);
    return st;
}
