/* SPDX-License-Identifier: Apache-2.0 */
/* code_out.h: a text that goes out as a file, on standard output, or as a code
 */
#ifndef CLI_CODE_OUT_H
#define CLI_CODE_OUT_H

#include "cmd.h"

/*
 * n bytes to a new file, or to standard output for NULL and "-". With `qr` as
 * one QR code: a picture in the file, else on the terminal.
 *   VAULT_E_LIMIT  more than a code holds, or the terminal is too narrow
 *   VAULT_E_EXISTS the file is there
 */
VAULT_CHECKED enum vault_status code_write(struct cli *c, const char *path,
    bool qr, const void *p, size_t n, struct vault_error *err);

#endif
