/* SPDX-License-Identifier: Apache-2.0 */
/* schema.h: the 24 statements that every container consists of */
#ifndef VLT_SCHEMA_H
#define VLT_SCHEMA_H

#include "store.h"

enum { VLT_SCHEMA_STATEMENTS = 24, VLT_SCHEMA_ROWS = 26 };

const char *vlt_schema_statement(int i);
/* Create the schema in an empty database, within a transaction. */
VAULT_CHECKED enum vault_status vlt_schema_create(struct vlt_store *s,
    struct vault_error *err);
/* Compare every sqlite_schema row byte for byte. VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_schema_check(struct vlt_store *s,
    struct vault_error *err);

#endif
