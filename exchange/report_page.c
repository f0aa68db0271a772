/* SPDX-License-Identifier: Apache-2.0 */
/* report_page.c: pieces that all parts of a report are made of */
#include "report_inner.h"

#include "fail.h"
#include "nmark.h"
#include "when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- words ---- */

enum report_lane
report_lane_of(const char *word)
{
    static const struct {
        const char *word;
        enum report_lane lane;
    } words[] = {{"seal", LANE_SEAL}, {"take", LANE_SEAL},
        {"withdraw", LANE_WITHDRAW}, {"drop", LANE_WITHDRAW},
        {"share", LANE_SHARE}, {"import", LANE_SHARE}, {"merge", LANE_SHARE},
        {"ask", LANE_SHARE}, {"ack", LANE_SHARE}, {"note", LANE_SHARE},
        {"genesis", LANE_KEYS}, {"card", LANE_KEYS}, {"slots", LANE_KEYS},
        {"settings", LANE_KEYS}, {"rekey", LANE_KEYS}, {"join", LANE_KEYS},
        {"revoke", LANE_KEYS}, {"stamp", LANE_STAMP}};

    for (size_t i = 0; i < VLT_COUNT(words); i++) {
        if (strcmp(word, words[i].word) == 0)
            return words[i].lane;
    }
    return LANE_OTHER;
}

const char *
report_lane_text(const struct report_words *w, enum report_lane l)
{
    switch (l) {
    case LANE_SEAL:
        return w->tr("sealed");
    case LANE_WITHDRAW:
        return w->tr("withdrawn");
    case LANE_SHARE:
        return w->tr("given, received, noted");
    case LANE_KEYS:
        return w->tr("keys and settings");
    case LANE_STAMP:
        return w->tr("time evidence");
    case LANE_OTHER:
    case LANES:
        break;
    }
    return w->tr("unknown kinds");
}

const char *
report_state_text(const struct report_words *w, enum vault_evidence_state s)
{
    switch (s) {
    case VAULT_EV_HELD:
        return w->tr("holds");
    case VAULT_EV_FAILED:
        return w->tr("DOES NOT MATCH");
    case VAULT_EV_UNKNOWN:
        return w->tr("not known");
    case VAULT_EV_AS_BEFORE:
        return w->tr("checked earlier, not looked at again");
    }
    return "?";
}

const char *
report_state_class(enum vault_evidence_state s)
{
    static const char *const words[] = {"held", "failed", "unknown", "before"};

    return (size_t)s < VLT_COUNT(words) ? words[s] : "unknown";
}

/* ---- pieces ---- */

void
page_section(struct report_page *p, const char *id, const char *title)
{
    html_open(&p->h, "section");
    html_attr(&p->h, "aria-labelledby", id);
    html_open(&p->h, "h2");
    html_attr(&p->h, "id", id);
    html_textf(&p->h, "%u. %s", ++p->section, title);
    html_close_line(&p->h);
}

void
page_section_end(struct report_page *p)
{
    html_close_line(&p->h);
}

void
page_table(struct report_page *p, const char *cls, const char *caption,
    const char *const *heads, size_t n)
{
    html_open(&p->h, "table");
    if (cls != NULL)
        html_attr(&p->h, "class", cls);
    if (caption != NULL)
        html_line(&p->h, "caption", NULL, caption);
    if (n > 0) {
        html_open(&p->h, "thead");
        html_open(&p->h, "tr");
        for (size_t i = 0; i < n; i++) {
            html_open(&p->h, "th");
            html_attr(&p->h, "scope", "col");
            html_text(&p->h, heads[i]);
            html_close(&p->h);
        }
        html_close(&p->h);
        html_close_line(&p->h);
    }
    html_open(&p->h, "tbody");
    html_raw(&p->h, "\n");
}

void
page_table_end(struct report_page *p)
{
    html_close(&p->h);
    html_close_line(&p->h);
}

static void
row_head(struct report_page *p, const char *head)
{
    html_open(&p->h, "tr");
    html_open(&p->h, "th");
    html_attr(&p->h, "scope", "row");
    html_text(&p->h, head);
    html_close(&p->h);
    html_open(&p->h, "td");
}

static void
row_end(struct report_page *p)
{
    html_close(&p->h);
    html_close_line(&p->h);
}

void
page_row(struct report_page *p, const char *head, const char *text)
{
    row_head(p, head);
    html_text(&p->h, text);
    row_end(p);
}

void
page_row_quote(struct report_page *p, const char *head, const char *text)
{
    row_head(p, head);
    html_quote(&p->h, text, strlen(text));
    row_end(p);
}

void
page_row_code(struct report_page *p, const char *head, const char *text)
{
    row_head(p, head);
    html_code(&p->h, text);
    row_end(p);
}

void
page_cell(struct report_page *p, const char *cls, const char *text)
{
    html_open(&p->h, "td");
    if (cls != NULL)
        html_attr(&p->h, "class", cls);
    html_text(&p->h, text);
    html_close(&p->h);
}

void
page_cell_code(struct report_page *p, const char *text)
{
    html_open(&p->h, "td");
    html_code(&p->h, text);
    html_close(&p->h);
}

void
page_cell_number(struct report_page *p, uint64_t n)
{
    html_open(&p->h, "td");
    html_attr(&p->h, "class", "n");
    html_textf(&p->h, "%" PRIu64, n);
    html_close(&p->h);
}

void
page_more(struct report_page *p, uint64_t shown, uint64_t all)
{
    if (all <= shown)
        return;
    html_open(&p->h, "p");
    html_attr(&p->h, "class", "soft");
    html_textf(&p->h,
        p->w->trn("and %" PRIu64 " more, which is not on this page.",
            "and %" PRIu64 " more, which are not on this page.", all - shown),
        all - shown);
    html_text(&p->h, " ");
    html_text(&p->h, p->w->tr("All are listed by:"));
    html_text(&p->h, " ");
    html_code(&p->h, "sanduq --json verify --evidence FILE");
    html_close_line(&p->h);
}

void
page_state(struct report_page *p, enum vault_evidence_state s)
{
    static const char *const marks[] = {"\xe2\x9c\x93 ", "\xe2\x9c\x97 ", "? ",
        "\xe2\x80\xa6 "};

    html_open(&p->h, "span");
    html_attrf(&p->h, "class", "s %s", report_state_class(s));
    if ((size_t)s < VLT_COUNT(marks))
        html_text(&p->h, marks[s]);
    html_text(&p->h, report_state_text(p->w, s));
    html_close(&p->h);
}

void
page_time(struct report_page *p, int64_t t)
{
    char text[WHEN_SIZE];

    when_utc(text, t);
    html_open(&p->h, "time");
    html_attr(&p->h, "datetime", text);
    html_attr(&p->h, "dir", "ltr");
    html_text(&p->h, text);
    html_close(&p->h);
}

bool
page_asked(const struct report_page *p, const char *option)
{
    for (size_t i = 0; i < p->a->asked_len; i++) {
        if (strcmp(p->a->asked[i].option, option) == 0)
            return true;
    }
    return false;
}
