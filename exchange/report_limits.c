/* SPDX-License-Identifier: Apache-2.0 */
/* report_limits.c: how to check without this page, and what it does not show */
#include "report_inner.h"

#include "fail.h"
#include "nmark.h"

/* ---- checking ---- */

static void
put_command(struct report_page *p, const char *what, const char *command)
{
    html_line(&p->h, "p", NULL, what);
    html_open(&p->h, "pre");
    html_text(&p->h, command);
    html_close_line(&p->h);
}

void
report_put_check(struct report_page *p)
{
    const struct report_words *w = p->w;

    page_section(p, "check", w->tr("Checking it without this page"));
    put_command(p,
        w->tr("That it is the same file: this must print the SHA-256 of "
              "section 1."),
        "sha256sum FILE");
    put_command(p,
        w->tr("All of it, once more, with what you have to compare it with:"),
        "sanduq verify FILE --card CARD --since CHECKPOINT");
    if (p->a->verdict->text == NULL) {
        put_command(p,
            w->tr("Without Sanduq, on a copy: how many lines each log has, and "
                  "the checkpoints that its key signed."),
            "sqlite3 -readonly COPY 'SELECT origin, count(*) FROM log JOIN leaf "
            "ON log = n GROUP BY n'");
        html_open(&p->h, "pre");
        html_text(&p->h,
            "sqlite3 -readonly COPY 'SELECT note FROM checkpoint ORDER BY log, "
            "size'");
        html_close_line(&p->h);
    }
    html_line(&p->h, "p", NULL,
        w->tr(
            "docs/audit.md, which comes with the program, goes on from there: "
            "signatures with openssl and minisign, hashes of lines and "
            "bodies with sha256sum and b2sum, tokens with openssl ts and "
            "ots. docs/format.md has every byte, for whoever writes a "
            "program of their own."));
    page_section_end(p);
}

/* ---- what follows from it, and what does not ---- */

struct limit {
    const char *shown, *may, *may_not;
};

static const struct limit always[] = {
    {N_("signed checkpoint, lines and records"),
        N_("whoever held this log's key committed to these records, in this "
           "order; they are the same bytes still"),
        N_("who that person was; when it was; that it is the only log of the "
           "vault; that anything in it is true")},
    {N_("a line that withdraws"), N_("a holder of the key declared it"),
        N_("that every copy and key is gone; that they were free to decide")},
};
static const struct limit sealed[] = {
    {N_("sealed records"), N_("the sealed bytes are those that were logged"),
        N_("that they can be opened; that they hold what the log commits to: "
           "only who opens them sees that")},
};
static const struct limit audited[] = {
    {N_("heads of records (audit pack)"),
        N_("the log names these records, and none that it names is missing"),
        N_("that the sealed bytes are still in the vault, unchanged; that "
           "records of other vaults are all here")},
};
static const struct limit since[] = {
    {N_("an older checkpoint (--since)"),
        N_("nothing in that log up to then was changed or taken away"),
        N_("what other logs hold; what was never logged")},
};
static const struct limit witnessed[] = {
    {N_("signature of a witness"),
        N_("that state of the log existed before the time that the witness's "
           "clock showed"),
        N_("how long before; anything at all if witness and holder work "
           "together")},
};
static const struct limit stamped[] = {
    {N_("time evidence"),
        N_("that state of the log existed before that time, if whoever issued "
           "it is honest and other programs find it valid"),
        N_("when it was made")},
};
static const struct limit bundled[] = {
    {N_("signature of a bundle"),
        N_("the holder of the card's key gave these records to at most so many "
           "recipients"),
        N_("who they are; that those whom the records speak of agreed")},
    {N_("a record in part"),
        N_("these fields belong to the record that was logged"),
        N_("how many fields are held back, or what they say")},
};
static const struct limit disclosed[] = {
    {N_("a disclosed field"),
        N_("whoever sealed the record committed to this value then"),
        N_("that the sealed bytes say the same; that other fields do not "
           "contradict it; that it is true")},
};
static const struct limit sessions[] = {
    {N_("log of a capture device"), N_("the key of that session signed it"),
        N_("that the device was not in other hands; what it sealed after it "
           "was read last")},
};

static void
put_limits(struct report_page *p, const struct limit *l, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        html_open(&p->h, "tr");
        html_open(&p->h, "th");
        html_attr(&p->h, "scope", "row");
        html_text(&p->h, p->w->tr(l[i].shown));
        html_close(&p->h);
        page_cell(p, NULL, p->w->tr(l[i].may));
        page_cell(p, NULL, p->w->tr(l[i].may_not));
        html_close_line(&p->h);
    }
}

static bool
has_session(const struct report *r)
{
    for (size_t i = 0; i < r->logs; i++) {
        if (r->log[i].session)
            return true;
    }
    return false;
}

static void
put_table(struct report_page *p)
{
    const struct report_words *w = p->w;
    const struct vault_verdict *d = p->a->verdict;
    const char *const heads[] = {w->tr("What is shown"),
        w->tr("What may be concluded from it when it holds"),
        w->tr("What may NOT be concluded")};

    page_table(p, NULL, NULL, heads, VLT_COUNT(heads));
    put_limits(p, always, VLT_COUNT(always));
    if (d->audit)
        put_limits(p, audited, VLT_COUNT(audited));
    else
        put_limits(p, sealed, VLT_COUNT(sealed));
    if (page_asked(p, "--since"))
        put_limits(p, since, VLT_COUNT(since));
    if (p->r->outside_all[0] > 0)
        put_limits(p, witnessed, VLT_COUNT(witnessed));
    if (p->r->outside_all[1] > 0)
        put_limits(p, stamped, VLT_COUNT(stamped));
    if (d->bundle)
        put_limits(p, bundled, VLT_COUNT(bundled));
    if (p->r->saids > 0)
        put_limits(p, disclosed, VLT_COUNT(disclosed));
    if (has_session(p->r))
        put_limits(p, sessions, VLT_COUNT(sessions));
    page_table_end(p);
}

void
report_put_limits(struct report_page *p)
{
    const struct report_words *w = p->w;

    page_section(p, "limits", w->tr("What this shows, and what it does not"));
    put_table(p);
    html_line(&p->h, "p", NULL,
        w->tr("Whoever holds all keys of a vault can, and nobody sees it: seal "
              "what is false; claim any time, author or reason; leave things "
              "out; keep further logs and choose which to show; write anew "
              "everything that no one outside has seen yet. What was logged is "
              "still there, unchanged: that is not the same as that nothing is "
              "missing."));
    page_section_end(p);
}
