/* SPDX-License-Identifier: Apache-2.0 */
/* stamp_show.h: time evidence in a file: listing it, and writing it out */
#ifndef CLI_STAMP_SHOW_H
#define CLI_STAMP_SHOW_H

#include "cmd.h"

/* A line for each in the container at `path`. */
VAULT_CHECKED enum vault_status stamps_list(const struct cli *c,
    const char *path, struct vault_error *err);
/* Each with the text of its state, in the new folder `dir`. */
VAULT_CHECKED enum vault_status stamps_export(const struct cli *c,
    const char *path, const char *dir, struct vault_error *err);

#endif
