/* SPDX-License-Identifier: Apache-2.0 */
/* odk_name.h: what the answers of a submission are called as fields */
#ifndef EXCHANGE_ODK_NAME_H
#define EXCHANGE_ODK_NAME_H

#include "odk_tree.h"

#include <vault/error.h>

enum { ODK_NAME = 96 };

/* One word for each node: its own part of the path, and whether another
 * spelling below the same parent has the same. */
struct odk_names {
    struct odk_word *word;
    size_t n;
};
/*   VAULT_E_MEMORY */
VAULT_CHECKED enum vault_status odk_names_init(struct odk_names *names,
    const struct odk_tree *t, struct vault_error *err);
void odk_names_clear(struct odk_names *names);

/* The field name of the i-th node (odk.h says how it is made). */
void odk_name(const struct odk_names *names, const struct odk_tree *t, int i,
    char out[ODK_NAME + 1]);

#endif
