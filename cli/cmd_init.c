/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_init.c: making a vault */
#include "cmd.h"

#include "fail.h"
#include "jline_out.h"
#include "key_more.h"
#include "newkey.h"
#include "os.h"
#include "out.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"

#include <stdio.h>

struct init_opts {
    const char *kdf;
    bool both, no_recovery;
};

static const struct opt init_table[] = {
    {0, "kdf", OPT_CHOICE, "standard|strong|minimum",
        N_("how much work one guess at the passphrase costs; minimum: only "
           "for tests and very weak machines"),
        offsetof(struct init_opts, kdf)},
    {0, "both", OPT_FLAG, NULL,
        N_("a passphrase and the key file together, not the key file alone"),
        offsetof(struct init_opts, both)},
    {0, "no-recovery", OPT_FLAG, NULL,
        N_("do not offer recovery sheets, and do not speak of them"),
        offsetof(struct init_opts, no_recovery)},
};

static const struct cmd_example init_examples[] = {
    {"sanduq init evidence.sanduq",
        N_("draws a passphrase for you, or takes yours")},
    {"sanduq init --key-file /media/stick/key evidence.sanduq",
        N_("makes a key file on a stick; whoever has it opens the vault")},
    {"sanduq init --both --key-file /media/stick/key evidence.sanduq",
        N_("both are needed")},
};

/* The way to unlock that recovery sheets give; made: there is one. */
struct sheets {
    bool made;
    uint8_t id[VAULT_ID];
};

/* Offered to a person who was asked for the passphrase too. */
static void
offer_sheets(struct cli *c, const struct newkey *k, struct sheets *s)
{
    const struct init_opts *o = c->opts;

    s->made = false;
    if (o->no_recovery)
        return;
    if (k->passphrase && !pass_given(&k->from))
        key_offer_sheets(c, &s->made, s->id);
    else
        say_info("%s",
            tr("there is no other way in than this one; recovery sheets are "
               "one: sanduq key add shares 2/3"));
}

static void
tell(const struct cli *c, const char *path, const char *capture,
    const struct newkey *k, const struct vault_info *info,
    const struct sheets *sheets)
{
    struct jline j;

    if (c->g.json) {
        jline_begin(&j, "vault");
        jline_text(&j, "path", path);
        jline_hex(&j, "vault", info->id, sizeof info->id);
        jline_text(&j, "fingerprint", info->fingerprint);
        if (k->made_file)
            jline_text(&j, "key_file", k->key_file);
        jline_text(&j, "capture", capture);
        if (sheets->made)
            jline_hex(&j, "recovery", sheets->id, sizeof sheets->id);
        jline_end(&j);
        jline_begin(&j, "summary");
        jline_text(&j, "command", "init");
        jline_u64(&j, "exit", 0);
        jline_end(&j);
        return;
    }
    out_printf("%s %s\n", tr("key of this vault:"), info->fingerprint);
    say_info(tr("made %s"), path);
    say_info(tr("made %s: add seals into it while the vault is locked"),
        capture);
    if (k->made_file)
        say_info(tr("made the key file %s; whoever has it can open the "
                    "vault as you do"),
            k->key_file);
    say_info("%s",
        tr("give the key of this vault to those who will check it, and keep "
           "a copy of the passphrase apart from the vault"));
    say_info("%s",
        tr("keep with it, apart from the vault, a note that revokes this key "
           "should it be stolen: sanduq card revoke -o FILE"));
}

static enum vault_status
init_run(struct cli *c, struct vault_error *err)
{
    const struct init_opts *o = c->opts;
    const char *path = c->args.v[0];
    struct vault_options opt = unlock_options(c);
    struct vault_cost cost = newkey_cost(o->kdf);
    struct pass_from from = {c->g.pass_fd, c->g.pass_file, c->g.pass_command};
    struct newkey k = {
        .passphrase = o->both || c->g.key_file == NULL || pass_given(&from),
        .key_file = c->g.key_file,
        .from = from,
        .missing = N_("use --passphrase-fd, --passphrase-file, "
                      "--passphrase-command or --key-file"),
    };
    struct vault_info info;
    struct sheets sheets;
    char capture[4096];
    enum vault_status st;

    if (vlt_os_exists(path))
        return vlt_fail_hint(err, VAULT_E_EXISTS,
            N_("choose another name; a vault is never made over something"),
            "%s is there already", path);
    if (snprintf(capture, sizeof capture, "%s.capture", path) >=
        (int)sizeof capture)
        return vlt_fail(err, VAULT_E_LIMIT, "the path is too long");
    if (o->both && c->g.key_file == NULL)
        return vlt_fail(err, VAULT_E_USAGE, "--both needs --key-file FILE");
    st = newkey_make(&k, err);
    if (st == VAULT_OK)
        st = vault_create_with_capture(path, capture, k.key, &cost, &opt,
            &c->vault, err);
    /* also when an interrupted making was completed instead */
    c->changed = st == VAULT_OK || vlt_os_exists(path);
    if (st == VAULT_OK)
        st = vault_info(c->vault, &info, err);
    if (st == VAULT_OK) {
        offer_sheets(c, &k, &sheets);
        tell(c, path, capture, &k, &info, &sheets);
    }
    newkey_clear(&k, !c->changed);
    return st;
}

static const struct cmd init_cmds[] = {
    {"init", "FILE", N_("make a vault"),
        N_("Makes a vault with its own key and its log, and beside it the "
           "capture file that add seals into while the vault is locked. The passphrase is "
           "drawn for you (24 digits that every keyboard can type) and two "
           "groups of it are asked back; you may choose one yourself, of 12 "
           "characters or more. With --key-file FILE that does not exist "
           "yet, the key file is made.\n\nWho types the passphrase is offered "
           "recovery sheets, which open the vault when it is forgotten, and "
           "types a part of each back.\n\nThe key that is printed at the end "
           "is public. Others need it to tell your vault from a copy made "
           "by someone else."),
        init_examples, VLT_COUNT(init_examples), init_table,
        VLT_COUNT(init_table), sizeof(struct init_opts), 1, 1, CMD_WRITES,
        init_run},
};
const struct cmd_group init_group = {init_cmds, VLT_COUNT(init_cmds)};
