/* SPDX-License-Identifier: Apache-2.0 */
/* card_cmds.h: the options of the card commands, and those in other files */
#ifndef CLI_CARD_CMDS_H
#define CLI_CARD_CMDS_H

#include "cmd.h"

struct card_export_opts {
    const char *output;
    bool age;
};
struct card_add_opts {
    const char *name;
    const char *fingerprint;
};

/* card_qr.c */
struct card_qr_opts {
    const char *output;
    bool fingerprint;
};
extern const struct opt card_qr_table[2];
VAULT_CHECKED enum vault_status card_qr_run(struct cli *c,
    struct vault_error *err);

/* card_change.c */
struct card_renew_opts {
    const char *reason;
};
struct card_revoke_opts {
    const char *output;
    const char *generation;
};
extern const struct opt card_renew_table[1];
extern const struct opt card_revoke_table[2];
VAULT_CHECKED enum vault_status card_renew_run(struct cli *c,
    struct vault_error *err);
VAULT_CHECKED enum vault_status card_revoke_run(struct cli *c,
    struct vault_error *err);

#endif
