/* SPDX-License-Identifier: Apache-2.0 */
/* pass.h: where a passphrase comes from */
#ifndef CLI_PASS_H
#define CLI_PASS_H

#include "bytes.h"
#include "cmd.h"

/* Never from the command line, never from the environment. */
struct pass_from {
    const char *fd;
    const char *file;
    const char *command;
};

bool pass_given(const struct pass_from *from);

/*
 * Read it into `out`, without the one line end (LF or CRLF) that files and
 * programs put behind it. `out` is wiped by its owner.
 *   VAULT_E_USAGE  more than one source, or a number that is none
 *   VAULT_E_LIMIT  longer than 4096 bytes
 *   VAULT_E_IO, VAULT_E_NOT_FOUND
 */
VAULT_CHECKED enum vault_status pass_read(const struct pass_from *from,
    struct vlt_buf *out, struct vault_error *err);

/* Whether the passphrase comes from standard input. */
bool pass_uses_stdin(const struct pass_from *from);

/* VAULT_E_USAGE when a variable seems to hold a passphrase. */
VAULT_CHECKED enum vault_status pass_refuse_environment(
    struct vault_error *err);

/*
 * 24 digits however grouped, as the generated form 0000-0000-…; false when
 * it is something else. out has 30 bytes.
 */
bool pass_regroup(const char *s, size_t n, char out[30]);

#endif
