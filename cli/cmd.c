/* SPDX-License-Identifier: Apache-2.0 */
/* cmd.c: finding a command and reading what was asked of it */
#include "cmd.h"

#include "bytes.h"
#include "fail.h"
#include "tr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct opt cmd_globals[] = {
    {'V', "vault", OPT_TEXT, "FILE",
        N_("the vault to work on; else the variable SANDUQ_VAULT says"),
        offsetof(struct globals, vault)},
    {0, "passphrase-fd", OPT_TEXT, "N",
        N_("read the passphrase from this file descriptor"),
        offsetof(struct globals, pass_fd)},
    {0, "passphrase-file", OPT_TEXT, "FILE",
        N_("read the passphrase from this file"),
        offsetof(struct globals, pass_file)},
    {0, "passphrase-command", OPT_TEXT, "CMD",
        N_("read the passphrase from what this program prints; it is run "
           "without a shell"),
        offsetof(struct globals, pass_command)},
    {0, "key-file", OPT_TEXT, "FILE", N_("unlock with this key file"),
        offsetof(struct globals, key_file)},
    {0, "slot", OPT_TEXT, "ID",
        N_("try only this way to unlock, as sanduq key list shows it"),
        offsetof(struct globals, slot)},
    {0, "json", OPT_FLAG, NULL, N_("print JSON Lines for scripts"),
        offsetof(struct globals, json)},
    {'q', "quiet", OPT_FLAG, NULL, N_("print results and errors only"),
        offsetof(struct globals, quiet)},
    {0, "verbose", OPT_FLAG, NULL, N_("print more"),
        offsetof(struct globals, verbose)},
    {0, "no-color", OPT_FLAG, NULL,
        N_("no colours; the variable NO_COLOR says the same"),
        offsetof(struct globals, no_color)},
    {0, "progress", OPT_CHOICE, "auto|always|never",
        N_("show how far long work has come; auto: on a terminal"),
        offsetof(struct globals, progress)},
    {0, "lang", OPT_TEXT, "CODE",
        N_("the language of messages; else LC_ALL, LC_MESSAGES or LANG says"),
        offsetof(struct globals, lang)},
    {0, "clock", OPT_CHOICE, "right|doubtful",
        N_("what you know of this machine's clock: compared with another, or "
           "not to be believed"),
        offsetof(struct globals, clock)},
    {0, "no-state", OPT_FLAG, NULL,
        N_("leave no trace of this vault in your home folder; each use that "
           "writes then begins a log of its own, which stays in the vault"),
        offsetof(struct globals, no_state)},
    {0, "yes", OPT_FLAG, NULL, N_("answer yes to questions"),
        offsetof(struct globals, yes)},
    {'h', "help", OPT_FLAG, NULL, N_("print help"),
        offsetof(struct globals, help)},
    {0, "version", OPT_FLAG, NULL, N_("print the version"),
        offsetof(struct globals, version)},
};
const size_t cmd_globals_len = VLT_COUNT(cmd_globals);

void
cmd_each(void (*fn)(void *ctx, const struct cmd *cmd), void *ctx)
{
    for (size_t g = 0; g < cmd_groups_len; g++) {
        for (size_t i = 0; i < cmd_groups[g]->n; i++)
            fn(ctx, &cmd_groups[g]->cmds[i]);
    }
}

/* How many words the name takes when they begin with it, else 0. */
static size_t
matches(const char *name, const char *const *words, size_t n)
{
    size_t used = 0;

    while (used < n) {
        size_t len = strcspn(name, " ");

        if (strlen(words[used]) != len || strncmp(words[used], name, len) != 0)
            return 0;
        used++;
        if (name[len] == 0)
            return used;
        name += len + 1;
    }
    return 0;
}

const struct cmd *
cmd_find(const char *const *words, size_t n, size_t *used)
{
    const struct cmd *best = NULL;

    *used = 0;
    for (size_t g = 0; g < cmd_groups_len; g++) {
        for (size_t i = 0; i < cmd_groups[g]->n; i++) {
            size_t m = matches(cmd_groups[g]->cmds[i].name, words, n);

            if (m > *used) {
                best = &cmd_groups[g]->cmds[i];
                *used = m;
            }
        }
    }
    return best;
}

/* Edits (insert, delete, exchange) between two short words. */
static size_t
distance(const char *a, const char *b)
{
    size_t row[24];
    size_t n = strlen(b);

    if (n >= VLT_COUNT(row) || strlen(a) >= VLT_COUNT(row))
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != 0; i++) {
        size_t corner = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            size_t best = corner + (a[i] != b[j]);

            corner = row[j + 1];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (corner + 1 < best)
                best = corner + 1;
            row[j + 1] = best;
        }
    }
    return row[n];
}

const struct cmd *
cmd_nearest(const char *word)
{
    const struct cmd *best = NULL;
    size_t least = 3;

    for (size_t g = 0; g < cmd_groups_len; g++) {
        for (size_t i = 0; i < cmd_groups[g]->n; i++) {
            const struct cmd *cmd = &cmd_groups[g]->cmds[i];
            size_t d = distance(word, cmd->name);

            if (d < least && 2 * d <= strlen(word)) {
                best = cmd;
                least = d;
            }
        }
    }
    return best;
}

/* Find the words among options whose command is not known yet: an option of
 * one name takes a value in every command or in none (a test sees to it). */
VAULT_CHECKED static enum vault_status
collect_words(int argc, char *const *argv, struct opt_list *words,
    struct vault_error *err)
{
    struct opt_table tables[128];
    size_t n = 0;

    tables[n++] = (struct opt_table){cmd_globals, cmd_globals_len, NULL};
    for (size_t g = 0; g < cmd_groups_len; g++) {
        for (size_t i = 0; i < cmd_groups[g]->n; i++) {
            const struct cmd *cmd = &cmd_groups[g]->cmds[i];

            if (cmd->opts_len == 0)
                continue;
            if (n == VLT_COUNT(tables))
                return vlt_fail(err, VAULT_E_INTERNAL,
                    "too many tables of options");
            tables[n++] = (struct opt_table){cmd->opts, cmd->opts_len, NULL};
        }
    }
    return opt_parse(tables, n, argc, argv, words, err);
}

/* The words that may come after these, as a|b; none: they begin no command. */
static void
words_after(const char *first, struct vlt_buf *out)
{
    size_t n = strlen(first);

    for (size_t g = 0; g < cmd_groups_len; g++) {
        for (size_t i = 0; i < cmd_groups[g]->n; i++) {
            const char *name = cmd_groups[g]->cmds[i].name;

            if (strncmp(name, first, n) != 0 || name[n] != ' ')
                continue;
            if (out->len > 0)
                vlt_buf_put_u8(out, '|');
            vlt_buf_put_str(out, name + n + 1);
        }
    }
}

/* VAULT_OK: they are the beginning of no command. */
static enum vault_status
half_a_command(const struct opt_list *words, struct vault_error *err)
{
    struct vlt_buf after;
    char first[64];
    enum vault_status st = VAULT_OK;

    vlt_buf_init(&after, 1024);
    (void)snprintf(first, sizeof first, "%s%s%s", words->v[0],
        words->n > 1 ? " " : "", words->n > 1 ? words->v[1] : "");
    words_after(first, &after);
    if (after.len == 0 && words->n > 1) {
        (void)snprintf(first, sizeof first, "%s", words->v[0]);
        words_after(first, &after);
    }
    if (after.len > 0)
        st = vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq help COMMAND says what each does"),
            "\"%s\" needs another word: %s", first, vlt_buf_cstr(&after));
    vlt_buf_clear(&after);
    return st;
}

static enum vault_status
unknown(const struct opt_list *words, struct vault_error *err)
{
    const struct cmd *near;

    if (words->n == 0)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq help lists the commands"), "no command was given");
    if (half_a_command(words, err) != VAULT_OK)
        return VAULT_E_USAGE;
    near = cmd_nearest(words->v[0]);
    if (near != NULL)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq help lists the commands"),
            "there is no command \"%s\"; did you mean \"%s\"", words->v[0],
            near->name);
    return vlt_fail_hint(err, VAULT_E_USAGE,
        N_("sanduq help lists the commands"), "there is no command \"%s\"",
        words->v[0]);
}

VAULT_CHECKED static enum vault_status
check_count(const struct cli *c, struct vault_error *err)
{
    if (c->args.n < c->cmd->least)
        return vlt_fail(err, VAULT_E_USAGE, "%s needs: %s", c->cmd->name,
            c->cmd->args);
    if (c->args.n > c->cmd->most)
        return vlt_fail(err, VAULT_E_USAGE,
            "%s does not know what to do with \"%s\"", c->cmd->name,
            c->args.v[c->cmd->most]);
    return VAULT_OK;
}

/* Without a command, only what needs none. */
VAULT_CHECKED static enum vault_status
parse_bare(struct cli *c, int argc, char *const *argv,
    const struct opt_list *words, struct vault_error *err)
{
    c->g.json = opt_given("json", argc, argv);
    c->g.verbose = opt_given("verbose", argc, argv);
    c->g.version = opt_given("version", argc, argv);
    c->g.help = opt_given("help", argc, argv);
    for (int i = 0; i < argc && words->n == 0; i++)
        c->g.help = c->g.help || strcmp(argv[i], "-h") == 0;
    if (words->n == 0 && (c->g.help || c->g.version))
        return VAULT_OK;
    return unknown(words, err);
}

VAULT_CHECKED static enum vault_status
parse_for(struct cli *c, int argc, char *const *argv, size_t used,
    struct vault_error *err)
{
    struct opt_table tables[2] = {{cmd_globals, cmd_globals_len, &c->g}};
    struct opt_list words = {0};
    enum vault_status st;

    c->opts = calloc(1, c->cmd->opts_size > 0 ? c->cmd->opts_size : 1);
    if (c->opts == NULL)
        return vlt_fail_memory(err);
    tables[1] = (struct opt_table){c->cmd->opts, c->cmd->opts_len, c->opts};
    st = opt_parse(tables, 2, argc, argv, &words, err);
    for (size_t i = used; i < words.n && st == VAULT_OK; i++)
        st = opt_list_add(&c->args, words.v[i], err);
    opt_list_clear(&words);
    if (st == VAULT_OK && !c->g.help && !c->g.version)
        st = check_count(c, err);
    return st;
}

enum vault_status
cmd_parse(struct cli *c, int argc, char *const *argv, struct vault_error *err)
{
    struct opt_list words = {0};
    size_t used = 0;
    enum vault_status st;

    st = collect_words(argc, argv, &words, err);
    if (st == VAULT_OK) {
        c->cmd = cmd_find(words.v, words.n, &used);
        st = c->cmd != NULL ? parse_for(c, argc, argv, used, err)
                            : parse_bare(c, argc, argv, &words, err);
    }
    opt_list_clear(&words);
    return st;
}

void
cmd_clear(struct cli *c)
{
    if (c->cmd != NULL && c->opts != NULL) {
        struct opt_table t = {c->cmd->opts, c->cmd->opts_len, c->opts};

        opt_clear(&t);
    }
    free(c->opts);
    c->opts = NULL;
    opt_list_clear(&c->args);
}
