/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_file.c: what stands on a sheet: HTML that prints, or plain text */
#include "sheet.h"

#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "qr.h"
#include "tr.h"
#include "when.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { SHEET_MAX = 1024 * 1024, DAY = 10 };

/* The sentences of a sheet, in the order they stand there. */
struct words {
    char title[128];
    char needed[512];
    char made[128];
    const char *keep;
    const char *check;
};

static void
words_for(const struct sheet_set *s, size_t i, struct words *w)
{
    struct vault_share_view v;
    char when[WHEN_SIZE];

    vault_shares_view(s->shares, i, &v);
    when_local(when, s->time);
    when[DAY] = 0;
    if (s->threshold == 1) {
        (void)snprintf(w->title, sizeof w->title, tr("Recovery sheet, set %s"),
            v.set);
        (void)snprintf(w->needed, sizeof w->needed, "%s",
            tr("This sheet alone opens what it was made for: keep it as you "
               "would keep the thing itself, and apart from it."));
    } else {
        (void)snprintf(w->title, sizeof w->title,
            s->bundle ? tr("Share %c of set %s")
                      : tr("Recovery share %c of set %s"),
            toupper((unsigned char)v.index), v.set);
        (void)snprintf(w->needed, sizeof w->needed,
            tr("Any %u of the %zu shares of this set together open what they "
               "were made for; fewer say nothing about it. Shares of another "
               "set do not go with it."),
            s->threshold, vault_shares_count(s->shares));
    }
    (void)snprintf(w->made, sizeof w->made, tr("Made %s"), when);
    w->keep = tr("Do not photograph it, do not copy it into a message, do not "
                 "keep it with another share. Whoever asks you for it: make "
                 "sure first that it is the person you know, and speak to "
                 "them.");
    w->check = s->bundle
        ? tr("Check that it can be read and is of the file: sanduq share check "
             "FILE. Opening it together: sanduq receive FILE --shares")
        : tr("Once a year, check that it can still be read: sanduq "
             "recover --check");
}

static void
put_html(struct vlt_buf *b, const char *s)
{
    for (; *s != 0; s++) {
        switch (*s) {
        case '&':
            vlt_buf_put_str(b, "&amp;");
            break;
        case '<':
            vlt_buf_put_str(b, "&lt;");
            break;
        case '>':
            vlt_buf_put_str(b, "&gt;");
            break;
        case '"':
            vlt_buf_put_str(b, "&quot;");
            break;
        default:
            if ((unsigned char)*s >= ' ')
                vlt_buf_put_u8(b, (uint8_t)*s);
        }
    }
}

static void
paragraph(struct vlt_buf *b, const char *text)
{
    vlt_buf_put_str(b, "<p>");
    put_html(b, text);
    vlt_buf_put_str(b, "</p>\n");
}

/* Dark modules of each row as runs. */
static void
put_svg(struct vlt_buf *b, const struct qr *q)
{
    size_t side = q->width + (size_t)(2 * QR_QUIET);

    vlt_buf_printf(b,
        "<svg viewBox=\"0 0 %zu %zu\" width=\"45mm\" height=\"45mm\" "
        "shape-rendering=\"crispEdges\"><rect width=\"%zu\" height=\"%zu\" "
        "fill=\"#fff\"/><path fill=\"#000\" d=\"",
        side, side, side, side);
    for (size_t y = 0; y < q->width; y++)
        for (size_t x = 0; x < q->width; x++) {
            size_t from = x;

            while (x < q->width && q->module[y * q->width + x] != 0)
                x++;
            if (x > from)
                vlt_buf_printf(b, "M%zu %zuh%zuv1h-%zuz", from + QR_QUIET,
                    y + QR_QUIET, x - from, x - from);
        }
    vlt_buf_put_str(b, "\"/></svg>\n");
}

/* Upper case: what BIP-93 asks of codes. */
static enum vault_status
make_code(const struct sheet_set *s, size_t i, struct qr *q,
    struct vault_error *err)
{
    char text[VAULT_SHARE_TEXT];
    enum vault_status st;

    vault_shares_text(s->shares, i, text);
    for (size_t k = 0; text[k] != 0; k++)
        text[k] = (char)toupper((unsigned char)text[k]);
    st = qr_make(text, strlen(text), q, err);
    vlt_wipe(text, sizeof text);
    return st;
}

/* Five groups in a line, with the number of the first in front. */
static void
put_groups(const struct sheet_set *s, size_t i, bool html, struct vlt_buf *b)
{
    enum { GROUP = 4, LINE = 5 };
    char print[VAULT_SHARE_PRINT];
    size_t groups = 0;

    vault_shares_print(s->shares, i, print);
    for (const char *p = print; *p != 0; groups++) {
        size_t n = strcspn(p, " ");

        if (groups % LINE == 0)
            vlt_buf_printf(b, "%s%2zu:  ", groups > 0 ? "\n" : "", groups + 1);
        else
            vlt_buf_put_str(b, "  ");
        vlt_buf_put(b, p, n);
        p += n + (p[n] == ' ');
    }
    vlt_buf_put_str(b, html ? "" : "\n");
    vlt_wipe(print, sizeof print);
}

static void
put_line(const struct sheet_set *s, size_t i, struct vlt_buf *b)
{
    char text[VAULT_SHARE_TEXT];

    vault_shares_text(s->shares, i, text);
    vlt_buf_printf(b, "%s\n", text);
    vlt_wipe(text, sizeof text);
}

enum vault_status
sheet_html(const struct sheet_set *s, size_t i, struct vlt_buf *b,
    struct vault_error *err)
{
    struct words w;
    struct qr q = {0, NULL};
    enum vault_status st = make_code(s, i, &q, err);

    if (st != VAULT_OK)
        return st;
    words_for(s, i, &w);
    vlt_buf_printf(b,
        "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
        "<meta charset=\"utf-8\">\n<meta name=\"robots\" content=\"none\">\n"
        "<title>",
        tr_code());
    put_html(b, w.title);
    vlt_buf_put_str(b,
        "</title>\n<style>\n"
        "body{font:12pt sans-serif;max-width:17cm;margin:1cm auto}\n"
        "pre{font:bold 15pt monospace;line-height:1.7}\n"
        "code{font:8pt monospace;word-break:break-all}\n"
        "</style>\n</head>\n<body dir=\"auto\">\n<h1>");
    put_html(b, w.title);
    vlt_buf_put_str(b, "</h1>\n");
    if (s->label != NULL)
        paragraph(b, s->label);
    paragraph(b, w.needed);
    vlt_buf_put_str(b, "<pre dir=\"ltr\">");
    put_groups(s, i, true, b);
    vlt_buf_put_str(b, "</pre>\n");
    put_svg(b, &q);
    vlt_buf_put_str(b, "<p dir=\"ltr\"><code>\n");
    put_line(s, i, b);
    vlt_buf_put_str(b, "</code></p>\n");
    paragraph(b, w.keep);
    paragraph(b, w.check);
    paragraph(b, w.made);
    vlt_buf_put_str(b, "</body>\n</html>\n");
    qr_clear(&q);
    return vlt_buf_end(b, "sheet", err);
}

enum vault_status
sheet_text(const struct sheet_set *s, size_t i, struct vlt_buf *b,
    struct vault_error *err)
{
    struct words w;

    words_for(s, i, &w);
    vlt_buf_printf(b, "%s\n\n", w.title);
    if (s->label != NULL)
        vlt_buf_printf(b, "%s\n\n", s->label);
    vlt_buf_printf(b, "%s\n\n", w.needed);
    put_groups(s, i, false, b);
    vlt_buf_put_str(b, "\n");
    put_line(s, i, b);
    vlt_buf_printf(b, "\n%s\n\n%s\n\n%s\n", w.keep, w.check, w.made);
    return vlt_buf_end(b, "sheet", err);
}

static enum vault_status
put_sheet(struct vlt_outdir *d, const struct sheet_set *s, size_t i, bool text,
    const char *name, struct vault_error *err)
{
    struct vlt_file *f = NULL;
    struct vlt_buf b;
    enum vault_status st;

    vlt_buf_init(&b, SHEET_MAX);
    st = text ? sheet_text(s, i, &b, err) : sheet_html(s, i, &b, err);
    if (st == VAULT_OK)
        st = vlt_outdir_create(d, name, &f, err);
    if (st == VAULT_OK)
        st = vlt_file_write(f, b.p, b.len, err);
    vlt_file_close(f);
    vlt_buf_clear(&b);
    return st;
}

static void
tell(const struct cli *c, const struct vault_share_view *v, const char *dir,
    const char *name)
{
    struct jline j;
    char path[4096];

    if (!c->g.json)
        return;
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    jline_begin(&j, "sheet");
    jline_text(&j, "path", path);
    jline_text(&j, "set", v->set);
    jline_text_n(&j, "index", &v->index, 1);
    jline_u64(&j, "threshold", v->threshold);
    jline_end(&j);
}

enum vault_status
sheet_folder(const struct cli *c, const struct sheet_set *s, const char *dir,
    bool text, struct vault_error *err)
{
    struct vlt_outdir *d = NULL;
    char name[32];
    size_t n = vault_shares_count(s->shares);
    enum vault_status st = vlt_outdir_begin(dir, &d, err);

    for (size_t i = 0; st == VAULT_OK && i < n; i++) {
        struct vault_share_view v;

        vault_shares_view(s->shares, i, &v);
        (void)snprintf(name, sizeof name, "share-%s-%c.%s", v.set, v.index,
            text ? "txt" : "html");
        st = put_sheet(d, s, i, text, name, err);
        if (st == VAULT_OK)
            tell(c, &v, dir, name);
    }
    if (st != VAULT_OK) {
        (void)vlt_outdir_discard(d);
        return st;
    }
    return vlt_outdir_commit(d, NULL, err);
}
