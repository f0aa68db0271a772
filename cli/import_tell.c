/* SPDX-License-Identifier: Apache-2.0 */
/* import_tell.c: what a person or a script is told about an import */
#include "import_tell.h"

#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "tr.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

/* ---- one thing ---- */

static const char *
what_word(enum import_what what)
{
    switch (what) {
    case IMPORT_ADDED:
        return "added";
    case IMPORT_AMENDED:
        return "amended";
    case IMPORT_LINKED:
        return "linked";
    case IMPORT_SAME:
        return "same";
    case IMPORT_CHANGED:
        return "changed";
    case IMPORT_UNLINKED:
        return "unlinked";
    case IMPORT_PASSED:
        return "passed";
    case IMPORT_FAILED:
        break;
    }
    return "failed";
}

static void
put_place(struct jline *j, const struct import_told *t)
{
    if (t->row > 0)
        jline_u64(j, "row", t->row);
    if (t->line > 0)
        jline_u64(j, "line", t->line);
    if (t->path != NULL)
        jline_text(j, "path", t->path);
    if (t->type != NULL)
        jline_text(j, "record_type", t->type);
    if (t->has_id)
        jline_hex(j, "id", t->id, VAULT_ID);
}

static void
put_words(struct jline *j, const char *words)
{
    if (words == NULL)
        return;
    jline_array(j, "words");
    while (*words != 0) {
        size_t n = strcspn(words, "|");

        jline_text_n(j, NULL, words, n);
        words += n + (words[n] == '|');
    }
    jline_array_end(j);
}

/* One line for each mistake of a row. */
static void
mistakes_json(const struct import_told *t)
{
    for (size_t i = 0; t->form != NULL && i < t->form->mistakes; i++) {
        const struct form_mistake *m = &t->form->mistake[i];
        struct jline j;

        jline_begin(&j, "mistake");
        if (t->row > 0)
            jline_u64(&j, "row", t->row);
        if (t->path != NULL)
            jline_text(&j, "path", t->path);
        jline_text(&j, "field", m->field);
        jline_text(&j, "expected", tr(m->expected));
        put_words(&j, m->words);
        jline_end(&j);
    }
}

static void
record_json(const struct import_telling *r, const struct import_told *t)
{
    struct jline j;

    /* a `record` is one that is there and has an id */
    jline_begin(&j, r->dry_run ? "would" : "record");
    jline_text(&j, "what", what_word(t->what));
    put_place(&j, t);
    if (t->version > 0)
        jline_u64(&j, "version", t->version);
    if (t->has_body)
        jline_hex(&j, "sha256", t->sha256, VAULT_HASH);
    if (t->away)
        jline_bool(&j, "away", true);
    if (t->what != IMPORT_LINKED) {
        jline_u64(&j, "bytes", t->bytes);
        if (!r->dry_run)
            jline_u64(&j, "stored", t->stored);
    }
    jline_end(&j);
}

static void
other_json(const struct import_told *t)
{
    char message[512];
    struct jline j;

    jline_begin(&j, t->what == IMPORT_FAILED ? "failed" : "skipped");
    if (t->what != IMPORT_FAILED)
        jline_text(&j, "what", what_word(t->what));
    put_place(&j, t);
    if (t->why != NULL) {
        say_message(t->why, message, sizeof message);
        jline_text(&j, "code", vault_status_name(t->why->code));
        jline_text(&j, "message", message);
    } else if (t->form != NULL) {
        jline_text(&j, "code", vault_status_name(VAULT_E_USAGE));
        jline_u64(&j, "mistakes", t->form->mistakes);
    }
    jline_end(&j);
}

static void
tell_json(const struct import_telling *r, const struct import_told *t)
{
    bool record = t->what == IMPORT_ADDED || t->what == IMPORT_AMENDED ||
        t->what == IMPORT_LINKED;

    mistakes_json(t);
    if (record)
        record_json(r, t);
    else
        other_json(t);
}

/* "row 17", or the path. */
static void
place_text(const struct import_told *t, char *out, size_t size)
{
    if (t->path != NULL)
        (void)snprintf(out, size, "%s", t->path);
    else if (t->line > 0 && t->line != t->row)
        (void)snprintf(out, size, tr("row %" PRIu64 " (line %" PRIu64 ")"),
            t->row, t->line);
    else if (t->row > 0)
        (void)snprintf(out, size, tr("row %" PRIu64), t->row);
    else
        (void)snprintf(out, size, "%s", tr("the mapping"));
}

static void
mistakes_text(const char *place, const struct form *form)
{
    for (size_t i = 0; i < form->mistakes; i++) {
        const struct form_mistake *m = &form->mistake[i];

        if (m->field[0] == 0)
            say_warn(tr("%s: expected %s"), place, tr(m->expected));
        else if (m->words != NULL)
            say_warn(tr("%s, \"%s\": expected %s: %s"), place, m->field,
                tr(m->expected), m->words);
        else
            say_warn(tr("%s, \"%s\": expected %s"), place, m->field,
                tr(m->expected));
    }
}

static void
record_text(const struct import_telling *r, const struct import_told *t,
    const char *place)
{
    char id[HEX_ID] = "";

    if (t->has_id)
        hex_id(id, t->id);
    if (!r->dry_run) {
        out_printf("%s\n", id);
        return;
    }
    out_safe(place, strlen(place), 0);
    out_printf("  %s  ", t->type);
    if (t->what == IMPORT_AMENDED)
        out_printf(tr("would amend %s\n"), id);
    else
        out_text(tr("would be sealed\n"));
}

static void
tell_text(const struct import_telling *r, const struct import_told *t)
{
    char place[PATH_SIZE + 64], id[HEX_ID] = "-", message[512];

    place_text(t, place, sizeof place);
    if (t->has_id)
        hex_id(id, t->id);
    switch (t->what) {
    case IMPORT_ADDED:
    case IMPORT_AMENDED:
        record_text(r, t, place);
        break;
    case IMPORT_LINKED:
        break;
    case IMPORT_SAME:
        if (r->c->g.verbose || t->path != NULL)
            say_info(tr("%s: in already, as %s"), place, id);
        break;
    case IMPORT_CHANGED:
        say_warn(tr("%s: its key is that of %s, and the content is another; "
                    "left out (--changed amend or add)"),
            place, id);
        break;
    case IMPORT_UNLINKED:
        say_warn(tr("%s: a record that it names is not here; import that and "
                    "then this again"),
            place);
        break;
    case IMPORT_PASSED:
        say_message(t->why, message, sizeof message);
        say_warn(tr("left out: %s"), message);
        break;
    case IMPORT_FAILED:
        if (t->form != NULL)
            mistakes_text(place, t->form);
        if (t->why != NULL) {
            say_message(t->why, message, sizeof message);
            say_warn("%s: %s", place, message);
        }
        break;
    }
}

int
import_tell_one(void *ctx, const struct import_told *t)
{
    struct import_telling *r = ctx;

    progress_hide();
    if (t->away && r->away++ == 0)
        say_warn("%s",
            tr("records of this type go to a compartment: nobody can open them "
               "here any more, and the next import cannot know that they are "
               "in already"));
    if (!r->dry_run &&
        (t->what == IMPORT_ADDED || t->what == IMPORT_AMENDED ||
            t->what == IMPORT_LINKED))
        r->c->changed = true;
    if (r->c->g.json)
        tell_json(r, t);
    else
        tell_text(r, t);
    return 0;
}

int
import_tell_step(void *ctx, uint64_t done, uint64_t total, const char *name)
{
    struct import_telling *r = ctx;

    if (name != NULL)
        progress_name(name);
    if (total > 0)
        progress_total(total);
    if (done > r->done) {
        progress_add(done - r->done);
        r->done = done;
    }
    out_flush(); /* what is told is in: a reader may act on it */
    return vlt_os_interrupted() ? 1 : 0;
}

/* ---- the end ---- */

static void
summary_json(const struct import_telling *r, const struct import_counts *n)
{
    struct jline j;

    jline_begin(&j, "summary");
    jline_text(&j, "command", r->c->cmd->name);
    jline_u64(&j, "exit", (uint64_t)r->c->exit);
    jline_text(&j, "from", import_source_word(n->from));
    jline_bool(&j, "dry_run", r->dry_run);
    jline_u64(&j, "added", n->added);
    jline_u64(&j, "amended", n->amended);
    jline_u64(&j, "linked", n->linked);
    jline_u64(&j, "same", n->same);
    jline_u64(&j, "changed", n->changed);
    jline_u64(&j, "unlinked", n->unlinked);
    jline_u64(&j, "passed", n->passed);
    jline_u64(&j, "failed", n->failed);
    jline_u64(&j, "bytes", n->bytes);
    jline_end(&j);
}

static void
counts_text(const struct import_telling *r, const struct import_counts *n)
{
    say_info(r->dry_run
            ? tr("would seal %" PRIu64 ", amend %" PRIu64
                 "; in already: %" PRIu64 "; changed: %" PRIu64
                 "; bad: %" PRIu64)
            : tr("sealed %" PRIu64 ", amended %" PRIu64 "; in already: %" PRIu64
                 "; changed: %" PRIu64 "; bad: %" PRIu64),
        n->added, n->amended + n->linked, n->same, n->changed, n->failed);
    if (r->dry_run)
        say_info("%s", tr("nothing was changed"));
    else if (n->added > 0)
        say_info(tr("the source still lies unencrypted on this disk: %s"),
            r->c->args.v[0]);
}

void
import_tell_end(const struct import_telling *r, const struct import_counts *n)
{
    if (n->failed > 0 || n->changed > 0)
        r->c->exit = 1;
    if (n->tampered)
        r->c->exit = 3;
    if (r->c->g.json)
        summary_json(r, n);
    else
        counts_text(r, n);
}
