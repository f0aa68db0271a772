/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_log.c: the custody log and its checkpoints */
#include "cmd.h"

#include "capturing.h"
#include "cosigned_show.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "leaves.h"
#include "os.h"
#include "out.h"
#include "safe.h"
#include "tr.h"
#include "unlocking.h"

#include <string.h>

struct log_opts {
    bool unlock;
    const char *output;
};

static const struct opt show_table[] = {
    {0, "unlock", OPT_FLAG, NULL,
        N_("ask for the passphrase, and show times and reasons too"),
        offsetof(struct log_opts, unlock)},
};
static const struct opt checkpoint_table[] = {
    {'o', "output", OPT_TEXT, "PATH|-", N_("where to; else standard output"),
        offsetof(struct log_opts, output)},
};

static const struct cmd_example show_examples[] = {
    {"sanduq log show", N_("every entry; times stay hidden")},
    {"sanduq log show --unlock 5f2c0a", N_("what happened to one record")},
};
static const struct cmd_example checkpoint_examples[] = {
    {"sanduq log checkpoint -o january.checkpoint",
        N_("give it to someone: whoever has it finds out if anything that "
           "is logged now is changed or taken away later")},
};

static void
tell_end(const struct cli *c)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", 0);
    jline_end(&j);
}

static enum vault_status
show_run(struct cli *c, struct vault_error *err)
{
    const struct log_opts *o = c->opts;
    uint8_t id[VAULT_ID];
    enum vault_status st = capture_or_vault(c, err);

    if (st == VAULT_OK && c->args.n > 0)
        st = hex_resolve(c, c->args.v[0], id, err);
    if (st == VAULT_OK && (o->unlock || unlock_given(c)))
        st = vault_is_capture(c->vault) ? capture_explain(c, err)
                                        : unlock(c, err);
    if (st == VAULT_OK)
        st = leaves_print(c, c->args.n > 0 ? id : NULL, err);
    if (st == VAULT_OK && c->args.n == 0)
        st = cosigned_print(c, err);
    if (st == VAULT_OK)
        tell_end(c);
    return st;
}

/* The notes, as they go out. */
struct notes {
    const struct cli *c;
    struct vlt_outfile *file;
    struct vault_error *err;
    enum vault_status st;
};

static int
put_note(void *ctx, const char *note, size_t len)
{
    struct notes *n = ctx;
    struct jline j;

    if (n->file != NULL) {
        n->st = vlt_outfile_write(n->file, note, len, n->err);
    } else if (n->c->g.json) {
        jline_begin(&j, "checkpoint");
        jline_text_n(&j, "note", note, len);
        jline_end(&j);
    } else if (vlt_tty_is(1)) {
        out_safe(note, len, SAFE_BLOCK); /* strangers' names stand in it */
    } else {
        out_bytes(note, len);
    }
    return n->st != VAULT_OK;
}

static enum vault_status
checkpoint_run(struct cli *c, struct vault_error *err)
{
    const struct log_opts *o = c->opts;
    struct notes n = {.c = c, .err = err};
    bool to_file = o->output != NULL && strcmp(o->output, "-") != 0;
    enum vault_status st = capture_or_vault(c, err);

    if (st == VAULT_OK && to_file)
        st = vlt_outfile_begin(o->output, false, &n.file, err);
    if (st == VAULT_OK)
        st = vault_log_checkpoints(c->vault, put_note, &n, err);
    if (n.st != VAULT_OK)
        st = n.st;
    if (n.file != NULL && st == VAULT_OK)
        st = vlt_outfile_commit(n.file, err);
    else
        vlt_outfile_discard(n.file);
    c->changed = st == VAULT_OK && to_file;
    if (st == VAULT_OK)
        tell_end(c);
    return st;
}

static const struct cmd log_cmds[] = {
    {"log show", "[ID]", N_("the entries of the custody log"),
        N_("Every change of the vault is an entry: sealing a record, the "
           "ways to unlock, settings. Order and kind can be read without a "
           "secret; times, names and reasons only by whoever unlocks, and "
           "they are claims of the person who wrote them."),
        show_examples, VLT_COUNT(show_examples), show_table,
        VLT_COUNT(show_table), sizeof(struct log_opts), 0, 1, 0, show_run},
    {"log checkpoint", "", N_("the signed state of the log, for others"),
        N_("A few lines of text: how many entries the log has, and one hash "
           "over all of them, signed by this vault's key. It holds no "
           "secret. Whoever keeps it can later use sanduq verify --since."),
        checkpoint_examples, VLT_COUNT(checkpoint_examples), checkpoint_table,
        VLT_COUNT(checkpoint_table), sizeof(struct log_opts), 0, 0, 0,
        checkpoint_run},
};
const struct cmd_group log_group = {log_cmds, VLT_COUNT(log_cmds)};
