/* SPDX-License-Identifier: Apache-2.0 */
/* form_file.h: a form from a JSON file or standard input */
#ifndef CLI_FORM_FILE_H
#define CLI_FORM_FILE_H

#include "form.h"

/*
 * Read `path` ("-": standard input) into f; at most FORM_MAX bytes, wiped
 * afterwards.   VAULT_E_NOT_FOUND, VAULT_E_LIMIT, VAULT_E_USAGE (no form)
 */
VAULT_CHECKED enum vault_status form_read_file(struct form *f, const char *path,
    struct vault_error *err);

#endif
