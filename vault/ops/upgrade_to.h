/* SPDX-License-Identifier: Apache-2.0 */
/* upgrade_to.h: vault_upgrade to a user_version that is named */
#ifndef VLT_UPGRADE_H
#define VLT_UPGRADE_H

#include <vault/upgrade.h>

VAULT_CHECKED enum vault_status vlt_upgrade_to(const char *from, const char *to,
    int user_version, const struct vault_key *key,
    const struct vault_options *opt, struct vault_upgraded *out,
    struct vault_error *err);

#endif
