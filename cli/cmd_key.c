/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_key.c: the ways to unlock: list, add, change, remove */
#include "cmd.h"

#include "ask.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "key_more.h"
#include "newkey.h"
#include "out.h"
#include "slots.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"

#include <stdio.h>
#include <string.h>

#define NEW_OPTIONS                                                          \
    {0, "kdf", OPT_CHOICE, "standard|strong|minimum",                        \
        N_("how much work one guess at the passphrase costs; minimum: only " \
           "for tests and very weak machines"),                              \
        offsetof(struct key_opts, kdf)},                                     \
        {0, "new-passphrase-fd", OPT_TEXT, "N",                              \
            N_("read the new passphrase from this file descriptor"),         \
            offsetof(struct key_opts, pass.fd)},                             \
        {0, "new-passphrase-file", OPT_TEXT, "FILE",                         \
            N_("read the new passphrase from this file"),                    \
            offsetof(struct key_opts, pass.file)},                           \
    {                                                                        \
        0, "new-key-file", OPT_TEXT, "FILE",                                 \
            N_("the new key file; it is made when it is not there"),         \
            offsetof(struct key_opts, key_file)                              \
    }

static const struct opt change_table[] = {NEW_OPTIONS};
static const struct opt add_table[] = {
    NEW_OPTIONS,
    {'o', "output", OPT_TEXT, "FOLDER",
        N_("shares: write the sheets to files in a new folder"),
        offsetof(struct key_opts, output)},
    {0, "text", OPT_FLAG, NULL, N_("shares: sheets as plain text, not HTML"),
        offsetof(struct key_opts, text)},
    {0, "label", OPT_TEXT, "TEXT",
        N_("shares: a line on each sheet; without it no sheet says what it is "
           "for"),
        offsetof(struct key_opts, label)},
    {0, "replace", OPT_TEXT, "ID",
        N_("shares: the set that goes, when there are several"),
        offsetof(struct key_opts, replace)},
    {0, "keep-old", OPT_FLAG, NULL,
        N_("shares: the set dealt before goes on opening the vault"),
        offsetof(struct key_opts, keep_old)},
};

static const struct cmd_example list_examples[] = {
    {"sanduq key list", N_("works without a passphrase")},
};
static const struct cmd_example add_examples[] = {
    {"sanduq key add passphrase", N_("a second passphrase, for a colleague")},
    {"sanduq key add keyfile /media/stick/key",
        N_("a key file on a stick, made if it is not there")},
    {"sanduq key add both --new-key-file /media/stick/key",
        N_("a passphrase and a key file, both needed")},
    {"sanduq key add shares 2/3",
        N_("three shares for three people, any two of which open the vault")},
    {"sanduq key add shares 1/1 -o sheets",
        N_("one sheet that opens it alone, as a file to print")},
    {"sanduq key add card headquarters",
        N_("whoever unlocks that vault can open this one")},
};
static const struct cmd_example change_examples[] = {
    {"sanduq key change", N_("a new passphrase instead of the one you use")},
    {"sanduq key change --kdf strong",
        N_("one that costs an attacker more, and you a few seconds")},
};
static const struct cmd_example remove_examples[] = {
    {"sanduq key remove 5f2c0a9be4d14c6f8d3b7a60c1e29f84",
        N_("the whole id, as sanduq key list shows it")},
};

static void
end(const struct cli *c, const uint8_t *id)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", 0);
    if (id != NULL)
        jline_hex(&j, "slot", id, VAULT_ID);
    jline_end(&j);
}

static enum vault_status
list_run(struct cli *c, struct vault_error *err)
{
    enum vault_status st = unlock_open(c, err);

    if (st == VAULT_OK && unlock_given(c))
        st = unlock_only(c, err);
    if (st == VAULT_OK)
        st = slots_print(c, err);
    if (st == VAULT_OK)
        end(c, NULL);
    return st;
}

/* passphrase, keyfile FILE, both [FILE]: what is to be made. */
VAULT_CHECKED static enum vault_status
read_kind(const struct cli *c, struct newkey *k, struct vault_error *err)
{
    const struct key_opts *o = c->opts;
    const char *kind = c->args.v[0];
    const char *file = c->args.n > 1 ? c->args.v[1] : o->key_file;

    if (c->args.n > 1 && o->key_file != NULL)
        return vlt_fail(err, VAULT_E_USAGE, "the key file was named twice");
    k->from = o->pass;
    k->missing = N_("use --new-passphrase-fd or --new-passphrase-file");
    k->key_file = file;
    if (strcmp(kind, "passphrase") == 0 && file == NULL)
        k->passphrase = true;
    else if (strcmp(kind, "keyfile") == 0 && file != NULL &&
        !pass_given(&k->from))
        k->passphrase = false;
    else if (strcmp(kind, "both") == 0 && file != NULL)
        k->passphrase = true;
    else
        return vlt_fail(err, VAULT_E_USAGE,
            "key add takes: passphrase | keyfile FILE | both FILE | shares K/N "
            "| card NAME");
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
add_secret(struct cli *c, uint8_t id[VAULT_ID], struct vault_error *err)
{
    const struct key_opts *o = c->opts;
    struct vault_cost cost = newkey_cost(o->kdf);
    struct newkey k = {0};
    enum vault_status st = read_kind(c, &k, err);

    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = newkey_make(&k, err);
    if (st == VAULT_OK)
        st = vault_slot_add(c->vault, k.key, &cost, id, err);
    newkey_clear(&k, st != VAULT_OK);
    return st;
}

/* What belongs to shares belongs to nothing else, and the other way round. */
VAULT_CHECKED static enum vault_status
judge_options(const struct cli *c, bool shares, struct vault_error *err)
{
    const struct key_opts *o = c->opts;
    bool of_shares = o->output != NULL || o->label != NULL ||
        o->replace != NULL || o->text || o->keep_old;
    bool of_secrets =
        o->kdf != NULL || pass_given(&o->pass) || o->key_file != NULL;

    if (of_shares && !shares)
        return vlt_fail(err, VAULT_E_USAGE,
            "--output, --text, --label, --replace and --keep-old go with key "
            "add shares");
    if (of_secrets && c->args.n == 2 &&
        (shares || strcmp(c->args.v[0], "card") == 0))
        return vlt_fail(err, VAULT_E_USAGE,
            "shares and cards take no passphrase and no key file");
    return VAULT_OK;
}

static enum vault_status
add_run(struct cli *c, struct vault_error *err)
{
    bool two = c->args.n == 2;
    bool shares = two && strcmp(c->args.v[0], "shares") == 0;
    bool card = two && strcmp(c->args.v[0], "card") == 0;
    uint8_t id[VAULT_ID];
    char hex[HEX_ID];
    enum vault_status st = judge_options(c, shares, err);

    if (st == VAULT_OK)
        st = shares ? key_add_shares(c, id, err)
            : card  ? key_add_card(c, id, err)
                    : add_secret(c, id, err);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    hex_id(hex, id);
    if (!c->g.json)
        out_printf("%s\n", hex);
    say_info(tr("added a way to unlock: %s"), hex);
    end(c, id);
    return VAULT_OK;
}

/* What takes the place of `old`: of the same kind unless a file is named. */
VAULT_CHECKED static enum vault_status
plan_change(const struct cli *c, const struct vault_slot *old, struct newkey *k,
    struct vault_error *err)
{
    const struct key_opts *o = c->opts;

    k->from = o->pass;
    k->missing = N_("use --new-passphrase-fd or --new-passphrase-file");
    k->key_file = o->key_file;
    k->passphrase = old->kind != VAULT_SLOT_KEYFILE || pass_given(&k->from);
    if (old->kind != VAULT_SLOT_PASSPHRASE && old->kind != VAULT_SLOT_BOTH &&
        old->kind != VAULT_SLOT_KEYFILE)
        return vlt_fail(err, VAULT_E_USAGE,
            "this way to unlock cannot be changed, only removed");
    if (old->kind == VAULT_SLOT_BOTH && k->key_file == NULL)
        k->key_file = c->g.key_file;
    if (old->kind != VAULT_SLOT_PASSPHRASE && k->key_file == NULL)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("--new-key-file FILE; it is made when it is not there"),
            "a new key file is needed for this");
    return VAULT_OK;
}

static enum vault_status
change_run(struct cli *c, struct vault_error *err)
{
    const struct key_opts *o = c->opts;
    struct vault_cost cost = newkey_cost(o->kdf);
    struct vault_slot old;
    struct newkey k = {0};
    uint8_t id[VAULT_ID];
    char hex[HEX_ID];
    enum vault_status st = unlock(c, err);

    if (st == VAULT_OK)
        st = c->args.n > 0 ? slots_find(c, c->args.v[0], &old, err)
                           : slots_opened(c, &old, err);
    if (st == VAULT_OK)
        st = plan_change(c, &old, &k, err);
    if (st == VAULT_OK)
        st = newkey_make(&k, err);
    if (st == VAULT_OK)
        st = vault_slot_change(c->vault, old.id, k.key, &cost, id, err);
    c->changed = st == VAULT_OK;
    newkey_clear(&k, !c->changed);
    if (st != VAULT_OK)
        return st;
    hex_id(hex, id);
    if (!c->g.json)
        out_printf("%s\n", hex);
    say_info(tr("changed: %s now unlocks this vault"),
        slots_kind(k.passphrase
                ? k.key_file != NULL ? VAULT_SLOT_BOTH : VAULT_SLOT_PASSPHRASE
                : VAULT_SLOT_KEYFILE));
    key_tell_old_copies();
    end(c, id);
    return VAULT_OK;
}

static enum vault_status
remove_run(struct cli *c, struct vault_error *err)
{
    struct vault_slot slot;
    char question[1024];
    char hex[HEX_ID];
    enum vault_status st = unlock_open(c, err);

    if (st == VAULT_OK)
        st = slots_find(c, c->args.v[0], &slot, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = slots_find(c, c->args.v[0], &slot, err);
    if (st != VAULT_OK)
        return st;
    hex_id(hex, slot.id);
    (void)snprintf(question, sizeof question,
        slot.opened
            ? tr("Remove %s (%s)? It is the one you used just now; whoever "
                 "has only this cannot open the vault any more.")
            : tr("Remove %s (%s)? Whoever has only this cannot open the "
                 "vault any more."),
        hex, slots_kind(slot.kind));
    st = ask_sure(c, question, err);
    if (st == VAULT_OK)
        st = vault_slot_remove(c->vault, slot.id, err);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    say_info(tr("removed %s"), hex);
    key_tell_old_copies();
    end(c, slot.id);
    return VAULT_OK;
}

static const struct cmd key_cmds[] = {
    {"key list", "", N_("the ways to unlock"),
        N_("Works without a passphrase. Each way has an id of 32 digits. With "
           "a passphrase or key file given by an option it also tells which "
           "set of shares and whose card they are."),
        list_examples, VLT_COUNT(list_examples), NULL, 0, 0, 0, 0, 0, list_run},
    {"key add", "passphrase|keyfile FILE|both FILE|shares K/N|card NAME",
        N_("one more way to unlock"),
        N_("Every way opens the whole vault. The new passphrase is asked on "
           "the terminal unless an option says where it comes from. Prints "
           "the id of the new way.\n\nShares are dealt to people: any K of N "
           "open the vault, fewer say nothing. They are shown one after the "
           "other and typed back in part, or written to a folder with -o. A "
           "set dealt before goes. The card of another vault, which must have "
           "been compared, lets headquarters open this vault."),
        add_examples, VLT_COUNT(add_examples), add_table, VLT_COUNT(add_table),
        sizeof(struct key_opts), 1, 2, CMD_WRITES, add_run},
    {"key change", "[ID]", N_("another passphrase or key file"),
        N_("Changes the way you unlocked with, or the one with this id, and "
           "chooses its cost anew for this machine. Copies of the vault made "
           "before still open the old way."),
        change_examples, VLT_COUNT(change_examples), change_table,
        VLT_COUNT(change_table), sizeof(struct key_opts), 0, 1, CMD_WRITES,
        change_run},
    {"key remove", "ID", N_("take a way to unlock away"),
        N_("Takes the whole id. The last one cannot be removed. Copies of "
           "the vault made before still open the old way."),
        remove_examples, VLT_COUNT(remove_examples), NULL, 0, 0, 1, 1,
        CMD_WRITES, remove_run},
};
const struct cmd_group key_group = {key_cmds, VLT_COUNT(key_cmds)};
