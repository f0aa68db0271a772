/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_import.c: taking in what others made */
#include "cmd.h"

#include "fail.h"
#include "form_tell.h"
#include "hex.h"
#include "import.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "tr.h"
#include "unlocking.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

struct import_opts {
    const char *as;
    const char *map;
    const char *from;
    const char *changed;
    bool dry_run;
    bool again;
    bool trust_safety;
};

static const struct opt import_table_opts[] = {
    {0, "as", OPT_CHOICE, "testimony|letter|contact|consent|file|note",
        N_("the type of the records, when the source does not say it"),
        offsetof(struct import_opts, as)},
    {0, "map", OPT_TEXT, "FILE.json",
        N_("what becomes of the columns of a table"),
        offsetof(struct import_opts, map)},
    {0, "dry-run", OPT_FLAG, NULL,
        N_("say everything that would happen, change nothing"),
        offsetof(struct import_opts, dry_run)},
    {0, "changed", OPT_CHOICE, "tell|amend|add",
        N_("a row whose key is known and whose content is another: tell (as "
           "without the option), amend the record, or add one"),
        offsetof(struct import_opts, changed)},
    {0, "again", OPT_FLAG, NULL,
        N_("seal a file of a folder also when its content is in already"),
        offsetof(struct import_opts, again)},
    {0, "trust-safety", OPT_FLAG, NULL,
        N_("believe a card that says that a channel is safe; without it such "
           "a channel is of unknown safety"),
        offsetof(struct import_opts, trust_safety)},
    {0, "from", OPT_CHOICE, "csv|jsonl|vcard|odk|bag|folder",
        N_("what the source is, when it cannot be seen"),
        offsetof(struct import_opts, from)},
};

static const struct cmd_example import_examples[] = {
    {"sanduq import --map testimonies.json --dry-run testimonies.csv",
        N_("what a table would give, row by row; docs/import.md explains the "
           "mapping file")},
    {"sanduq import --map testimonies.json testimonies.csv",
        N_("the same for good; done again, it adds only what is new")},
    {"sanduq import --as contact contacts.csv",
        N_("without a mapping: headings are names of fields")},
    {"sanduq import phone/DCIM",
        N_("every file of a folder, and of the folders in it")},
    {"sanduq import records.jsonl", N_("what sanduq export wrote elsewhere")},
    {"sanduq import contacts.vcf", N_("contacts from a telephone")},
};

/* ---- what is told ---- */

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
record_json(const struct cli *c, const struct import_told *t)
{
    const struct import_opts *o = c->opts;
    struct jline j;

    /* a `record` is one that is there and has an id */
    jline_begin(&j, o->dry_run ? "would" : "record");
    jline_text(&j, "what", what_word(t->what));
    put_place(&j, t);
    if (t->version > 0)
        jline_u64(&j, "version", t->version);
    if (t->has_body)
        jline_hex(&j, "sha256", t->sha256, VAULT_HASH);
    if (t->what != IMPORT_LINKED) {
        jline_u64(&j, "bytes", t->bytes);
        if (!o->dry_run)
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
tell_json(const struct cli *c, const struct import_told *t)
{
    bool record = t->what == IMPORT_ADDED || t->what == IMPORT_AMENDED ||
        t->what == IMPORT_LINKED;

    mistakes_json(t);
    if (record)
        record_json(c, t);
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
record_text(const struct cli *c, const struct import_told *t, const char *place)
{
    const struct import_opts *o = c->opts;
    char id[HEX_ID] = "";

    if (t->has_id)
        hex_id(id, t->id);
    if (!o->dry_run) {
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
tell_text(const struct cli *c, const struct import_told *t)
{
    char place[PATH_SIZE + 64], id[HEX_ID] = "-", message[512];

    place_text(t, place, sizeof place);
    if (t->has_id)
        hex_id(id, t->id);
    switch (t->what) {
    case IMPORT_ADDED:
    case IMPORT_AMENDED:
        record_text(c, t, place);
        break;
    case IMPORT_LINKED:
        break;
    case IMPORT_SAME:
        if (c->g.verbose || t->path != NULL)
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

/* What the callbacks know. */
struct running {
    struct cli *c;
    uint64_t done; /* shown so far */
};

static int
tell(void *ctx, const struct import_told *t)
{
    struct cli *c = ((struct running *)ctx)->c;
    const struct import_opts *o = c->opts;

    progress_hide();
    if (!o->dry_run &&
        (t->what == IMPORT_ADDED || t->what == IMPORT_AMENDED ||
            t->what == IMPORT_LINKED))
        c->changed = true;
    if (c->g.json)
        tell_json(c, t);
    else
        tell_text(c, t);
    return 0;
}

static int
step(void *ctx, uint64_t done, uint64_t total, const char *name)
{
    struct running *r = ctx;

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
summary_json(const struct cli *c, const struct import_counts *n)
{
    const struct import_opts *o = c->opts;
    struct jline j;

    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", (uint64_t)c->exit);
    jline_text(&j, "from", import_source_word(n->from));
    jline_bool(&j, "dry_run", o->dry_run);
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
counts_text(const struct cli *c, const struct import_counts *n)
{
    const struct import_opts *o = c->opts;

    say_info(o->dry_run
            ? tr("would seal %" PRIu64 ", amend %" PRIu64
                 "; in already: %" PRIu64 "; changed: %" PRIu64
                 "; bad: %" PRIu64)
            : tr("sealed %" PRIu64 ", amended %" PRIu64 "; in already: %" PRIu64
                 "; changed: %" PRIu64 "; bad: %" PRIu64),
        n->added, n->amended + n->linked, n->same, n->changed, n->failed);
    if (o->dry_run)
        say_info("%s", tr("nothing was changed"));
    else if (n->added > 0)
        say_info(tr("the source still lies unencrypted on this disk: %s"),
            c->args.v[0]);
}

static void
tell_end(struct cli *c, const struct import_counts *n)
{
    if (n->failed > 0 || n->changed > 0)
        c->exit = 1;
    if (n->tampered)
        c->exit = 3;
    if (c->g.json)
        summary_json(c, n);
    else
        counts_text(c, n);
}

/* ---- running it ---- */

VAULT_CHECKED static enum vault_status
open_vault(struct cli *c, const struct import_opts *o, struct vault_error *err)
{
    char named[8];

    if (!o->dry_run)
        return unlock(c, err);
    if (c->g.vault == NULL &&
        !(vlt_os_env("SANDUQ_VAULT", named, sizeof named) && named[0] != 0)) {
        say_info("%s",
            tr("no vault was named: what is in already cannot be told"));
        return VAULT_OK;
    }
    return unlock_only(c, err);
}

static struct import_request
request_of(struct running *run, const struct import_opts *o)
{
    struct import_request r = {.source = run->c->args.v[0],
        .as = o->as,
        .map = o->map,
        .dry_run = o->dry_run,
        .again = o->again,
        .trust_safety = o->trust_safety,
        .tell = tell,
        .progress = step,
        .ctx = run};

    if (o->from != NULL)
        (void)import_source_of(o->from, &r.from);
    if (o->changed != NULL && strcmp(o->changed, "amend") == 0)
        r.changed = IMPORT_CHANGED_AMEND;
    if (o->changed != NULL && strcmp(o->changed, "add") == 0)
        r.changed = IMPORT_CHANGED_ADD;
    return r;
}

VAULT_CHECKED static enum vault_status
run_it(struct cli *c, struct import_request *r, struct vault_error *err)
{
    char vault[PATH_SIZE] = "", capture[PATH_SIZE + 16] = "";
    const char *const avoid[] = {vault, capture};
    struct import_counts counts;
    enum vault_status st;

    if (c->vault != NULL) {
        st = unlock_path(c, vault, sizeof vault, err);
        if (st != VAULT_OK)
            return st;
        (void)snprintf(capture, sizeof capture, "%s.capture", vault);
        r->avoid = avoid;
        r->avoid_len = VLT_COUNT(avoid);
    }
    r->vault = c->vault;
    vlt_os_catch_interrupt();
    progress_begin(0, false);
    st = import_run(r, &counts, err);
    progress_end();
    if (st == VAULT_OK) {
        tell_end(c, &counts);
        return st;
    }
    if (counts.added > 0 && !r->dry_run)
        say_warn(trn("%" PRIu64 " record is sealed and stays; the same command "
                     "goes on from there",
                     "%" PRIu64 " records are sealed and stay; the same "
                     "command goes on from there",
                     counts.added),
            counts.added);
    return st;
}

static enum vault_status
import_cmd_run(struct cli *c, struct vault_error *err)
{
    const struct import_opts *o = c->opts;
    struct running running = {c, 0};
    struct import_request r = request_of(&running, o);
    enum vault_status st;

    if (!vlt_os_exists(r.source))
        return vlt_fail(err, VAULT_E_NOT_FOUND, "%s is not there", r.source);
    st = open_vault(c, o, err);
    if (st == VAULT_OK)
        st = run_it(c, &r, err);
    return st;
}

static const struct cmd import_cmds[] = {
    {"import", "SOURCE", N_("take in folders, tables, cards and records"),
        N_("Seals what others made: every file of a folder, the rows of a "
           "table (CSV with commas, semicolons or tabs, in UTF-8), JSON Lines "
           "(also those of sanduq export), contacts (.vcf), ODK submissions, "
           "BagIt bags. What the source is, is found from the source.\n\n"
           "Done again, or after it was interrupted, it adds what is missing "
           "and nothing twice. A row that cannot be a record is told with its "
           "number and every mistake, and the others go in; the exit status "
           "is then 1. Links in a folder are not followed. --dry-run says all "
           "of it and changes nothing.\n\n"
           "A mapping file says what becomes of the columns of a table:\n\n"
           "{\"type\": \"testimony\", \"table\": \"testimonies\", \"key\": "
           "\"No\", \"language\": \"ru\", \"columns\": {\"Name\": "
           "\"victim.1.name.N\", \"Date\": {\"field\": \"event.1.date\", "
           "\"date\": \"dd.mm.yyyy\"}, \"Scan\": {\"file\": true}, "
           "\"Contact\": {\"link\": {\"table\": \"contacts\", \"relation\": "
           "\"contact\"}}}, \"states\": {\"-\": \"refused\"}}\n\n"
           "docs/import.md has all of it with examples."),
        import_examples, VLT_COUNT(import_examples), import_table_opts,
        VLT_COUNT(import_table_opts), sizeof(struct import_opts), 1, 1,
        CMD_WRITES, import_cmd_run},
};
const struct cmd_group import_group = {import_cmds, VLT_COUNT(import_cmds)};
