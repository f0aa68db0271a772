/* SPDX-License-Identifier: Apache-2.0 */
/* card_qr.c: a card, or its fingerprint, as a QR code */
#include "card_cmds.h"
#include "card_show.h"
#include "fail.h"
#include "os.h"
#include "out.h"
#include "qr.h"
#include "tr.h"

#include <string.h>

enum { SCALE = 6, TEXT_MAX = 1024 * 1024, PNG_MAX = 4 * 1024 * 1024 };

const struct opt card_qr_table[2] = {
    {'o', "output", OPT_TEXT, "FILE.png",
        N_("a picture (PNG); else on the terminal"),
        offsetof(struct card_qr_opts, output)},
    {0, "short", OPT_FLAG, NULL, N_("only the fingerprint, in letters"),
        offsetof(struct card_qr_opts, fingerprint)},
};

static enum vault_status
put_picture(struct cli *c, const struct qr *q, struct vault_error *err)
{
    const struct card_qr_opts *o = c->opts;
    struct vlt_buf png;
    enum vault_status st;

    vlt_buf_init(&png, PNG_MAX);
    st = qr_png(q, SCALE, &png, err);
    if (st == VAULT_OK)
        st = card_write_file(c, o->output, png.p, png.len, err);
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
            N_("-o FILE.png makes a picture; --short fits"),
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
card_qr_run(struct cli *c, struct vault_error *err)
{
    const struct card_qr_opts *o = c->opts;
    struct card_kept k;
    struct qr q = {0, NULL};
    enum vault_status st;

    if (c->g.json && o->output == NULL)
        return vlt_fail(err, VAULT_E_USAGE,
            "--json and a code on standard output exclude each other");
    card_kept_init(&k);
    st = card_find(c, c->args.n > 0 ? c->args.v[0] : NULL, &k, err);
    if (st == VAULT_OK)
        st = o->fingerprint
            ? qr_make(k.card.letters, strlen(k.card.letters), &q, err)
            : qr_make(k.card.note, k.card.note_len, &q, err);
    if (st == VAULT_OK)
        st = o->output != NULL && strcmp(o->output, "-") != 0
            ? put_picture(c, &q, err)
            : put_text(c, &q, err);
    qr_clear(&q);
    if (st == VAULT_OK && c->g.json)
        card_json(&k.card, false);
    if (st == VAULT_OK)
        say_info(tr("fingerprint: %s"), k.card.letters);
    card_kept_clear(&k);
    if (st == VAULT_OK)
        card_end(c);
    return st;
}
