/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_panic.c: destroying at once what opens a vault */
#include "cmd.h"

#include "ask.h"
#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "tr.h"
#include "unlocking.h"

#include <stdio.h>
#include <string.h>
#include <vault/panic.h>

struct panic_opts {
    bool file;
};

static const struct opt panic_table[] = {
    {0, "file", OPT_FLAG, NULL,
        N_("the file goes too, with capture file and drafts"),
        offsetof(struct panic_opts, file)},
};

static const struct cmd_example panic_examples[] = {
    {"sanduq panic -V evidence.sanduq",
        N_("asks to type a word; no passphrase is needed")},
    {"sanduq panic -V evidence.sanduq --file --yes",
        N_("asks nothing and leaves no file")},
};

static int
tell_copy(void *ctx, const char *path)
{
    const struct cli *c = ctx;

    if (!c->g.yes)
        say_warn(tr("left alone, and it still opens this vault: %s"), path);
    return 0;
}

/* What goes. */
static void
say_what(const struct panic_opts *o, const char *path,
    const struct vault_panic_look *l)
{
    if (!l->readable)
        say_warn(tr("the tables of %s cannot be read: only --file, which "
                    "overwrites its beginning and removes it, does anything"),
            path);
    else if (l->destroyed)
        say_warn(tr("%s holds nothing any more that opens it"), path);
    else
        say_warn(tr("this destroys what opens %s: %u ways to unlock, its "
                    "identity's secrets, contacts and settings; records and "
                    "log stay, sealed"),
            path, l->slots);
    if (l->capture)
        say_warn("%s",
            tr("the capture file beside it gets no records any more: its "
               "session key goes too"));
    if (l->states > 0)
        say_warn(trn("%u state file of this machine goes, whichever vault it "
                     "is of: that vault then begins a new log",
                     "%u state files of this machine go, whichever vaults "
                     "they are of: these then begin new logs",
                     l->states),
            l->states);
    if (o->file)
        say_warn(tr("%s is overwritten at its beginning and removed, with "
                    "capture file and drafts (%u)"),
            path, l->drafts);
}

/* The way back, as far as anybody can know it here. */
static void
say_way_back(const struct panic_opts *o, const struct vault_panic_look *l)
{
    if (l->copies == 0)
        say_warn("%s",
            tr("no other way in is known: no copy or kit lies beside it, and "
               "this program keeps no list of those elsewhere. Without one, "
               "nobody opens these records again"));
    if (l->recovery + l->identities > 0)
        say_warn("%s",
            tr("recovery shares and other vaults' cards open this file no "
               "more; they open a copy or kit that was made with them"));
    if (!o->file && l->copies == 0)
        say_info("%s",
            tr("sanduq backup --kit to another medium makes a way back; "
               "--file also removes the records"));
    say_warn("%s",
        tr("bytes are overwritten here; on flash, in snapshots and backups old "
           "ones may survive, and with them the passphrase still opens what "
           "they hold"));
}

VAULT_CHECKED static enum vault_status
ask_word(const struct cli *c, struct vault_error *err)
{
    struct vlt_buf answer;
    char prompt[256];
    const char *word = tr("destroy");
    bool same;
    enum vault_status st;

    if (c->g.yes)
        return VAULT_OK;
    vlt_buf_init(&answer, ASK_MAX + 1);
    (void)snprintf(prompt, sizeof prompt,
        tr("It cannot be undone. Type the word %s to do it: "), word);
    st = ask_line(prompt, true, N_("--yes answers the question"), &answer, err);
    same = st == VAULT_OK &&
        (strcmp(vlt_buf_cstr(&answer), word) == 0 ||
            strcmp(vlt_buf_cstr(&answer), "destroy") == 0);
    vlt_buf_clear(&answer);
    if (st == VAULT_OK && !same)
        return vlt_fail(err, VAULT_E_CANCELLED, "this is not the word");
    return st;
}

/* Whether it still opens: looked at, not concluded. */
static void
tell_failure(const struct cli *c, const char *path,
    const struct vault_options *opt)
{
    struct vault_panic_look look;

    if (c->changed)
        say_warn("%s", tr("not everything could be destroyed"));
    if (vault_panic_look(path, opt, NULL, NULL, &look, NULL) != VAULT_OK ||
        look.destroyed)
        return;
    if (!look.readable)
        say_warn(tr("what opens %s MAY STILL BE IN IT: it cannot be read now; "
                    "--file overwrites and removes it"),
            path);
    else
        say_warn(tr("what opens %s IS STILL IN IT, and it opens as before: end "
                    "the program that uses it and do this again, or take "
                    "--file"),
            path);
}

static void
tell_text(const char *path, const struct vault_panicked *p,
    enum vault_status st)
{
    if (p->keys)
        say_info(tr("keys destroyed here: ways to unlock %u, identity secrets "
                    "%u, epoch secrets %u, settings %u; old pages may survive "
                    "on flash"),
            p->slots, p->seeds, p->caches, p->settings);
    else if (st == VAULT_OK && !p->removed)
        say_info(tr("%s held nothing any more that opens it"), path);
    if (p->session)
        say_info("%s", tr("session key of the capture file destroyed"));
    if (p->states > 0)
        say_info(tr("state files of this machine destroyed: %u"), p->states);
    if (p->removed)
        say_info(tr("%s is removed; sanduq doctor traces says what else is on "
                    "this machine"),
            path);
    else if (p->overwritten)
        say_warn(tr("%s is overwritten: nothing opens it and nothing is left "
                    "in it; its name could not be taken away"),
            path);
    else if (p->keys)
        say_info("%s",
            tr("sanduq restore --kit puts a kit's keys back; sanduq verify "
               "still judges log and records"));
}

static void
tell_json(const struct cli *c, const struct vault_panicked *p)
{
    struct jline j;

    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", 0);
    jline_bool(&j, "keys", p->keys);
    jline_u64(&j, "slots", p->slots);
    jline_u64(&j, "seeds", p->seeds);
    jline_u64(&j, "caches", p->caches);
    jline_u64(&j, "settings", p->settings);
    jline_bool(&j, "session", p->session);
    jline_u64(&j, "states", p->states);
    jline_bool(&j, "removed", p->removed);
    jline_end(&j);
}

static void
tell(const struct cli *c, const char *path, const struct vault_panicked *p,
    enum vault_status st)
{
    tell_text(path, p, st);
    if (c->g.json && st == VAULT_OK)
        tell_json(c, p);
}

static enum vault_status
panic_run(struct cli *c, struct vault_error *err)
{
    const struct panic_opts *o = c->opts;
    struct vault_options opt = unlock_options(c);
    struct vault_panicked done = {0};
    struct vault_panic_look look;
    char path[4096];
    enum vault_status st = unlock_path(c, path, sizeof path, err);

    /* with --yes nothing is looked for before it is done */
    if (st == VAULT_OK && !c->g.yes)
        st = vault_panic_look(path, &opt, tell_copy, c, &look, err);
    if (st == VAULT_OK && !c->g.yes) {
        say_what(o, path, &look);
        say_way_back(o, &look);
        st = ask_word(c, err);
    }
    if (st != VAULT_OK)
        return st;
    st = vault_panic(path, &opt, o->file, &done, err);
    c->changed = done.keys || done.session || done.states > 0 || done.removed ||
        done.overwritten;
    tell(c, path, &done, st);
    if (st != VAULT_OK)
        tell_failure(c, path, &opt);
    return st;
}

static const struct cmd panic_cmds[] = {
    {"panic", "", N_("destroy at once what opens the vault"),
        N_("Works without a passphrase, in a moment, however large the vault "
           "is. Records and log stay in the file, sealed, and verify; no "
           "passphrase, key file or share opens that file any more. A kit or "
           "a copy kept elsewhere does. It hides nothing: whoever looks sees "
           "that it was done. What was copied before, by whomever, it does "
           "not reach."),
        panic_examples, VLT_COUNT(panic_examples), panic_table,
        VLT_COUNT(panic_table), sizeof(struct panic_opts), 0, 0,
        CMD_WRITES | CMD_NO_COMPLETION, panic_run},
};
const struct cmd_group panic_group = {panic_cmds, VLT_COUNT(panic_cmds)};
