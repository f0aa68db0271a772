/* SPDX-License-Identifier: Apache-2.0 */
/* code_out.c: a text that goes out as a file, on standard output, or as a code
 */
#include "code_out.h"

#include "card_show.h"
#include "fail.h"
#include "os.h"
#include "out.h"
#include "qr.h"
#include "tr.h"

#include <string.h>

enum { SCALE = 6, TEXT_MAX = 1024 * 1024, PNG_MAX = 4 * 1024 * 1024 };

static enum vault_status
put_picture(struct cli *c, const char *path, const struct qr *q,
    struct vault_error *err)
{
    struct vlt_buf png;
    enum vault_status st;

    vlt_buf_init(&png, PNG_MAX);
    st = qr_png(q, SCALE, &png, err);
    if (st == VAULT_OK)
        st = card_write_file(c, path, png.p, png.len, err);
    vlt_buf_clear(&png);
    return st;
}

static enum vault_status
put_text(const struct cli *c, const struct qr *q, struct vault_error *err)
{
    bool terminal = vlt_tty_is(1);
    size_t columns = (size_t)vlt_tty_columns(1);
    struct vlt_buf text;
    enum vault_status st;

    if (terminal && columns < qr_columns(q))
        return vlt_fail_hint(err, VAULT_E_LIMIT,
            N_("-o FILE.png makes a picture"),
            "this code needs %zu columns, and the terminal has %zu",
            qr_columns(q), columns);
    vlt_buf_init(&text, TEXT_MAX);
    st = qr_text(q, terminal && !c->g.no_color, &text, err);
    if (st == VAULT_OK)
        out_bytes(text.p, text.len);
    vlt_buf_clear(&text);
    return st;
}

enum vault_status
code_write(struct cli *c, const char *path, bool qr, const void *p, size_t n,
    struct vault_error *err)
{
    bool to_file = path != NULL && strcmp(path, "-") != 0;
    struct qr q = {0, NULL};
    enum vault_status st;

    if (!qr)
        return card_write_file(c, path, p, n, err);
    if (n > QR_MOST)
        return vlt_fail_hint(err, VAULT_E_LIMIT,
            N_("send it as a file: -o FILE without --qr"),
            "%zu bytes are more than a QR code holds (%d)", n, QR_MOST);
    st = qr_make(p, n, &q, err);
    if (st == VAULT_OK)
        st = to_file ? put_picture(c, path, &q, err) : put_text(c, &q, err);
    qr_clear(&q);
    return st;
}
