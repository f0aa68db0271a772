/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_rekey.c: new keys for a vault */
#include "cmd.h"

#include "ask.h"
#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "rekeying.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"

#include <stdio.h>
#include <string.h>
#include <vault/drafts.h>

enum { LETTERS = 4 }; /* typed back */

struct rekey_opts {
    struct rekey_new_opts fresh;
    const char *reason;
    bool forget;
};

static const struct opt rekey_table[] = {
    {0, "reason", OPT_ASK, "TEXT",
        N_("why, kept in the custody log; without a text you are asked"),
        offsetof(struct rekey_opts, reason)},
    {0, "forget-old-cards", OPT_FLAG, NULL,
        N_("destroy here the secrets of older cards, after asking about each "
           "device and person that may still seal to one"),
        offsetof(struct rekey_opts, forget)},
    {0, "kdf", OPT_CHOICE, "standard|strong|minimum",
        N_("how much work one guess at the passphrase costs; minimum: only "
           "for tests and very weak machines"),
        offsetof(struct rekey_opts, fresh.kdf)},
    {0, "new-passphrase-fd", OPT_TEXT, "N",
        N_("read the new passphrase from this file descriptor"),
        offsetof(struct rekey_opts, fresh.pass.fd)},
    {0, "new-passphrase-file", OPT_TEXT, "FILE",
        N_("read the new passphrase from this file"),
        offsetof(struct rekey_opts, fresh.pass.file)},
    {0, "new-key-file", OPT_TEXT, "FILE",
        N_("the new key file; it is made when it is not there"),
        offsetof(struct rekey_opts, fresh.key_file)},
    {0, "both", OPT_FLAG, NULL,
        N_("a passphrase and the key file together, not the key file alone"),
        offsetof(struct rekey_opts, fresh.both)},
    {0, "again", OPT_FLAG, NULL,
        N_("a second file with a next card, although there is one: whoever "
           "sees both cards refuses both"),
        offsetof(struct rekey_opts, fresh.again)},
};

static const struct cmd_example rekey_examples[] = {
    {"sanduq rekey", N_("new keys in this file")},
    {"sanduq rekey /media/new/evidence.sanduq",
        N_("everything into a new file, with new ways to unlock")},
    {"sanduq rekey --forget-old-cards",
        N_("when everyone was told of the new card")},
};

/* ---- older cards ---- */

struct holders {
    const struct cli *c;
    struct vault_error why; /* of st: the library only says that it stopped */
    enum vault_status st;
};

/* Each one by itself: a single "yes" to a list is read by nobody. */
static int
ask_holder(void *ctx, const struct vault_card_holder *h)
{
    struct holders *s = ctx;
    char hex[2 * sizeof h->device + 1] = "";
    char question[512];

    if (h->name == NULL)
        vlt_hex(hex, h->device, sizeof h->device);
    if (h->name != NULL)
        (void)snprintf(question, sizeof question,
            tr("Does %s have the new card, and was the old one given up there? "
               "[y/N] "),
            h->name);
    else
        (void)snprintf(question, sizeof question,
            tr("Does the capture device %s seal to the new card, and was what "
               "it sealed before taken in?"),
            hex);
    s->st = ask_sure(s->c, question, &s->why);
    return s->st != VAULT_OK;
}

/* What cannot be undone is confirmed by typing a name: the newest card's. */
VAULT_CHECKED static enum vault_status
ask_letters(struct cli *c, struct vault_error *err)
{
    struct vault_info info;
    struct vlt_buf answer;
    char prompt[512];
    bool same;
    enum vault_status st = vault_info(c->vault, &info, err);

    if (st != VAULT_OK || c->g.yes)
        return st;
    vlt_buf_init(&answer, ASK_MAX + 1);
    (void)snprintf(prompt, sizeof prompt,
        tr("Type the first %d letters of this vault's key (%s) to destroy here "
           "the secrets of all older cards: "),
        (int)LETTERS, info.fingerprint);
    st = ask_line(prompt, true, N_("--yes answers the question"), &answer, err);
    same = st == VAULT_OK && answer.len == LETTERS &&
        memcmp(answer.p, info.fingerprint, LETTERS) == 0;
    vlt_buf_clear(&answer);
    if (st == VAULT_OK && !same)
        st = vlt_fail(err, VAULT_E_CANCELLED,
            "these are not the letters of its key");
    return st;
}

VAULT_CHECKED static enum vault_status
ask_holders(struct cli *c, struct vault_error *err)
{
    struct holders s = {.c = c};
    enum vault_status st = vault_card_holders(c->vault, ask_holder, &s, err);

    if (st == VAULT_E_CANCELLED && s.st == VAULT_E_CANCELLED)
        return vlt_fail_hint(err, VAULT_E_CANCELLED,
            N_("tell them first; until then the secret is kept, for opening "
               "only"),
            "not everyone was told: the secrets of older cards stay");
    if (s.st != VAULT_OK && err != NULL)
        *err = s.why;
    if (st != VAULT_OK)
        return s.st != VAULT_OK ? s.st : st;
    say_warn("%s",
        tr("what anyone still seals to an old card can then be opened by "
           "nobody; others to whom the card was given are not known to this "
           "program"));
    say_warn("%s",
        tr("vaults and travel files of others that have an old card of this "
           "vault as a way in are then opened with it by nobody"));
    return ask_letters(c, err);
}

/* ---- drafts ---- */

static int
count_draft(void *ctx, const struct vault_draft_file *f)
{
    (void)f;
    ++*(size_t *)ctx;
    return 0;
}

/* Which card a draft is sealed to is not asked: it is finished, or thrown
 * away by a person, and not by the way. */
VAULT_CHECKED static enum vault_status
no_drafts(const struct cli *c, struct vault_error *err)
{
    char path[4096];
    size_t n = 0;
    enum vault_status st = unlock_path(c, path, sizeof path, err);

    if (st == VAULT_OK)
        st = vault_drafts(path, count_draft, &n, err);
    if (st != VAULT_OK || n == 0)
        return st;
    return vlt_fail_hint(err, VAULT_E_POLICY,
        N_("sanduq form drafts lists them"),
        "%zu drafts lie beside the vault, which may be sealed to an older "
        "card: finish or discard them first",
        n);
}

/* ---- the command ---- */

VAULT_CHECKED static enum vault_status
check_options(const struct cli *c, struct vault_error *err)
{
    const struct rekey_opts *o = c->opts;

    if (c->args.n > 0 && o->forget)
        return vlt_fail(err, VAULT_E_USAGE,
            "--forget-old-cards works in place: the new file keeps them until "
            "everyone was told");
    if (c->args.n > 0)
        return rekey_into_check(c->args.v[0], &o->fresh, err);
    if (o->fresh.key_file != NULL || pass_given(&o->fresh.pass) ||
        o->fresh.kdf != NULL || o->fresh.both || o->fresh.again)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq key change exchanges the passphrase in place"),
            "new ways to unlock go into a new file: name it");
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
in_place(struct cli *c, const char *reason, struct vault_error *err)
{
    const struct rekey_opts *o = c->opts;
    struct vault_rekeyed done;
    enum vault_status st = VAULT_OK;

    if (o->forget) {
        st = no_drafts(c, err);
        if (st == VAULT_OK)
            st = ask_holders(c, err);
    } else {
        st = ask_sure(c, tr("Make new keys in this file?"), err);
    }
    if (st != VAULT_OK)
        return st;
    vlt_os_catch_interrupt();
    progress_begin(0, true);
    st = o->forget ? vault_rekey_forget(c->vault, reason, &done, err)
                   : vault_rekey(c->vault, reason, &done, err);
    progress_end();
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    rekey_tell(c, &done);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
do_rekey(struct cli *c, struct vlt_buf *reason, struct vault_error *err)
{
    const struct rekey_opts *o = c->opts;
    const char *why = NULL;
    enum vault_status st = VAULT_OK;

    if (!c->g.json)
        rekey_reach(c->args.n > 0 ? 3 : 2);
    if (o->reason != NULL)
        st = version_reason(o->reason, tr("Why are the keys exchanged? "),
            reason, err);
    if (st == VAULT_OK && reason->len > 0)
        why = vlt_buf_cstr(reason);
    if (st != VAULT_OK)
        return st;
    return c->args.n > 0 ? rekey_into(c, c->args.v[0], &o->fresh, why, err)
                         : in_place(c, why, err);
}

static enum vault_status
rekey_run(struct cli *c, struct vault_error *err)
{
    struct vlt_buf reason;
    struct jline j;
    enum vault_status st = check_options(c, err);

    vlt_buf_init(&reason, ASK_MAX + 1);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = do_rekey(c, &reason, err);
    vlt_buf_clear(&reason);
    if (st != VAULT_OK || !c->g.json)
        return st;
    jline_begin(&j, "summary");
    jline_text(&j, "command", "rekey");
    jline_u64(&j, "exit", (uint64_t)c->exit);
    jline_end(&j);
    return VAULT_OK;
}

static const struct cmd rekey_cmds[] = {
    {"rekey", "[NEW]", N_("new keys, in this file or in a new one"),
        N_("For when old pages of the medium, or an old copy, may be in other "
           "hands. Without NEW (level 2) everything that stands is sealed "
           "again under new epoch keys in one transaction; the old ones, the "
           "catalogue and its key are destroyed here. Ways to unlock stay as "
           "they are. Stopped at any moment, the vault is as before or as "
           "after.\n\nWith NEW (level 3) everything that stands goes into a "
           "new file: new master key, the next card, new ways to unlock, a "
           "log of its own beside the old ones. Nothing sealed under an old "
           "key is written to it. It appears under its name only when it is "
           "complete, was read back and opened. Put it on another medium, "
           "then destroy the old file and its copies: this program does not. "
           "Old pages with an old passphrase, key file, share set or "
           "headquarters' key still open.\n\nThe old card's secret goes along, "
           "for opening only, until everyone who seals to it was told: "
           "--forget-old-cards asks about each capture device and person, and "
           "destroys it here."),
        rekey_examples, VLT_COUNT(rekey_examples), rekey_table,
        VLT_COUNT(rekey_table), sizeof(struct rekey_opts), 0, 1, CMD_WRITES,
        rekey_run},
};
const struct cmd_group rekey_group = {rekey_cmds, VLT_COUNT(rekey_cmds)};
