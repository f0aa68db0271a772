/* SPDX-License-Identifier: Apache-2.0 */
/* cmd.h: commands as data: the parser, the help, the man page and the
 * completion read the same tables */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include "opt.h"

#include <stdbool.h>
#include <stddef.h>
#include <vault/vault.h>

/* The options that every command takes. */
struct globals {
    const char *vault;
    const char *pass_fd;
    const char *pass_file;
    const char *pass_command;
    const char *key_file;
    const char *slot;
    const char *progress;
    const char *lang;
    const char *clock;
    bool json, quiet, verbose, no_color, no_state, yes, help, version;
};
extern const struct opt cmd_globals[];
extern const size_t cmd_globals_len;

/* What one run of the program knows. */
struct cli {
    struct globals g;
    const struct cmd *cmd;
    void *opts;           /* the struct that cmd->opts speaks of */
    struct opt_list args; /* words after the command's name */
    struct vault *vault;  /* closed by main; NULL until opened */
    int exit;             /* for a command that did a part of its work and
                             has told the rest itself; 0 otherwise */
    bool changed;         /* something was written and stays */
};

struct cmd_example {
    const char *line;
    const char *what; /* N_() */
};

enum {
    CMD_WRITES = 1, /* say "nothing was changed" when it failed before */
    CMD_HIDDEN = 2,
    CMD_NO_COMPLETION = 4 /* typed whole or not at all */
};

struct cmd {
    const char *name;    /* "key add" */
    const char *args;    /* "[PATH...|-]" */
    const char *summary; /* N_(), one line */
    const char *text;    /* N_(), paragraphs */
    const struct cmd_example *examples;
    size_t examples_len;
    const struct opt *opts;
    size_t opts_len;
    size_t opts_size;
    size_t least, most; /* words */
    unsigned flags;
    enum vault_status (*run)(struct cli *c, struct vault_error *err);
};

/* The groups, one file each. */
struct cmd_group {
    const struct cmd *cmds;
    size_t n;
};
extern const struct cmd_group init_group;
extern const struct cmd_group add_group;
extern const struct cmd_group import_group;
extern const struct cmd_group capture_group;
extern const struct cmd_group list_group;
extern const struct cmd_group show_group;
extern const struct cmd_group get_group;
extern const struct cmd_group export_group;
extern const struct cmd_group share_group;
extern const struct cmd_group amend_group;
extern const struct cmd_group link_group;
extern const struct cmd_group withdraw_group;
extern const struct cmd_group verify_group;
extern const struct cmd_group info_group;
extern const struct cmd_group log_group;
extern const struct cmd_group prove_group;
extern const struct cmd_group audit_group;
extern const struct cmd_group stamp_group;
extern const struct cmd_group key_group;
extern const struct cmd_group backup_group;
extern const struct cmd_group card_group;
extern const struct cmd_group form_group;
extern const struct cmd_group draft_group;
extern const struct cmd_group receive_group;
extern const struct cmd_group help_group;
extern const struct cmd_group rekey_group;
extern const struct cmd_group disclose_group;
extern const struct cmd_group recover_group;
extern const struct cmd_group panic_group;
extern const struct cmd_group share_check_group;
extern const struct cmd_group upgrade_group;
extern const struct cmd_group doctor_group;
extern const struct cmd_group travel_group;
extern const struct cmd_group device_group;
extern const struct cmd_group compartment_group;
extern const struct cmd_group witness_group;
extern const struct cmd_group *const cmd_groups[];
extern const size_t cmd_groups_len;

/*
 * The command whose name is the longest beginning of these words; *used says
 * how many words that took. NULL when there is none.
 */
const struct cmd *cmd_find(const char *const *words, size_t n, size_t *used);
/* The command whose name looks most like `word`, NULL when none does. */
const struct cmd *cmd_nearest(const char *word);
/* Call fn for every command, in the order of the help. */
void cmd_each(void (*fn)(void *ctx, const struct cmd *cmd), void *ctx);

/*
 * Find the command in argv, parse everything into c. Free with cmd_clear.
 *   VAULT_E_USAGE
 */
VAULT_CHECKED enum vault_status cmd_parse(struct cli *c, int argc,
    char *const *argv, struct vault_error *err);
void cmd_clear(struct cli *c);

#endif
