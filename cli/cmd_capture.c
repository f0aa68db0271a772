/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_capture.c: the capture file: made, its session ended, its device taken */
#include "cmd.h"

#include "ask.h"
#include "capturing.h"
#include "fail.h"
#include "jline_out.h"
#include "out.h"
#include "tr.h"
#include "unlocking.h"

#include <inttypes.h>
#include <string.h>

static const struct cmd_example make_examples[] = {
    {"sanduq capture make",
        N_("so that the locked vault can be added to on this machine")},
};
static const struct cmd_example end_examples[] = {
    {"sanduq capture end",
        N_("before a checkpoint: nobody can add to what was sealed so far")},
};
static const struct cmd_example admit_examples[] = {
    {"sanduq capture admit",
        N_("after the vault was put back from an older copy")},
};

static void
tell_end(const struct cli *c, const char *name, uint64_t n)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", (uint64_t)c->exit);
    jline_u64(&j, name, n);
    jline_end(&j);
}

static enum vault_status
make_run(struct cli *c, struct vault_error *err)
{
    char path[4096];
    enum vault_status st = capture_path(c, path, sizeof path, err);

    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = vault_capture_create(c->vault, path, err);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    say_info(tr("made %s"), path);
    tell_end(c, "made", 1);
    return VAULT_OK;
}

static enum vault_status
end_run(struct cli *c, struct vault_error *err)
{
    bool ended = false;
    enum vault_status st = capture_open(c, err);

    if (st == VAULT_OK)
        st = vault_capture_end(c->vault, &ended, err);
    if (st != VAULT_OK)
        return st;
    c->changed = ended;
    say_info("%s",
        ended ? tr("the session has ended; its key is destroyed")
              : tr("no session was running"));
    tell_end(c, "ended", ended);
    return VAULT_OK;
}

static void
tell_admitted(const struct vault_taken *t, const char *path)
{
    say_info(trn("%" PRIu64 " record taken in", "%" PRIu64 " records taken in",
                 t->records),
        t->records);
    if (t->already > 0)
        say_info(trn("%" PRIu64 " record was in the vault already",
                     "%" PRIu64 " records were in the vault already",
                     t->already),
            t->already);
    if (t->aside > 0)
        say_warn(tr("%s did not fit the vault: it is now %s.%u, with what does "
                    "not hold, and its key is destroyed; a new one was made"),
            path, path, t->aside);
}

static enum vault_status
admit_run(struct cli *c, struct vault_error *err)
{
    struct vault_taken taken = {0};
    char path[4096];
    enum vault_status st = capture_path(c, path, sizeof path, err);

    if (st == VAULT_OK)
        st = ask_sure(c,
            tr("Whoever had this file could have sealed what is in it. Take "
               "it in as this vault's own?"),
            err);
    if (st == VAULT_OK)
        st = unlock_only(c, err);
    if (st == VAULT_OK)
        st = capture_take(c, path, true, &taken, err);
    c->changed = taken.sessions > 0 || taken.records > 0 || taken.aside > 0;
    tell_admitted(&taken, path);
    if (st != VAULT_OK)
        return st;
    tell_end(c, "records", taken.records);
    return VAULT_OK;
}

static const struct cmd capture_cmds[] = {
    {"capture make", "", N_("make the capture file beside the vault"),
        N_("sanduq init makes it, and add when it unlocks and finds none. "
           "While the vault is locked, add seals into it, to the vault's own "
           "key; the next command that unlocks the vault takes it in. Nobody "
           "can read it back without the vault, not on this machine either.\n"
           "\nDo not copy it along with the vault: each machine has its "
           "own."),
        make_examples, VLT_COUNT(make_examples), NULL, 0, 0, 0, 0, CMD_WRITES,
        make_run},
    {"capture end", "", N_("end the running session of the capture file"),
        N_("Works locked. A session ends by itself at the first use after "
           "twelve hours, and when it is taken in. What was sealed in an "
           "ended session cannot be exchanged by whoever finds the file: its "
           "key is destroyed."),
        end_examples, VLT_COUNT(end_examples), NULL, 0, 0, 0, 0, CMD_WRITES,
        end_run},
    {"capture admit", "",
        N_("take in a capture file that the vault does not "
           "know"),
        N_("Unlocking refuses a capture file that this vault did not make, or "
           "whose earlier sessions it does not have. If you know why, this "
           "takes it in and notes the device as the vault's own.\n\nOf a file "
           "that does not fit the vault, such as an older copy that was put "
           "back, each record comes in that holds by itself and is not there "
           "yet. The file is then put aside under the name FILE.1 for whoever "
           "looks into it, and a new one is made."),
        admit_examples, VLT_COUNT(admit_examples), NULL, 0, 0, 0, 0, CMD_WRITES,
        admit_run},
};
const struct cmd_group capture_group = {capture_cmds, VLT_COUNT(capture_cmds)};
