/* SPDX-License-Identifier: Apache-2.0 */
/* health.h: how a vault and its surroundings stand, line by line */
#ifndef CLI_HEALTH_H
#define CLI_HEALTH_H

#include "cmd.h"

/* What doctor says of c->vault, which is open, maybe locked. */
VAULT_CHECKED enum vault_status health_print(struct cli *c, const char *path,
    size_t *warnings, struct vault_error *err);

#endif
