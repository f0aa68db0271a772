/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_recover.c: getting back in: by shares, by headquarters, by a key file */
#include "cmd.h"

#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "key_more.h"
#include "newkey.h"
#include "old_ways.h"
#include "os.h"
#include "out.h"
#include "share_check.h"
#include "shares_in.h"
#include "slots.h"
#include "tr.h"
#include "travel_cmds.h"
#include "unlocking.h"

#include <stdio.h>

enum { TRIES = 3 };

struct recover_opts {
    bool test, check;
    const char *hq;
    const char *old;
    const char *kdf;
    struct pass_from pass;
    /* over a distance */
    bool request;
    const char *output, *keep, *answer, *grant, *heard, *reason;
};

static const struct opt recover_table[] = {
    {0, "request", OPT_FLAG, NULL,
        N_("ask headquarters, whose card is a way in, over a distance; the "
           "text goes to -o"),
        offsetof(struct recover_opts, request)},
    {'o', "output", OPT_TEXT, "FILE|-",
        N_("where the request goes, or with --grant what answers it"),
        offsetof(struct recover_opts, output)},
    {0, "keep", OPT_TEXT, "FILE",
        N_("keep the secret of the request in this new file instead of "
           "waiting; with --answer: take it from there"),
        offsetof(struct recover_opts, keep)},
    {0, "answer", OPT_TEXT, "FILE|-",
        N_("what headquarters sent; needs --keep"),
        offsetof(struct recover_opts, answer)},
    {0, "grant", OPT_TEXT, "FILE|-",
        N_("at headquarters: open the vault again for who sent this request "
           "and was spoken to"),
        offsetof(struct recover_opts, grant)},
    {0, "heard", OPT_TEXT, "TEXT",
        N_("with --grant: the number that the person read out; else it is "
           "asked"),
        offsetof(struct recover_opts, heard)},
    {0, "reason", OPT_ASK, "TEXT",
        N_("with --grant: why, kept in the custody log; without a text you "
           "are asked"),
        offsetof(struct recover_opts, reason)},
    {0, "test", OPT_FLAG, NULL,
        N_("only find out whether it would open; changes nothing"),
        offsetof(struct recover_opts, test)},
    {0, "check", OPT_FLAG, NULL,
        N_("only look at shares, one by one; needs no vault"),
        offsetof(struct recover_opts, check)},
    {0, "hq", OPT_TEXT, "VAULT",
        N_("open it with the card of this vault, which is unlocked first"),
        offsetof(struct recover_opts, hq)},
    {0, "old", OPT_CHOICE, "keep|remove",
        N_("what becomes of the passphrases there were; else it is asked"),
        offsetof(struct recover_opts, old)},
    {0, "kdf", OPT_CHOICE, "standard|strong|minimum",
        N_("how much work one guess at the passphrase costs; minimum: only "
           "for tests and very weak machines"),
        offsetof(struct recover_opts, kdf)},
    {0, "new-passphrase-fd", OPT_TEXT, "N",
        N_("read the new passphrase from this file descriptor"),
        offsetof(struct recover_opts, pass.fd)},
    {0, "new-passphrase-file", OPT_TEXT, "FILE",
        N_("read the new passphrase from this file"),
        offsetof(struct recover_opts, pass.file)},
};

static const struct cmd_example recover_examples[] = {
    {"sanduq recover -V evidence.sanduq",
        N_("asks for the shares, then for a new passphrase")},
    {"sanduq recover --test -V evidence.sanduq one.txt two.txt",
        N_("proves that these shares open it, and changes nothing")},
    {"sanduq recover --check",
        N_("a custodian finds out whether a share can still be read")},
    {"sanduq recover --hq office.sanduq -V evidence.sanduq",
        N_("headquarters opens a vault that has its card as a way in")},
    {"sanduq recover --request -o request.txt -V trip.sanduq",
        N_("the same over a distance: waits for the answer")},
    {"sanduq recover --grant request.txt -o unlock.txt -V office.sanduq",
        N_("at headquarters, with the person on the telephone")},
    {"sanduq recover --answer unlock.txt --keep secret.txt -V trip.sanduq",
        N_("when the request was made with --keep secret.txt")},
};

/* ---- what opens it ---- */

struct way {
    struct vault_shares *shares; /* NULL: none */
    struct vault *hq;            /* NULL: none */
    struct vault_key *key;
};

static void
way_clear(struct way *w)
{
    vault_key_free(w->key);
    vault_shares_free(w->shares);
    vault_close(w->hq);
}

VAULT_CHECKED static enum vault_status
by_hq(struct cli *c, const char *path, struct way *w, struct vault_error *err)
{
    struct vault_options opt = unlock_options(c);
    struct vault_key *key = NULL;
    enum vault_status st = vault_open(path, &opt, &w->hq, err);

    if (st == VAULT_OK) {
        say_info(tr("unlocking %s first"), path);
        st = unlock_key(c, false, &key, err);
    }
    if (st == VAULT_OK)
        st = vault_unlock(w->hq, key, NULL, err);
    vault_key_free(key);
    if (st == VAULT_OK)
        st = vault_key_identity(w->key, w->hq, err);
    return st;
}

VAULT_CHECKED static enum vault_status
by_shares(struct cli *c, struct way *w, struct vault_error *err)
{
    enum vault_status st;

    w->shares = vault_shares_new();
    if (w->shares == NULL)
        return vlt_fail_memory(err);
    st = shares_gather(c, w->shares, err);
    return st == VAULT_OK ? vault_key_shares(w->key, w->shares, err) : st;
}

VAULT_CHECKED static enum vault_status
find_way(struct cli *c, struct way *w, struct vault_error *err)
{
    const struct recover_opts *o = c->opts;

    if (o->hq == NULL && c->g.key_file != NULL && c->args.n == 0)
        return unlock_key(c, false, &w->key, err);
    if (o->hq != NULL && c->args.n > 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "shares and --hq exclude each other");
    w->key = vault_key_new();
    if (w->key == NULL)
        return vlt_fail_memory(err);
    return o->hq != NULL ? by_hq(c, o->hq, w, err) : by_shares(c, w, err);
}

/* What was sealed while it was locked is left for the next unlocking. */
VAULT_CHECKED static enum vault_status
open_with(struct cli *c, const struct way *w, struct vault_slot *slot,
    struct vault_error *err)
{
    uint8_t id[VAULT_ID];
    const uint8_t *only;
    enum vault_status st = unlock_slot(c, id, &only, err);

    if (st == VAULT_OK)
        st = vault_unlock(c->vault, w->key, only, err);
    return st == VAULT_OK ? slots_opened(c, slot, err) : st;
}

static void
end(const struct cli *c, const uint8_t *opened, const uint8_t *added,
    size_t removed)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", 0);
    if (opened != NULL)
        jline_hex(&j, "opened", opened, VAULT_ID);
    if (added != NULL) {
        jline_hex(&j, "slot", added, VAULT_ID);
        jline_u64(&j, "removed", removed);
    }
    jline_end(&j);
}

/* ---- --test ---- */

VAULT_CHECKED static enum vault_status
test_run(struct cli *c, struct vault_error *err)
{
    struct way w = {0};
    struct vault_slot slot;
    enum vault_status st = unlock_open(c, err);

    if (st == VAULT_OK)
        st = find_way(c, &w, err);
    if (st == VAULT_OK)
        st = open_with(c, &w, &slot, err);
    way_clear(&w);
    if (st != VAULT_OK)
        return st;
    if (!c->g.json)
        out_printf(tr("opens this vault: %s. Nothing was changed.\n"),
            slots_kind(slot.kind));
    end(c, slot.id, NULL, 0);
    return VAULT_OK;
}

/* ---- getting back in ---- */

/* What getting in again does not reach. */
static void
advise(const struct vault_slot *by)
{
    key_tell_old_copies();
    if (by->kind == VAULT_SLOT_RECOVERY)
        say_info("%s",
            tr("these shares open this vault still, and were seen on this "
               "machine: deal new ones with sanduq key add shares"));
    say_info("%s",
        tr("if somebody else may know the old passphrase: sanduq rekey NEW "
           "writes everything into a new file, of which what he knows opens "
           "nothing"));
}

VAULT_CHECKED static enum vault_status
add_passphrase(struct cli *c, uint8_t id[VAULT_ID], struct vault_error *err)
{
    const struct recover_opts *o = c->opts;
    struct vault_cost cost = newkey_cost(o->kdf);
    struct newkey k = {.passphrase = true,
        .from = o->pass,
        .missing = N_("use --new-passphrase-fd or --new-passphrase-file")};
    enum vault_status st = newkey_make(&k, err);

    if (st == VAULT_OK)
        st = vault_slot_add(c->vault, k.key, &cost, id, err);
    c->changed = st == VAULT_OK;
    newkey_clear(&k, !c->changed);
    return st;
}

/* The vault is open by this way: a passphrase for it. */
VAULT_CHECKED static enum vault_status
settle(struct cli *c, const struct vault_slot *by, struct vault_error *err)
{
    const struct recover_opts *o = c->opts;
    bool asked = o->old == NULL && !c->g.yes && !pass_given(&o->pass);
    const char *old = o->old != NULL ? o->old : "keep";
    uint8_t id[VAULT_ID];
    char hex[HEX_ID];
    size_t removed = 0;
    enum vault_status st;

    say_info(tr("the vault is open (%s)"), slots_kind(by->kind));
    st = add_passphrase(c, id, err);
    if (st != VAULT_OK)
        return st;
    hex_id(hex, id);
    if (!c->g.json)
        out_printf("%s\n", hex);
    say_info(tr("a new passphrase unlocks this vault: %s"), hex);
    st = old_ways_settle(c, asked ? NULL : old, id, &removed, err);
    if (st != VAULT_OK)
        return st;
    advise(by);
    end(c, by->id, id, removed);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
recover(struct cli *c, struct vault_error *err)
{
    struct way w = {0};
    struct vault_slot by;
    enum vault_status st = unlock_open(c, err);

    if (st == VAULT_OK)
        st = find_way(c, &w, err);
    if (st == VAULT_OK)
        st = open_with(c, &w, &by, err);
    way_clear(&w);
    return st == VAULT_OK ? settle(c, &by, err) : st;
}

/* ---- over a distance ---- */

VAULT_CHECKED static enum vault_status
far(struct cli *c, struct vault_error *err)
{
    const struct recover_opts *o = c->opts;
    struct vault_slot by;
    bool opened = o->answer != NULL;
    enum vault_status st;

    if (o->grant != NULL)
        return hq_grant(c, o->grant, o->heard, o->reason, o->output, err);
    st = o->request ? regain_request(c, o->output, o->keep, &opened, err)
                    : regain_answer(c, o->answer, o->keep, err);
    if (st != VAULT_OK)
        return st;
    if (!opened) {
        end(c, NULL, NULL, 0);
        return VAULT_OK;
    }
    st = slots_opened(c, &by, err);
    for (int i = 1; st == VAULT_OK; i++) {
        st = settle(c, &by, err);
        /* a passphrase that is refused must not cost the whole way here */
        if (st != VAULT_E_USAGE || c->changed || pass_given(&o->pass) ||
            i == TRIES)
            break;
        say_error(err);
        st = VAULT_OK;
    }
    if (st == VAULT_OK && o->answer != NULL)
        st = vlt_os_destroy(o->keep, err);
    if (st == VAULT_OK)
        say_info("%s",
            tr("headquarters has held this vault's key in its hands, which "
               "only a new file leaves behind: sanduq rekey NEW, once you are "
               "safe"));
    return st;
}

/* What one run is about: one thing. */
VAULT_CHECKED static enum vault_status
check_far(const struct cli *c, bool *is_far, struct vault_error *err)
{
    const struct recover_opts *o = c->opts;
    int ways = o->request + (o->answer != NULL) + (o->grant != NULL);

    *is_far = ways == 1;
    if (ways > 1 ||
        (ways == 1 && (o->test || o->check || o->hq != NULL || c->args.n > 0)))
        return vlt_fail(err, VAULT_E_USAGE,
            "--request, --answer and --grant are asked for alone");
    if (ways == 0 &&
        (o->output != NULL || o->keep != NULL || o->heard != NULL ||
            o->reason != NULL))
        return vlt_fail(err, VAULT_E_USAGE,
            "-o, --keep, --heard and --reason belong to --request, --answer "
            "or --grant");
    return VAULT_OK;
}

static enum vault_status
recover_run(struct cli *c, struct vault_error *err)
{
    const struct recover_opts *o = c->opts;
    bool is_far = false;
    enum vault_status st = check_far(c, &is_far, err);

    if (st != VAULT_OK || is_far)
        return st == VAULT_OK ? far(c, err) : st;
    if (o->test && o->check)
        return vlt_fail(err, VAULT_E_USAGE,
            "--test and --check exclude each other");
    if (o->check) {
        st = share_check(c, err);
        if (st == VAULT_OK)
            end(c, NULL, NULL, 0);
        return st;
    }
    return o->test ? test_run(c, err) : recover(c, err);
}

static const struct cmd recover_cmds[] = {
    {"recover", "[FILE...|-]",
        N_("get back in: shares, headquarters, key file"),
        N_("Opens a vault whose passphrase is lost with recovery shares (from "
           "files, or asked for one by one), with the card of another vault "
           "(--hq), or with --key-file, and sets a new passphrase.\n\n--test "
           "does everything but change: do it once a year with the sheets "
           "themselves. --check tells of each share whether it can still be "
           "read, and with -V whether the vault still has a way to unlock by "
           "its set.\n\nOver a distance: --request writes a text for "
           "headquarters, whose card is a way in, and shows a number to read "
           "out to it; --grant, there, asks for what was heard and writes the "
           "answer. Texts may go through mail or chat."),
        recover_examples, VLT_COUNT(recover_examples), recover_table,
        VLT_COUNT(recover_table), sizeof(struct recover_opts), 0, 64,
        CMD_WRITES, recover_run},
};
const struct cmd_group recover_group = {recover_cmds, VLT_COUNT(recover_cmds)};
