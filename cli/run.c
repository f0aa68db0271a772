/* SPDX-License-Identifier: Apache-2.0 */
/* run.c: one run of the program, from its arguments to its exit status */
#include "run.h"

#include "cmd.h"
#include "cmd_help.h"
#include "fail.h"
#include "jline_out.h"
#include "out.h"
#include "pass.h"
#include "progress.h"
#include "tr.h"

#include <stddef.h>
#include <string.h>

/* The value of --lang wherever it stands: a parse error is translated too. */
static const char *
wanted_language(int argc, char *const *argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            return argv[i] + 7;
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            return argv[i + 1];
    }
    return NULL;
}

VAULT_CHECKED static enum vault_status
set_language(const char *code, struct vault_error *err)
{
    const struct tr_catalog *catalog;

    tr_use_environment();
    if (code == NULL)
        return VAULT_OK;
    catalog = tr_find(code);
    if (catalog == NULL && !tr_is_english(code))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq version --verbose lists the languages"),
            "there are no messages in the language \"%s\"", code);
    tr_use(catalog);
    return VAULT_OK;
}

static void
set_progress(const struct cli *c)
{
    const char *mode = c->g.progress;

    if (mode != NULL && strcmp(mode, "always") == 0)
        progress_setup(PROGRESS_ALWAYS, c->g.json);
    else if (mode != NULL && strcmp(mode, "never") == 0)
        progress_setup(PROGRESS_NEVER, c->g.json);
    else
        progress_setup(c->g.quiet ? PROGRESS_NEVER : PROGRESS_AUTO, c->g.json);
}

/* The last line of JSON when it went wrong. */
static void
error_json(const struct cli *c, const struct vault_error *err, bool unchanged)
{
    char message[1024];
    struct jline j;

    say_message(err, message, sizeof message);
    jline_begin(&j, "error");
    if (c->cmd != NULL)
        jline_text(&j, "command", c->cmd->name);
    jline_text(&j, "code", vault_status_name(err->code));
    jline_u64(&j, "exit", (uint64_t)vault_status_exit(err->code));
    jline_text(&j, "message", message);
    if (err->hint != NULL)
        jline_text(&j, "hint", tr(err->hint));
    if (unchanged)
        jline_bool(&j, "unchanged", true);
    jline_end(&j);
}

VAULT_CHECKED static enum vault_status
run_command(struct cli *c, struct vault_error *err)
{
    if (c->g.version) {
        version_print(c);
        return VAULT_OK;
    }
    if (c->g.help) {
        if (c->cmd != NULL)
            help_print_command(c, c->cmd);
        else
            help_print_overview(c);
        return VAULT_OK;
    }
    return c->cmd->run(c, err);
}

static int
finish(struct cli *c, bool json, enum vault_status st, struct vault_error *err)
{
    bool unchanged =
        c->cmd != NULL && (c->cmd->flags & CMD_WRITES) != 0 && !c->changed;
    int status = st == VAULT_OK ? c->exit : vault_status_exit(st);

    progress_end();
    if (st != VAULT_OK) {
        err->code = st;
        if (json)
            error_json(c, err, unchanged);
        say_error(err);
        if (unchanged)
            say_warn("%s", tr("nothing was changed"));
    }
    st = out_end(err);
    if (st != VAULT_OK && status == 0) {
        say_error(err);
        status = vault_status_exit(st);
    }
    return status;
}

int
run(int argc, char *const *argv)
{
    struct cli c = {0};
    struct vault_error err = {0};
    bool json = opt_given("json", argc, argv);
    enum vault_status st;
    int status;

    st = set_language(wanted_language(argc, argv), &err);
    if (st == VAULT_OK)
        st = pass_refuse_environment(&err);
    if (st == VAULT_OK)
        st = cmd_parse(&c, argc, argv, &err);
    if (st == VAULT_OK) {
        say_quiet(c.g.quiet);
        set_progress(&c);
        st = run_command(&c, &err);
    }
    vault_close(c.vault);
    status = finish(&c, json, st, &err);
    cmd_clear(&c);
    return status;
}
