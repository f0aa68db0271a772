/* SPDX-License-Identifier: Apache-2.0 */
/* report_write.c: the page as a whole, its verdict and its file */
#include "report_inner.h"

#include "fail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MISMATCH = 3, NOT_AS_ASKED = 6 };

static bool
is_rtl(const char *code)
{
    static const char *const rtl[] = {"ug", "ar", "fa", "he", "ur", "ps", "ckb",
        "kk_Arab", "kk-Arab", "ky_Arab", "ky-Arab"};

    for (size_t i = 0; i < VLT_COUNT(rtl); i++) {
        size_t n = strlen(rtl[i]);

        if (strncmp(code, rtl[i], n) == 0 &&
            (code[n] == 0 || strchr("_-.@", code[n]) != NULL))
            return true;
    }
    return false;
}

static const char *
main_class(const struct report_about *a)
{
    return a->exit == MISMATCH    ? "failed"
        : a->exit == NOT_AS_ASKED ? "asked"
                                  : "held";
}

/* ---- verdict ---- */

/* A tick in a circle, a cross in a stop sign, a mark in a triangle. */
static void
put_sign(struct report_page *p)
{
    static const char held[] =
        "<circle cx=\"32\" cy=\"32\" r=\"28\" fill=\"none\" "
        "stroke=\"#12593b\" stroke-width=\"5\"/><path d=\"M18 33l10 10 "
        "19-22\" fill=\"none\" stroke=\"#12593b\" stroke-width=\"6\"/>";
    static const char failed[] =
        "<path d=\"M20 3h24l17 17v24l-17 17h-24l-17-17v-24z\" "
        "fill=\"#a00d12\"/><path d=\"M19 19l26 26m0-26l-26 26\" "
        "stroke=\"#fff\" stroke-width=\"8\"/>";
    static const char asked[] =
        "<path d=\"M32 5l29 53h-58z\" fill=\"none\" stroke=\"#7d4e00\" "
        "stroke-width=\"5\"/><path d=\"M32 23v18m0 5v6\" stroke=\"#7d4e00\" "
        "stroke-width=\"6\"/>";

    html_open(&p->h, "svg");
    html_attr(&p->h, "xmlns", "http://www.w3.org/2000/svg");
    html_attr(&p->h, "viewBox", "0 0 64 64");
    html_attr(&p->h, "aria-hidden", "true");
    html_raw(&p->h,
        p->a->exit == MISMATCH           ? failed
            : p->a->exit == NOT_AS_ASKED ? asked
                                         : held);
    html_close_line(&p->h);
}

static const char *
verdict_word(const struct report_page *p)
{
    if (p->a->exit == MISMATCH)
        return p->w->tr("The evidence does not match");
    if (p->a->exit == NOT_AS_ASKED)
        return p->w->tr("It holds, but it is not what was asked for");
    return p->w->tr("What was checked holds");
}

static void
put_count(struct report_page *p, enum vault_finding_level level,
    const char *cls, const char *text)
{
    uint64_t n = p->r->line[level].all;

    html_open(&p->h, "li");
    html_attrf(&p->h, "class", "%s%s", n > 0 ? "some " : "", cls);
    html_open(&p->h, "b");
    html_textf(&p->h, "%" PRIu64, n);
    html_close(&p->h);
    html_text(&p->h, " ");
    html_text(&p->h, text);
    html_close(&p->h);
}

static void
put_counts(struct report_page *p)
{
    html_open(&p->h, "ul");
    html_attr(&p->h, "class", "counts");
    put_count(p, VAULT_FAILED, "bad", p->w->tr("lines that do not match"));
    put_count(p, VAULT_NOT_AS_ASKED, "ask",
        p->w->tr("lines that are not as asked"));
    put_count(p, VAULT_HELD, "held", p->w->tr("lines that hold"));
    put_count(p, VAULT_NOT_SEEN, "unk", p->w->tr("lines on what is not known"));
    html_close_line(&p->h);
}

static void
put_warnings(struct report_page *p)
{
    const struct vault_verdict *d = p->a->verdict;

    if (p->a->exit == MISMATCH)
        html_line(&p->h, "p", "warn",
            p->w->tr("Something in this file was changed, added, taken away or "
                     "damaged since it was signed. Section 3 says what. Until "
                     "that is explained, do not rely on the rest of it."));
    if (!d->compared && page_asked(p, "--card"))
        html_line(&p->h, "p", "warn",
            p->w->tr("The signer is none of those whose cards were given."));
    else if (!d->compared)
        html_line(&p->h, "p", "warn",
            p->w->tr("The signer was not compared with a key that you have "
                     "from elsewhere. Anyone can make a file that agrees with "
                     "itself: whose it is, is not shown here."));
    if (d->partly)
        html_line(&p->h, "p", "warn",
            p->w->tr("Only what is new since an earlier check was looked at; "
                     "the rest was not looked at again."));
    if (p->a->changed)
        html_line(&p->h, "p", "warn",
            p->w->tr("The file was changed by another program while this "
                     "report was made: the SHA-256 below is not that of what "
                     "was checked."));
}

void
report_put_verdict(struct report_page *p)
{
    html_open(&p->h, "section");
    html_attr(&p->h, "class", "verdict");
    html_attr(&p->h, "aria-labelledby", "verdict");
    put_sign(p);
    html_open(&p->h, "p");
    html_attr(&p->h, "class", "word");
    html_attr(&p->h, "id", "verdict");
    html_text(&p->h, verdict_word(p));
    html_close(&p->h);
    html_line(&p->h, "p", "say", p->a->sentence);
    html_close_line(&p->h);
    put_counts(p);
    put_warnings(p);
}

/* ---- file, and what was asked ---- */

static const char *
kind_text(const struct report_page *p)
{
    const struct vault_verdict *d = p->a->verdict;

    if (d->text != NULL)
        return report_kind_text(p->w, d->text);
    return d->bundle ? p->w->tr("a bundle: records that were given on")
        : d->capture ? p->w->tr("a capture file: records sealed while the "
                                "vault was locked")
        : d->audit   ? p->w->tr("an audit pack: logs and heads, nothing sealed")
                     : p->w->tr("a vault");
}

static void
page_row_time(struct report_page *p, const char *head, int64_t t)
{
    html_open(&p->h, "tr");
    html_open(&p->h, "th");
    html_attr(&p->h, "scope", "row");
    html_text(&p->h, head);
    html_close(&p->h);
    html_open(&p->h, "td");
    page_time(p, t);
    html_close(&p->h);
    html_close_line(&p->h);
}

void
report_put_file(struct report_page *p)
{
    const struct report_words *w = p->w;
    char text[2 * VAULT_HASH + 1], size[64];

    for (size_t i = 0; i < VAULT_HASH; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", p->a->sha256[i]);
    (void)snprintf(size, sizeof size, w->tr("%" PRIu64 " bytes"), p->a->bytes);
    page_section(p, "file", w->tr("The file, and who looked at it"));
    page_table(p, "pairs", NULL, NULL, 0);
    page_row_quote(p, w->tr("Name"), p->a->name);
    page_row(p, w->tr("What it is"), kind_text(p));
    page_row(p, w->tr("Size"), size);
    page_row_code(p, "SHA-256", text);
    page_row_time(p, w->tr("Read from"), p->a->begun);
    page_row_time(p, w->tr("until"), p->a->ended);
    page_row(p, w->tr("Checked with"), p->a->program);
    page_row(p, w->tr("Opened with a secret"),
        p->a->verdict->unlocked ? w->tr("yes: sealed content was opened too")
                                : w->tr("no: what is sealed stayed sealed"));
    page_table_end(p);
    html_line(&p->h, "p", "soft",
        w->tr("The SHA-256 is that of the bytes that lay there at that time, "
              "by the clock of the machine that made this report. A file that "
              "has another one is another state of it, and this page does not "
              "speak of it."));
    if (p->a->journal)
        html_line(&p->h, "p", "warn",
            w->tr("Beside the file lay the journal of an interrupted write. It "
                  "belongs to the file: the state that was checked is that of "
                  "both together."));
    page_section_end(p);
}

void
report_put_asked(struct report_page *p)
{
    const struct report_words *w = p->w;
    const char *const heads[] = {w->tr("Option"), w->tr("Given"),
        w->tr("SHA-256 of what was read there")};

    page_section(p, "asked", w->tr("What was asked"));
    html_line(&p->h, "p", NULL,
        p->a->verdict->audit
            ? w->tr("Whether the log is unchanged since it was signed, and "
                    "names the records of which the heads are here.")
            : w->tr("Whether the file is unchanged since it was sealed and "
                    "signed: every part that can be checked without trusting "
                    "whoever holds it."));
    if (p->a->asked_len == 0)
        html_line(&p->h, "p", NULL,
            w->tr("No card, earlier checkpoint, policy or witness was given to "
                  "compare it with."));
    else
        page_table(p, NULL, NULL, heads, VLT_COUNT(heads));
    for (size_t i = 0; i < p->a->asked_len; i++) {
        const struct report_asked *o = &p->a->asked[i];
        char hex[2 * VAULT_HASH + 1] = "";

        for (size_t k = 0; o->has_hash && k < VAULT_HASH; k++)
            (void)snprintf(hex + 2 * k, 3, "%02x", o->sha256[k]);
        html_open(&p->h, "tr");
        page_cell_code(p, o->option);
        html_open(&p->h, "td");
        if (o->value != NULL)
            html_quote(&p->h, o->value, strlen(o->value));
        html_close(&p->h);
        page_cell_code(p, hex);
        html_close_line(&p->h);
    }
    if (p->a->asked_len > 0)
        page_table_end(p);
    page_section_end(p);
}

/* ---- the whole ---- */

static void
put_head(struct report_page *p)
{
    html_raw(&p->h, "<!DOCTYPE html>\n");
    html_open(&p->h, "html");
    html_attr(&p->h, "xmlns", "http://www.w3.org/1999/xhtml");
    html_attr(&p->h, "lang", p->w->code);
    html_attr(&p->h, "dir", is_rtl(p->w->code) ? "rtl" : "ltr");
    html_raw(&p->h, "\n");
    html_open(&p->h, "head");
    html_raw(&p->h,
        "\n<meta charset=\"utf-8\"/>\n"
        "<meta http-equiv=\"Content-Security-Policy\" "
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src "
        "data:\"/>\n"
        "<meta name=\"referrer\" content=\"no-referrer\"/>\n"
        "<meta name=\"robots\" content=\"none\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\"/>\n");
    html_open(&p->h, "title");
    html_textf(&p->h, "%s: ", verdict_word(p));
    html_text(&p->h, p->a->name);
    html_close_line(&p->h);
    html_raw(&p->h, "<style>\n");
    html_raw(&p->h, report_style);
    html_raw(&p->h, "</style>\n");
    html_close_line(&p->h);
}

static void
put_title(struct report_page *p)
{
    html_open(&p->h, "header");
    html_line(&p->h, "p", "top", p->w->tr("Sanduq, report of verify"));
    html_open(&p->h, "h1");
    html_quote(&p->h, p->a->name, strlen(p->a->name));
    html_close_line(&p->h);
    html_open(&p->h, "p");
    html_attr(&p->h, "class", "soft");
    page_time(p, p->a->ended);
    html_close_line(&p->h);
    html_close_line(&p->h);
}

static void
put_foot(struct report_page *p)
{
    html_open(&p->h, "footer");
    html_attr(&p->h, "class", "foot soft");
    html_line(&p->h, "p", NULL,
        p->w->tr("This page is no evidence: nobody signed it, and anyone can "
                 "write one like it. The file is the evidence. Whoever has the "
                 "file can repeat every check on it without a secret, and "
                 "should."));
    html_close_line(&p->h);
}

static void
put_parts(struct report_page *p)
{
    put_title(p);
    report_put_verdict(p);
    report_put_file(p);
    report_put_asked(p);
    report_put_found(p);
    report_put_said(p);
    report_put_cards(p);
    report_put_logs(p);
    report_put_outside(p);
    report_put_records(p);
    report_put_check(p);
    report_put_limits(p);
    put_foot(p);
}

enum vault_status
report_write(const struct report *r, const struct report_about *about,
    enum vault_status (
        *put)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct report_page p = {.r = r, .w = r->w, .a = about};

    if (r->failed)
        return vlt_fail_memory(err);
    html_begin(&p.h, put, ctx);
    put_head(&p);
    html_open(&p.h, "body");
    html_raw(&p.h, "\n");
    html_open(&p.h, "main");
    html_attr(&p.h, "class", main_class(about));
    put_parts(&p);
    html_close_line(&p.h);
    html_close_line(&p.h);
    html_close_line(&p.h);
    return html_end(&p.h, err);
}
