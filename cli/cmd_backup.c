/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_backup.c: copies of a vault, and back again */
#include "cmd.h"

#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "tr.h"
#include "unlocking.h"

#include <vault/panic.h>

struct backup_opts {
    bool kit;
};

static const struct opt backup_table[] = {
    {0, "kit", OPT_FLAG, NULL,
        N_("only what is needed to unlock, a few kilobytes, without any "
           "record"),
        offsetof(struct backup_opts, kit)},
};
static const struct opt restore_table[] = {
    {0, "kit", OPT_FLAG, NULL,
        N_("put what a kit holds back into the vault that -V names"),
        offsetof(struct backup_opts, kit)},
};

static const struct cmd_example backup_examples[] = {
    {"sanduq backup /media/stick/evidence.sanduq",
        N_("a complete copy; needs no passphrase")},
    {"sanduq backup --kit /media/other/evidence.kit",
        N_("against damage of the few bytes that unlocking needs")},
};
static const struct cmd_example restore_examples[] = {
    {"sanduq restore /media/stick/evidence.sanduq evidence.sanduq",
        N_("checks the copy, then puts it where nothing is yet")},
    {"sanduq -V evidence.sanduq restore --kit /media/other/evidence.kit",
        N_("mends what unlocking needs")},
};

static void
tell_end(const struct cli *c, const char *path)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", 0);
    jline_text(&j, "path", path);
    jline_end(&j);
}

static enum vault_status
backup_run(struct cli *c, struct vault_error *err)
{
    const struct backup_opts *o = c->opts;
    const char *path = c->args.v[0];
    enum vault_status st;

    if (vlt_os_exists(path))
        return vlt_fail_hint(err, VAULT_E_EXISTS,
            N_("choose another name; nothing is written over"),
            "%s is there already", path);
    st = unlock_open(c, err);
    if (st != VAULT_OK)
        return st;
    vlt_os_catch_interrupt();
    progress_begin(0, true);
    progress_name(vlt_os_basename(path));
    st = o->kit ? vault_backup_kit(c->vault, path, err)
                : vault_backup(c->vault, path, err);
    progress_end();
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    if (o->kit)
        say_info(tr("wrote the kit %s; keep it apart from the vault, it "
                    "opens with the same passphrase and key file"),
            path);
    else
        say_info(tr("wrote %s; sanduq verify checks it, and it opens with "
                    "today's passphrase for as long as it exists"),
            path);
    tell_end(c, path);
    return VAULT_OK;
}

/* The kit was older than what panic destroyed. */
static void
tell_losses(const struct vault_restored *r)
{
    if (r->older_slots)
        say_warn("%s",
            tr("the kit is from before the last change of passphrase or key "
               "file: the vault opens the old way again, and its log says so"));
    if (r->settings_lost)
        say_warn("%s",
            tr("the settings were changed after the kit was made, and they "
               "are gone: pin contacts again and compare their fingerprints, "
               "set compartments and holds again"));
}

VAULT_CHECKED static enum vault_status
restore_kit(struct cli *c, struct vault_error *err)
{
    struct vault_options opt = unlock_options(c);
    struct vault_restored back;
    struct vault_key *key = NULL;
    char path[4096];
    enum vault_status st;

    if (c->args.n != 1)
        return vlt_fail(err, VAULT_E_USAGE,
            "restore --kit takes the kit alone; -V names the vault");
    st = unlock_path(c, path, sizeof path, err);
    if (st == VAULT_OK)
        st = unlock_key(c, false, &key, err);
    if (st == VAULT_OK)
        st = vault_restore_keys(c->args.v[0], path, key, &opt, &back, err);
    vault_key_free(key);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    say_info(tr("put the kit back into %s"), path);
    tell_losses(&back);
    tell_end(c, path);
    return VAULT_OK;
}

static enum vault_status
restore_run(struct cli *c, struct vault_error *err)
{
    const struct backup_opts *o = c->opts;
    struct vault_options opt = unlock_options(c);
    enum vault_status st;

    if (o->kit)
        return restore_kit(c, err);
    if (c->args.n != 2)
        return vlt_fail(err, VAULT_E_USAGE,
            "restore takes the copy and the new name");
    if (vlt_os_exists(c->args.v[1]))
        return vlt_fail_hint(err, VAULT_E_EXISTS,
            N_("choose another name; nothing is written over"),
            "%s is there already", c->args.v[1]);
    vlt_os_catch_interrupt();
    progress_begin(0, true);
    progress_name(vlt_os_basename(c->args.v[0]));
    st = vault_restore(c->args.v[0], c->args.v[1], &opt, err);
    progress_end();
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    say_info(tr("checked %s and wrote %s"), c->args.v[0], c->args.v[1]);
    tell_end(c, c->args.v[1]);
    return VAULT_OK;
}

static const struct cmd backup_cmds[] = {
    {"backup", "FILE", N_("a complete copy of the vault"),
        N_("Works without a passphrase, also while others write. The copy "
           "is a vault like this one. Never copy a vault back over itself: "
           "use sanduq restore, so that both histories stay apart."),
        backup_examples, VLT_COUNT(backup_examples), backup_table,
        VLT_COUNT(backup_table), sizeof(struct backup_opts), 1, 1, CMD_WRITES,
        backup_run},
    {"restore", "COPY NEW | --kit KIT", N_("a copy becomes a vault again"),
        N_("Checks the copy without a secret and writes it to a place where "
           "nothing is. Unlocked there, it begins a log of its own. --kit "
           "needs the passphrase or key file that the kit opens with."),
        restore_examples, VLT_COUNT(restore_examples), restore_table,
        VLT_COUNT(restore_table), sizeof(struct backup_opts), 1, 2, CMD_WRITES,
        restore_run},
};
const struct cmd_group backup_group = {backup_cmds, VLT_COUNT(backup_cmds)};
