/* SPDX-License-Identifier: Apache-2.0 */
/* os_command.h: a command line taken apart without a shell */
#ifndef VLT_OS_COMMAND_H
#define VLT_OS_COMMAND_H

#include <vault/error.h>

/*
 * Split at spaces, tabs and line ends. Single and double quotes keep these
 * in a word and may stand anywhere in it; nothing else is special (no
 * backslash, no $, no *). *argv is NULL-terminated, one block of memory; the
 * caller frees it.
 *   VAULT_E_USAGE  no word, or a quote that is not closed
 */
VAULT_CHECKED enum vault_status vlt_command_split(const char *command,
    char ***argv, struct vault_error *err);

#endif
