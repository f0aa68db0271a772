/* SPDX-License-Identifier: Apache-2.0 */
/* text_in.h: a text that somebody sent, out of a file or standard input */
#ifndef CLI_TEXT_IN_H
#define CLI_TEXT_IN_H

#include "bytes.h"

enum { TEXT_IN_MAX = 256 * 1024 };

/* The whole of it into `out`, which its owner wipes; "-": standard input.
 *   VAULT_E_LIMIT  longer than TEXT_IN_MAX; and as vlt_file_open */
VAULT_CHECKED enum vault_status text_in(const char *path, struct vlt_buf *out,
    struct vault_error *err);

#endif
