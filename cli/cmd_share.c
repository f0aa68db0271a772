/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_share.c: records for others, sealed to their cards */
#include "cmd.h"

#include "ask.h"
#include "consent.h"
#include "fail.h"
#include "hex.h"
#include "os.h"
#include "out.h"
#include "pass.h"
#include "progress.h"
#include "share_shares.h"
#include "share_tell.h"
#include "share_words.h"
#include "export_tell.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"
#include "when.h"

#include <stdlib.h>
#include <string.h>
#include <vault/share.h>

struct share_opts {
    struct opt_list to, only, without;
    const char *type, *find, *tag, *since, *until;
    const char *purpose, *letter, *limits, *reply, *reason;
    const char *pass_fd, *pass_file, *pass_command;
    const char *to_shares, *sheets, *label;
    bool fresh, all, again, text;
    bool plain, courier_pass, minisig, name_recipients, override, unconfirmed;
};

static const struct opt share_table[] = {
    {0, "to", OPT_LIST, "NAME",
        N_("for the vault whose card is pinned under this name; once for each "
           "recipient"),
        offsetof(struct share_opts, to)},
    {0, "to-shares", OPT_TEXT, "K/N",
        N_("for whoever brings together K of N shares that are dealt for it, "
           "as 2/3; in place of --to"),
        offsetof(struct share_opts, to_shares)},
    {0, "sheets", OPT_TEXT, "FOLDER",
        N_("write the shares into this new folder, a sheet to print for each; "
           "without it they are shown on the terminal"),
        offsetof(struct share_opts, sheets)},
    {0, "text", OPT_FLAG, NULL, N_("sheets as plain text, not HTML"),
        offsetof(struct share_opts, text)},
    {0, "label", OPT_TEXT, "TEXT",
        N_("a line on each sheet; without it no sheet says what it is for"),
        offsetof(struct share_opts, label)},
    {0, "new", OPT_FLAG, NULL,
        N_("everything that the recipients do not have yet: the default"),
        offsetof(struct share_opts, fresh)},
    {0, "all", OPT_FLAG, NULL, N_("everything, also what they have"),
        offsetof(struct share_opts, all)},
    {'t', "type", OPT_TEXT, "TYPE", N_("what is new of this type"),
        offsetof(struct share_opts, type)},
    {0, "find", OPT_ASK, "WORDS",
        N_("what is new with these words, as find; without words you are "
           "asked"),
        offsetof(struct share_opts, find)},
    {0, "tag", OPT_TEXT, "TAG", N_("what is new with this tag"),
        offsetof(struct share_opts, tag)},
    {0, "since", OPT_TEXT, "DATE",
        N_("what is new and was sealed on this day or later: YYYY-MM-DD, or a "
           "time such as 2031-11-04T09:00:00Z"),
        offsetof(struct share_opts, since)},
    {0, "until", OPT_TEXT, "DATE", N_("the same, before this day"),
        offsetof(struct share_opts, until)},
    {0, "again", OPT_FLAG, NULL,
        N_("with the options above: also what they have"),
        offsetof(struct share_opts, again)},
    {0, "only", OPT_LIST, "FIELDS",
        N_("only these fields, with commas between: a name stands for all "
           "that is below it too; the type and the time of sealing always go "
           "along"),
        offsetof(struct share_opts, only)},
    {0, "without", OPT_LIST, "FIELDS", N_("all fields but these"),
        offsetof(struct share_opts, without)},
    {0, "purpose", OPT_TEXT, "PURPOSE",
        N_("what for, as a consent names it: share-org, un, court ...; "
           "without it a colleague inside the organisation (share-inside)"),
        offsetof(struct share_opts, purpose)},
    {0, "letter-file", OPT_TEXT, "FILE",
        N_("a text for the recipients, sealed in the bundle"),
        offsetof(struct share_opts, letter)},
    {0, "limits", OPT_TEXT, "TEXT",
        N_("what they may not do with it, in words"),
        offsetof(struct share_opts, limits)},
    {0, "reply", OPT_TEXT, "TEXT", N_("where an answer reaches you"),
        offsetof(struct share_opts, reply)},
    {0, "name-recipients", OPT_FLAG, NULL,
        N_("tell the recipients who else got it"),
        offsetof(struct share_opts, name_recipients)},
    {0, "plain-container", OPT_FLAG, NULL,
        N_("NAME.bundle: whoever finds it sees the sender's card, the ids and "
           "sizes of the records"),
        offsetof(struct share_opts, plain)},
    {0, "courier-passphrase", OPT_FLAG, NULL,
        N_("the courier wrap opens with a passphrase, which you are asked "
           "for; what is in it still opens for the recipients alone"),
        offsetof(struct share_opts, courier_pass)},
    {0, "courier-passphrase-fd", OPT_TEXT, "N",
        N_("read that passphrase from this file descriptor"),
        offsetof(struct share_opts, pass_fd)},
    {0, "courier-passphrase-file", OPT_TEXT, "FILE",
        N_("read that passphrase from this file"),
        offsetof(struct share_opts, pass_file)},
    {0, "courier-passphrase-command", OPT_TEXT, "CMD",
        N_("read that passphrase from this program, run without a shell"),
        offsetof(struct share_opts, pass_command)},
    {0, "minisig", OPT_FLAG, NULL,
        N_("NAME.minisig beside it, for minisign: names the sender to whoever "
           "sees it"),
        offsetof(struct share_opts, minisig)},
    {0, "override", OPT_FLAG, NULL,
        N_("share also what consent does not cover; needs a reason, and both "
           "are kept in the custody log"),
        offsetof(struct share_opts, override)},
    {0, "reason", OPT_ASK, "TEXT",
        N_("why, kept in the custody log; without a text you are asked"),
        offsetof(struct share_opts, reason)},
    {0, "allow-unconfirmed", OPT_FLAG, NULL,
        N_("also to cards whose fingerprint nobody has compared: it may be "
           "somebody else who reads it"),
        offsetof(struct share_opts, unconfirmed)},
};

static const struct cmd_example share_examples[] = {
    {"sanduq share /media/stick/for-aigul --to aigul",
        N_("everything that she does not have yet")},
    {"sanduq share case-12 --to aigul --to archive "
     "5f2c0a1b7d3e94860c1f22ab9e70d4c8",
        N_("one record, for two")},
    {"sanduq share un --to working-group -t testimony --only "
     "text,event --purpose un",
        N_("parts of testimonies: withheld fields stay withheld, the rest "
           "still proves to belong to the signed record")},
    {"sanduq share statement --to-shares 2/3 --sheets sheets "
     "5f2c0a1b7d3e94860c1f22ab9e70d4c8",
        N_("a statement for the case of arrest: it opens when two of three "
           "custodians agree")},
};

/* ---- what is asked for ---- */

static bool
has_filter(const struct share_opts *o)
{
    return o->type != NULL || o->find != NULL || o->tag != NULL ||
        o->since != NULL || o->until != NULL;
}

static struct pass_from
pass_of(const struct share_opts *o)
{
    return (struct pass_from){o->pass_fd, o->pass_file, o->pass_command};
}

VAULT_CHECKED static enum vault_status
check_courier(const struct share_opts *o, struct vault_error *err)
{
    struct pass_from from = pass_of(o);

    if (o->plain && (o->courier_pass || pass_given(&from)))
        return vlt_fail(err, VAULT_E_USAGE,
            "a plain container has no courier wrap");
    if (o->courier_pass && pass_given(&from))
        return vlt_fail(err, VAULT_E_USAGE,
            "the passphrase can come from one place only");
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
check_consent(const struct share_opts *o, struct vault_error *err)
{
    if (o->purpose != NULL && !consent_purpose(o->purpose))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq form consent lists them, as purpose.NAME"),
            "\"%s\" is not a purpose that a consent can speak of", o->purpose);
    if (o->override && o->reason != NULL && o->reason[0] != 0 &&
        o->reason[strspn(o->reason, " \t\r\n")] == 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "sharing against what people agreed to needs a reason");
    return VAULT_OK;
}

/* Something is given away: the beginning of an id is not enough. */
VAULT_CHECKED static enum vault_status
check_ids(const struct cli *c, struct vault_error *err)
{
    for (size_t i = 1; i < c->args.n; i++) {
        if (strlen(c->args.v[i]) != HEX_ID - 1)
            return vlt_fail_hint(err, VAULT_E_USAGE,
                N_("sanduq list --json and sanduq show give them"),
                "\"%s\" is no whole id of 32 digits: where something is given "
                "away the beginning of one is not enough",
                c->args.v[i]);
    }
    return VAULT_OK;
}

/* Nobody had anything of what shares open: "what is new" would be all. */
VAULT_CHECKED static enum vault_status
check_shares(const struct cli *c, struct vault_error *err)
{
    const struct share_opts *o = c->opts;

    if (o->to_shares == NULL)
        return o->sheets != NULL || o->label != NULL || o->text
            ? vlt_fail(err, VAULT_E_USAGE,
                  "--sheets, --text and --label belong to --to-shares")
            : VAULT_OK;
    if (o->to.n > 0)
        return vlt_fail_hint(err, VAULT_E_USAGE, N_("make two bundles"),
            "--to and --to-shares are not for one bundle: whoever opened it "
            "with a card would need no share");
    if (o->name_recipients)
        return vlt_fail(err, VAULT_E_USAGE,
            "shares have no names that the letter could tell");
    if (c->args.n == 1 && !o->all && !has_filter(o))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("whole ids, -t, --find, --tag, --since, --until, or --all"),
            "say which records are sealed to shares");
    if (o->sheets == NULL && (c->g.json || c->g.yes))
        return vlt_fail(err, VAULT_E_USAGE,
            "--sheets FOLDER says where the shares are written, where nobody "
            "copies them from a terminal");
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
check_choice(const struct cli *c, struct vault_error *err)
{
    const struct share_opts *o = c->opts;
    bool ids = c->args.n > 1;
    enum vault_status st = check_shares(c, err);

    if (st != VAULT_OK)
        return st;
    if (o->to.n == 0 && o->to_shares == NULL)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("--to NAME; sanduq card list shows the cards that are pinned"),
            "say who it is for");
    if (ids && (o->all || o->fresh || o->again || has_filter(o)))
        return vlt_fail(err, VAULT_E_USAGE,
            "name the records, or say which kind of them, not both");
    if (o->all && (has_filter(o) || o->fresh))
        return vlt_fail(err, VAULT_E_USAGE,
            "--all is everything; leave it out to choose");
    st = check_ids(c, err);
    if (st == VAULT_OK)
        st = check_courier(o, err);
    return st == VAULT_OK ? check_consent(o, err) : st;
}

VAULT_CHECKED static enum vault_status
read_day(const char *text, const char *option, int64_t *out,
    struct vault_error *err)
{
    if (text == NULL || when_parse(text, out))
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_USAGE, "%s takes a day or a time, not \"%s\"",
        option, text);
}

VAULT_CHECKED static enum vault_status
add_filtered(const struct share_opts *o, struct vault_share *s,
    struct vault_error *err)
{
    struct vault_list_options list = {.type = o->type,
        .tag = o->tag,
        .since = INT64_MIN,
        .until = INT64_MAX};
    const char *words = o->find;
    struct vlt_buf answer;
    enum vault_status st = read_day(o->since, "--since", &list.since, err);

    if (st == VAULT_OK)
        st = read_day(o->until, "--until", &list.until, err);
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
        st = vault_share_add_list(s, &list, o->all || o->again, err);
    vlt_buf_clear(&answer);
    return st;
}

VAULT_CHECKED static enum vault_status
add_id(struct cli *c, struct vault_share *s, const char *word,
    struct vault_error *err)
{
    uint8_t id[VAULT_ID];
    enum vault_status st = hex_resolve(c, word, id, err);

    return st == VAULT_OK ? vault_share_add(s, id, 0, err) : st;
}

VAULT_CHECKED static enum vault_status
add_records(struct cli *c, struct vault_share *s, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (c->args.n == 1)
        return add_filtered(c->opts, s, err);
    for (size_t i = 1; st == VAULT_OK && i < c->args.n; i++)
        st = add_id(c, s, c->args.v[i], err);
    return st;
}

/* ---- one run ---- */

VAULT_CHECKED static enum vault_status
judge(struct cli *c, struct vault_share *s, struct share_judged *out,
    struct vault_error *err)
{
    const struct share_opts *o = c->opts;
    struct share_judge j = {.purpose = o->purpose != NULL ? o->purpose
                                                          : "share-inside",
        .override = o->override,
        .now = vlt_os_time(),
        .refused = export_tell_refusal,
        .ctx = c};

    return share_judge_all(c->vault, s, &j, out, err);
}

/* Frees s. */
VAULT_CHECKED static enum vault_status
write_it(struct cli *c, struct vault_share *s, struct share_deal *deal,
    struct vault_error *err)
{
    struct vault_shared r;
    struct vault_share_plan p;
    enum vault_status st;

    vault_share_plan(s, &p);
    progress_begin(p.bytes, true);
    st = vault_share_commit(s, c->args.v[0], &r, err);
    progress_end();
    if (st != VAULT_OK && deal->written)
        say_warn(tr("the sheets in %s are for nothing: nothing was shared"),
            deal->sheets);
    c->changed = st == VAULT_OK;
    if (st == VAULT_OK)
        st = share_shares_after(deal, r.path, err);
    if (st == VAULT_OK) {
        if (p.broken > 0)
            c->exit = vault_status_exit(VAULT_E_TAMPERED);
        share_tell_after(c, &r, deal);
    }
    free(r.path);
    free(r.minisig);
    return st;
}

VAULT_CHECKED static enum vault_status
add_recipients(const struct cli *c, struct vault_share *s,
    struct share_deal *deal, struct vault_error *err)
{
    const struct share_opts *o = c->opts;
    enum vault_status st = VAULT_OK;

    if (o->to_shares != NULL)
        return vault_share_to_shares(s, deal->needed, deal->shares,
            share_deal_out, deal, err);
    for (size_t i = 0; st == VAULT_OK && i < o->to.n; i++)
        st = vault_share_to(s, o->to.v[i], err);
    return st;
}

VAULT_CHECKED static enum vault_status
share_with(struct cli *c, const struct vault_share_options *x,
    struct share_deal *deal, struct vault_error *err)
{
    struct share_judged judged = {0};
    struct vault_share *s = NULL;
    struct vault_share_plan p;
    enum vault_status st = vault_share_begin(c->vault, x, &s, err);

    if (st == VAULT_OK)
        st = add_recipients(c, s, deal, err);
    if (st == VAULT_OK)
        st = add_records(c, s, err);
    if (st == VAULT_OK)
        st = judge(c, s, &judged, err);
    if (st != VAULT_OK) {
        vault_share_abort(s);
        return st;
    }
    vault_share_plan(s, &p);
    if (p.whole + p.part == 0) {
        if (p.broken > 0)
            c->exit = vault_status_exit(VAULT_E_TAMPERED);
        else if (judged.refused > 0)
            c->exit = vault_status_exit(VAULT_E_POLICY);
        share_tell_nothing(c, s, &judged);
        vault_share_abort(s);
        return VAULT_OK;
    }
    share_tell_before(c, s, &judged, x->purpose, deal);
    st = share_confirm(c, s, err);
    if (st == VAULT_OK)
        return write_it(c, s, deal, err);
    vault_share_abort(s);
    return st;
}

/* What the texts and lists come to. */
struct said {
    struct share_names only, without;
    struct vlt_buf letter, reason, pass;
};

VAULT_CHECKED static enum vault_status
share_said(struct cli *c, struct said *d, struct vault_error *err)
{
    const struct share_opts *o = c->opts;
    struct vault_share_options x = {.allow_unconfirmed = o->unconfirmed,
        .only = d->only.name,
        .only_n = d->only.n,
        .without = d->without.name,
        .without_n = d->without.n,
        .purpose = o->purpose != NULL ? o->purpose : "share-inside",
        .limits = o->limits,
        .reply = o->reply,
        .name_recipients = o->name_recipients,
        .plain_container = o->plain,
        .minisig = o->minisig,
        .left = share_tell_left,
        .ctx = c};
    struct share_deal deal = {.c = c,
        .sheets = o->sheets,
        .text = o->text,
        .label = o->label};
    enum vault_status st = VAULT_OK;

    if (d->letter.len > 0)
        x.letter = vlt_buf_cstr(&d->letter);
    if (d->reason.len > 0)
        x.reason = vlt_buf_cstr(&d->reason);
    if (d->pass.len > 0) {
        x.passphrase = d->pass.p;
        x.passphrase_len = d->pass.len;
    }
    if (o->to_shares != NULL)
        st = share_numbers(o->to_shares, &deal, err);
    vlt_os_catch_interrupt();
    if (st == VAULT_OK)
        st = share_with(c, &x, &deal, err);
    share_deal_clear(&deal);
    return st;
}

static enum vault_status
share_run(struct cli *c, struct vault_error *err)
{
    const struct share_opts *o = c->opts;
    const char *given = o->reason != NULL ? o->reason : o->override ? "" : NULL;
    struct said d = {.only.n = 0};
    enum vault_status st = check_choice(c, err);

    vlt_buf_init(&d.letter, SHARE_LETTER_MAX + 1);
    vlt_buf_init(&d.pass, 2 * ASK_MAX);
    vlt_buf_init(&d.reason, ASK_MAX + 1);
    if (st == VAULT_OK)
        st = share_names_of(&d.only, &o->only, err);
    if (st == VAULT_OK)
        st = share_names_of(&d.without, &o->without, err);
    if (st == VAULT_OK)
        st = share_letter(o->letter, &d.letter, err);
    if (st == VAULT_OK)
        st = unlock_open(c, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = version_reason(given, tr("Why is it shared? "), &d.reason, err);
    if (st == VAULT_OK)
        st = share_passphrase(o->courier_pass, pass_of(o), &d.pass, err);
    if (st == VAULT_OK)
        st = share_said(c, &d, err);
    share_names_clear(&d.only);
    share_names_clear(&d.without);
    vlt_buf_clear(&d.letter);
    vlt_buf_clear(&d.reason);
    vlt_buf_clear(&d.pass);
    return st;
}

static const struct cmd share_cmds[] = {
    {"share", "DEST [ID…]", N_("records for others, sealed to their cards"),
        N_("Writes a bundle, DEST.bundle.age, that opens for the recipients "
           "alone; they do not see each other. Records keep their seal and "
           "their line in the log, so everybody who has them can compare. "
           "Without ids everything goes along that the recipients do not have "
           "yet. First it shows who gets what, what consent refuses (by the "
           "rules of export) and what is left out; then the name of each "
           "recipient is typed, or --yes said. What was given to whom is kept "
           "sealed in the vault, and a line in the custody log says that a "
           "bundle was made. With --only and --without records go in part: "
           "ids, places in the log and sizes are seen, withheld fields are "
           "not; an original that goes along brings its embedded metadata. If "
           "the machine stops before the file has its name, the vault says "
           "that it was shared and there is no file: share the same ids "
           "again, or use --again.\n\nWith --to-shares the bundle is sealed "
           "to nobody's card: K of the N shares that are dealt for it open "
           "it, fewer say nothing, and this vault does not open it either. It "
           "is for what is to be read after an arrest, or a death in custody. "
           "From outside it is a bundle like any other; sanduq share check "
           "tells a custodian whether a share is of a file, and sanduq receive "
           "--shares opens it. The shares are kept nowhere: whoever loses "
           "more than N - K of them loses what only this file holds."),
        share_examples, VLT_COUNT(share_examples), share_table,
        VLT_COUNT(share_table), sizeof(struct share_opts), 1, SIZE_MAX,
        CMD_WRITES, share_run},
};
const struct cmd_group share_group = {share_cmds, VLT_COUNT(share_cmds)};
