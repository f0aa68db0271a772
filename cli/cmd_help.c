/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_help.c: help and version */
#include "cmd_help.h"

#include "fail.h"
#include "help.h"
#include "jline_out.h"
#include "out.h"
#include "tr.h"

#include <stdio.h>
#include <string.h>

static const struct cmd_example help_examples[] = {
    {"sanduq help add", N_("everything about one command")},
    {"sanduq help exit-status", N_("what a script needs to know")},
};
static const struct cmd_example version_examples[] = {
    {"sanduq version --verbose", N_("with the libraries inside")},
};

static void
end(const char *command)
{
    struct jline j;

    jline_begin(&j, "summary");
    jline_text(&j, "command", command);
    jline_u64(&j, "exit", 0);
    jline_end(&j);
}

static void
option_json(struct jline *j, const struct opt *o)
{
    jline_object(j, NULL);
    jline_text(j, "name", o->name);
    if (o->letter != 0)
        jline_text_n(j, "letter", &o->letter, 1);
    if (o->arg != NULL)
        jline_text(j, "value", o->arg);
    jline_text(j, "help", tr(o->help));
    jline_object_end(j);
}

static void
command_json(void *ctx, const struct cmd *cmd)
{
    struct jline j;

    (void)ctx;
    jline_begin(&j, "command");
    jline_text(&j, "name", cmd->name);
    jline_text(&j, "arguments", cmd->args);
    jline_text(&j, "summary", tr(cmd->summary));
    jline_text(&j, "text", tr(cmd->text));
    jline_array(&j, "options");
    for (size_t i = 0; i < cmd->opts_len; i++)
        option_json(&j, &cmd->opts[i]);
    jline_array_end(&j);
    jline_end(&j);
}

static void
globals_json(void)
{
    struct jline j;

    jline_begin(&j, "globals");
    jline_array(&j, "options");
    for (size_t i = 0; i < cmd_globals_len; i++)
        option_json(&j, &cmd_globals[i]);
    jline_array_end(&j);
    jline_end(&j);
}

static void
print(const struct cli *c, const char *topic, struct vlt_buf *b)
{
    struct jline j;

    if (!c->g.json) {
        out_text(vlt_buf_cstr(b));
        return;
    }
    jline_begin(&j, "help");
    jline_text(&j, "topic", topic);
    jline_text(&j, "text", vlt_buf_cstr(b));
    jline_end(&j);
}

void
help_print_overview(const struct cli *c)
{
    struct vlt_buf b;

    if (c->g.json) {
        cmd_each(command_json, NULL);
        globals_json();
        end("help");
        return;
    }
    vlt_buf_init(&b, 65536);
    help_overview(&b);
    print(c, "", &b);
    vlt_buf_clear(&b);
}

void
help_print_command(const struct cli *c, const struct cmd *cmd)
{
    struct vlt_buf b;

    vlt_buf_init(&b, 65536);
    help_command(&b, cmd);
    print(c, cmd->name, &b);
    vlt_buf_clear(&b);
    if (c->g.json)
        end("help");
}

static void
topic_line(void *ctx, const struct cmd *cmd)
{
    const char *first = ((const void *const *)ctx)[0];
    struct vlt_buf *b = ((void *const *)ctx)[1];
    size_t n = strlen(first);

    if (strncmp(cmd->name, first, n) == 0 && cmd->name[n] == ' ')
        vlt_buf_printf(b, "  sanduq %s %s\n      %s\n", cmd->name, cmd->args,
            tr(cmd->summary));
}

static enum vault_status
help_run(struct cli *c, struct vault_error *err)
{
    const char *const *words = c->args.v;
    const struct cmd *cmd;
    const char *text;
    size_t used = 0;
    char first[128];
    struct vlt_buf b;
    const void *ctx[2] = {first, &b};

    if (c->args.n == 0) {
        help_print_overview(c);
        return VAULT_OK;
    }
    cmd = cmd_find(words, c->args.n, &used);
    if (cmd != NULL && used == c->args.n) {
        help_print_command(c, cmd);
        return VAULT_OK;
    }
    vlt_buf_init(&b, 65536);
    text = c->args.n == 1 ? help_topic(words[0]) : NULL;
    if (text != NULL)
        help_wrap(&b, text, 0, 78);
    else if (c->args.n <= 2) {
        /* key, key compartment: the commands that begin so */
        (void)snprintf(first, sizeof first, "%s%s%s", words[0],
            c->args.n == 2 ? " " : "", c->args.n == 2 ? words[1] : "");
        cmd_each(topic_line, ctx);
    }
    if (b.len > 0) {
        print(c, words[0], &b);
        if (c->g.json)
            end("help");
        vlt_buf_clear(&b);
        return VAULT_OK;
    }
    vlt_buf_clear(&b);
    return vlt_fail_hint(err, VAULT_E_NOT_FOUND,
        N_("sanduq help lists the commands and topics"),
        "there is no help about \"%s%s%s\"", words[0], c->args.n > 1 ? " " : "",
        c->args.n > 1 ? words[1] : "");
}

static void
version_json(const struct vault_versions *v)
{
    struct jline j;

    jline_begin(&j, "version");
    jline_text(&j, "sanduq", v->sanduq);
    jline_i64(&j, "format", v->format);
    jline_text(&j, "libsodium", v->libsodium);
    jline_text(&j, "sqlite", v->sqlite);
    jline_text(&j, "zstd", v->zstd);
    jline_text(&j, "utf8proc", v->utf8proc);
    jline_text(&j, "sha256", v->sha256);
    jline_array(&j, "languages");
    jline_text(&j, NULL, "en");
    for (size_t i = 0; i < tr_catalogs_len; i++)
        jline_text(&j, NULL, tr_catalogs[i].code);
    jline_array_end(&j);
    jline_end(&j);
    end("version");
}

static enum vault_status
version_run(struct cli *c, struct vault_error *err)
{
    (void)err;
    version_print(c);
    return VAULT_OK;
}

void
version_print(const struct cli *c)
{
    struct vault_versions v;

    vault_versions(&v);
    if (c->g.json) {
        version_json(&v);
        return;
    }
    out_printf("sanduq %s\n", v.sanduq);
    if (!c->g.verbose)
        return;
    if (v.format == 0)
        out_printf("%s\n", tr("format: draft"));
    else {
        out_printf(tr("format: %d"), v.format);
        out_text("\n");
    }
    out_printf("libsodium %s\nSQLite %s\nzstd %s\nutf8proc %s\n", v.libsodium,
        v.sqlite, v.zstd, v.utf8proc);
    out_printf("SHA-256: %s\n", v.sha256);
    out_printf("%s: en", tr("languages"));
    for (size_t i = 0; i < tr_catalogs_len; i++)
        out_printf(" %s", tr_catalogs[i].code);
    out_text("\n");
}

static const struct cmd help_cmds[] = {
    {"help", "[COMMAND|TOPIC]", N_("help"),
        N_("Topics: exit-status, passphrases, words."), help_examples,
        VLT_COUNT(help_examples), NULL, 0, 0, 0, 3, 0, help_run},
    {"version", "", N_("the version"),
        N_("With --verbose also those of the libraries inside."),
        version_examples, VLT_COUNT(version_examples), NULL, 0, 0, 0, 0, 0,
        version_run},
};
const struct cmd_group help_group = {help_cmds, VLT_COUNT(help_cmds)};
