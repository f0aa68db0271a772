/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_doctor.c: health, traces, and planted rows */
#include "cmd.h"

#include "ask.h"
#include "fail.h"
#include "health.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "tr.h"
#include "traces.h"
#include "unlocking.h"

#include <inttypes.h>
#include <string.h>
#include <vault/doctor.h>

struct doctor_opts {
    bool quarantine;
    const char *output;
    const char *reason;
};

static const struct opt doctor_table[] = {
    {0, "quarantine", OPT_FLAG, NULL,
        N_("move rows that no line of the log names out of the vault, into the "
           "file that -o names"),
        offsetof(struct doctor_opts, quarantine)},
    {'o', "output", OPT_TEXT, "FILE", N_("where these rows go"),
        offsetof(struct doctor_opts, output)},
    {0, "reason", OPT_ASK, "TEXT",
        N_("why, kept in the custody log; without a text you are asked"),
        offsetof(struct doctor_opts, reason)},
};

static const struct cmd_example doctor_examples[] = {
    {"sanduq doctor -V evidence.sanduq", N_("ways in, copies, machine")},
    {"sanduq doctor --quarantine -o planted.jsonl --reason \"found by verify\"",
        N_("after verify has found planted rows")},
};
static const struct cmd_example traces_examples[] = {
    {"sanduq doctor traces -V evidence.sanduq",
        N_("before a border; works without the passphrase")},
};

static void
summary(const struct cli *c, const char *key, uint64_t n)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", 0);
    jline_u64(&j, key, n);
    jline_end(&j);
}

/* ---- planted rows ---- */

VAULT_CHECKED static enum vault_status
ask_reason(const struct doctor_opts *o, struct vlt_buf *reason,
    struct vault_error *err)
{
    if (o->reason == NULL)
        return VAULT_OK;
    if (o->reason[0] == 0)
        return ask_line(tr("Why (kept in the custody log): "), true,
            N_("--reason TEXT answers the question"), reason, err);
    vlt_buf_put_str(reason, o->reason);
    return vlt_buf_end(reason, "reason", err);
}

VAULT_CHECKED static enum vault_status
quarantine(struct cli *c, const struct doctor_opts *o, struct vault_error *err)
{
    struct vault_options opt = unlock_options(c);
    struct vault_quarantined done = {0, 0};
    struct vault_key *key = NULL;
    struct vlt_buf reason;
    char path[4096];
    enum vault_status st = unlock_path(c, path, sizeof path, err);

    vlt_buf_init(&reason, ASK_MAX + 1);
    if (st == VAULT_OK)
        st = ask_reason(o, &reason, err);
    if (st == VAULT_OK)
        st = ask_sure(c,
            tr("Rows that no line of the log names go out of the vault, into "
               "that file; records that were changed stay. Do it?"),
            err);
    if (st == VAULT_OK)
        st = unlock_key(c, false, &key, err);
    if (st == VAULT_OK)
        st = vault_quarantine(path, o->output, key, &opt,
            reason.len > 0 ? vlt_buf_cstr(&reason) : NULL, &done, err);
    vault_key_free(key);
    vlt_buf_clear(&reason);
    if (st != VAULT_OK)
        return st;
    c->changed = done.rows > 0;
    if (done.rows == 0)
        say_info("%s",
            tr("no planted rows that can be moved; nothing was changed; sanduq "
               "verify says whether something was"));
    else
        say_info(tr("moved out of the vault: rows %" PRIu64 ", of tables "
                    "%" PRIu64 "; they are in %s, and the log says so. Look at "
                    "them before you throw them away"),
            done.rows, done.tables, o->output);
    summary(c, "rows", done.rows);
    return VAULT_OK;
}

static enum vault_status
doctor_run(struct cli *c, struct vault_error *err)
{
    const struct doctor_opts *o = c->opts;
    size_t warnings = 0;
    char path[4096];
    enum vault_status st;

    if (o->quarantine != (o->output != NULL) ||
        (o->reason != NULL && !o->quarantine))
        return vlt_fail(err, VAULT_E_USAGE,
            "--quarantine and -o FILE go together, and --reason with them");
    if (o->quarantine)
        return quarantine(c, o, err);
    st = unlock_path(c, path, sizeof path, err);
    if (st == VAULT_OK)
        st = health_print(c, path, &warnings, err);
    if (st != VAULT_OK)
        return st;
    summary(c, "warnings", warnings);
    say_info("%s",
        tr("whether evidence was changed, sanduq verify says; what this "
           "machine keeps, sanduq doctor traces"));
    return VAULT_OK;
}

/* ---- traces ---- */

static void
print_trace(void *ctx, const struct trace *t)
{
    const struct cli *c = ctx;
    struct jline j;

    if (!c->g.json) {
        out_safe(t->path[0] != 0 ? t->path : t->kind,
            strlen(t->path[0] != 0 ? t->path : t->kind), 0);
        if (t->count > 0)
            out_printf(" (%zu)", t->count);
        out_printf("\n    %s\n    %s %s\n", tr(t->what), tr("avoid:"),
            tr(t->advice));
        return;
    }
    jline_begin(&j, "trace");
    jline_text(&j, "kind", t->kind);
    if (t->path[0] != 0)
        jline_text(&j, "path", t->path);
    if (t->count > 0)
        jline_u64(&j, "count", t->count);
    jline_text(&j, "what", tr(t->what));
    jline_text(&j, "advice", tr(t->advice));
    jline_end(&j);
}

static enum vault_status
traces_run(struct cli *c, struct vault_error *err)
{
    char path[4096];
    struct traces t = {.c = c, .fn = print_trace, .ctx = c};
    enum vault_status st = VAULT_OK;

    if (unlock_path(c, path, sizeof path, NULL) == VAULT_OK)
        t.vault = path;
    /* with a key it can say which state file is this vault's */
    if (t.vault != NULL && unlock_given(c))
        st = unlock_only(c, err);
    if (st != VAULT_OK)
        return st;
    traces_of_files(&t);
    traces_of_machine(&t);
    summary(c, "traces", t.found);
    say_info("%s",
        tr("not seen from here: what get and export wrote and where (no list "
           "of it is kept), the camera, keyboard and editor that a text came "
           "through, backups of this disk, logs of the system"));
    return VAULT_OK;
}

static const struct cmd doctor_cmds[] = {
    {"doctor", "", N_("how vault and machine stand"),
        N_("Ways to unlock, copies, swap, file system, state files; works "
           "without a passphrase. --quarantine asks for it: rows that "
           "somebody put into the file, and no line of the log names, go into "
           "a file of their own."),
        doctor_examples, VLT_COUNT(doctor_examples), doctor_table,
        VLT_COUNT(doctor_table), sizeof(struct doctor_opts), 0, 0, CMD_WRITES,
        doctor_run},
    {"doctor traces", "", N_("what use of this program leaves on the machine"),
        N_("Lists what can be seen outside the vault, each with how to avoid "
           "or remove it: state files, files beside the vault, shell history, "
           "recently-used lists, swap, hibernation, crash dumps. Nothing is "
           "removed."),
        traces_examples, VLT_COUNT(traces_examples), NULL, 0, 0, 0, 0, 0,
        traces_run},
};
const struct cmd_group doctor_group = {doctor_cmds, VLT_COUNT(doctor_cmds)};
