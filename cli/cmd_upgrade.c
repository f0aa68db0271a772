/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_upgrade.c: the same vault in a new file of the present form */
#include "cmd.h"

#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "tr.h"
#include "unlocking.h"

#include <vault/upgrade.h>

static const struct cmd_example upgrade_examples[] = {
    {"sanduq upgrade -V evidence.sanduq evidence-2.sanduq",
        N_("judges the old file, writes the new one, judges that")},
};

static void
tell(const struct cli *c, const char *to, const struct vault_upgraded *u)
{
    char before[SIZE_TEXT], after[SIZE_TEXT];
    struct jline j;

    size_text(before, u->bytes_before);
    size_text(after, u->bytes_after);
    if (u->from == u->to)
        say_info(tr("it was in the present form already (format %d); %s is "
                    "the same vault, written anew (%s, before %s)"),
            u->to, to, after, before);
    else
        say_info(tr("wrote %s in format %d (before %d; %s, before %s)"), to,
            u->to, u->from, after, before);
    say_info("%s",
        tr("logs and checkpoints are the same; the old file was not changed. "
           "Go on with one of the two only: written to both, they become two "
           "histories"));
    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", 0);
    jline_text(&j, "path", to);
    jline_i64(&j, "format", u->to);
    jline_i64(&j, "format_before", u->from);
    jline_u64(&j, "records", u->records);
    jline_u64(&j, "leaves", u->leaves);
    jline_u64(&j, "bytes", u->bytes_after);
    jline_end(&j);
}

static enum vault_status
upgrade_run(struct cli *c, struct vault_error *err)
{
    struct vault_options opt = unlock_options(c);
    const char *to = c->args.v[0];
    struct vault_key *key = NULL;
    struct vault_upgraded done;
    char path[4096];
    enum vault_status st = unlock_path(c, path, sizeof path, err);

    if (st == VAULT_OK && unlock_given(c))
        st = unlock_key(c, false, &key, err);
    if (st != VAULT_OK)
        return st;
    vlt_os_catch_interrupt();
    progress_begin(0, true);
    progress_name(vlt_os_basename(path));
    st = vault_upgrade(path, to, key, &opt, &done, err);
    progress_end();
    vault_key_free(key);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    tell(c, to, &done);
    if (!unlock_given(c))
        say_info("%s",
            tr("judged without a secret; with --passphrase-file, "
               "--passphrase-fd, --passphrase-command or --key-file every "
               "record is opened too"));
    return VAULT_OK;
}

static const struct cmd upgrade_cmds[] = {
    {"upgrade", "NEW", N_("the same vault in a new file of the present form"),
        N_("Judges the vault, writes it row by row into a new file, judges "
           "that, and only then gives it its name. The old file is never "
           "changed. The vault stays the same one: same key, same logs, same "
           "ways to unlock."),
        upgrade_examples, VLT_COUNT(upgrade_examples), NULL, 0, 0, 1, 1,
        CMD_WRITES, upgrade_run},
};
const struct cmd_group upgrade_group = {upgrade_cmds, VLT_COUNT(upgrade_cmds)};
