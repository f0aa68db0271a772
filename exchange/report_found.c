/* SPDX-License-Identifier: Apache-2.0 */
/* report_found.c: the lines of verify, and what a text discloses */
#include "report_inner.h"

#include "fail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void
put_line(struct report_page *p, const struct report_line *l)
{
    char id[2 * VAULT_ID + 1];

    html_open(&p->h, "tr");
    page_cell(p, "kind", report_kind_text(p->w, l->kind));
    html_open(&p->h, "td");
    if (l->has_record) {
        for (size_t i = 0; i < VAULT_ID; i++)
            (void)snprintf(id + 2 * i, 3, "%02x", l->record[i]);
        html_textf(&p->h, p->w->tr("record %s, version %" PRIu32), id,
            l->version);
        html_text(&p->h, ": ");
    }
    html_text(&p->h, l->message != NULL ? l->message : "?");
    html_close(&p->h);
    html_close_line(&p->h);
}

static void
put_level(struct report_page *p, enum vault_finding_level level,
    const char *cls, const char *caption, const char *none)
{
    const struct report_lines *l = &p->r->line[level];
    const char *const heads[] = {p->w->tr("Kind"), p->w->tr("What was found")};

    if (l->n == 0) {
        if (none != NULL)
            html_line(&p->h, "p", NULL, none);
        return;
    }
    page_table(p, cls, caption, heads, VLT_COUNT(heads));
    for (size_t i = 0; i < l->n; i++)
        put_line(p, &l->v[i]);
    page_table_end(p);
    page_more(p, l->n, l->all);
}

void
report_put_found(struct report_page *p)
{
    const struct report_words *w = p->w;

    page_section(p, "found", w->tr("What was found"));
    put_level(p, VAULT_FAILED, "bad", w->tr("Does not match"),
        w->tr("Nothing was found that does not match."));
    put_level(p, VAULT_NOT_AS_ASKED, "ask", w->tr("Sound, but not as asked"),
        NULL);
    put_level(p, VAULT_HELD, NULL, w->tr("Holds"), w->tr("Nothing holds."));
    put_level(p, VAULT_NOT_SEEN, NULL, w->tr("Not known"), NULL);
    page_section_end(p);
}

/* ---- what a text says ---- */

static void
put_value(struct report_page *p, const struct report_value *v)
{
    char hex[2 * VAULT_HASH + 1];

    if (v->body && v->beside) {
        for (size_t i = 0; i < VAULT_HASH; i++)
            (void)snprintf(hex + 2 * i, 3, "%02x", v->sha256[i]);
        html_textf(&p->h,
            p->w->tr("the original: %" PRIu64 " bytes, SHA-256 %s"), v->bytes,
            hex);
    } else if (v->body) {
        html_textf(&p->h,
            p->w->tr("the original: %" PRIu64 " bytes, all in the text"),
            v->bytes);
    } else if (v->text == NULL) {
        html_text(&p->h, p->w->tr("longer than is shown here"));
    } else {
        html_quote(&p->h, v->text, strlen(v->text));
    }
}

void
report_put_said(struct report_page *p)
{
    const struct report_words *w = p->w;
    const char *const heads[] = {w->tr("State"), w->tr("Field"),
        w->tr("Value")};

    if (p->r->saids == 0)
        return;
    page_section(p, "said", w->tr("What it says"));
    html_line(&p->h, "p", NULL,
        w->tr("Others wrote this. That it was committed to does not make it "
              "true."));
    page_table(p, NULL, NULL, heads, VLT_COUNT(heads));
    for (size_t i = 0; i < p->r->saids; i++) {
        const struct report_value *v = &p->r->said[i];

        html_open(&p->h, "tr");
        html_open(&p->h, "td");
        html_line(&p->h, "span", v->proved ? "s held" : "s failed",
            v->proved ? w->tr("committed to") : w->tr("NOT CHECKED"));
        html_close(&p->h);
        html_open(&p->h, "td");
        if (v->name != NULL)
            html_quote(&p->h, v->name, strlen(v->name));
        html_close(&p->h);
        html_open(&p->h, "td");
        put_value(p, v);
        html_close(&p->h);
        html_close_line(&p->h);
    }
    page_table_end(p);
    page_more(p, p->r->saids, p->r->saids_all);
    page_section_end(p);
}
