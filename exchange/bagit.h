/* SPDX-License-Identifier: Apache-2.0 */
/* bagit.h: checking a BagIt bag (stand-in until the checker is merged) */
#ifndef EXCHANGE_BAGIT_H
#define EXCHANGE_BAGIT_H

#include <vault/error.h>

VAULT_CHECKED enum vault_status bagit_check(const char *folder,
    struct vault_error *err);

#endif
