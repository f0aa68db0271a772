/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_import.c: taking in what others made */
#include "cmd.h"

#include "capturing.h"
#include "fail.h"
#include "import_tell.h"
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
        N_("what becomes of the columns of a table, of members of JSON Lines, of "
           "answers of ODK"),
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
    {"sanduq import --map visit.json odk/instances",
        N_("submissions of ODK Collect with their recordings and pictures")},
};

/* ---- running it ---- */

VAULT_CHECKED static enum vault_status
open_vault(struct cli *c, const struct import_opts *o, struct vault_error *err)
{
    char named[8];

    if (!unlock_given(c) && capture_named(c)) {
        if (!o->dry_run)
            say_info("%s",
                tr("nobody can read what was sealed here before: what is in "
                   "already is not known, and done again it is sealed again"));
        return capture_open(c, err);
    }
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
request_of(struct import_telling *run, const struct import_opts *o)
{
    struct import_request r = {.source = run->c->args.v[0],
        .as = o->as,
        .map = o->map,
        .dry_run = o->dry_run,
        .again = o->again,
        .trust_safety = o->trust_safety,
        .tell = import_tell_one,
        .progress = import_tell_step,
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
        import_tell_end(r->ctx, &counts);
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
    struct import_telling telling = {c, o->dry_run, 0, 0};
    struct import_request r = request_of(&telling, o);
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
