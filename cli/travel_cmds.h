/* SPDX-License-Identifier: Apache-2.0 */
/* travel_cmds.h: leaving, finishing, and headquarters' answers */
#ifndef CLI_TRAVEL_CMDS_H
#define CLI_TRAVEL_CMDS_H

#include "cmd.h"

#include <vault/travel.h>

struct travel_prepare_opts {
    struct opt_list to;     /* cards */
    struct opt_list shares; /* K/N each */
    struct opt_list with;   /* records */
    const char *output;     /* challenge */
    const char *sheets;     /* folder */
    const char *slot;
    const char *reason;
    bool text, again, ask, no_capture;
};
enum vault_status travel_prepare_run(struct cli *c, struct vault_error *err);

struct travel_answer_opts {
    const char *output;
};
enum vault_status travel_answer_run(struct cli *c, struct vault_error *err);

struct travel_finish_opts {
    const char *answer;
    struct opt_list look;
    bool type_shares;
};
enum vault_status travel_finish_run(struct cli *c, struct vault_error *err);

/* Who asks, on standard error; `request`: to unlock, else to answer. */
void hq_tell_asker(const struct vault_asker *a, bool request);
/* recover --grant REQUEST: `heard` NULL asks for it. */
VAULT_CHECKED enum vault_status hq_grant(struct cli *c, const char *path,
    const char *heard, const char *reason, const char *output,
    struct vault_error *err);

/* recover --request: write the text, then wait for the answer or keep the
 * secret in `keep`; recover --answer. *opened: the vault is unlocked. */
VAULT_CHECKED enum vault_status regain_request(struct cli *c,
    const char *output, const char *keep, bool *opened,
    struct vault_error *err);
VAULT_CHECKED enum vault_status regain_answer(struct cli *c, const char *answer,
    const char *keep, struct vault_error *err);

#endif
