/* SPDX-License-Identifier: Apache-2.0 */
/* ask.h: questions, on the terminal itself */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "bytes.h"
#include "cmd.h"

/* No answer is longer; a passphrase neither (vault_key_passphrase). */
enum { ASK_MAX = 4096 };

/*
 * One line, into `answer` (reset first; wiped by its owner). `missing` says
 * which option would have answered, for when there is no terminal (N_()).
 *   VAULT_E_USAGE      there is no terminal
 *   VAULT_E_CANCELLED  no answer was given
 */
VAULT_CHECKED enum vault_status ask_line(const char *prompt, bool echo,
    const char *missing, struct vlt_buf *answer, struct vault_error *err);

/* A clear yes, in the language in use or in English. */
bool ask_is_yes(const char *answer);

/*
 * A question that --yes answers. Anything but a clear yes is no.
 *   VAULT_E_CANCELLED  the answer was no
 */
VAULT_CHECKED enum vault_status ask_sure(const struct cli *c,
    const char *question, struct vault_error *err);

#endif
