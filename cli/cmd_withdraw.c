/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_withdraw.c: declaring a record withdrawn, and destroying it here */
#include "cmd.h"

#include "ask.h"
#include "capturing.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "related.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"
#include "withdraw_more.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_ASKED = 6 };

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

/* What one run is about. */
struct work {
    struct cli *c;
    const struct withdraw_opts *o;
    uint8_t id[VAULT_ID];
    uint32_t version; /* 0: all */
    int level;
    struct vlt_buf reason;
    size_t copies;
    struct note_file ask; /* of --notify, begun */
    bool foreign;         /* a copy of somebody else's record */
};

/* What is asked for when it is not a record that is withdrawn. */
static unsigned
other_ways(const struct withdraw_opts *o)
{
    return (unsigned)o->status + o->lift + o->requests + (o->decide != NULL) +
        o->hold + o->unhold + (o->waiting != NULL);
}

VAULT_CHECKED static enum vault_status
check_ways(const struct work *w, struct vault_error *err)
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
check_level(struct work *w, struct vault_error *err)
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
check_options(struct work *w, struct vault_error *err)
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

/* ---- before ---- */

VAULT_CHECKED static enum vault_status
say_copies(struct work *w, struct vault_error *err)
{
    enum vault_status st;

    if (w->version != 0)
        return VAULT_OK;
    st = related_print(w->c, w->id, true, &w->copies, err);
    if (st == VAULT_E_AMBIGUOUS) { /* a conflict has no current version */
        vlt_error_clear(err);
        st = VAULT_OK;
    }
    if (st == VAULT_OK && w->copies > 0)
        say_warn(trn("%zu other record keeps something of it and is not "
                     "changed: a link to it, or the same original",
                     "%zu other records keep something of it and are not "
                     "changed: a link to it, or the same original",
                     w->copies),
            w->copies);
    return st;
}

/* Whom the withdrawal does not reach by itself. */
VAULT_CHECKED static enum vault_status
say_given(struct work *w, struct vault_error *err)
{
    size_t people = 0, bundles = 0;
    enum vault_status st;

    st = asking_reach(w->c, w->id, &people, &bundles, err);
    if (st != VAULT_OK)
        return st;
    if (bundles == 0 && w->o->notify != NULL)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "no bundle of this vault held it: there is nobody to ask");
    if (bundles == 0 || w->c->g.json)
        return VAULT_OK;
    if (w->o->notify != NULL)
        say_info(tr("given out: recipients %zu, bundles %zu; a signed request "
                    "for all of them is written"),
            people, bundles);
    else
        say_warn(tr("given out: recipients %zu, bundles %zu; it stays with "
                    "them: --notify FILE asks them to withdraw it too"),
            people, bundles);
    return VAULT_OK;
}

/* What is told to the log only, and what to everybody who is asked. */
VAULT_CHECKED static enum vault_status
say_reason_goes(const struct work *w, struct vault_error *err)
{
    (void)err;
    if (w->o->notify != NULL && w->reason.len > 0 && !w->c->g.json)
        say_warn("%s",
            tr("the reason stands in the request: everyone who is given it "
               "reads it"));
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
notify(struct work *w, struct vault_error *err)
{
    return asking_notify(w->c, w->id,
        w->reason.len > 0 ? vlt_buf_cstr(&w->reason) : NULL, &w->ask, err);
}

/* What cannot be undone is confirmed by typing its name. */
VAULT_CHECKED static enum vault_status
ask_digits(const struct work *w, struct vault_error *err)
{
    char hex[HEX_ID], prompt[256];
    struct vlt_buf answer;
    bool same;
    enum vault_status st;

    if (w->c->g.yes)
        return VAULT_OK;
    hex_id(hex, w->id);
    vlt_buf_init(&answer, ASK_MAX + 1);
    (void)snprintf(prompt, sizeof prompt,
        tr("Type the first %d digits of the id to withdraw it: "),
        (int)DIGITS_ASKED);
    st = ask_line(prompt, true, N_("--yes answers the question"), &answer, err);
    same = st == VAULT_OK && answer.len >= DIGITS_ASKED &&
        answer.len < sizeof hex && memcmp(answer.p, hex, answer.len) == 0;
    vlt_buf_clear(&answer);
    if (st == VAULT_OK && !same)
        return vlt_fail(err, VAULT_E_CANCELLED,
            "these are not the digits of its id");
    return st;
}

/* ---- after ---- */

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

VAULT_CHECKED static enum vault_status
check_there(struct work *w, struct vault_error *err)
{
    struct versions v;
    enum vault_status st = versions_read(w->c, w->id, &v, err);

    if (st != VAULT_OK)
        return st;
    w->foreign = v.foreign;
    if (v.n == v.withdrawn && v.foreign)
        st = vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            N_("--status says what is still here"),
            "the copy of it is destroyed already");
    else if (v.n == v.withdrawn)
        st = vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            N_("--status says what is still here"), "it is withdrawn already");
    versions_clear(&v);
    return st;
}

VAULT_CHECKED static enum vault_status
destroy(struct work *w, struct vault_withdrawal *done,
    struct vault_rekeyed *keys, struct vault_error *err)
{
    const char *why = w->reason.len > 0 ? vlt_buf_cstr(&w->reason) : NULL;
    enum vault_status st;

    if (w->level != 2)
        return vault_withdraw(w->c->vault, w->id, w->version, why, done, err);
    vlt_os_catch_interrupt();
    progress_begin(0, true);
    st = vault_withdraw_rekey(w->c->vault, w->id, w->version, why, done, keys,
        err);
    progress_end();
    return st;
}

/* It is withdrawn; if the new file cannot be made, that is said, and how to go
 * on. */
VAULT_CHECKED static enum vault_status
renew(struct work *w, struct vault_error *err)
{
    const char *why = w->reason.len > 0 ? vlt_buf_cstr(&w->reason) : NULL;
    enum vault_status st =
        rekey_into(w->c, w->o->into, &w->o->fresh, why, err);

    if (st != VAULT_OK)
        say_warn("%s",
            tr("the record is withdrawn, at level 1 so far: the new file was "
               "not made; sanduq rekey NEW makes it"));
    return st;
}

VAULT_CHECKED static enum vault_status
withdraw(struct work *w, struct vault_error *err)
{
    struct vault_withdrawal done;
    struct vault_rekeyed keys;
    enum vault_status st = check_there(w, err);

    if (st == VAULT_OK && !w->c->g.json)
        withdraw_reach(w->foreign, w->level);
    if (st == VAULT_OK)
        st = say_copies(w, err);
    if (st == VAULT_OK)
        st = say_given(w, err);
    if (st == VAULT_OK)
        st = version_reason(w->o->reason, tr("Why is it withdrawn? "),
            &w->reason, err);
    if (st == VAULT_OK)
        st = say_reason_goes(w, err);
    if (st == VAULT_OK)
        st = ask_digits(w, err);
    if (st == VAULT_OK)
        st = destroy(w, &done, &keys, err);
    if (st != VAULT_OK)
        return st;
    w->c->changed = true;
    withdraw_tell(w->c, w->id, w->version, w->copies, w->level, &done);
    capture_withdraw(w->c, w->id, w->version);
    if (w->level == 2)
        rekey_tell(w->c, &keys);
    if (w->level == 3)
        st = renew(w, err);
    return st == VAULT_OK && w->o->notify != NULL ? notify(w, err) : st;
}

/* It is withdrawn already, or others sealed it: only the request. */
VAULT_CHECKED static enum vault_status
notify_only(struct work *w, struct vault_error *err)
{
    enum vault_status st = say_given(w, err);

    if (st == VAULT_OK)
        st = version_reason(w->o->reason, tr("Why is it withdrawn? "),
            &w->reason, err);
    if (st == VAULT_OK)
        st = say_reason_goes(w, err);
    if (st == VAULT_OK)
        st = ask_digits(w, err);
    return st == VAULT_OK ? notify(w, err) : st;
}

/* What a session logged, and what never came in: nothing is destroyed here
 * but what the line says, and verify holds again. */
VAULT_CHECKED static enum vault_status
withdraw_absent(struct work *w, struct vault_error *err)
{
    struct vault_withdrawal done;
    size_t n = 0;
    enum vault_status st = vault_absent(w->c->vault, w->id, &n, err);

    if (st == VAULT_OK && n == 0)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "no such record, and none of this id was lost on its way in");
    if (st == VAULT_OK && !w->c->g.json)
        say_warn("%s",
            tr("it was sealed while the vault was locked and did not come in: "
               "taken out of the capture file, or changed there; declared "
               "withdrawn, it is not taken in any more if it turns up again"));
    if (st == VAULT_OK)
        st = version_reason(w->o->reason, tr("Why is it withdrawn? "),
            &w->reason, err);
    if (st == VAULT_OK)
        st = ask_digits(w, err);
    if (st == VAULT_OK)
        st = vault_withdraw_absent(w->c->vault, w->id,
            w->reason.len > 0 ? vlt_buf_cstr(&w->reason) : NULL, &done, err);
    if (st != VAULT_OK)
        return st;
    w->c->changed = true;
    withdraw_tell(w->c, w->id, w->version, w->copies, 1, &done);
    return VAULT_OK;
}

/* Without a row of that id only a line can name it. */
VAULT_CHECKED static enum vault_status
withdraw_either(struct work *w, struct vault_error *err)
{
    struct versions v = {0};
    enum vault_status st = VAULT_OK;
    bool here = false, gone = false;

    if (!w->o->absent)
        st = versions_read(w->c, w->id, &v, err);
    here = st == VAULT_OK && v.n > 0;
    gone = here && v.withdrawn == v.n;
    versions_clear(&v);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        st = VAULT_OK;
    }
    if (st != VAULT_OK)
        return st;
    if (gone && w->o->notify != NULL)
        return notify_only(w, err);
    return here ? withdraw(w, err) : withdraw_absent(w, err);
}

/* A whole id may name what no record is here of. */
VAULT_CHECKED static enum vault_status
take_id(struct work *w, struct vault_error *err)
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
withdraw_begun(struct work *w, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (w->o->notify != NULL)
        st = note_file_begin(w->c, w->o->notify, &w->ask, err);
    if (st == VAULT_OK)
        st = withdraw_either(w, err);
    note_file_discard(&w->ask);
    return st;
}

VAULT_CHECKED static enum vault_status
say_status(struct work *w, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (w->c->args.n > 0)
        st = versions_print(w->c, w->id, true, err);
    return st == VAULT_OK
        ? asking_status(w->c, w->c->args.n > 0 ? w->id : NULL, err)
        : st;
}

VAULT_CHECKED static enum vault_status
run_way(struct work *w, struct vault_error *err)
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
    return withdraw_begun(w, err);
}

static enum vault_status
withdraw_run(struct cli *c, struct vault_error *err)
{
    const struct withdraw_opts *o = c->opts;
    struct work w = {.c = c, .o = o};
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
