/* SPDX-License-Identifier: Apache-2.0 */
/* report_records.c: records by their ids, and evidence from outside */
#include "report_inner.h"

#include "fail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- witnesses, time evidence ---- */

static void
put_signed(struct report_page *p, const struct report_outside *o)
{
    const struct report_words *w = p->w;
    const char *word = o->word != NULL ? o->word : "?";

    html_open(&p->h, "td");
    if (o->kind == VAULT_EV_COSIGNATURE) {
        html_text(&p->h, w->tr("witness"));
        html_text(&p->h, " ");
        html_quote(&p->h, word, strlen(word));
        if (o->in_policy)
            html_text(&p->h, w->tr(" (named by the policy)"));
        if (o->vkey != NULL && o->vkey[0] != 0) {
            html_open(&p->h, "br");
            html_close(&p->h);
            html_code(&p->h, o->vkey);
        }
    } else {
        html_text(&p->h, w->tr("time evidence"));
        html_text(&p->h, " ");
        html_quote(&p->h, word, strlen(word));
    }
    html_close(&p->h);
}

/* Of a stamp only what it is about was looked at: it must not look as if its
 * signature were. */
static void
put_standing(struct report_page *p, const struct report_outside *o)
{
    if (o->kind == VAULT_EV_STAMP && o->state == VAULT_EV_HELD)
        html_line(&p->h, "span", "s long unknown",
            p->w->tr("is about this state; itself not judged"));
    else
        page_state(p, o->state);
}

static void
put_outside(struct report_page *p, const struct report_outside *o)
{
    html_open(&p->h, "tr");
    html_open(&p->h, "td");
    put_standing(p, o);
    html_close(&p->h);
    put_signed(p, o);
    html_open(&p->h, "td");
    if (o->time >= 0)
        page_time(p, o->time);
    else
        html_text(&p->h, p->w->tr("not judged here"));
    if (o->time >= 0 && o->kind == VAULT_EV_STAMP)
        html_text(&p->h, p->w->tr(" (its claim, not judged here)"));
    html_close(&p->h);
    page_cell_number(p, o->size);
    html_open(&p->h, "td");
    html_code(&p->h, o->origin != NULL ? o->origin : "?");
    html_close(&p->h);
    html_close_line(&p->h);
}

void
report_put_outside(struct report_page *p)
{
    const struct report_words *w = p->w;
    const char *const heads[] = {w->tr("State"), w->tr("By"),
        w->tr("Time it says"), w->tr("Lines covered"), w->tr("Log")};

    page_section(p, "outside", w->tr("Witnesses and time"));
    if (p->r->outsides == 0) {
        html_line(&p->h, "p", NULL,
            w->tr(
                "No signature of a witness and no time evidence was told of: "
                "when the log was written is not known, and whoever holds its "
                "key could have written all of it today."));
        page_section_end(p);
        return;
    }
    html_line(&p->h, "p", NULL,
        w->tr("What stands here covers the first lines of a log, up to the "
              "number given. Lines behind it may still be written anew by "
              "whoever holds the key. A token of a time authority is judged by "
              "other programs (section on checking); here only which state it "
              "is about."));
    page_table(p, NULL, NULL, heads, VLT_COUNT(heads));
    for (size_t i = 0; i < p->r->outsides; i++)
        put_outside(p, &p->r->outside[i]);
    page_table_end(p);
    page_more(p, p->r->outsides, p->r->outside_all[0] + p->r->outside_all[1]);
    page_section_end(p);
}

/* ---- records ---- */

static const char *
how_text(const struct report_page *p, const struct report_record *x)
{
    const struct report_words *w = p->w;

    switch (x->how) {
    case VAULT_RECORD_PRESENT:
        break;
    case VAULT_RECORD_WITHDRAWN:
        return w->tr("declared withdrawn");
    case VAULT_RECORD_MISSING:
        return w->tr("logged, not withdrawn, and not here");
    case VAULT_RECORD_UNLOGGED:
        return w->tr("here, and named by no line as it is: changed or planted");
    case VAULT_RECORD_UNTRUSTED:
        return w->tr("sealed by a revoked device after its last good state");
    }
    if (strcmp(x->word, "part") == 0)
        return w->tr("here in part");
    if (strcmp(x->word, "head") == 0)
        return w->tr("its head only");
    return x->state == VAULT_EV_FAILED ? w->tr("here, and not as it was sealed")
                                       : w->tr("here");
}

static void
put_record(struct report_page *p, const struct report_record *x)
{
    char id[2 * VAULT_ID + 1];

    for (size_t i = 0; i < VAULT_ID; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", x->id[i]);
    html_open(&p->h, "tr");
    html_open(&p->h, "td");
    html_attr(&p->h, "class", "state");
    page_state(p, x->state);
    html_close(&p->h);
    page_cell_code(p, id);
    page_cell_number(p, x->version);
    page_cell(p, NULL, how_text(p, x));
    html_close_line(&p->h);
}

/* Those of which there is more to say than that they are here. */
static void
put_list(struct report_page *p, const struct report_records *l, const char *cls,
    const char *caption)
{
    const struct report_words *w = p->w;
    const char *const heads[] = {w->tr("State"), w->tr("Record"),
        w->tr("Version"), w->tr("What became of it")};

    if (l->n == 0)
        return;
    page_table(p, cls, caption, heads, VLT_COUNT(heads));
    for (size_t i = 0; i < l->n; i++)
        put_record(p, &l->v[i]);
    page_table_end(p);
    page_more(p, l->n, l->all);
}

/* The others by their ids only. */
static void
put_ids(struct report_page *p, const struct report_records *l,
    const char *heading)
{
    char id[2 * VAULT_ID + 1];

    if (l->n == 0)
        return;
    html_line(&p->h, "h3", NULL, heading);
    html_open(&p->h, "ul");
    html_attr(&p->h, "class", "ids");
    for (size_t i = 0; i < l->n; i++) {
        const struct report_record *x = &l->v[i];

        for (size_t k = 0; k < VAULT_ID; k++)
            (void)snprintf(id + 2 * k, 3, "%02x", x->id[k]);
        html_open(&p->h, "li");
        html_code(&p->h, id);
        html_text(&p->h, " ");
        html_textf(&p->h, p->w->tr("version %" PRIu32), x->version);
        if (x->word[0] != 0 && strcmp(x->word, "whole") != 0)
            html_textf(&p->h, ", %s", how_text(p, x));
        html_close_line(&p->h);
    }
    html_close_line(&p->h);
    page_more(p, l->n, l->all);
}

void
report_put_records(struct report_page *p)
{
    const struct report_words *w = p->w;

    page_section(p, "records", w->tr("Records"));
    if (p->r->bad.all + p->r->odd.all + p->r->doubt.all + p->r->plain.all ==
        0) {
        html_line(&p->h, "p", NULL, w->tr("No record was told of."));
        page_section_end(p);
        return;
    }
    html_open(&p->h, "p");
    if (p->a->verdict->audit)
        html_textf(&p->h,
            w->trn("%" PRIu64 " head of a record version is here and holds; "
                   "the sealed record is not in an audit pack.",
                "%" PRIu64 " heads of record versions are here and hold; the "
                "sealed records are not in an audit pack.",
                p->r->plain.all),
            p->r->plain.all);
    else
        html_textf(&p->h,
            w->trn("%" PRIu64 " record version is here and holds.",
                "%" PRIu64 " record versions are here and hold.",
                p->r->plain.all),
            p->r->plain.all);
    html_text(&p->h, " ");
    html_text(&p->h,
        w->tr("What records are called and what is in them is sealed, and not "
              "on this page."));
    html_close_line(&p->h);
    put_list(p, &p->r->bad, "bad", w->tr("Do not match"));
    put_list(p, &p->r->odd, NULL, w->tr("Withdrawn, or not to be trusted"));
    put_ids(p, &p->r->doubt,
        w->tr("Here; whether they hold is not known, as the lines above say"));
    put_ids(p, &p->r->plain,
        p->a->verdict->audit ? w->tr("Logged, as their heads say")
                             : w->tr("Here, and hold"));
    page_section_end(p);
}
