/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_export.c: records out of the vault, in formats that others read */
#include "cmd.h"

#include "age_for.h"
#include "ask.h"
#include "export_tell.h"
#include "fail.h"
#include "hex.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"
#include "when.h"

#include <string.h>

struct export_opts {
    const char *format;
    const char *purpose;
    const char *type;
    const char *find;
    const char *tag;
    const char *since;
    const char *until;
    const char *reason;
    struct age_for age;
    bool all, strip, override, skip_refused, all_channels, force;
};

static const struct opt export_table[] = {
    {0, "format", OPT_CHOICE, "files|bagit|csv|jsonl|vcard|age",
        N_("files (a folder of originals, their records and a list of sums), "
           "bagit (a folder: a bag, RFC 8493), jsonl (a folder with "
           "records.jsonl and the originals, for import; one file when DEST "
           "ends in .jsonl and no record has an original), csv (a file: a "
           "table), vcard (a file: contacts), age (a file, sealed: a tar with "
           "the originals, fields and proofs of each record)"),
        offsetof(struct export_opts, format)},
    {0, "purpose", OPT_TEXT, "PURPOSE",
        N_("what for, as a consent names it: share-org, un, court, media ...; "
           "without it a working copy inside the organisation (share-inside)"),
        offsetof(struct export_opts, purpose)},
    {0, "all", OPT_FLAG, NULL, N_("everything in the vault"),
        offsetof(struct export_opts, all)},
    {'t', "type", OPT_TEXT, "TYPE", N_("records of this type"),
        offsetof(struct export_opts, type)},
    {0, "find", OPT_ASK, "WORDS",
        N_("records with these words, as find; without words you are asked"),
        offsetof(struct export_opts, find)},
    {0, "tag", OPT_TEXT, "TAG", N_("records with this tag"),
        offsetof(struct export_opts, tag)},
    {0, "since", OPT_TEXT, "DATE",
        N_("sealed on this day or later: YYYY-MM-DD, or a time such as "
           "2031-11-04T09:00:00Z"),
        offsetof(struct export_opts, since)},
    {0, "until", OPT_TEXT, "DATE", N_("sealed before this day"),
        offsetof(struct export_opts, until)},
    {0, "strip", OPT_FLAG, NULL,
        N_("copies of JPEG, PNG and PDF without embedded metadata; other "
           "originals are refused"),
        offsetof(struct export_opts, strip)},
    {0, "skip-refused", OPT_FLAG, NULL,
        N_("leave out what is refused, and export the rest"),
        offsetof(struct export_opts, skip_refused)},
    {0, "override", OPT_FLAG, NULL,
        N_("export also what consent does not cover; needs a reason, and "
           "both are kept in the custody log"),
        offsetof(struct export_opts, override)},
    {0, "reason", OPT_ASK, "TEXT",
        N_("why, kept in the custody log; without a text you are asked"),
        offsetof(struct export_opts, reason)},
    {0, "to", OPT_LIST, "WHO",
        N_("age: who can open it: the name of a pinned card, age1pq…, or (not "
           "safe from quantum computers) age1…; any number of them"),
        offsetof(struct export_opts, age.to)},
    {0, "allow-unconfirmed", OPT_FLAG, NULL,
        N_("age: also for a card whose fingerprint nobody compared"),
        offsetof(struct export_opts, age.unconfirmed)},
    {0, "age-passphrase", OPT_FLAG, NULL,
        N_("age: a passphrase opens it, which you are asked for"),
        offsetof(struct export_opts, age.ask)},
    {0, "age-passphrase-fd", OPT_TEXT, "N",
        N_("age: read that passphrase from this file descriptor"),
        offsetof(struct export_opts, age.from.fd)},
    {0, "age-passphrase-file", OPT_TEXT, "FILE",
        N_("age: read that passphrase from this file"),
        offsetof(struct export_opts, age.from.file)},
    {0, "age-passphrase-command", OPT_TEXT, "CMD",
        N_("age: read that passphrase from this program, run without a shell"),
        offsetof(struct export_opts, age.from.command)},
    {0, "all-channels", OPT_FLAG, NULL,
        N_("vcard: also channels that are not marked as safe"),
        offsetof(struct export_opts, all_channels)},
    {0, "force", OPT_FLAG, NULL,
        N_("csv, vcard, age: write over a file that is there"),
        offsetof(struct export_opts, force)},
};

static const struct cmd_example export_examples[] = {
    {"sanduq export case-12 5f2c0a a91be4",
        N_("two records into a new folder, for a colleague")},
    {"sanduq export /media/stick/bag --all --format bagit --purpose court",
        N_("everything whose people agreed to a court having it")},
    {"sanduq export list.csv -t testimony --since 2031-01-01 --format csv",
        N_("a table of this year's testimonies")},
    {"sanduq export case.age 5f2c0a --format age --to age1pq…",
        N_("a record for somebody who has age and not this program")},
    {"sanduq export safe.vcf --all --format vcard",
        N_("contacts, only with channels that are safe")},
};

/* ---- what goes out ---- */

static bool
has_filter(const struct export_opts *o)
{
    return o->type != NULL || o->find != NULL || o->tag != NULL ||
        o->since != NULL || o->until != NULL;
}

static enum export_format
format_of(const char *word)
{
    static const struct {
        const char *word;
        enum export_format format;
    } words[] = {{"bagit", EXPORT_BAGIT}, {"csv", EXPORT_CSV},
        {"jsonl", EXPORT_JSONL}, {"vcard", EXPORT_VCARD}, {"age", EXPORT_AGE}};

    for (size_t i = 0; i < VLT_COUNT(words); i++) {
        if (word != NULL && strcmp(word, words[i].word) == 0)
            return words[i].format;
    }
    return EXPORT_FILES;
}

VAULT_CHECKED static enum vault_status
check_choice(const struct cli *c, struct vault_error *err)
{
    const struct export_opts *o = c->opts;
    bool ids = c->args.n > 1;

    if (ids && (o->all || has_filter(o)))
        return vlt_fail(err, VAULT_E_USAGE,
            "name the records, or say which kind of them, not both");
    if (o->all && has_filter(o))
        return vlt_fail(err, VAULT_E_USAGE,
            "--all is everything; leave it out to choose");
    if (!ids && !o->all && !has_filter(o))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("ids, -t, --find, --tag, --since, --until, or --all"),
            "say which records to export");
    if (o->force &&
        (o->format == NULL ||
            (strcmp(o->format, "csv") != 0 && strcmp(o->format, "vcard") != 0 &&
                strcmp(o->format, "age") != 0)))
        return vlt_fail(err, VAULT_E_USAGE,
            "--force writes over a file; a folder must be new or empty");
    if (age_for_given(&o->age) &&
        (o->format == NULL || strcmp(o->format, "age") != 0))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("other formats lie unencrypted at DEST"),
            "--to and --age-passphrase go with --format age");
    if (format_of(o->format) == EXPORT_AGE)
        return age_for_check(&o->age, err);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
read_filter(const struct export_opts *o, struct vault_list_options *v,
    struct vault_error *err)
{
    *v = (struct vault_list_options){.type = o->type,
        .tag = o->tag,
        .since = INT64_MIN,
        .until = INT64_MAX};
    if (o->since != NULL && !when_parse(o->since, &v->since))
        return vlt_fail(err, VAULT_E_USAGE,
            "--since takes a day or a time, not \"%s\"", o->since);
    if (o->until != NULL && !when_parse(o->until, &v->until))
        return vlt_fail(err, VAULT_E_USAGE,
            "--until takes a day or a time, not \"%s\"", o->until);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
add_filtered(const struct export_opts *o, struct export *e,
    struct vault_error *err)
{
    struct vault_list_options list;
    struct vlt_buf answer;
    const char *words = o->find;
    enum vault_status st = read_filter(o, &list, err);

    vlt_buf_init(&answer, ASK_MAX + 1);
    if (st == VAULT_OK && words != NULL && words[0] == 0) {
        st = ask_line(tr("Words: "), true, N_("--find WORDS says them"),
            &answer, err);
        words = vlt_buf_cstr(&answer);
    }
    if (words != NULL) {
        list.words = &words;
        list.words_len = 1;
    }
    if (st == VAULT_OK)
        st = export_add_list(e, &list, err);
    vlt_buf_clear(&answer);
    return st;
}

VAULT_CHECKED static enum vault_status
add_all(struct cli *c, struct export *e, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (c->args.n == 1)
        return add_filtered(c->opts, e, err);
    for (size_t i = 1; st == VAULT_OK && i < c->args.n; i++) {
        uint8_t id[VAULT_ID];

        st = hex_resolve(c, c->args.v[i], id, err);
        if (st == VAULT_OK)
            st = export_add(e, id, err);
    }
    return st;
}

/* ---- one run ---- */

VAULT_CHECKED static enum vault_status
write_it(struct cli *c, struct export *e, const struct export_options *x,
    struct vault_error *err)
{
    const struct export_opts *o = c->opts;
    struct export_counts n = export_counts(e);
    bool logged = false;
    enum vault_status st = export_tell_before(c, x, &n, err);

    if (st == VAULT_OK && c->args.n == 1)
        export_tell_away(c);
    if (st != VAULT_OK)
        return st;
    progress_begin(n.bytes, false);
    st = export_run(e, &logged, err);
    progress_end();
    c->changed = logged;
    if (st != VAULT_OK && logged && export_left(e) == NULL)
        say_warn("%s",
            tr("nothing was left at the target; the custody log keeps that "
               "an export was begun"));
    if (export_left(e) != NULL)
        say_warn(tr("unencrypted files could not be removed: %s"),
            export_left(e));
    if (st != VAULT_OK)
        return st;
    n = export_counts(e);
    if (n.bad > 0 || n.left_out > 0)
        c->exit = vault_status_exit(VAULT_E_TAMPERED);
    export_tell_after(c, x, o->format != NULL ? o->format : "files", &n);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
export_with(struct cli *c, const char *reason, const struct vault_age_to *to,
    struct vault_error *err)
{
    const struct export_opts *o = c->opts;
    struct export_options x = {.format = format_of(o->format),
        .dest = c->args.v[0],
        .purpose = o->purpose != NULL ? o->purpose : "share-inside",
        .strip = o->strip,
        .skip_refused = o->skip_refused,
        .override = o->override,
        .all_channels = o->all_channels,
        .force = o->force,
        .reason = reason,
        .agent = "sanduq " SANDUQ_VERSION,
        .now = vlt_os_time(),
        .age_to = to,
        .refused = export_tell_refusal,
        .bad = export_tell_bad,
        .removed = export_tell_removed,
        .progress = export_tell_progress,
        .ctx = c};
    struct export *e = NULL;
    enum vault_status st;

    vlt_os_catch_interrupt();
    export_tell_leftover(x.dest);
    st = export_begin(c->vault, &x, &e, err);
    if (st == VAULT_OK)
        st = add_all(c, e, err);
    if (st == VAULT_OK)
        st = export_ready(e, err);
    if (st == VAULT_OK)
        st = write_it(c, e, &x, err);
    export_free(e);
    return st;
}

static enum vault_status
export_run_command(struct cli *c, struct vault_error *err)
{
    const struct export_opts *o = c->opts;
    const char *given = o->reason != NULL ? o->reason : o->override ? "" : NULL;
    struct vault_age_to *to = NULL;
    struct vlt_buf reason;
    enum vault_status st = check_choice(c, err);

    if (st == VAULT_OK)
        st = unlock_open(c, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st != VAULT_OK)
        return st;
    st = version_reason(given, tr("Why is it exported? "), &reason, err);
    if (st == VAULT_OK && format_of(o->format) == EXPORT_AGE)
        st = age_for_read(c, &o->age, &to, err);
    if (st == VAULT_OK)
        st = export_with(c, reason.len > 0 ? vlt_buf_cstr(&reason) : NULL, to,
            err);
    vault_age_to_free(to);
    vlt_buf_clear(&reason);
    return st;
}

static const struct cmd export_cmds[] = {
    {"export", "DEST [ID…]", N_("records out of the vault, for others"),
        N_("What is exported lies unencrypted at DEST, but for --format age: "
           "that is sealed for those whom --to names. Consent decides: a "
           "record goes out only if every consent that bears on it says a "
           "plain yes to the purpose, was not withdrawn and has not expired; "
           "what is refused is listed, and then nothing is written. Outside "
           "the organisation a testimony, letter or contact needs a consent. "
           "That an export was begun stands in the custody log before the "
           "first byte is written. DEST appears only when it is complete; "
           "until then its files lie beside it in DEST.incomplete-…, which "
           "is also what a power cut leaves: delete that then."),
        export_examples, VLT_COUNT(export_examples), export_table,
        VLT_COUNT(export_table), sizeof(struct export_opts), 1, SIZE_MAX,
        CMD_WRITES, export_run_command},
};
const struct cmd_group export_group = {export_cmds, VLT_COUNT(export_cmds)};
