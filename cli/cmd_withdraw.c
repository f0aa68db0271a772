/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_withdraw.c: declaring a record withdrawn, and destroying it here */
#include "cmd.h"

#include "ask.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"
#include "withdraw_more.h"

#include <string.h>

static const struct opt withdraw_table[] = {
    {0, "reason", OPT_ASK, "TEXT",
        N_("why, kept in the custody log; without a text you are asked"),
        offsetof(struct withdraw_opts, reason)},
    {0, "level", OPT_CHOICE, "1|2|3",
        N_("how far it goes: 1 destroys it here, 2 makes new keys in this "
           "file too, 3 makes a new file (--into)"),
        offsetof(struct withdraw_opts, level)},
    {0, "into", OPT_TEXT, "NEW",
        N_("the new file of level 3, best on another medium"),
        offsetof(struct withdraw_opts, into)},
    {0, "kdf", OPT_CHOICE, "standard|strong|minimum",
        N_("how much work one guess at the passphrase costs; minimum: only "
           "for tests and very weak machines"),
        offsetof(struct withdraw_opts, fresh.kdf)},
    {0, "new-passphrase-fd", OPT_TEXT, "N",
        N_("read the new passphrase from this file descriptor"),
        offsetof(struct withdraw_opts, fresh.pass.fd)},
    {0, "new-passphrase-file", OPT_TEXT, "FILE",
        N_("read the new passphrase from this file"),
        offsetof(struct withdraw_opts, fresh.pass.file)},
    {0, "new-key-file", OPT_TEXT, "FILE",
        N_("the new key file; it is made when it is not there"),
        offsetof(struct withdraw_opts, fresh.key_file)},
    {0, "revision", OPT_TEXT, "N", N_("one version only; else all"),
        offsetof(struct withdraw_opts, revision)},
    {0, "status", OPT_FLAG, NULL,
        N_("only say what is withdrawn and what is still here"),
        offsetof(struct withdraw_opts, status)},
    {0, "absent", OPT_FLAG, NULL,
        N_("only what was sealed under this id while the vault was locked and "
           "did not come in; what is here stays"),
        offsetof(struct withdraw_opts, absent)},
    {0, "notify", OPT_TEXT, "FILE|-",
        N_("write the signed request for those who were given it; also when "
           "it is withdrawn already"),
        offsetof(struct withdraw_opts, notify)},
    {0, "lift", OPT_FLAG, NULL,
        N_("take such a request back; the signed note goes to -o"),
        offsetof(struct withdraw_opts, lift)},
    {0, "requests", OPT_FLAG, NULL,
        N_("the requests of others that came in, and what they name"),
        offsetof(struct withdraw_opts, requests)},
    {0, "decide", OPT_TEXT, "DIGITS",
        N_("decide the request that begins so, by --answer"),
        offsetof(struct withdraw_opts, decide)},
    {0, "answer", OPT_CHOICE, "destroy|refuse|hide",
        N_("destroy the copies here, show them again, or keep them hidden"),
        offsetof(struct withdraw_opts, answer)},
    {'o', "output", OPT_TEXT, "FILE|-",
        N_("where the signed answer goes, or what takes a request back"),
        offsetof(struct withdraw_opts, output)},
    {0, "now", OPT_FLAG, NULL, N_("destroy before the waiting time is over"),
        offsetof(struct withdraw_opts, now)},
    {0, "hold", OPT_FLAG, NULL,
        N_("no request destroys this record of others here"),
        offsetof(struct withdraw_opts, hold)},
    {0, "unhold", OPT_FLAG, NULL, N_("end that hold"),
        offsetof(struct withdraw_opts, unhold)},
    {0, "waiting", OPT_TEXT, "DAYS",
        N_("how long requests wait before they can be granted; 30 unless set"),
        offsetof(struct withdraw_opts, waiting)},
};

static const struct cmd_example withdraw_examples[] = {
    {"sanduq withdraw 5f2c0a6b77d1439e8a0c3f5b9e2d4c10 --reason \"consent "
     "withdrawn by telephone\"",
        N_("asks to type the first digits back")},
    {"sanduq withdraw 5f2c0a6b77d1439e8a0c3f5b9e2d4c10 --status",
        N_("what is left of it here, who was asked and who answered")},
    {"sanduq withdraw 5f2c0a6b77d1439e8a0c3f5b9e2d4c10 --notify ask.txt",
        N_("and a request for those who were given it")},
    {"sanduq withdraw --requests", N_("what others ask of this vault")},
    {"sanduq withdraw --decide 3fa91c07b2d4 --answer hide -o answer.txt",
        N_("keep it hidden, and say so")},
};

/* What is asked for when it is not a record that is withdrawn. */
static unsigned
other_ways(const struct withdraw_opts *o)
{
    return (unsigned)o->status + o->lift + o->requests + (o->decide != NULL) +
        o->hold + o->unhold + (o->waiting != NULL);
}

VAULT_CHECKED static enum vault_status
check_ways(const struct withdraw_work *w, struct vault_error *err)
{
    const struct withdraw_opts *o = w->o;
    bool alone = o->requests || o->decide != NULL || o->waiting != NULL;

    if (other_ways(o) > 1 || (other_ways(o) == 1 && o->notify != NULL))
        return vlt_fail(err, VAULT_E_USAGE,
            "--status, --notify, --lift, --requests, --decide, --hold, "
            "--unhold and --waiting are asked for one at a time");
    if ((o->answer != NULL || o->now) && o->decide == NULL)
        return vlt_fail(err, VAULT_E_USAGE,
            "--answer and --now belong to --decide");
    if (o->output != NULL && o->decide == NULL && !o->lift)
        return vlt_fail(err, VAULT_E_USAGE,
            "-o belongs to --decide and --lift; --notify names its file");
    if (alone && w->c->args.n > 0)
        return vlt_fail(err, VAULT_E_USAGE, "this takes no record id");
    if (!alone && !o->status && w->c->args.n == 0)
        return vlt_fail(err, VAULT_E_USAGE, "which record? its whole id");
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
check_level(struct withdraw_work *w, struct vault_error *err)
{
    const struct withdraw_opts *o = w->o;
    const struct rekey_new_opts *f = &o->fresh;

    w->level = o->level == NULL ? 1 : o->level[0] - '0';
    if (w->level == 3 && o->into == NULL)
        return vlt_fail(err, VAULT_E_USAGE, "--level 3 needs --into NEW");
    if (w->level != 3 &&
        (o->into != NULL || f->kdf != NULL || f->key_file != NULL ||
            pass_given(&f->pass)))
        return vlt_fail(err, VAULT_E_USAGE,
            "--into and new ways to unlock belong to --level 3");
    if (w->level > 1 && (o->absent || other_ways(o) > 0))
        return vlt_fail(err, VAULT_E_USAGE,
            "--level 2 and 3 go with a withdrawal only");
    return w->level == 3 ? rekey_into_check(o->into, f, err) : VAULT_OK;
}

VAULT_CHECKED static enum vault_status
check_options(struct withdraw_work *w, struct vault_error *err)
{
    const struct withdraw_opts *o = w->o;
    enum vault_status st = check_ways(w, err);

    if (st != VAULT_OK)
        return st;
    if (w->c->args.n > 0 && strlen(w->c->args.v[0]) != HEX_ID - 1)
        return vlt_fail_hint(err, VAULT_E_USAGE, N_("sanduq show ID prints it"),
            "what destroys asks for the whole id, all 32 digits");
    st = check_level(w, err);
    if (st != VAULT_OK)
        return st;
    if (o->absent &&
        (o->revision != NULL || o->notify != NULL || other_ways(o) > 0))
        return vlt_fail(err, VAULT_E_USAGE,
            "--absent goes with neither --status nor --revision, and asks "
            "nobody");
    return o->revision != NULL ? version_number(o->revision, &w->version, err)
                               : VAULT_OK;
}

static void
tell_end(const struct cli *c)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", "withdraw");
    jline_u64(&j, "exit", (uint64_t)c->exit);
    jline_end(&j);
}

/* A whole id may name what no record is here of. */
VAULT_CHECKED static enum vault_status
take_id(struct withdraw_work *w, struct vault_error *err)
{
    const char *hex = w->c->args.v[0];
    enum vault_status st = hex_resolve(w->c, hex, w->id, err);

    if (st == VAULT_E_NOT_FOUND && !w->o->status &&
        vlt_unhex(w->id, sizeof w->id, hex, strlen(hex))) {
        vlt_error_clear(err);
        st = VAULT_OK;
    }
    return st;
}

VAULT_CHECKED static enum vault_status
say_status(struct withdraw_work *w, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (w->c->args.n > 0)
        st = versions_print(w->c, w->id, true, err);
    return st == VAULT_OK
        ? asking_status(w->c, w->c->args.n > 0 ? w->id : NULL, err)
        : st;
}

VAULT_CHECKED static enum vault_status
run_way(struct withdraw_work *w, struct vault_error *err)
{
    const struct withdraw_opts *o = w->o;

    if (o->status)
        return say_status(w, err);
    if (o->requests)
        return requests_print(w->c, err);
    if (o->decide != NULL)
        return requests_decide(w->c, o, err);
    if (o->hold || o->unhold)
        return requests_hold(w->c, w->id, o->hold, err);
    if (o->waiting != NULL)
        return requests_waiting(w->c, o->waiting, err);
    if (o->lift)
        return asking_lift(w->c, w->id, o->output, err);
    return withdraw_record(w, err);
}

static enum vault_status
withdraw_run(struct cli *c, struct vault_error *err)
{
    const struct withdraw_opts *o = c->opts;
    struct withdraw_work w = {.c = c, .o = o};
    enum vault_status st = check_options(&w, err);

    vlt_buf_init(&w.reason, ASK_MAX + 1);
    if (st == VAULT_OK)
        st = unlock_open(c, err);
    if (st == VAULT_OK && c->args.n > 0)
        st = take_id(&w, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = run_way(&w, err);
    vlt_buf_clear(&w.reason);
    if (st == VAULT_OK)
        tell_end(c);
    return st;
}

static const struct cmd withdraw_cmds[] = {
    {"withdraw", "[ID]", N_("destroy a record here, and leave a tombstone"),
        N_("For when consent is withdrawn. The custody log says it, and in "
           "the same transaction the keys, fields, original and event texts "
           "of the record are destroyed in this file. Its statement and its "
           "lines in the log stay and still verify; show says when it was "
           "withdrawn and why; list shows it no more.\n\nThis is level 1: "
           "copies made later hold nothing of it. Whoever recovers old pages "
           "of this medium and can unlock the vault may read it. With --level "
           "2 everything that stands is sealed again under new keys besides: "
           "he needs an old key's page too. With --level 3 everything that "
           "stands goes into a new file with new keys and new ways to unlock "
           "(--into NEW): old pages give nothing to someone who knows only the "
           "new secrets; with an old passphrase, key file, share set or "
           "headquarters' key they still open (sanduq help rekey). Backups, "
           "other copies and what was given to others are not reached. "
           "Records with links to it and records that hold the same original "
           "are named, and not changed.\n\nverify also names what was sealed "
           "while the vault was locked and did not come in. Its id can be "
           "declared withdrawn like a record's; with --absent, where a record "
           "of that id is here, only that, and the record stays.\n\nWhat was "
           "given to others by bundles stays with them. --notify writes a "
           "signed request that names every version they were given, and the "
           "bundles; the reason, if there is one, stands in it. The next "
           "bundle to the same people takes it along too. There it hides the "
           "record at once; it is destroyed only when a person decides so. "
           "Their signed answers and their receipts for bundles come in by "
           "sanduq receive; --status shows who was asked, who answered what, "
           "who has not answered, and who sent a receipt: of one record, or "
           "without ID of all. --lift takes the newest request about a record "
           "back.\n\nOthers ask this vault the same way: sanduq receive takes "
           "a request only from the vault that sealed the record, or from "
           "which it was received. --requests lists them. Nothing is "
           "destroyed until --decide with --answer destroy, and not before "
           "30 days (--waiting DAYS) after it was received: a request may "
           "have been forced from its signer, and can be taken back while it "
           "waits. --now does not wait, and asks to type the digits back like "
           "any destroying. A record under --hold is never destroyed by a "
           "request. --answer refuse shows the records again; --answer hide "
           "keeps them hidden. Each decision gives a signed answer for -o. "
           "More than 20 records, or half of what is held of one origin, "
           "asked for within a week, are told as unusual: whoever signed may "
           "have been forced to."),
        withdraw_examples, VLT_COUNT(withdraw_examples), withdraw_table,
        VLT_COUNT(withdraw_table), sizeof(struct withdraw_opts), 0, 1,
        CMD_WRITES, withdraw_run},
};
const struct cmd_group withdraw_group = {withdraw_cmds,
    VLT_COUNT(withdraw_cmds)};
