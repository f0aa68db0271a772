/* SPDX-License-Identifier: Apache-2.0 */
/* witness_cmds.h: the options of the witness commands, and those in other
 * files */
#ifndef CLI_WITNESS_CMDS_H
#define CLI_WITNESS_CMDS_H

#include "cmd.h"

struct witness_init_opts {
    const char *output;
    const char *fingerprint;
    const char *quorum;
    bool qr, here, replace, remove;
};
struct witness_ask_opts {
    const char *output;
    const char *old;
    const char *log;
    bool qr, all;
};
struct witness_out_opts {
    const char *output;
    bool qr, policy;
};

/* witness_texts.c */
VAULT_CHECKED enum vault_status witness_ask_run(struct cli *c,
    struct vault_error *err);
VAULT_CHECKED enum vault_status witness_sign_run(struct cli *c,
    struct vault_error *err);
VAULT_CHECKED enum vault_status witness_take_run(struct cli *c,
    struct vault_error *err);
/* witness_list.c */
VAULT_CHECKED enum vault_status witness_list_run(struct cli *c,
    struct vault_error *err);

#endif
