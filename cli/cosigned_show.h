/* SPDX-License-Identifier: Apache-2.0 */
/* cosigned_show.h: how much of the logs is countersigned, and by whom */
#ifndef CLI_COSIGNED_SHOW_H
#define CLI_COSIGNED_SHOW_H

#include "cmd.h"

/* Of c->vault, maybe locked; nothing when no line of others is there. */
VAULT_CHECKED enum vault_status cosigned_print(struct cli *c,
    struct vault_error *err);

#endif
